"""What is closed, and the delivery queue, on PostgreSQL."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.sql.dml import ReturningInsert

from notificaciones.aplicacion.envio import Envio
from notificaciones.aplicacion.puertos import EnvioOcupado
from notificaciones.infraestructura import tablas
from saga.pasos import Saga
from seedwork.aplicacion.sobre import Sobre
from seedwork.aplicacion.transaccion import Inscripcion
from seedwork.infraestructura.bd import entre, segundos
from seedwork.infraestructura.repositorio import campos, de_json
from seedwork.infraestructura.transaccion_sql import TransaccionSQL

_OCUPADO = "55P03"
"""lock_not_available (PostgreSQL's manual, appendix A)."""
_E = tablas.envios.c
_AHORA = sa.func.clock_timestamp()
_ESTE_INSTANTE = sa.func.statement_timestamp()
"""The same from row to row, so that it can be looked for by an index."""


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
_ESTOS = entre(_E.id_notificacion, "ids")
_QUITAR = sa.delete(tablas.envios).where(_ESTOS)
_LEER = sa.select(tablas.envios, _AHORA.label("leido")).order_by(_E.id_notificacion)
_LEER_ESTOS = _LEER.where(_ESTOS)
_UNO = _LEER_ESTOS.with_for_update()
_VARIOS = _LEER_ESTOS.with_for_update(nowait=True)
_DE_SUSCRIPCION = _LEER.where(_E.id_suscripcion == sa.bindparam("de")).with_for_update()


class CierresSQL:
    """A row per saga and per subscription: a fact and the undo that it may meet take turns, whichever comes first."""

    def __init__(self, transaccion: TransaccionSQL) -> None:
        self._transaccion = transaccion

    def cerrada(self, id_saga: str, id_suscripcion: str) -> bool:
        """Whether the saga is closed here, by itself or with its subscription."""
        valores = {"saga": id_saga, "suscripcion": id_suscripcion}
        return bool(self._transaccion.escribir(_CERRADA, valores).scalar_one())

    def cerrar_saga(self, id_saga: str) -> None:
        """From here on, nothing is sent for the saga but what tells its end."""
        self._transaccion.escribir(_CERRAR_SAGA, {"saga": id_saga})

    def cerrar_suscripcion(self, id_suscripcion: str) -> None:
        """From here on, nothing is sent for any of its sagas but what tells its end."""
        self._transaccion.escribir(_CERRAR_SUSCRIPCION, {"suscripcion": id_suscripcion})


class EnviosSQL(Inscripcion):
    """The delivery queue, a row per delivery that is not over. What is queued and removed is written at the end."""

    def __init__(self, transaccion: TransaccionSQL) -> None:
        super().__init__(transaccion)
        self._transaccion = transaccion
        self._tabla = transaccion.tablas[tablas.envios.name]
        self._nuevos: list[Envio] = []
        self._quitados: list[str] = []
        self._precargados: dict[str, Envio | None] = {}

    def agregar(self, envio: Envio) -> None:
        """Queue a delivery, due at once."""
        self._nuevos.append(envio)
        self._regresos.append(self._nuevos.pop)

    def precargar(self, ids: Collection[str], /) -> None:
        """Read and lock several at once, for :meth:`obtener` to hand each out once."""
        try:
            leidos = self._leer(_VARIOS, ids=list(ids))
        except sa.exc.OperationalError as error:
            if getattr(error.orig, "pgcode", None) != _OCUPADO:
                raise
            raise EnvioOcupado from None
        self._precargados = dict.fromkeys(ids) | {e.id_notificacion: e for e in leidos}

    def obtener(self, id_notificacion: str) -> Envio | None:
        """The delivery, locked until the unit of work ends; None if it is over."""
        if id_notificacion in self._precargados:
            precargado = self._precargados.pop(id_notificacion)
            leidos = [] if precargado is None else [precargado]
        else:
            leidos = self._leer(_UNO, ids=[id_notificacion])
        return next(iter(self._vigentes(leidos, lambda e: e.id_notificacion == id_notificacion)), None)

    def de_suscripcion(self, id_suscripcion: str) -> Sequence[Envio]:
        """Those of a subscription, locked until the unit of work ends."""
        leidos = self._leer(_DE_SUSCRIPCION, de=id_suscripcion)
        return self._vigentes(leidos, lambda e: e.saga.id_suscripcion == id_suscripcion)

    def aplazar(self, id_notificacion: str, hasta: datetime) -> None:
        """Give it back to the queue, due again then."""
        self._cambiar(id_notificacion, proximo=hasta, tomado_hasta=None)

    def marcar_para_anular(self, id_notificacion: str) -> None:
        """Unless it is being sent successfully right now, it ends annulled."""
        self._cambiar(id_notificacion, anular=True)

    def quitar(self, id_notificacion: str) -> None:
        """It is over; the personal data that it held are gone."""
        self._quitados.append(id_notificacion)
        self._regresos.append(self._quitados.pop)

    def volcar(self) -> None:
        """Write what was queued, and remove what is over."""
        if self._nuevos:
            self._tabla.insertar([_fila(e) for e in self._nuevos])
        if self._quitados:
            self._transaccion.ejecutar(_QUITAR, {"ids": self._quitados})

    def _vigentes(self, leidos: Collection[Envio], pedido: Callable[[Envio], bool]) -> list[Envio]:
        """What was read, and what was queued here and is not written yet, but for what is over; by their ids' order."""
        todos = [e for e in (*leidos, *filter(pedido, self._nuevos)) if e.id_notificacion not in self._quitados]
        return sorted(todos, key=lambda e: e.id_notificacion)

    def _cambiar(self, id_notificacion: str, **valores: Any) -> None:
        self._transaccion.escribir(
            sa.update(tablas.envios).where(_E.id_notificacion == id_notificacion).values(valores)
        )

    def _leer(self, consulta: sa.Select[Any], **valores: Any) -> list[Envio]:
        return [_envio(dict(f)) for f in self._transaccion.ejecutar(consulta, valores).mappings()]


def _fila(envio: Envio) -> dict[str, Any]:
    fila = {
        **campos(envio),
        "saga": campos(envio.saga),
        "sobre": envio.sobre.como_datos(),
        "id_suscripcion": envio.saga.id_suscripcion,
        "proximo": envio.creado,
    }
    del fila["leido"]
    return fila


def _tomar(orden: sa.ColumnElement[Any], *condiciones: sa.ColumnElement[bool]) -> sa.Executable:
    """Lease what is due, in that order, whose index leads to it: nothing that may wait on stands before it."""
    excepto = sa.bindparam("excepto", type_=sa.ARRAY(sa.Text))
    debidos = (
        sa.select(_E.id_notificacion)
        .where(_E.proximo <= _ESTE_INSTANTE, *condiciones)
        .where(sa.or_(_E.tomado_hasta.is_(None), _E.tomado_hasta <= _ESTE_INSTANTE))
        .where(_E.id_notificacion != sa.all_(excepto))
        .order_by(orden)
        .limit(sa.bindparam("cuantos", type_=sa.Integer))
        .with_for_update(skip_locked=True)
        # As a plain subquery it may run once per row of the outer table, and take as many more each time.
        .cte("debidos")
    )
    arriendo = segundos("arriendo_s")
    return (
        sa.update(tablas.envios)
        .where(_E.id_notificacion.in_(sa.select(debidos.c.id_notificacion)))
        .values(intentos=_E.intentos + 1, tomado_hasta=_AHORA + arriendo)
        .returning(tablas.envios, _AHORA.label("leido"))
    )


_TOMAR = _tomar(_E.proximo)
# However many are due and younger, none of them is read.
_TOMAR_VIEJOS = _tomar(_E.creado, _E.creado <= _ESTE_INSTANTE - segundos("edad_s"))


class ColaEnviosSQL:
    """The delivery queue on PostgreSQL, a transaction a call."""

    def __init__(self, motor: sa.Engine) -> None:
        self._motor = motor.execution_options(isolation_level="AUTOCOMMIT")

    def tomar(self, cuantos: int, arriendo_s: float, excepto: Collection[str], edad_s: float = 0.0) -> Sequence[Envio]:
        """Lease what is due to this process, the longest due first; with an age, the oldest."""
        valores = {"cuantos": cuantos, "arriendo_s": arriendo_s, "excepto": list(excepto)}
        sentencia = _TOMAR
        if edad_s:
            sentencia, valores["edad_s"] = _TOMAR_VIEJOS, edad_s
        with self._motor.connect() as conexion:
            return [_envio(dict(f)) for f in conexion.execute(sentencia, valores).mappings()]

    def devolver(self, envios: Collection[Envio]) -> None:
        """End the lease on deliveries that this process will not finish, unless another has taken them since."""
        suyos = sa.tuple_(_E.id_notificacion, _E.intentos).in_([(e.id_notificacion, e.intentos) for e in envios])
        with self._motor.connect() as conexion:
            conexion.execute(sa.update(tablas.envios).where(suyos).values(tomado_hasta=None))


def _envio(fila: Mapping[str, Any]) -> Envio:
    propios = {c: v for c, v in fila.items() if c not in ("id_suscripcion", "proximo", "saga", "sobre")}
    return Envio(saga=de_json(Saga, fila["saga"]), sobre=Sobre.de_datos(fila["sobre"]), **propios)
