"""What the handlers of commands do alike: check what was asked, and turn the rule that it breaks into a refusal."""

from collections.abc import Callable, Mapping
from functools import wraps
from operator import attrgetter
from typing import Any, TypeVar

from contratos import Mensaje, motivos
from seedwork.dominio.errores import ReglaViolada

C = TypeVar("C", bound=Mensaje)
U = TypeVar("U")

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


def rechazable(
    rechazar: Callable[[Any, Any, str], object],
) -> Callable[[Callable[[C, U], None]], Callable[[C, U], str | None]]:
    """Make a command's handler of a function that raises ReglaViolada before it has changed anything.

    Args:
        rechazar: tells the refusal as an event.
    """

    def decorar(manejar: Callable[[C, U], None]) -> Callable[[C, U], str | None]:
        @wraps(manejar)
        def manejador(comando: C, unidad: U) -> str | None:
            try:
                manejar(comando, unidad)
            except ReglaViolada as regla:
                rechazar(comando, unidad, regla.codigo)
                return regla.codigo
            return None

        return manejador

    return decorar
