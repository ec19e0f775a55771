"""What looks for marks finds them in any form in which a value may be carried over.

`make marcas` sends them and looks: two and a half minutes, on a platform of its own. `make check` holds that each field
has a row in docs/datos-personales.md; `make test`, that what travels encrypted is in no file of broker or database
(`seedwork/tests/integracion/test_campos.py`).
"""

import base64
import gzip
import io
import zipfile
import zlib

from tests.fallos.marcas import CORTADA, Marcas


def _zip(contenido: bytes) -> bytes:
    salida = io.BytesIO()
    with zipfile.ZipFile(salida, "w", zipfile.ZIP_DEFLATED) as hecho:
        hecho.writestr("a", contenido * 9)
    return salida.getvalue()


def test_una_marca_se_halla_de_cualquier_forma_que_se_lleve() -> None:
    marcas = Marcas()
    marca = marcas("rut")
    clara = marca.encode()
    llevada = [
        *(clara, marca.upper().encode(), marca.encode("utf-16-le"), clara.hex().encode()),
        "".join(f"%{o:02X}" for o in clara).encode(),
        *(base64.b64encode(b"." * delante + clara + b"..") for delante in range(3)),
        *(zlib.compress(clara), gzip.compress(clara), _zip(clara)),
    ]
    assert [marcas.en(b"\0antes" + octetos + b"luego") for octetos in llevada] == [{"rut"}] * len(llevada)
    assert marcas.en(f"el {marcas('fecha').replace(' ', 'T')}Z".encode()) == {"fecha"}
    assert marcas.en(clara[:14]) == {CORTADA}
    assert marcas.en(b"no dice nada de nadie") == set()
