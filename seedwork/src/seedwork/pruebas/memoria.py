"""A unit of work and its repositories in memory, for the unit tests of every service."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Generic, NamedTuple, TypeVar

from contratos import Mensaje
from seedwork.aplicacion.sobre import Sobre
from seedwork.dominio.agregado import Agregado, EventoDominio
from seedwork.infraestructura.unidad_sql import Despachador

A = TypeVar("A", bound=Agregado)
M = TypeVar("M", bound=Mensaje)


class Publicado(NamedTuple):
    """A message as the outbox got it."""

    mensaje: Mensaje
    sujeto: str
    secuencia: int | None


class EnMemoria(Generic[A]):
    """Aggregates by their id."""

    def __init__(self) -> None:
        self.todos: dict[str, A] = {}

    def obtener(self, id: str) -> A | None:
        """The aggregate of an id."""
        return self.todos.get(id)

    def leer(self, id: str) -> A:
        """Likewise, where there is one."""
        return self.todos[id]

    def agregar(self, agregado: A) -> None:
        """Keep a new one. Raises AssertionError for an id that is taken, as the table's key would."""
        assert agregado.id not in self.todos  # noqa: S101 - a test's own check
        self.todos[agregado.id] = agregado


class UnidadEnMemoria:
    """Keeps what was published, oldest first. A service's own adds its repositories and how a message is handled.

    Args:
        participante: the service's name.
        despachadores: the published message of each domain event.
    """

    def __init__(self, participante: str, despachadores: Mapping[type[EventoDominio], Despachador]) -> None:
        self.participante = participante
        self.publicado: list[Publicado] = []
        self.ahora = datetime(2026, 1, 1, tzinfo=UTC)
        self.sobre = Sobre(id="-", tipo="", fuente="", sujeto="-", tiempo="", correlacion="-")
        self._despachadores = despachadores

    def reloj(self) -> datetime:
        """The present instant, as the test sets it."""
        return self.ahora

    def publicar(self, mensaje: Mensaje, *, sujeto: str, secuencia: int | None = None) -> None:
        """Put a message into the outbox."""
        self.publicado.append(Publicado(mensaje, sujeto, secuencia))

    def recolectar(self, *repositorios: EnMemoria[A]) -> None:
        """Publish what the aggregates recorded, as the real unit of work does."""
        for repositorio in repositorios:
            for agregado in repositorio.todos.values():
                for evento in agregado.extraer_eventos():
                    hacer = self._despachadores[type(evento)]
                    if hacer is not None:
                        agregado.secuencia += 1
                        self.publicar(hacer(evento), sujeto=agregado.id, secuencia=agregado.secuencia)

    def de_tipo(self, tipo: type[M]) -> list[M]:
        """The messages of a type."""
        return [p.mensaje for p in self.publicado if isinstance(p.mensaje, tipo)]
