"""The saga: what a subscription remembers of the one in course, and the fold of a whole timeline (contract §4)."""

from collections.abc import Iterable
from dataclasses import dataclass

EN_CURSO = "EN_CURSO"
COMPLETADA = "COMPLETADA"
COMPENSADA = "COMPENSADA"


@dataclass(frozen=True, slots=True, kw_only=True)
class SagaActual:
    """The latest saga of a subscription.

    Attributes:
        id: the id of the command that started it.
        requeridos: the resources it requires.
        liberados: the resources it releases.
        reservados: those of ``requeridos`` that a provider has reserved.
        plan_codigo: the plan that a change asks for; empty for the saga of a creation.
        plan_nombre: its name.
        decidida: whether it was activated, refused or cancelled.
        en_curso: false from the commit that took in the transition which ended it.
    """

    id: str
    requeridos: tuple[str, ...] = ()
    liberados: tuple[str, ...] = ()
    reservados: tuple[str, ...] = ()
    plan_codigo: str = ""
    plan_nombre: str = ""
    decidida: bool = False
    en_curso: bool = True

    @property
    def aprovisionada(self) -> bool:
        """Whether every required resource is reserved."""
        return set(self.requeridos) <= set(self.reservados)

    @property
    def cambia_plan(self) -> bool:
        """Whether it is a change of plan."""
        return bool(self.plan_codigo)

    @property
    def cambio_indeciso(self) -> bool:
        """Whether it is a change of plan that may still succeed."""
        return self.cambia_plan and not self.decidida


@dataclass(frozen=True, slots=True, kw_only=True)
class Paso:
    """One transition, as the topic tells it."""

    id: str
    id_saga: str
    paso: str
    servicio: str
    recurso: str
    requeridos: tuple[str, ...]
    liberados: tuple[str, ...]
    resultado: str
    motivo: str
    compensacion: bool
    ocurrido: str


def estado(pasos: Iterable[Paso]) -> str:
    """The saga's state, the same in whatever order its steps arrived.

    COMPLETADA: activated, every required resource started and every released one given back. COMPENSADA: not that,
    refused or cancelled, and every required resource (and, once activated, every released one) given back.
    """
    todos = list(pasos)
    requeridos, liberados = _recursos(todos)
    nombres = {p.paso for p in todos}
    iniciados = {p.recurso for p in todos if p.paso == "INICIAR" and p.resultado == "HECHO"}
    devueltos = {p.recurso for p in todos if p.paso == "LIBERAR"}
    activada = "ACTIVAR" in nombres
    if activada and requeridos <= iniciados and liberados <= devueltos:
        return COMPLETADA
    por_devolver = requeridos | liberados if activada else requeridos
    if nombres & {"RECHAZAR", "CANCELAR"} and por_devolver <= devueltos:
        return COMPENSADA
    return EN_CURSO


def _recursos(pasos: list[Paso]) -> tuple[set[str], set[str]]:
    """The lists of the step that began the saga, or of the one that decided it while that has not arrived yet."""
    for nombre in ("CREAR", "CAMBIAR", "ACTIVAR", "RECHAZAR", "CANCELAR"):
        for paso in pasos:
            if paso.paso == nombre:
                return set(paso.requeridos), set(paso.liberados)
    return set(), set()
