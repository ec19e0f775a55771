"""What the handlers of commands do alike: check what was asked."""

from collections.abc import Callable, Mapping
from operator import attrgetter

from contratos import motivos
from contratos.base import Mensaje
from seedwork.dominio.errores import ReglaViolada

Regla = Callable[[str], bool]
Reglas = Mapping[str, Regla]
"""What each field of a command must be, whoever published it (contract §2); a dot leads into a record."""


def opcional(regla: Regla) -> Regla:
    """The rule of what may also be left out."""
    return lambda texto: not texto or regla(texto)


def invalidos(comando: Mensaje, reglas: Reglas) -> list[str]:
    """The fields that break their rule."""
    return [campo for campo, cumple in reglas.items() if not cumple(attrgetter(campo)(comando))]


def exigir(comando: Mensaje, reglas: Reglas) -> None:
    """Raise ReglaViolada where a field breaks its rule."""
    if invalidos(comando, reglas):
        raise ReglaViolada(motivos.DATOS_INVALIDOS)
