"""This service's unit of work: the event store, what is closed, and the delivery queue on PostgreSQL."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.sql.dml import ReturningInsert

from notificaciones.aplicacion.envio import Envio, Politica
from notificaciones.dominio.notificacion import Notificacion
from notificaciones.infraestructura import tablas
from notificaciones.infraestructura.despachadores import DESPACHADORES
from notificaciones.infraestructura.eventos_guardados import CATALOGO
from notificaciones.infraestructura.vistas import proyectar
from seedwork.aplicacion.saga import Saga
from seedwork.aplicacion.sobre import Sobre
from seedwork.infraestructura.almacen_eventos import EventoGuardado, RepositorioEventos
from seedwork.infraestructura.bd import campos, entre
from seedwork.infraestructura.unidad_sql import UnidadSQL

_E = tablas.envios.c
_AHORA = sa.func.clock_timestamp()


class RepositorioNotificaciones(RepositorioEventos[Notificacion]):
    """Notifications, each a stream; their view follows in the same transaction."""

    catalogo = CATALOGO

    def vacio(self, id: str) -> Notificacion:
        """Before its first event, there is only its id."""
        return Notificacion(id=id)

    def proyectar(self, guardados: Sequence[EventoGuardado]) -> None:
        """Bring the view up to what was appended."""
        proyectar(self.conexion, guardados)


def _anotar(tabla: sa.Table, id: str, *, cerrada: bool) -> ReturningInsert[tuple[bool]]:
    """Write, and so lock, a row of what may be closed, whose id is the parameter ``id``; what is closed stays so."""
    sentencia = insert(tabla).values([sa.bindparam(id), cerrada])
    sentencia = sentencia.on_conflict_do_update(
        index_elements=[*tabla.primary_key], set_={"cerrada": tabla.c.cerrada | sentencia.excluded.cerrada}
    )
    return sentencia.returning(tabla.c.cerrada)


def _cerrada() -> sa.Select[bool]:
    saga = _anotar(tablas.sagas, "saga", cerrada=False).cte("de_la_saga")
    suscripcion = _anotar(tablas.suscripciones, "suscripcion", cerrada=False).cte("de_la_suscripcion")
    return sa.select(saga.c.cerrada | suscripcion.c.cerrada).select_from(saga.join(suscripcion, sa.true()))


# Made once: to put a statement together costs more than to run it.
_CERRADA = _cerrada()
_CERRAR_SAGA = _anotar(tablas.sagas, "saga", cerrada=True)
_CERRAR_SUSCRIPCION = _anotar(tablas.suscripciones, "suscripcion", cerrada=True)
_ENCOLAR = sa.insert(tablas.envios)
_ESTOS = entre(_E.id_notificacion, "ids")
_QUITAR = sa.delete(tablas.envios).where(_ESTOS)
_LEER = sa.select(tablas.envios, _AHORA.label("leido")).order_by(_E.id_notificacion)
_LEER_ESTOS = _LEER.where(_ESTOS)
_UNO = _LEER_ESTOS.with_for_update()
_VARIOS = _LEER_ESTOS.with_for_update(nowait=True)
_DE_SUSCRIPCION = _LEER.where(_E.id_suscripcion == sa.bindparam("de")).with_for_update()


class CierresSQL:
    """A row per saga and per subscription: a fact and the undo that it may meet take turns, whichever comes first."""

    def __init__(self, conexion: sa.Connection) -> None:
        self._conexion = conexion

    def cerrada(self, id_saga: str, id_suscripcion: str) -> bool:
        """Whether the saga is closed here, by itself or with its subscription."""
        valores = {"saga": id_saga, "suscripcion": id_suscripcion}
        return bool(self._conexion.execute(_CERRADA, valores).scalar_one())

    def cerrar_saga(self, id_saga: str) -> None:
        """From here on, nothing is sent for the saga but what tells its end."""
        self._conexion.execute(_CERRAR_SAGA, {"saga": id_saga})

    def cerrar_suscripcion(self, id_suscripcion: str) -> None:
        """From here on, nothing is sent for any of its sagas but what tells its end."""
        self._conexion.execute(_CERRAR_SUSCRIPCION, {"suscripcion": id_suscripcion})


class EnviosSQL:
    """The delivery queue, a row per delivery that is not over."""

    def __init__(self, conexion: sa.Connection) -> None:
        self._conexion = conexion
        self._nuevos: list[dict[str, Any]] = []
        self._quitados: list[str] = []
        self._precargados: dict[str, Envio | None] = {}

    def agregar(self, envio: Envio) -> None:
        """Queue a delivery, due at once."""
        fila = {
            **campos(envio),
            "saga": campos(envio.saga),
            "sobre": campos(envio.sobre),
            "id_suscripcion": envio.saga.id_suscripcion,
            "proximo": envio.creado,
        }
        del fila["leido"]
        self._nuevos.append(fila)

    def precargar(self, ids: Collection[str]) -> None:
        """Read and lock several at once, for :meth:`obtener` to hand each out once.

        Raises:
            sqlalchemy.exc.OperationalError: another transaction holds one of them. To wait for it with some locked
                already could be a deadlock.
        """
        self._precargados = dict.fromkeys(ids) | {e.id_notificacion: e for e in self._leer(_VARIOS, ids=list(ids))}

    def obtener(self, id_notificacion: str) -> Envio | None:
        """The delivery, locked until the unit of work ends; None if it is over."""
        if id_notificacion in self._precargados:
            return self._precargados.pop(id_notificacion)
        return next(iter(self._leer(_UNO, ids=[id_notificacion])), None)

    def de_suscripcion(self, id_suscripcion: str) -> Sequence[Envio]:
        """Those of a subscription, locked until the unit of work ends."""
        return self._leer(_DE_SUSCRIPCION, de=id_suscripcion)

    def aplazar(self, id_notificacion: str, hasta: datetime) -> None:
        """Give it back to the queue, due again then."""
        self._cambiar(id_notificacion, proximo=hasta, tomado_hasta=None)

    def marcar_para_anular(self, id_notificacion: str) -> None:
        """Unless it is being sent successfully right now, it ends annulled."""
        self._cambiar(id_notificacion, anular=True)

    def quitar(self, id_notificacion: str) -> None:
        """It is over; the personal data that it held are gone."""
        self._quitados.append(id_notificacion)

    def volcar(self) -> None:
        """Write what was queued, and remove what is over."""
        if self._nuevos:
            self._conexion.execute(_ENCOLAR, self._nuevos)
            self._nuevos.clear()
        if self._quitados:
            self._conexion.execute(_QUITAR, {"ids": self._quitados})
            self._quitados.clear()

    def _cambiar(self, id_notificacion: str, **valores: Any) -> None:
        self._conexion.execute(sa.update(tablas.envios).where(_E.id_notificacion == id_notificacion).values(valores))

    def _leer(self, consulta: sa.Select[Any], **valores: Any) -> list[Envio]:
        self.volcar()
        return [_envio(dict(f)) for f in self._conexion.execute(consulta, valores).mappings()]


def _tomar() -> sa.Executable:
    excepto = sa.bindparam("excepto", type_=sa.ARRAY(sa.Text))
    debidos = (
        sa.select(_E.id_notificacion)
        .where(_E.proximo <= _AHORA, sa.or_(_E.tomado_hasta.is_(None), _E.tomado_hasta <= _AHORA))
        .where(_E.id_notificacion != sa.all_(excepto))
        .order_by(_E.proximo)
        .limit(sa.bindparam("cuantos", type_=sa.Integer))
        .with_for_update(skip_locked=True)
        # As a plain subquery it may run once per row of the outer table, and take as many more each time.
        .cte("debidos")
    )
    arriendo = sa.func.make_interval(0, 0, 0, 0, 0, 0, sa.bindparam("arriendo_s", type_=sa.Float))
    return (
        sa.update(tablas.envios)
        .where(_E.id_notificacion.in_(sa.select(debidos.c.id_notificacion)))
        .values(intentos=_E.intentos + 1, tomado_hasta=_AHORA + arriendo)
        .returning(tablas.envios, _AHORA.label("leido"))
    )


_TOMAR = _tomar()


def tomar_envios(conexion: sa.Connection, cuantos: int, arriendo_s: float, excepto: Collection[str]) -> list[Envio]:
    """Lease what is due to this process, the longest due first. The attempt is counted before it begins.

    Args:
        conexion: in autocommit: when this returns, the lease is durable.
        cuantos: at most this many.
        arriendo_s: seconds after which others may take it, should this process vanish.
        excepto: what this process has in hand still, whatever became of its lease.
    """
    valores = {"cuantos": cuantos, "arriendo_s": arriendo_s, "excepto": list(excepto)}
    return [_envio(dict(f)) for f in conexion.execute(_TOMAR, valores).mappings()]


def devolver_envios(conexion: sa.Connection, envios: Collection[Envio]) -> None:
    """End the lease on deliveries that this process will not finish, unless another has taken them since."""
    suyos = sa.tuple_(_E.id_notificacion, _E.intentos).in_([(e.id_notificacion, e.intentos) for e in envios])
    conexion.execute(sa.update(tablas.envios).where(suyos).values(tomado_hasta=None))


class UnidadNotificaciones(UnidadSQL):
    """This service's unit of work."""

    def __init__(self, conexion: sa.Connection, *, asuntos: Mapping[str, str], canal: str, politica: Politica) -> None:
        super().__init__(conexion, "notificaciones", DESPACHADORES)
        self.asuntos = asuntos
        self.canal = canal
        self.politica = politica
        self.notificaciones = RepositorioNotificaciones(conexion)
        self.cierres = CierresSQL(conexion)
        self.envios = EnviosSQL(conexion)
        self.repositorios = [self.notificaciones]
        self.escritores = [self.envios]

    def precargar_envios(self, ids: Collection[str]) -> None:
        """Load deliveries and their notifications, to note what became of them all.

        Raises:
            sqlalchemy.exc.OperationalError: another transaction is at one of them.
        """
        self.envios.precargar(ids)
        self.notificaciones.precargar(ids)


def _envio(fila: Mapping[str, Any]) -> Envio:
    propios = {c: v for c, v in fila.items() if c not in ("id_suscripcion", "proximo", "saga", "sobre")}
    saga: dict[str, Any] = {c: tuple(v) if isinstance(v, list) else v for c, v in fila["saga"].items()}
    return Envio(saga=Saga(**saga), sobre=Sobre(**fila["sobre"]), **propios)
