"""This service's unit of work and its repositories on PostgreSQL."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from contratos import Mensaje
from contratos.sagas import TransicionSaga
from seedwork.dominio.dinero import Dinero
from seedwork.infraestructura.bd import campos, entre
from seedwork.infraestructura.repositorio_sql import Fila, RepositorioSQL
from seedwork.infraestructura.unidad_sql import UnidadSQL
from suscripciones.aplicacion import puertos
from suscripciones.dominio.cliente import Cliente
from suscripciones.dominio.factura import Factura
from suscripciones.dominio.plan import Plan
from suscripciones.dominio.saga import Paso, SagaActual
from suscripciones.dominio.suscripcion import Suscripcion
from suscripciones.infraestructura import tablas
from suscripciones.infraestructura.despachadores import DESPACHADORES


class RepositorioSuscripciones(RepositorioSQL[Suscripcion]):
    """Subscriptions, each a row."""

    tabla = tablas.suscripciones

    def a_fila(self, agregado: Suscripcion) -> Fila:
        """The saga in course is a JSON column: it is read and written as a whole."""
        return {
            "id": agregado.id,
            "secuencia": agregado.secuencia,
            "cliente_codigo": agregado.cliente_codigo,
            "plan_codigo": agregado.plan_codigo,
            "plan_nombre": agregado.plan_nombre,
            "estado": agregado.estado,
            "motivo": agregado.motivo,
            "saga": {c: list(v) if isinstance(v, tuple) else v for c, v in campos(agregado.saga).items()},
            "plazo": agregado.plazo,
            "detalle": agregado.detalle,
            "recursos": list(agregado.recursos),
            "renueva": agregado.renueva,
        }

    def de_fila(self, fila: Mapping[str, Any]) -> Suscripcion:
        """The inverse."""
        saga: dict[str, Any] = {c: tuple(v) if isinstance(v, list) else v for c, v in fila["saga"].items()}
        propios = {c: v for c, v in fila.items() if c not in ("orden", "saga", "recursos")}
        return Suscripcion(saga=SagaActual(**saga), recursos=tuple(fila["recursos"]), **propios)


_CLIENTES = sa.select(tablas.clientes).where(entre(tablas.clientes.c.id, "codigos"))


class RepositorioClientes(RepositorioSQL[Cliente]):
    """Clients, each a row."""

    tabla = tablas.clientes

    def __init__(self, conexion: sa.Connection) -> None:
        super().__init__(conexion)
        self._previstos: set[str] = set()
        self._sin_bloqueo: dict[str, Cliente] = {}

    def prever(self, codigos: Collection[str]) -> None:
        """A hint: who may be asked for. They are read together, when the first one is."""
        self._previstos.update(codigos)

    def leer(self, codigo: str) -> Cliente:
        """As it stands, without a lock."""
        visto = self._vistos.get(codigo)
        if visto is not None:
            return visto
        if codigo not in self._sin_bloqueo:
            filas = self.conexion.execute(_CLIENTES, {"codigos": [*self._previstos | {codigo}]}).mappings()
            self._sin_bloqueo |= {fila["id"]: self.de_fila(dict(fila)) for fila in filas}
        return self._sin_bloqueo[codigo]

    def a_fila(self, agregado: Cliente) -> Fila:
        """A column per attribute."""
        return {c.name: getattr(agregado, c.name) for c in self.tabla.columns}

    def de_fila(self, fila: Mapping[str, Any]) -> Cliente:
        """The inverse."""
        return Cliente(**fila)


class RepositorioFacturas(RepositorioSQL[Factura]):
    """Invoices, each a row."""

    tabla = tablas.facturas

    def de(self, id_suscripcion: str) -> Sequence[Factura]:
        """All of a subscription, locked; those too that this unit of work has just issued."""
        self.buscar(self.tabla.c.id_suscripcion == id_suscripcion)
        return [f for f in self._vistos.values() if f.id_suscripcion == id_suscripcion]

    def a_fila(self, agregado: Factura) -> Fila:
        """The amount is two columns."""
        return {
            "id": agregado.id,
            "id_suscripcion": agregado.id_suscripcion,
            "monto": agregado.importe.monto,
            "moneda": agregado.importe.moneda,
            "estado": agregado.estado,
            "medio": agregado.medio,
            "emitida": agregado.emitida,
            "periodo": agregado.periodo,
        }

    def de_fila(self, fila: Mapping[str, Any]) -> Factura:
        """The inverse."""
        propios = {c: v for c, v in fila.items() if c not in ("monto", "moneda")}
        return Factura(importe=Dinero(fila["monto"], fila["moneda"]), **propios)


def fila_de_paso(id_suscripcion: str, paso: Paso) -> Fila:
    """A step's row in the timeline."""
    return {"id_suscripcion": id_suscripcion, **campos(paso)}


_ANOTAR = insert(tablas.pasos).on_conflict_do_nothing()
_EN_ORDEN = sa.select(tablas.pasos).order_by(tablas.pasos.c.ocurrido, tablas.pasos.c.id)
_DE_SAGAS = _EN_ORDEN.where(entre(tablas.pasos.c.id_saga, "ids"))
_DE_SUSCRIPCIONES = _EN_ORDEN.where(entre(tablas.pasos.c.id_suscripcion, "ids"))


