"""The reading side on PostgreSQL: what the queries show, straight from the tables."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from contratos import motivos
from contratos.consultas.suscripciones import (
    ClienteVisible,
    DocumentoVisible,
    Exportacion,
    Factura,
    ListarSagasRecientes,
    ListarSuscripciones,
    NombreVisible,
    PaginaSuscripciones,
    PlanVisible,
    Supresion,
    Suscripcion,
)
from contratos.suscripciones import ExportarCliente, SuprimirCliente
from seedwork.aplicacion.identidad import Acceso
from seedwork.aplicacion.sobre import en_texto
from seedwork.infraestructura.bd import entre
from seedwork.infraestructura.consultas import LecturaDeComandos, Lista
from suscripciones.aplicacion.caducidad import PlazosDeOlvido, lo_que_queda
from suscripciones.aplicacion.lectura import Enlace, Lectura, SagaReciente
from suscripciones.aplicacion.resumen import cuando
from suscripciones.dominio.linea import Paso
from suscripciones.dominio.plan import Plan
from suscripciones.infraestructura import tablas
from suscripciones.infraestructura.repositorio import paso_de_fila

_S, _C, _F, _P = tablas.suscripciones.c, tablas.clientes.c, tablas.facturas.c, tablas.pasos.c
_PASOS = sa.select(tablas.pasos)

_DATOS = ("nombres", "apellidos", "usuario", "rut", "cedula", "email")
_CON_CLIENTE = sa.select(
    tablas.suscripciones,
    # Empty where no subscription of this client was ever applied: of a refused one, the code alone is kept.
    *(sa.func.coalesce(_C[c], "").label(f"c_{c}") for c in _DATOS),
).outerjoin(tablas.clientes, _C.id == _S.cliente_codigo)
_CLIENTE = sa.select(_C.id.label("cliente_codigo"), *(_C[c].label(f"c_{c}") for c in _DATOS)).where(
    _C.id == sa.bindparam("codigo")
)
_UNA = _CON_CLIENTE.where(_S.id == sa.bindparam("id"))
_ULTIMA_SAGA = sa.select(_S.saga["id"].astext, _S.cliente_codigo).where(_S.id == sa.bindparam("id"))
_FACTURAS = sa.select(tablas.facturas).where(entre(_F.id_suscripcion, "ids")).order_by(_F.periodo)

_LISTA = Lista(
    ListarSuscripciones,
    _CON_CLIENTE,
    _S.orden,
    {
        "cliente": _S.cliente_codigo,
        "estado": _S.estado,
        "plan": _S.plan_codigo,
    },
    dueno=_S.cliente_codigo,
)

_R = tablas.resumenes.c
_DE_RESUMEN = (_R.id_suscripcion, _R.estado, _R.comenzada, _R.terminada)


def _de_quien_o_como(columna: sa.Column[Any], valor: sa.BindParameter[str]) -> sa.ColumnElement[bool]:
    """That a saga is so, or of a subscription of that client's. Joined, all sagas would be gone through for theirs."""
    if columna is not _S.cliente_codigo:
        return columna == valor
    suyas = sa.select(_S.id).where(_S.cliente_codigo == valor).scalar_subquery()
    return _R.id_suscripcion == sa.any_(sa.func.array(suyas))


_DE_QUIEN = sa.select(_S.cliente_codigo).where(_S.id == _R.id_suscripcion).scalar_subquery()

# The steps first, as whoever writes takes them, and whoever makes both tables anew: nobody waits for another in turn.
_RECIENTES = Lista(
    ListarSagasRecientes,
    sa.select(
        tablas.pasos, _R.orden, *(c.label(f"r_{c.name}") for c in _DE_RESUMEN), _DE_QUIEN.label("r_cliente_codigo")
    ).join_from(tablas.pasos, tablas.resumenes, _R.ultimo == _P.id),
    _R.orden,
    {"cliente": _S.cliente_codigo, "suscripcion": _R.id_suscripcion, "estado": _R.estado},
    dueno=_S.cliente_codigo,
    igual=_de_quien_o_como,
)


