"""How a saga ends, and what it awaits: a fold of its steps, the same in whatever order they arrived (contract §4)."""

from collections.abc import Collection
from typing import Final, Literal, NamedTuple, Protocol

from contratos import sagas

EN_CURSO: Final = "EN_CURSO"
COMPLETADA: Final = "COMPLETADA"
COMPENSADA: Final = "COMPENSADA"
Estado = Literal["EN_CURSO", "COMPLETADA", "COMPENSADA"]

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


class Debido(NamedTuple):
    """A step that a saga awaits."""

    paso: str
    recurso: str = ""


def estado(pasos: Collection[PasoDicho]) -> Estado:
    """The saga's state.

    COMPLETADA: activated, every required resource started and every released one given back. COMPENSADA: not that,
    refused or cancelled, and every required resource (and, once activated, every released one) given back.
    """
    return _plegar(pasos)[0]


def faltan(pasos: Collection[PasoDicho]) -> list[Debido]:
    """The steps between here and the saga's end, in their order; none of one that has ended.

    Of its way, or of its way back as soon as a step shows that it is undone. AVISAR is not among them: no end waits for
    it. Of a saga whose first step has not arrived, no more than its decision is known.
    """
    return _plegar(pasos)[1]


def _plegar(pasos: Collection[PasoDicho]) -> tuple[Estado, list[Debido]]:
    requeridos, liberados = _recursos(pasos)
    dichos = {Debido(p.paso, p.recurso) for p in pasos}
    nombres = {p.paso for p in pasos}
    iniciados = {p.recurso for p in pasos if p.paso == sagas.INICIAR and p.resultado == sagas.HECHO}
    devueltos = {p.recurso for p in pasos if p.paso == sagas.LIBERAR}
    activada = sagas.ACTIVAR in nombres
    por_cumplir = [
        *(Debido(sagas.INICIAR, r) for r in requeridos if r not in iniciados),
        *(Debido(sagas.LIBERAR, r) for r in liberados if r not in devueltos),
    ]
    if activada and not por_cumplir:
        return COMPLETADA, []
    por_devolver = [*requeridos, *liberados] if activada else requeridos
    devoluciones = [Debido(sagas.LIBERAR, r) for r in por_devolver if r not in devueltos]
    negada = bool(nombres & {sagas.RECHAZAR, sagas.CANCELAR})
    if negada and not devoluciones:
        return COMPENSADA, []
    cumplida = activada and iniciados >= set(requeridos)
    if not cumplida and (negada or any(_deshace(p, requeridos) for p in pasos)):
        decision = sagas.CANCELAR if activada else sagas.RECHAZAR
        return EN_CURSO, [*([] if negada else [Debido(decision)]), *devoluciones]
    # What its activation stands on was told, whether it has arrived or not; without resources it stands on nothing.
    reservas = [Debido(sagas.RESERVAR, r) for r in requeridos]
    camino = [*reservas, *([Debido(sagas.NOTIFICAR)] if reservas else []), Debido(sagas.ACTIVAR)]
    return EN_CURSO, [*(d for d in camino if not activada and d not in dichos), *por_cumplir]


def _deshace(paso: PasoDicho, requeridos: Collection[str]) -> bool:
    """Whether a step shows that its saga does not succeed: one that was not done, or that undoes another."""
    if paso.paso == sagas.LIBERAR:
        return paso.recurso in requeridos
    return paso.paso == sagas.AVISAR or paso.resultado != sagas.HECHO


def _recursos(pasos: Collection[PasoDicho]) -> tuple[list[str], list[str]]:
    """The lists of the step that began the saga, or of the one that decided it while that has not arrived yet."""
    for nombre in (*PRIMEROS, sagas.ACTIVAR, sagas.RECHAZAR, sagas.CANCELAR):
        for paso in pasos:
            if paso.paso == nombre:
                return list(dict.fromkeys(paso.requeridos)), list(dict.fromkeys(paso.liberados))
    return [], []
