"""This service's unit of work and its repositories on PostgreSQL."""

from collections.abc import Collection, Mapping
from typing import Any, TypeVar

import sqlalchemy as sa
from seedwork.aplicacion.unidad import Saga
from seedwork.infraestructura.repositorio_sql import Fila, RepositorioSQL
from seedwork.infraestructura.unidad_sql import UnidadSQL

from servicio_datos.dominio.participacion import Participacion
from servicio_datos.dominio.servicio_datos import TERMINADO, ServicioDatos
from servicio_datos.infraestructura import tablas
from servicio_datos.infraestructura.despachadores import DESPACHADORES
from servicio_datos.infraestructura.existencias import RecursosSQL

A = TypeVar("A", bound=ServicioDatos | Participacion)


class _PorSuscripcion(RepositorioSQL[A]):
    """Aggregates that are found by their subscription: those of a whole batch are loaded with one statement."""

    def __init__(self, conexion: sa.Connection) -> None:
        super().__init__(conexion)
        self._de: dict[str, list[A]] = {}

    def precargar_de(self, suscripciones: Collection[str]) -> None:
        """Load what belongs to these subscriptions, locked."""
        faltan = sorted(set(suscripciones) - self._de.keys())
        if faltan:
            self._de.update((s, []) for s in faltan)
            for agregado in self.buscar(self.tabla.c.id_suscripcion.in_(faltan), *self.vigentes()):
                self._de[agregado.id_suscripcion].append(agregado)

    def vigentes(self) -> Collection[sa.ColumnElement[bool]]:
        """What a row must meet to be worth loading."""
        return ()

    def de_suscripcion(self, id_suscripcion: str) -> list[A]:
        """What belongs to the subscription."""
        self.precargar_de([id_suscripcion])
        return self._de[id_suscripcion]

    def agregar(self, agregado: A) -> None:
        """Take in an aggregate that is new."""
        super().agregar(agregado)
        self.de_suscripcion(agregado.id_suscripcion).append(agregado)

    def a_fila(self, agregado: A) -> Fila:
        """A column per attribute."""
        return {c.name: getattr(agregado, c.name) for c in self.tabla.columns if c.name != "orden"}


class RepositorioServiciosDatos(_PorSuscripcion[ServicioDatos]):
    """Data services, each a row; those that have ended are not loaded."""

    tabla = tablas.servicios_datos

    def vivo_de(self, id_suscripcion: str) -> ServicioDatos | None:
        """The one that the subscription holds."""
        return next((s for s in self.de_suscripcion(id_suscripcion) if s.vivo), None)

    def vigentes(self) -> Collection[sa.ColumnElement[bool]]:
        """Only what is alive."""
        return (self.tabla.c.estado != TERMINADO,)

    def de_fila(self, fila: Mapping[str, Any]) -> ServicioDatos:
        """The inverse."""
        return ServicioDatos(**{c: v for c, v in fila.items() if c != "orden"})


class RepositorioParticipaciones(_PorSuscripcion[Participacion]):
    """This service's part in each saga, each a row."""

    tabla = tablas.participaciones

    def de_saga(self, saga: Saga) -> Participacion:
        """The saga's; a new one where there is none. Of two transactions that both make it, its key lets one commit."""
        for conocida in self.de_suscripcion(saga.id_suscripcion):
            if conocida.id == saga.id:
                return conocida
        nueva = Participacion(id=saga.id, id_suscripcion=saga.id_suscripcion)
        self.agregar(nueva)
        return nueva

    def de_fila(self, fila: Mapping[str, Any]) -> Participacion:
        """The inverse."""
        return Participacion(**fila)


class UnidadServicioDatos(UnidadSQL):
    """This service's unit of work."""

    def __init__(self, conexion: sa.Connection) -> None:
        super().__init__(conexion, "servicio-datos", DESPACHADORES)
        self.servicios = RepositorioServiciosDatos(conexion)
        self.participaciones = RepositorioParticipaciones(conexion)
        self.recursos = RecursosSQL(conexion)
        self.repositorios = [self.servicios, self.participaciones]

    def precargar(self, sujetos: Collection[str]) -> None:
        """The facts that arrive are about subscriptions."""
        self.servicios.precargar_de(sujetos)
        self.participaciones.precargar_de(sujetos)
