"""A saga, as its steps on the topic tell it (contract §4)."""

from collections.abc import Sequence

from contratos.sagas import ACTIVAR, CANCELAR, HECHO, INICIAR, LIBERAR, RECHAZAR, TransicionSaga

COMPLETADA = "COMPLETADA"
COMPENSADA = "COMPENSADA"
EN_CURSO = "EN_CURSO"


class Historia:
    """A saga's steps, each once, in the topic's order.

    Attributes:
        resultados: the result of each step, by its name and its resource; the last one told, where one was told twice.
        nombres: the steps' names.
        requeridos: the resources that the saga requires (R).
        liberados: those that it releases (L).
    """

    def __init__(self, id: str, pasos: Sequence[TransicionSaga]) -> None:
        self.id = id
        self.pasos = pasos
        self.id_suscripcion = pasos[0].id_suscripcion
        self.requeridos = frozenset(pasos[0].recursos_requeridos)
        self.liberados = frozenset(pasos[0].recursos_liberados)
        self.resultados = {(p.paso, p.recurso): p.resultado for p in pasos}
        self.nombres = {p.paso for p in pasos}
        self.activada = ACTIVAR in self.nombres
        self.deshecha = RECHAZAR in self.nombres or CANCELAR in self.nombres

    def __str__(self) -> str:
        dados = (f"{p.paso} {p.recurso or p.participante} {p.resultado}" for p in self.pasos)
        return f"{self.id} ({', '.join(dados)})"

    def resultado(self, paso: str, recurso: str = "") -> str | None:
        """How a step ended; None where it was not told."""
        return self.resultados.get((paso, recurso))

    def todos(self, paso: str, resultado: str) -> bool:
        """Whether the step was told with this result of every resource that the saga requires."""
        return all(self.resultados.get((paso, r)) == resultado for r in self.requeridos)

    @property
    def fin(self) -> str:
        """How it ended, by the contract's words (§4, "The end follows from the topic alone")."""
        liberados = all((LIBERAR, r) in self.resultados for r in self.liberados)
        if self.activada and liberados and self.todos(INICIAR, HECHO):
            return COMPLETADA
        devueltos = all((LIBERAR, r) in self.resultados for r in self.requeridos)
        if self.deshecha and devueltos and (liberados or not self.activada):
            return COMPENSADA
        return EN_CURSO
