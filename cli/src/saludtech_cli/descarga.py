"""A file from the door to the disk: cut, it goes on where it was; it gets its name once it is known to be whole."""

import hashlib
from pathlib import Path

import urllib3

from saludtech_cli.fallos import Codigo, Fallo, del_sistema
from saludtech_cli.puerta import Objeto, Puerta

INTENTOS = 5
"""Times in a row that nothing at all may come."""
_TROZO = 1024 * 1024


def bajar(puerta: Puerta, ruta: str, salida: Path) -> Objeto:
    """Bring a file, and answer what it is: ``archivo``, ``octetos``, ``sha256``.

    What has come so far lies beside it, under a name with its checksum, also when this ends before it has all come:
    asked again, only the rest is.

    Raises:
        Fallo: there is something of that name; the door has no such file, or does not give all of it; what came is not
            what it said.
    """
    if salida.exists():
        raise Fallo(Codigo.USO, f"{salida} ya existe.")
    if not salida.parent.is_dir():
        raise Fallo(Codigo.USO, f"{salida.parent} no es una carpeta.")
    en_vano = 0
    while True:
        parcial, huella = _empezado(salida)
        antes = parcial.stat().st_size if parcial else 0
        try:
            parcial, huella = _seguir(puerta, ruta, salida, parcial, huella)
            break
        except urllib3.exceptions.HTTPError:
            parcial, _ = _empezado(salida)
            en_vano = 0 if parcial and parcial.stat().st_size > antes else en_vano + 1
            if en_vano == INTENTOS:
                raise Fallo(
                    Codigo.SIN_RESPUESTA, "El archivo se corta una y otra vez. Repita la orden: seguirá donde estaba."
                ) from None
        except OSError as error:
            raise Fallo(Codigo.USO, f"No se puede escribir en {salida.parent}: {del_sistema(error)}.") from None
    with parcial.open("rb") as archivo:
        dicha = hashlib.file_digest(archivo, "sha256").hexdigest()
    if dicha != huella:
        parcial.unlink()
        raise Fallo(Codigo.SIN_RESPUESTA, "Lo que llegó no es el archivo: su SHA-256 es otro. No se guarda.")
    octetos = parcial.stat().st_size
    parcial.replace(salida)
    return {"archivo": str(salida), "octetos": octetos, "sha256": huella}


def _parcial(salida: Path, huella: str) -> Path:
    return salida.with_name(f"{salida.name}.{huella}.parcial")


def _empezado(salida: Path) -> tuple[Path | None, str]:
    """What has come of it so far, and the checksum of the whole."""
    for otro in salida.parent.iterdir():
        huella = otro.name.removeprefix(f"{salida.name}.").removesuffix(".parcial")
        if otro == _parcial(salida, huella) and len(huella) == hashlib.sha256().digest_size * 2:
            return otro, huella
    return None, ""


def _seguir(puerta: Puerta, ruta: str, salida: Path, parcial: Path | None, huella: str) -> tuple[Path, str]:
    """Ask for what has not come yet, and take it; answers where all of it is.

    Raises:
        urllib3.exceptions.HTTPError: it ended too soon.
    """
    desde = parcial.stat().st_size if parcial else 0
    cabeceras = {"Range": f"bytes={desde}-", "If-Range": f'"{huella}"'} if desde else {}
    with puerta.bajar(ruta, cabeceras) as respuesta:
        if respuesta.status == 416 and parcial is not None:
            # All of it has come: it was cut before it got its name.
            return parcial, huella
        dicha = respuesta.headers.get("ETag", "").strip('"')
        if parcial is not None and respuesta.status != 206:
            parcial.unlink()
        destino = _parcial(salida, dicha)
        por_venir = int(respuesta.headers.get("Content-Length", 0))
        with destino.open("ab") as archivo:
            while trozo := respuesta.read(_TROZO):
                por_venir -= archivo.write(trozo)
        if por_venir:
            raise urllib3.exceptions.ProtocolError("cut")
        return destino, dicha
