"""This service's unit of work and its repository on PostgreSQL."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from computo.dominio.reserva import Reserva
from computo.infraestructura import tablas
from computo.infraestructura.despachadores import DESPACHADORES
from computo.infraestructura.existencias import ExistenciasSQL
from contratos import Mensaje
from seedwork.aplicacion.saga import Saga
from seedwork.infraestructura.repositorio_sql import Fila, RepositorioSQL
from seedwork.infraestructura.unidad_sql import UnidadSQL


class RepositorioReservas(RepositorioSQL[Reserva]):
    """This service's part in each saga, each a row; a subscription's are loaded together."""

    tabla = tablas.reservas

    def __init__(self, conexion: sa.Connection) -> None:
        super().__init__(conexion)
        self._por_suscripcion: dict[str, list[str]] = {}

    def precargar_de(self, suscripciones: Collection[str]) -> None:
        """Load what belongs to these subscriptions, locked."""
        faltan = set(suscripciones) - self._por_suscripcion.keys()
        if faltan:
            self._por_suscripcion.update((s, []) for s in faltan)
            for reserva in self.buscar(self.tabla.c.id_suscripcion.in_(faltan)):
                self._por_suscripcion[reserva.id_suscripcion].append(reserva.id)

    def de_saga(self, saga: Saga) -> Reserva:
        """The saga's; a new one where there is none. Of two transactions that both make it, its key lets one commit."""
        self.precargar_de([saga.id_suscripcion])
        conocidas = self._por_suscripcion[saga.id_suscripcion]
        if saga.id not in conocidas:
            conocidas.append(saga.id)
            self.agregar(Reserva(id=saga.id, id_suscripcion=saga.id_suscripcion))
        return self._entregar(saga.id)

    def vivas_de(self, id_suscripcion: str) -> Sequence[Reserva]:
        """Those that hold a quota for the subscription."""
        self.precargar_de([id_suscripcion])
        return [r for id in self._por_suscripcion[id_suscripcion] if (r := self._entregar(id)).viva]

    def a_fila(self, agregado: Reserva) -> Fila:
        """A column per attribute."""
        return {c.name: getattr(agregado, c.name) for c in self.tabla.columns if c.name != "orden"}

    def de_fila(self, fila: Mapping[str, Any]) -> Reserva:
        """The inverse."""
        return Reserva(**{c: v for c, v in fila.items() if c != "orden"})

    def _entregar(self, id: str) -> Reserva:
        reserva = self.obtener(id)
        if reserva is None:
            raise LookupError(id)
        return reserva


class UnidadComputo(UnidadSQL):
    """This service's unit of work."""

    def __init__(self, conexion: sa.Connection) -> None:
        super().__init__(conexion, "computo", DESPACHADORES)
        self.reservas = RepositorioReservas(conexion)
        self.existencias = ExistenciasSQL(conexion)
        self.repositorios = [self.reservas]

    def precargar(self, pendientes: Collection[tuple[str, Mensaje]]) -> None:
        """The facts that arrive are about subscriptions."""
        self.reservas.precargar_de({sujeto for sujeto, _ in pendientes})
