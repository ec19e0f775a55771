"""The unit of work on PostgreSQL: state, inbox and outbox in one transaction."""

import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from typing import Any, Protocol, TypeVar

import sqlalchemy as sa
import uuid_utils
from sqlalchemy.dialects.postgresql import insert

from contratos import Mensaje
from seedwork.aplicacion.sobre import Sobre, ahora
from seedwork.dominio.agregado import Agregado, EventoDominio
from seedwork.infraestructura import bd, outbox

Despachador = Callable[[Any], Mensaje] | None
"""Makes the published message of a domain event; None marks the event as internal."""

# A command's fate outlives its inbox row.
_RETIRAR = sa.text("""
    INSERT INTO inbox (consumidor, ce_id)
    SELECT :consumidor, :ce_id WHERE NOT EXISTS (SELECT FROM comandos WHERE id_comando = :ce_id)
    ON CONFLICT (consumidor, ce_id) DO UPDATE SET aparcado = NULL, recibido = excluded.recibido
        WHERE inbox.aparcado IS NOT NULL
    RETURNING ce_id
""")


# A command's fate outlives its inbox row: one that comes again after it was pruned is still that command.
_NUEVOS = """
    INSERT INTO inbox (consumidor, ce_id)
    SELECT :consumidor, llegado FROM unnest(CAST(:ids AS text[])) AS llegado
    WHERE NOT EXISTS (SELECT FROM comandos WHERE id_comando = llegado)
    ON CONFLICT DO NOTHING
    RETURNING ce_id
"""
_RECIBIR = sa.text(_NUEVOS)
_RECIBIR_LOTE = sa.text("WITH terminado AS (DELETE FROM lotes WHERE id = :lote)" + _NUEVOS)  # noqa: S608
_RELOJ = sa.select(sa.func.clock_timestamp())

# Attempts begin with its first real handling: so far it has only been looked at.
_APLAZAR = sa.text("""
    WITH fuera AS (DELETE FROM inbox WHERE consumidor = :consumidor AND ce_id = ANY(:ids))
    INSERT INTO intentos AS conocido (consumidor, ce_id, tipo, intentos)
    SELECT :consumidor, ce_id, tipo, 0
    FROM unnest(CAST(:ids AS text[]), CAST(:tipos AS text[])) AS aplazado (ce_id, tipo)
    ON CONFLICT (consumidor, ce_id) DO UPDATE SET intentos = 0, ultimo = clock_timestamp()
    RETURNING ce_id, extract(epoch FROM clock_timestamp() - conocido.primero)
""")


class Repositorio(Protocol):
    """What the unit of work asks of a repository."""

    def entregados(self) -> Collection[Agregado]:
        """The aggregates that may have recorded something since the last call."""
        ...

    def recoger(self, agregado: Any, evento: EventoDominio, sobre: Sobre) -> None:
        """Take note of what an aggregate recorded, and of the message that caused it."""
        ...

    def volcar(self) -> None:
        """Write what is new or changed, all at once."""
        ...


class Escritor(Protocol):
    """What else a unit of work writes at its end."""

    def volcar(self) -> None:
        """Write what was noted, all at once."""
        ...


