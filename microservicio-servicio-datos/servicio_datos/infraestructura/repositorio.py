"""This service's repositories: how its aggregates become rows, and what is read together."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TypeVar

from saga.participacion import Participacion
from saga.pasos import Saga
from seedwork.aplicacion.transaccion import Transaccion
from seedwork.infraestructura.repositorio import Mapeo, Repositorio, mapeo_llano
from seedwork.infraestructura.tabla import Tabla, TransaccionConTablas
from servicio_datos import NOMBRE
from servicio_datos.aplicacion.puertos import Imagenes, Recursos, Unidad
from servicio_datos.aplicacion.traducciones import TRADUCCIONES
from servicio_datos.dominio.servicio_datos import TERMINADO, ServicioDatos
from servicio_datos.dominio.suscripcion_conocida import SuscripcionConocida

A = TypeVar("A", bound=ServicioDatos | Participacion)
T = TypeVar("T", bound=TransaccionConTablas)

_CONOCIDA = mapeo_llano(SuscripcionConocida, salvo=("secuencia",))
_PARTICIPACION = mapeo_llano(Participacion, salvo=("secuencia",))
_SERVICIO = mapeo_llano(ServicioDatos)


class RepositorioSuscripcionesConocidas(Repositorio[SuscripcionConocida]):
    """The copies of the subscriptions."""

    def __init__(self, transaccion: Transaccion, tabla: Tabla) -> None:
        super().__init__(transaccion, tabla, _CONOCIDA)

    def de(self, id: str) -> SuscripcionConocida:
        """The one of an id; a new one where there is none. Of two transactions that both make it, one commits."""
        conocida = self.obtener(id)
        if conocida is None:
            conocida = SuscripcionConocida(id=id)
            self.agregar(conocida)
        return conocida


class _PorSuscripcion(Repositorio[A]):
    """Aggregates that are found by their subscription: those of a whole batch are loaded with one statement.

    Args:
        salvo: a column, and the value in it that makes a row not worth loading.
    """

    def __init__(
        self, transaccion: Transaccion, tabla: Tabla, mapeo: Mapeo[A], salvo: tuple[str, str] | None = None
    ) -> None:
        super().__init__(transaccion, tabla, mapeo)
        self._salvo = salvo
        self._ids: dict[str, dict[str, None]] = {}

    def precargar_de(self, suscripciones: Collection[str]) -> None:
        """Load what belongs to these subscriptions, locked."""
        faltan = sorted(set(suscripciones) - self._ids.keys())
        if faltan:
            self._ids.update((s, {}) for s in faltan)
            for agregado in self.buscar("id_suscripcion", faltan, salvo=self._salvo):
                self._ids[agregado.id_suscripcion][agregado.id] = None

    def de_suscripcion(self, id_suscripcion: str) -> list[A]:
        """What belongs to the subscription."""
        self.precargar_de([id_suscripcion])
        # One whose making was undone is there no more.
        return [self._prestar(self._vistos[id]) for id in self._ids[id_suscripcion] if id in self._vistos]

    def agregar(self, agregado: A, /) -> None:
        """Take in an aggregate that is new."""
        self.precargar_de([agregado.id_suscripcion])
        super().agregar(agregado)
        self._ids[agregado.id_suscripcion][agregado.id] = None


class RepositorioParticipaciones(_PorSuscripcion[Participacion]):
    """This service's part in each saga."""

    def __init__(self, transaccion: Transaccion, tabla: Tabla) -> None:
        super().__init__(transaccion, tabla, _PARTICIPACION)

    def de_saga(self, saga: Saga) -> Participacion:
        """The saga's; a new one where there is none. Of two transactions that both make it, its key lets one commit."""
        for conocida in self.de_suscripcion(saga.id_suscripcion):
            if conocida.id == saga.id:
                return conocida
        nueva = Participacion(id=saga.id, id_suscripcion=saga.id_suscripcion)
        self.agregar(nueva)
        return nueva


class RepositorioServiciosDatos(_PorSuscripcion[ServicioDatos]):
    """Data services. Of a subscription only what is alive is loaded; what has ended, only by its id.

    Args:
        conocidas: a subscription's copy is locked before all else that belongs to it, so that what is read then
            includes all that another worker does about it at this moment.
        participaciones: come next, so that all lock in one order.
    """

    def __init__(
        self,
        transaccion: Transaccion,
        tabla: Tabla,
        conocidas: RepositorioSuscripcionesConocidas,
        participaciones: RepositorioParticipaciones,
    ) -> None:
        super().__init__(transaccion, tabla, _SERVICIO, salvo=("estado", TERMINADO))
        self._conocidas = conocidas
        self._participaciones = participaciones

    def precargar(self, ids: Collection[str], /, suscripciones: Collection[str] = ()) -> None:
        """Load the data services of these ids, of whatever state, and what belongs to their subscriptions.

        Args:
            suscripciones: further ones, which take their places in the same order.
        """
        faltan = set(ids) - self._vistos.keys() - self._ausentes
        duenas: dict[str, str] = {}
        if faltan:
            duenas = {f["id"]: f["id_suscripcion"] for f in self._tabla.leer("id", faltan, bloquear=False)}
            self._ausentes.update(faltan)
        self.precargar_de({*suscripciones, *duenas.values()})
        super().precargar(duenas.keys())

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

    def todos_de(self, id_suscripcion: str) -> Sequence[ServicioDatos]:
        """All that the subscription held."""
        self.precargar_de([id_suscripcion])
        self.buscar("id_suscripcion", [id_suscripcion])
        return [self._prestar(s) for s in self._vistos.values() if s.id_suscripcion == id_suscripcion]


class UnidadServicioDatos(Unidad):
    """This service's unit of work, on tables.

    Args:
        recursos: makes the catalogue as the transaction sees it.
        imagenes: makes what counts images. It enrols last: it locks rows that every batch of images changes.
    """

    def __init__(
        self,
        transaccion: T,
        recursos: Callable[[T], Recursos],
        imagenes: Callable[[T], Imagenes],
    ) -> None:
        super().__init__(transaccion, NOMBRE, TRADUCCIONES)
        tablas = transaccion.tablas
        conocidas = RepositorioSuscripcionesConocidas(transaccion, tablas["suscripciones_conocidas"])
        participaciones = RepositorioParticipaciones(transaccion, tablas["participaciones"])
        servicios = RepositorioServiciosDatos(transaccion, tablas["servicios_datos"], conocidas, participaciones)
        self._servicios = servicios
        self.suscripciones = conocidas
        self.participaciones = participaciones
        self.servicios_datos = servicios
        self.recursos = recursos(transaccion)
        self.imagenes = imagenes(transaccion)

    def precargar(self, ids_por_nombre: Mapping[str, Collection[str]]) -> None:
        """What is about data services and what is about subscriptions takes its locks in one order."""
        self._servicios.precargar(ids_por_nombre.get("id_servicio_datos", ()), ids_por_nombre.get("id_suscripcion", ()))
