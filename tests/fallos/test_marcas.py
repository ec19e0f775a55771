"""A mark for each value of a person's is found where docs/datos-personales.md says, and nowhere else.

In the long tier, as all is sent by every way there is, and all that was written is read: on a busy machine, from five
and a half to thirteen minutes. `make check` holds that a mark is found in any form in which it may be carried over, and
that each field has a row there; `make test`, that what travels encrypted is in no file of broker or database
(`seedwork/tests/integracion/test_campos.py`).
"""

import base64
import gzip
import io
import zipfile
import zlib

import pytest
from rich.console import Console
from tests.fallos.marcas import CORTADA, Marcas, experimento


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


@pytest.mark.integracion
@pytest.mark.largo
@pytest.mark.timeout(1800)
def test_cada_valor_esta_donde_puede_y_en_ninguna_otra_parte() -> None:
    assert experimento(Console(stderr=True, highlight=False, soft_wrap=True)).hallazgos == []
