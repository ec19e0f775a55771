"""What a subscription remembers of its latest saga (contract §4)."""

from dataclasses import dataclass


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
