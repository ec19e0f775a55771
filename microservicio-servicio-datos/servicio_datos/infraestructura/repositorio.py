"""This service's unit of work and its repositories on PostgreSQL."""

from collections.abc import Collection, Mapping
from typing import Any, TypeVar

import sqlalchemy as sa

from contratos import Mensaje
from contratos.servicio_datos import CrearServicioDatos
from contratos.suscripciones import HechoSuscripcion
from seedwork.aplicacion.saga import Saga
from seedwork.dominio.reglas import es_id
from seedwork.infraestructura.repositorio_sql import Fila, RepositorioSQL
from seedwork.infraestructura.unidad_sql import UnidadSQL
from servicio_datos.dominio.participacion import Participacion
from servicio_datos.dominio.servicio_datos import TERMINADO, ServicioDatos
from servicio_datos.dominio.suscripcion_conocida import SuscripcionConocida
from servicio_datos.infraestructura import tablas
from servicio_datos.infraestructura.despachadores import DESPACHADORES
from servicio_datos.infraestructura.existencias import RecursosSQL
from servicio_datos.infraestructura.imagenes import ImagenesSQL

A = TypeVar("A", bound=ServicioDatos | Participacion)


class RepositorioSuscripcionesConocidas(RepositorioSQL[SuscripcionConocida]):
    """The copies of the subscriptions, each a row."""

    tabla = tablas.suscripciones_conocidas

    def de(self, id: str) -> SuscripcionConocida:
        """The one of an id; a new one where there is none. Of two transactions that both make it, one commits."""
        conocida = self.obtener(id)
        if conocida is None:
            conocida = SuscripcionConocida(id=id)
            self.agregar(conocida)
        return conocida

    def a_fila(self, agregado: SuscripcionConocida) -> Fila:
        """A column per attribute."""
        return {c.name: getattr(agregado, c.name) for c in self.tabla.columns}

    def de_fila(self, fila: Mapping[str, Any]) -> SuscripcionConocida:
        """The inverse."""
        return SuscripcionConocida(**fila)


class _PorSuscripcion(RepositorioSQL[A]):
    """Aggregates that are found by their subscription: those of a whole batch are loaded with one statement."""

    def __init__(self, conexion: sa.Connection) -> None:
        super().__init__(conexion)
        self._ids: dict[str, list[str]] = {}

    def precargar_de(self, suscripciones: Collection[str]) -> None:
        """Load what belongs to these subscriptions, locked."""
        faltan = sorted(set(suscripciones) - self._ids.keys())
        if faltan:
            self._ids.update((s, []) for s in faltan)
            for agregado in self.buscar(self.tabla.c.id_suscripcion.in_(faltan), *self.vigentes()):
                self._ids[agregado.id_suscripcion].append(agregado.id)

    def vigentes(self) -> Collection[sa.ColumnElement[bool]]:
        """What a row must meet to be worth loading."""
        return ()

    def de_suscripcion(self, id_suscripcion: str) -> list[A]:
        """What belongs to the subscription."""
        self.precargar_de([id_suscripcion])
        return [agregado for id in self._ids[id_suscripcion] if (agregado := self.obtener(id)) is not None]

    def agregar(self, agregado: A) -> None:
        """Take in an aggregate that is new."""
        self.precargar_de([agregado.id_suscripcion])
        super().agregar(agregado)
        self._ids[agregado.id_suscripcion].append(agregado.id)

    def a_fila(self, agregado: A) -> Fila:
        """A column per attribute."""
        return {c.name: getattr(agregado, c.name) for c in self.tabla.columns if c.name != "orden"}


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


class RepositorioServiciosDatos(_PorSuscripcion[ServicioDatos]):
    """Data services, each a row. Of a subscription only what is alive is loaded; what has ended, only by its id.

    Args:
        conocidas: a subscription's copy is locked before all else that belongs to it, so that what is read then
            includes all that another worker does about it at this moment.
        participaciones: come next, so that all lock in one order.
    """

    tabla = tablas.servicios_datos

    def __init__(
        self,
        conexion: sa.Connection,
        conocidas: RepositorioSuscripcionesConocidas,
        participaciones: RepositorioParticipaciones,
    ) -> None:
        super().__init__(conexion)
        self._conocidas = conocidas
        self._participaciones = participaciones

    def precargar(self, ids: Collection[str], suscripciones: Collection[str] = ()) -> None:
        """Load the data services of these ids, of whatever state, and what belongs to their subscriptions.

        Args:
            suscripciones: further ones, which take their places in the same order.
        """
        faltan = sorted(set(ids) - self._vistos.keys() - self._ausentes)
        duenas: dict[str, str] = {}
        if faltan:
            columnas = self.tabla.c.id, self.tabla.c.id_suscripcion
            consulta = sa.select(*columnas).where(self.tabla.c.id == sa.any_(sa.literal(faltan, sa.ARRAY(sa.Text))))
            duenas = {f.id: f.id_suscripcion for f in self.conexion.execute(consulta)}
            self._ausentes.update(faltan)
        self.precargar_de({*suscripciones, *duenas.values()})
        super().precargar(duenas)

    def precargar_de(self, suscripciones: Collection[str]) -> None:
        """Load what belongs to these subscriptions, locked, after their copies and their participations."""
        nuevas = set(suscripciones) - self._ids.keys()
        if nuevas:
            self._conocidas.precargar(sorted(nuevas))
            self._participaciones.precargar_de(nuevas)
            super().precargar_de(nuevas)

    def vivo_de(self, id_suscripcion: str) -> ServicioDatos | None:
        """The one that the subscription holds."""
        return next((s for s in self.de_suscripcion(id_suscripcion) if s.vivo), None)

    def vigentes(self) -> Collection[sa.ColumnElement[bool]]:
        """Only what is alive."""
        return (self.tabla.c.estado != TERMINADO,)

    def de_fila(self, fila: Mapping[str, Any]) -> ServicioDatos:
        """The inverse."""
        return ServicioDatos(**{c: v for c, v in fila.items() if c != "orden"})


class UnidadServicioDatos(UnidadSQL):
    """This service's unit of work."""

    def __init__(self, conexion: sa.Connection) -> None:
        super().__init__(conexion, "servicio-datos", DESPACHADORES)
        self.suscripciones = RepositorioSuscripcionesConocidas(conexion)
        self.participaciones = RepositorioParticipaciones(conexion)
        self.servicios = RepositorioServiciosDatos(conexion, self.suscripciones, self.participaciones)
        self.recursos = RecursosSQL(conexion)
        self.imagenes = ImagenesSQL(conexion)
        self.repositorios = [self.suscripciones, self.participaciones, self.servicios]
        # Last of all the counts, whose rows every batch of images changes.
        self.escritores = [self.imagenes]

    def precargar(self, pendientes: Collection[tuple[str, Mensaje]]) -> None:
        """Facts are about subscriptions, commands about data services; an image is about nothing that is loaded."""
        servicios: set[str] = set()
        suscripciones: set[str] = set()
        for sujeto, mensaje in pendientes:
            if isinstance(mensaje, HechoSuscripcion):
                suscripciones.add(sujeto)
            elif mensaje.clase == "comando":
                servicios.add(sujeto)
                # A code that can be no id may be no text that the database takes; the handler refuses it.
                if isinstance(mensaje, CrearServicioDatos) and es_id(mensaje.suscripcion.codigo):
                    suscripciones.add(mensaje.suscripcion.codigo)
        self.servicios.precargar(servicios, suscripciones)
