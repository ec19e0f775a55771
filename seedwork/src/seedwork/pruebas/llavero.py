"""The ring of tests: theirs, and that of the processes that they start."""

import base64
import os

from seedwork.infraestructura import campos
from seedwork.infraestructura.campos import Llavero
from seedwork.infraestructura.cifrado import LARGO_CLAVE

CLAVE = b"campos: la clave de las pruebas.".ljust(LARGO_CLAVE, b".")
CLAVES = base64.b64encode(CLAVE).decode()
"""As the setting CAMPOS_CLAVES has it."""


def usar_en_pruebas() -> None:
    """Have this process, and whichever inherits its environment, use it."""
    os.environ.setdefault("CAMPOS_CLAVES", CLAVES)
    campos.usar(Llavero([CLAVE]))