class UnidadSQL:
    """One open transaction. A service's own unit of work derives from it, and adds its repositories.

    Args:
        conexion: a connection whose transaction has begun.
        participante: the service's name.
        despachadores: the published message of each domain event.

    Attributes:
        repositorios: of the aggregates.
        escritores: what is written after them, in this order.
    """

    def __init__(
        self,
        conexion: sa.Connection,
        participante: str,
        despachadores: Mapping[type[EventoDominio], Despachador],
    ) -> None:
        self.conexion = conexion
        self.participante = participante
        self.repositorios: list[Repositorio] = []
        self.escritores: list[Escritor] = []
        self._despachadores = despachadores
        self._fuente = f"/saludtech/{participante}"
        self._sobre: Sobre | None = None
        self._hora: datetime | None = None
        self._salientes: list[dict[str, Any]] = []
        self._destinos: list[dict[str, Any]] = []

    @property
    def sobre(self) -> Sobre:
        """The envelope of the message being handled."""
        if self._sobre is None:
            raise RuntimeError("esta unidad de trabajo no atiende ningún mensaje")
        return self._sobre

    def atender(self, sobre: Sobre) -> None:
        """From here on, this is the message being handled."""
        self._sobre = sobre

    def por_cuenta_propia(self, causa: str, *, sujeto: str, correlacion: str) -> None:
        """From here on, nothing that arrived is handled, but something that the service found out: a deadline, say."""
        self._sobre = Sobre(
            id=str(uuid_utils.uuid7()),
            tipo=causa,
            fuente=self._fuente,
            sujeto=sujeto,
            tiempo=ahora(),
            correlacion=correlacion,
        )

    def reloj(self) -> datetime:
        """The database's clock, the one that deadlines go by; in one unit of work, it is asked once."""
        if self._hora is None:
            self._hora = self.conexion.execute(_RELOJ).scalar_one()
        return self._hora

    def publicar(self, mensaje: Mensaje, *, sujeto: str, secuencia: int | None = None) -> None:
        """Put a message into the outbox, caused by the one being handled."""
        sobre = self.sobre.consecuencia(mensaje, fuente=self._fuente, sujeto=sujeto, secuencia=secuencia)
        self._salientes.append(outbox.a_fila(sobre, mensaje))

    def recolectar(self) -> None:
        """Publish what the aggregates recorded while the present message was handled."""
        for repositorio in self.repositorios:
            for agregado in repositorio.entregados():
                for evento in agregado.extraer_eventos():
                    hacer = self._despachadores[type(evento)]
                    if hacer is not None:
                        agregado.secuencia += 1
                        self.publicar(hacer(evento), sujeto=agregado.id, secuencia=agregado.secuencia)
                    repositorio.recoger(agregado, evento, self.sobre)

    def recibir(self, consumidor: str, ids: Collection[str], *, lote: str | None = None) -> set[str]:
        """Write the ids into the inbox, and end the batch; answer the ids that were not there yet."""
        valores = {"consumidor": consumidor, "ids": sorted(ids)}
        if lote is None:
            return set(self.conexion.execute(_RECIBIR, valores).scalars())
        return set(self.conexion.execute(_RECIBIR_LOTE, {**valores, "lote": lote}).scalars())

    def retirar(self, consumidor: str, ce_id: str) -> bool:
        """Take a message that was parked, or never handled, as done with; False where it was handled."""
        valores = {"consumidor": consumidor, "ce_id": ce_id}
        return self.conexion.execute(_RETIRAR, valores).one_or_none() is not None

    def aplazar(self, consumidor: str, tipos: Mapping[str, str]) -> Mapping[str, float]:
        """Leave messages unhandled, by their ids, with their types; answer for how many seconds each has waited."""
        ids = sorted(tipos)
        valores = {"consumidor": consumidor, "ids": ids, "tipos": [tipos[i] for i in ids]}
        return {id: float(segundos) for id, segundos in self.conexion.execute(_APLAZAR, valores)}

    def reclamar_claves(self, claves: Mapping[str, str]) -> Mapping[str, str]:
        """Keep the first ``id_comando`` of each idempotency key; answer whose each key is."""
        if not claves:
            return {}
        filas = [{"clave": c, "id_comando": i} for c, i in sorted(claves.items())]
        self.conexion.execute(insert(bd.claves_idempotencia).on_conflict_do_nothing(), filas)
        tabla = bd.claves_idempotencia.c
        leidas = self.conexion.execute(sa.select(tabla.clave, tabla.id_comando).where(tabla.clave.in_(claves)))
        return {f.clave: f.id_comando for f in leidas}

    def precargar(self, pendientes: Collection[tuple[str, Mensaje]]) -> None:
        """A hint of what a batch is about, by subject and message; a service with large batches overrides it."""

    def anotar_comando(self, rechazo: str | None) -> None:
        """Keep the fate of the command being handled: applied, or refused with a reason's code."""
        self._destinos.append(
            {
                "id_comando": self.sobre.id,
                "tipo": self.sobre.tipo,
                "estado": "APLICADO" if rechazo is None else "RECHAZADO",
                "motivo": rechazo,
            }
        )

    def volcar(self) -> None:
        """Write everything that this unit of work holds; the commit is its opener's."""
        for escritor in (*self.repositorios, *self.escritores):
            escritor.volcar()
        if self._destinos:
            bd.insertar(self.conexion, bd.comandos, self._destinos)
        if self._salientes:
            bd.insertar(self.conexion, bd.outbox, self._salientes)


U = TypeVar("U", bound=UnidadSQL)


def abridor(motor: sa.Engine, fabrica: Callable[[sa.Connection], U]) -> Callable[[], AbstractContextManager[U]]:
    """How a unit of work is opened: it commits when its block ends well, and rolls back when it does not."""

    @contextmanager
    def abrir() -> Iterator[U]:
        with motor.begin() as conexion:
            unidad = fabrica(conexion)
            yield unidad
            unidad.volcar()

    return abrir


def verificar_despachadores(paquete: str, despachadores: Mapping[type[EventoDominio], Despachador]) -> None:
    """Stop a service whose domain events are not all either published or marked internal.

    Raises:
        RuntimeError: the events of ``paquete`` that no dispatcher knows.
    """
    pendientes, propios = [EventoDominio], set()
    while pendientes:
        for evento in pendientes.pop().__subclasses__():
            pendientes.append(evento)
            # A dataclass with slots is made twice; the class that its module does not show is the discarded one.
            vigente = getattr(sys.modules.get(evento.__module__), evento.__name__, None) is evento
            if vigente and evento.__module__.startswith(f"{paquete}."):
                propios.add(evento)
    hojas = {e for e in propios if not any(s in propios for s in e.__subclasses__())}
    faltan = sorted(e.__name__ for e in hojas - set(despachadores))
    if faltan:
        raise RuntimeError(f"{paquete}: ni publicados ni marcados como internos: {', '.join(faltan)}")