class LineaSQL:
    """The saga's timeline, one row a step. What is noted is written when it is asked for, or with all else."""

    def __init__(self, conexion: sa.Connection) -> None:
        self._conexion = conexion
        self._anotados: list[Fila] = []
        self._previstas: set[str] = set()
        self._leidas: dict[str, dict[str, Paso]] = {}

    def anotar(self, id_suscripcion: str, paso: Paso) -> None:
        """Take in a step; a repeat changes nothing."""
        self._anotados.append(fila_de_paso(id_suscripcion, paso))
        if paso.id_saga in self._leidas:
            self._leidas[paso.id_saga].setdefault(paso.id, paso)

    def prever(self, sagas: Collection[str]) -> None:
        """A hint: which sagas may be asked for. They are read together, when the first one is."""
        self._previstas.update(sagas)

    def de_saga(self, id_saga: str) -> Collection[Paso]:
        """A saga's steps, in any order."""
        if id_saga not in self._leidas:
            nuevas = (self._previstas | {id_saga}) - self._leidas.keys()
            self._leidas |= {id: {} for id in nuevas}
            for paso in self._leer(_DE_SAGAS, nuevas):
                self._leidas[paso.id_saga][paso.id] = paso
        return self._leidas[id_saga].values()

    def de_suscripcion(self, id_suscripcion: str) -> Sequence[Paso]:
        """The steps of all sagas of a subscription, in the contract's order."""
        return self._leer(_DE_SUSCRIPCIONES, [id_suscripcion])

    def volcar(self) -> None:
        """Write what was noted."""
        if self._anotados:
            self._conexion.execute(_ANOTAR, self._anotados)
            self._anotados.clear()

    def _leer(self, consulta: sa.Select[Any], ids: Collection[str]) -> list[Paso]:
        self.volcar()
        filas = self._conexion.execute(consulta, {"ids": [*ids]}).mappings()
        return [Paso(**{c: v for c, v in f.items() if c != "id_suscripcion"}) for f in filas]


class UnidadSuscripciones(UnidadSQL):
    """This service's unit of work."""

    def __init__(self, conexion: sa.Connection, planes: Mapping[str, Plan], plazo_s: float) -> None:
        super().__init__(conexion, "suscripciones", DESPACHADORES)
        self.planes = planes
        self.plazo_s = plazo_s
        suscripciones = RepositorioSuscripciones(conexion)
        clientes = RepositorioClientes(conexion)
        facturas = RepositorioFacturas(conexion)
        self.repositorios = [suscripciones, clientes, facturas]
        self.suscripciones: puertos.Suscripciones = suscripciones
        self.clientes: puertos.Clientes = clientes
        self.facturas: puertos.Facturas = facturas
        linea = LineaSQL(conexion)
        self.escritores = [linea]
        self.linea: puertos.LineaDeTiempo = linea
        self._previsibles = suscripciones, clientes, linea

    def precargar(self, pendientes: Collection[tuple[str, Mensaje]]) -> None:
        """One look for all subscriptions of the batch, which locks them in one order whoever does it.

        Their clients and sagas are read behind these locks, and only where a handler asks for them.
        """
        suscripciones, clientes, linea = self._previsibles
        suscripciones.precargar({sujeto for sujeto, _ in pendientes})
        clientes.prever({s.cliente_codigo for s in suscripciones.cargados()})
        linea.prever({m.id_saga for _, m in pendientes if isinstance(m, TransicionSaga)})


def plazos_vencidos(motor: sa.Engine, tope: int = 200) -> Sequence[tuple[str, str]]:
    """Subscription and saga of each deadline that has passed on the database's clock."""
    return _vencidas(motor, tablas.suscripciones.c.plazo, tope)


def renovaciones_vencidas(motor: sa.Engine, planes: Collection[str], tope: int = 200) -> Sequence[tuple[str, str]]:
    """Subscription and saga of each renewal that is due on the database's clock.

    Those of a plan that is not among ``planes`` can't be issued now; they must not stand before the others for ever.
    """
    return _vencidas(
        motor, tablas.suscripciones.c.renueva, tope, tablas.suscripciones.c.plan_codigo == sa.any_(_lista(planes))
    )


def planes_sin_renovar(motor: sa.Engine, planes: Collection[str]) -> Mapping[str, int]:
    """How many renewals are due of each plan that is not among ``planes``."""
    tabla = tablas.suscripciones.c
    consulta = (
        sa.select(tabla.plan_codigo, sa.func.count().label("cuantas"))
        .where(tabla.renueva <= sa.func.clock_timestamp(), tabla.plan_codigo != sa.all_(_lista(planes)))
        .group_by(tabla.plan_codigo)
    )
    with motor.connect() as conexion:
        return {fila.plan_codigo: fila.cuantas for fila in conexion.execute(consulta)}


def _lista(codigos: Collection[str]) -> sa.BindParameter[Any]:
    return sa.literal(list(codigos), sa.ARRAY(sa.Text))


def _vencidas(
    motor: sa.Engine, instante: sa.ColumnElement[Any], tope: int, *condiciones: sa.ColumnElement[bool]
) -> Sequence[tuple[str, str]]:
    """Subscription and saga of each whose instant has passed on the database's clock, the longest due first."""
    tabla = tablas.suscripciones.c
    consulta = (
        sa.select(tabla.id, tabla.saga["id"].astext)
        .where(instante <= sa.func.clock_timestamp(), *condiciones)
        .order_by(instante)
        .limit(tope)
    )
    with motor.connect() as conexion:
        return [(id, id_saga) for id, id_saga in conexion.execute(consulta)]
