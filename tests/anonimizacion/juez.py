"""``dciodvfy`` (Debian's dicom3tools): whether a file is one, as somebody else's program sees it."""

import re
import shutil
import subprocess
import tempfile
from collections import Counter
from pathlib import Path

ORDEN = "dciodvfy"
_VALOR = re.compile(r"= <[^>]*>|<[\d.]+>|\[\d+\]|#\d+|= \d+")


def esta() -> bool:
    """Whether it is installed here."""
    return shutil.which(ORDEN) is not None


def errores(octetos: bytes) -> Counter[str]:
    """The kinds of errors that it finds, and how often; values left out."""
    with tempfile.NamedTemporaryFile(suffix=".dcm") as archivo:
        Path(archivo.name).write_bytes(octetos)
        corrida = subprocess.run([ORDEN, archivo.name], capture_output=True, check=False, timeout=60)
    lineas = (corrida.stdout + corrida.stderr).decode("latin-1").splitlines()
    return Counter(_VALOR.sub("…", linea) for linea in lineas if linea.startswith("Error"))


def nuevos(antes: bytes, despues: bytes) -> list[str]:
    """The kinds of errors that a result has, and its original has not."""
    return sorted((errores(despues) - errores(antes)).keys() - errores(antes).keys())
