"""This service's repository: how its aggregates become rows, and what is read together."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TypeVar

from computo import NOMBRE
from computo.aplicacion.puertos import Existencias, Unidad
from computo.aplicacion.traducciones import TRADUCCIONES
from computo.dominio.reserva import Reserva
from saga.pasos import Saga
from seedwork.aplicacion.transaccion import Transaccion
from seedwork.infraestructura.repositorio import Repositorio, mapeo_llano
from seedwork.infraestructura.tabla import Tabla, TransaccionConTablas

T = TypeVar("T", bound=TransaccionConTablas)

_RESERVA = mapeo_llano(Reserva)


class RepositorioReservas(Repositorio[Reserva]):
    """This service's part in each saga, each a row; a subscription's are loaded together."""

    def __init__(self, transaccion: Transaccion, tabla: Tabla) -> None:
        super().__init__(transaccion, tabla, _RESERVA)
        self._ids: dict[str, dict[str, None]] = {}

    def precargar_de(self, suscripciones: Collection[str]) -> None:
        """Load what belongs to these subscriptions, locked."""
        faltan = sorted(set(suscripciones) - self._ids.keys())
        if faltan:
            self._ids.update((s, {}) for s in faltan)
            for reserva in self.buscar("id_suscripcion", faltan):
                self._ids[reserva.id_suscripcion][reserva.id] = None

    def de_saga(self, saga: Saga) -> Reserva:
        """The saga's; a new one where there is none. Of two transactions that both make it, its key lets one commit."""
        for conocida in self._de(saga.id_suscripcion):
            if conocida.id == saga.id:
                return conocida
        nueva = Reserva(id=saga.id, id_suscripcion=saga.id_suscripcion)
        self.agregar(nueva)
        self._ids[saga.id_suscripcion][saga.id] = None
        return nueva

    def vivas_de(self, id_suscripcion: str) -> Sequence[Reserva]:
        """Those that hold a quota for the subscription."""
        return [r for r in self._de(id_suscripcion) if r.viva]

    def _de(self, id_suscripcion: str) -> list[Reserva]:
        self.precargar_de([id_suscripcion])
        # One whose making was undone is there no more.
        return [self._prestar(self._vistos[id]) for id in self._ids[id_suscripcion] if id in self._vistos]


class UnidadComputo(Unidad):
    """This service's unit of work, on tables.

    Args:
        existencias: makes the stock as the transaction sees it.
    """

    def __init__(self, transaccion: T, existencias: Callable[[T], Existencias]) -> None:
        super().__init__(transaccion, NOMBRE, TRADUCCIONES)
        self.reservas = self._reservas = RepositorioReservas(transaccion, transaccion.tablas["reservas"])
        self.existencias = existencias(transaccion)

    def precargar(self, ids_por_nombre: Mapping[str, Collection[str]]) -> None:
        """The facts that arrive are about subscriptions."""
        self._reservas.precargar_de(ids_por_nombre.get("id_suscripcion", ()))
