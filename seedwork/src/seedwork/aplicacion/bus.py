"""From a message to its handler, inside one unit of work: the same path for every command and every reaction."""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, TypeVar

from contratos import Mensaje, motivos
from seedwork.aplicacion.espera import Aplazado, Etapas, PorConocer
from seedwork.aplicacion.sobre import Sobre
from seedwork.aplicacion.unidad import UnidadConBandeja

Manejador = Callable[[Any, Any], str | None]
"""``(message, unit of work) -> None``, or the reason's code where a command is refused."""

U = TypeVar("U", bound=UnidadConBandeja)


@dataclass(frozen=True, slots=True)
class Recibido:
    """A message that arrived, decoded."""

    sobre: Sobre
    mensaje: Mensaje


class Bus:
    """Handles messages exactly once each: inbox, handlers, aggregates and outbox share one transaction.

    Args:
        consumidor: the inbox's first key; one per subscription.
        abrir: opens a unit of work that commits when its block ends well, and rolls back when it does not.
        manejadores: the handler of each message type that this consumer hears.
        rechazar: tells, as an event, that a command was refused though no handler decided it: before it saw it, or
            after it failed on it for good.
    """

    def __init__(
        self,
        consumidor: str,
        abrir: Callable[[], AbstractContextManager[Any]],
        manejadores: Mapping[type[Mensaje], Manejador],
        rechazar: Callable[[Any, Any, str], None] | None = None,
    ) -> None:
        if not manejadores:
            raise ValueError(f"el consumidor {consumidor} no tiene manejadores")
        for tipo in manejadores:
            if tipo.clase == "comando" and rechazar is None:
                raise ValueError(f"{tipo.__name__} es un comando: falta decir cómo se rechaza")
        self.consumidor = consumidor
        self.manejadores = manejadores
        self._abrir = abrir
        self._rechazar = rechazar

    def procesar(
        self, recibidos: Sequence[Recibido], *, lote: str | None = None, agotados: Collection[str] = ()
    ) -> Mapping[str, Aplazado]:
        """Handle all of them in one transaction, in order; what was handled before is passed over.

        Args:
            recibidos: the messages.
            lote: the id of the batch, if it was noted as begun; it ends with the transaction.
            agotados: ids of commands that have waited long enough: what they name and is not known is no more to come.

        Returns:
            The commands that are to wait, by id: they were left unhandled, and so were those of their type and subject
            behind them.

        Raises:
            Exception: whatever a handler or the database raised; then nothing of the batch took effect.
        """
        esperan: dict[tuple[str, str], Etapas] = {}
        aplazados: dict[str, Recibido] = {}
        with self._abrir() as unidad:
            nuevos = unidad.recibir(self.consumidor, {r.sobre.id for r in recibidos}, lote=lote)
            pendientes = [r for r in recibidos if r.sobre.id in nuevos]
            unidad.precargar([(r.sobre.sujeto, r.mensaje) for r in pendientes])
            duenos = unidad.reclamar_claves(
                {r.sobre.clave_idempotencia: r.sobre.id for r in reversed(pendientes) if r.sobre.clave_idempotencia}
            )
            for recibido in pendientes:
                sobre = recibido.sobre
                if sobre.id not in nuevos:
                    continue
                nuevos.remove(sobre.id)
                asunto = sobre.tipo, sobre.sujeto
                try:
                    if asunto not in esperan:
                        self._atender(unidad, recibido, duenos, espera=sobre.id not in agotados)
                        continue
                except PorConocer as error:
                    esperan[asunto] = error.etapas
                aplazados[sobre.id] = recibido
            segundos = (
                unidad.aplazar(self.consumidor, {id: r.sobre.tipo for id, r in aplazados.items()}) if aplazados else {}
            )
        return {
            id: Aplazado(esperan[aplazados[id].sobre.tipo, aplazados[id].sobre.sujeto], segundos[id])
            for id in aplazados
        }

    def descartar(self, recibido: Recibido, *, avisar: bool = True) -> bool:
        """Give a message up for good: a command is refused, an event stays without effect here.

        Args:
            recibido: what was parked.
            avisar: whether an event tells of the refusal; without it, only the command's fate does.

        Returns:
            False where it was handled after all; then nothing is done.
        """
        sobre, mensaje = recibido.sobre, recibido.mensaje
        with self._abrir() as unidad:
            if not unidad.retirar(self.consumidor, sobre.id):
                return False
            if mensaje.clase == "comando":
                unidad.atender(sobre)
                if sobre.clave_idempotencia:
                    unidad.reclamar_claves({sobre.clave_idempotencia: sobre.id})
                if avisar and self._rechazar is not None:
                    self._rechazar(mensaje, unidad, motivos.COMANDO_DESCARTADO)
                unidad.anotar_comando(motivos.COMANDO_DESCARTADO)
                unidad.recolectar()
        return True

    def _atender(
        self, unidad: UnidadConBandeja, recibido: Recibido, duenos: Mapping[str, str], *, espera: bool
    ) -> None:
        sobre, mensaje = recibido.sobre, recibido.mensaje
        unidad.atender(sobre)
        rechazo: str | None
        if sobre.clave_idempotencia and duenos[sobre.clave_idempotencia] != sobre.id:
            rechazo = motivos.CLAVE_DE_IDEMPOTENCIA_REUTILIZADA
            if self._rechazar is not None:
                self._rechazar(mensaje, unidad, rechazo)
        else:
            try:
                rechazo = self.manejadores[type(mensaje)](mensaje, unidad)
            except PorConocer as error:
                if espera or self._rechazar is None:
                    raise
                rechazo = error.codigo
                self._rechazar(mensaje, unidad, rechazo)
        if mensaje.clase == "comando":
            unidad.anotar_comando(rechazo)
        unidad.recolectar()