class LecturaSuscripciones(LecturaDeComandos, Lectura):
    """Reads on a connection of their own; they lock nothing."""

    def __init__(
        self,
        motor: sa.Engine,
        planes: Mapping[str, Plan],
        plazos: PlazosDeOlvido,
        enlace_traza: Enlace = lambda _contexto: None,
    ) -> None:
        super().__init__(motor)
        self.planes = planes
        self.enlace_traza = enlace_traza
        self._plazos = plazos

    def suscripcion(self, id: str, acceso: Acceso) -> Suscripcion | None:
        """One subscription, with its client, plan and invoices."""
        with self._motor.connect() as conexion:
            fila = conexion.execute(_UNA, {"id": id}).mappings().one_or_none()
            if fila is None or not acceso.alcanza("cliente", fila["cliente_codigo"]):
                return None
            return _mostrar(fila, _facturas(conexion, [id]))

    def suscripciones(self, consulta: ListarSuscripciones, acceso: Acceso) -> PaginaSuscripciones:
        """A page of subscriptions, with the invoices of all of them in one more reading."""
        with self._motor.connect() as conexion:
            filas, siguiente = _LISTA.pagina(conexion, consulta, acceso.propio("cliente"))
            facturas = _facturas(conexion, [fila["id"] for fila in filas])
        return PaginaSuscripciones(elementos=[_mostrar(fila, facturas) for fila in filas], siguiente=siguiente)

    def sagas(self, id_suscripcion: str, acceso: Acceso) -> Mapping[str, Sequence[Paso]]:
        """The steps of each saga, the latest last; of one that has no row, nobody's, where all are within reach."""
        with self._motor.connect() as conexion:
            hallada = conexion.execute(_ULTIMA_SAGA, {"id": id_suscripcion}).one_or_none()
            ultima, cliente = hallada or (None, "")
            if not acceso.alcanza("cliente", cliente):
                return {}
            filas = conexion.execute(_PASOS.where(_P.id_suscripcion == id_suscripcion)).mappings()
            pasos = [paso_de_fila(dict(f)) for f in filas]
        por_saga: dict[str, list[Paso]] = {}
        for paso in sorted(pasos, key=cuando):
            por_saga.setdefault(paso.id_saga, []).append(paso)
        if ultima is not None:
            por_saga[ultima] = por_saga.pop(ultima, [])
        return por_saga

    def sagas_recientes(
        self, consulta: ListarSagasRecientes, acceso: Acceso
    ) -> tuple[Sequence[SagaReciente], str | None]:
        """A page of all sagas; of nobody's, where all are within reach."""
        with self._motor.connect() as conexion:
            filas, siguiente = _RECIENTES.pagina(conexion, consulta, acceso.propio("cliente"))
        return [_saga_reciente(fila) for fila in filas], siguiente

    def supresion(self, id_comando: str, acceso: Acceso) -> Supresion | None:
        """What became of the command that asked for a client's erasure."""
        fila = self._comando(id_comando, acceso)
        if fila is None or fila["tipo"] != SuprimirCliente.tipo:
            return None
        aplicada = fila["estado"] == "APLICADO"
        return Supresion(
            id_comando=id_comando,
            estado=fila["estado"],
            motivo=motivos.texto(fila["motivo"]),
            ocurrida=en_texto(fila["ocurrido"]),
            queda=list(lo_que_queda(fila["ocurrido"], self._plazos)) if aplicada else [],
        )

    def exportacion(self, codigo: str, id_comando: str, acceso: Acceso, ahora: datetime) -> Exportacion | None:
        """Who a client is, where that command asked for it and its days are not over."""
        fila = self._comando(id_comando, acceso) if acceso.alcanza("cliente", codigo) else None
        if fila is None or (fila["tipo"], fila["estado"]) != (ExportarCliente.tipo, "APLICADO"):
            return None
        caduca = fila["ocurrido"] + timedelta(days=self._plazos.exportacion)
        if caduca <= ahora:
            return None
        with self._motor.connect() as conexion:
            cliente = conexion.execute(_CLIENTE, {"codigo": codigo}).mappings().one_or_none()
        return Exportacion(
            id_comando=id_comando,
            pedida=en_texto(fila["ocurrido"]),
            caduca=en_texto(caduca),
            cliente=None if cliente is None else _mostrar_cliente(cliente),
            suscripciones=[],
            servicios_datos=[],
            notificaciones=[],
            resto=[],
        )


def _saga_reciente(fila: sa.RowMapping) -> SagaReciente:
    propios = {c: v for c, v in fila.items() if c != "orden" and not c.startswith("r_")}
    return SagaReciente(
        id_suscripcion=fila["r_id_suscripcion"],
        cliente_codigo=fila["r_cliente_codigo"] or None,
        estado=fila["r_estado"],
        comenzada=fila["r_comenzada"],
        terminada=fila["r_terminada"],
        ultimo=paso_de_fila(propios),
    )


def _facturas(conexion: sa.Connection, ids: Sequence[str]) -> dict[str, list[Factura]]:
    resultado: dict[str, list[Factura]] = {}
    for fila in conexion.execute(_FACTURAS, {"ids": ids}).mappings():
        resultado.setdefault(fila["id_suscripcion"], []).append(
            Factura(
                id_factura=fila["id"],
                estado=fila["estado"],
                monto=f"{fila['monto']:.2f}",
                moneda=fila["moneda"],
                medio=fila["medio"],
                emitida=en_texto(fila["emitida"]),
            )
        )
    return resultado


def _mostrar(fila: sa.RowMapping, facturas: Mapping[str, list[Factura]]) -> Suscripcion:
    return Suscripcion(
        id_suscripcion=fila["id"],
        estado=fila["estado"],
        motivo=motivos.texto(fila["motivo"]),
        detalle=fila["detalle"],
        cliente=_mostrar_cliente(fila),
        plan=PlanVisible(codigo=fila["plan_codigo"], nombre=fila["plan_nombre"]),
        facturas=facturas.get(fila["id"], []),
    )


def _mostrar_cliente(fila: sa.RowMapping) -> ClienteVisible:
    return ClienteVisible(
        codigo=fila["cliente_codigo"],
        nombre=NombreVisible(nombres=fila["c_nombres"], apellidos=fila["c_apellidos"]),
        usuario=fila["c_usuario"],
        rut=DocumentoVisible(numero=fila["c_rut"]),
        cedula=DocumentoVisible(numero=fila["c_cedula"]),
        email=fila["c_email"],
    )
