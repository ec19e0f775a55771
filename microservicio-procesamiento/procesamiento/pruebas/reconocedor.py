"""What recognises conditions, for tests: it is made once, since that takes a second, and nobody changes it."""

from functools import cache

from procesamiento.dominio.condiciones import Reconocedor
from procesamiento.infraestructura.catalogo import leer_condiciones, leer_reconocedor


@cache
def reconocedor() -> Reconocedor:
    """The one of the package's own catalogue."""
    return leer_reconocedor(leer_condiciones())
