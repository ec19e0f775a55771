"""How a saga ends: a fold of its steps, the same in whatever order they arrived (contract §4)."""

from collections.abc import Collection
from typing import Final, Literal, Protocol

from contratos import sagas

EN_CURSO: Final = "EN_CURSO"
COMPLETADA: Final = "COMPLETADA"
COMPENSADA: Final = "COMPENSADA"


PRIMEROS: Final = (sagas.CREAR, sagas.CAMBIAR)
"""The steps that begin one."""


class PasoDicho(Protocol):
    """A step, as the saga's topic tells it."""

    @property
    def paso(self) -> str:
        """Its name."""
        ...

    @property
    def recurso(self) -> str:
        """The resource that it is about; empty for none."""
        ...

    @property
    def resultado(self) -> str:
        """How it went."""
        ...

    @property
    def requeridos(self) -> Collection[str]:
        """What its saga requires."""
        ...

    @property
    def liberados(self) -> Collection[str]:
        """What its saga releases."""
        ...


def estado(pasos: Collection[PasoDicho]) -> Literal["EN_CURSO", "COMPLETADA", "COMPENSADA"]:
    """The saga's state.

    COMPLETADA: activated, every required resource started and every released one given back. COMPENSADA: not that,
    refused or cancelled, and every required resource (and, once activated, every released one) given back.
    """
    requeridos, liberados = _recursos(pasos)
    nombres = {p.paso for p in pasos}
    iniciados = {p.recurso for p in pasos if p.paso == sagas.INICIAR and p.resultado == sagas.HECHO}
    devueltos = {p.recurso for p in pasos if p.paso == sagas.LIBERAR}
    activada = sagas.ACTIVAR in nombres
    if activada and requeridos <= iniciados and liberados <= devueltos:
        return COMPLETADA
    por_devolver = requeridos | liberados if activada else requeridos
    if nombres & {sagas.RECHAZAR, sagas.CANCELAR} and por_devolver <= devueltos:
        return COMPENSADA
    return EN_CURSO


def _recursos(pasos: Collection[PasoDicho]) -> tuple[set[str], set[str]]:
    """The lists of the step that began the saga, or of the one that decided it while that has not arrived yet."""
    for nombre in (*PRIMEROS, sagas.ACTIVAR, sagas.RECHAZAR, sagas.CANCELAR):
        for paso in pasos:
            if paso.paso == nombre:
                return set(paso.requeridos), set(paso.liberados)
    return set(), set()
