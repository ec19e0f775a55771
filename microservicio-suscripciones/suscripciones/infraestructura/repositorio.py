"""This service's repositories: how its aggregates become rows, and what is read together."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from types import SimpleNamespace
from typing import Any

from contratos import PROVEEDORES
from seedwork.aplicacion.transaccion import Inscripcion, Transaccion
from seedwork.dominio.dinero import Dinero
from seedwork.infraestructura.repositorio import Mapeo, Repositorio, campos, de_json, mapeo_llano
from seedwork.infraestructura.tabla import Fila, Tabla, TransaccionConTablas
from suscripciones import NOMBRE
from suscripciones.aplicacion.puertos import Unidad
from suscripciones.aplicacion.resumen import resumir
from suscripciones.aplicacion.traducciones import TRADUCCIONES
from suscripciones.dominio.cliente import Cliente
from suscripciones.dominio.factura import Factura
from suscripciones.dominio.linea import Paso
from suscripciones.dominio.plan import Plan
from suscripciones.dominio.saga_actual import SagaActual
from suscripciones.dominio.suscripcion import Suscripcion


def _fila_de_suscripcion(suscripcion: Suscripcion) -> Fila:
    """The saga in course is a JSON column: it is read and written as a whole."""
    return {
        "id": suscripcion.id,
        "secuencia": suscripcion.secuencia,
        "cliente_codigo": suscripcion.cliente_codigo,
        "plan_codigo": suscripcion.plan_codigo,
        "plan_nombre": suscripcion.plan_nombre,
        "estado": suscripcion.estado,
        "motivo": suscripcion.motivo,
        "saga": {c: list(v) if isinstance(v, tuple) else v for c, v in campos(suscripcion.saga).items()},
        "comenzada": suscripcion.comenzada,
        "plazo": suscripcion.plazo,
        "detalle": suscripcion.detalle,
        "recursos": list(suscripcion.recursos),
        "renueva": suscripcion.renueva,
    }


def _suscripcion_de(fila: Mapping[str, Any]) -> Suscripcion:
    propios = {c: v for c, v in fila.items() if c not in ("orden", "saga", "recursos")}
    return Suscripcion(saga=de_json(SagaActual, fila["saga"]), recursos=tuple(fila["recursos"]), **propios)


def _fila_de_factura(factura: Factura) -> Fila:
    """The amount is two columns."""
    return {
        "id": factura.id,
        "id_suscripcion": factura.id_suscripcion,
        "monto": factura.importe.monto,
        "moneda": factura.importe.moneda,
        "estado": factura.estado,
        "medio": factura.medio,
        "emitida": factura.emitida,
        "periodo": factura.periodo,
    }


def _factura_de(fila: Mapping[str, Any]) -> Factura:
    propios = {c: v for c, v in fila.items() if c not in ("monto", "moneda")}
    return Factura(importe=Dinero(fila["monto"], fila["moneda"]), **propios)


def fila_de_paso(id_suscripcion: str, paso: Paso, apuntado: datetime) -> Fila:
    """A step's row in the timeline, which was taken in at that instant."""
    return {"id_suscripcion": id_suscripcion, "apuntado": apuntado, **campos(paso)}


def paso_de_fila(fila: Mapping[str, Any]) -> Paso:
    """The inverse."""
    return Paso(**{c: v for c, v in fila.items() if c not in ("id_suscripcion", "apuntado")})


def resumidas(filas: Iterable[Mapping[str, Any]]) -> list[Fila]:
    """The rows of the sagas that these rows of steps are of, by their ids: as if there were no other steps."""
    por_saga: dict[str, list[Mapping[str, Any]]] = {}
    for fila in filas:
        por_saga.setdefault(fila["id_saga"], []).append(fila)
    return [campos(resumir([SimpleNamespace(**paso) for paso in por_saga[id]])) for id in sorted(por_saga)]


_SUSCRIPCION = Mapeo(_fila_de_suscripcion, _suscripcion_de)
_CLIENTE = mapeo_llano(Cliente, salvo=("secuencia",))
_FACTURA = Mapeo(_fila_de_factura, _factura_de)


class RepositorioSuscripciones(Repositorio[Suscripcion]):
    """Subscriptions, found by their client too."""

    def __init__(self, transaccion: Transaccion, tabla: Tabla) -> None:
        super().__init__(transaccion, tabla, _SUSCRIPCION, sujeto="id_suscripcion")

    def de_cliente(self, codigo: str) -> Sequence[Suscripcion]:
        """All of a client, locked."""
        self.buscar("cliente_codigo", [codigo])
        return [self._prestar(s) for s in self._vistos.values() if s.cliente_codigo == codigo]


class RepositorioClientes(Repositorio[Cliente]):
    """Clients; for telling others about them, they are read without a lock.

    Args:
        suscripciones: whose clients are read together, when the first one is asked for.
    """

    def __init__(self, transaccion: Transaccion, tabla: Tabla, suscripciones: Repositorio[Suscripcion]) -> None:
        super().__init__(transaccion, tabla, _CLIENTE)
        self._suscripciones = suscripciones
        self._sin_bloqueo: dict[str, Cliente] = {}

    def leer(self, codigo: str) -> Cliente:
        """As it stands, without a lock; without data where none of its subscriptions was ever applied."""
        visto = self._vistos.get(codigo)
        if visto is not None and codigo not in self._idos:
            return visto
        if codigo not in self._sin_bloqueo:
            codigos = {codigo, *(s.cliente_codigo for s in self._suscripciones.cargados())}
            filas = self._tabla.leer("id", codigos - self._sin_bloqueo.keys(), bloquear=False)
            self._sin_bloqueo |= {fila["id"]: self._mapeo.de_fila(fila) for fila in filas}
            self._sin_bloqueo.setdefault(codigo, Cliente.sin_datos(codigo))
        return self._sin_bloqueo[codigo]


class RepositorioFacturas(Repositorio[Factura]):
    """Invoices, found by their subscription."""

    def __init__(self, transaccion: Transaccion, tabla: Tabla) -> None:
        super().__init__(transaccion, tabla, _FACTURA)

    def de(self, id_suscripcion: str) -> Sequence[Factura]:
        """All of a subscription, locked; those too that this unit of work has just issued."""
        self.buscar("id_suscripcion", [id_suscripcion])
        return [self._prestar(f) for f in self._vistos.values() if f.id_suscripcion == id_suscripcion]


class Linea(Inscripcion):
    """The saga's timeline, one row a step, and one row a saga, made of its steps, which lists show.

    Args:
        tabla: the steps'.
        resumenes: the sagas'.
        suscripciones: whose latest sagas are read together, when the first one is asked for.
    """

    def __init__(
        self, transaccion: Transaccion, tabla: Tabla, resumenes: Tabla, suscripciones: Repositorio[Suscripcion]
    ) -> None:
        super().__init__(transaccion)
        self._tabla = tabla
        self._resumenes = resumenes
        self._reloj = transaccion.reloj
        self._suscripciones = suscripciones
        self._apuntados: list[Fila] = []
        self._leidas: dict[str, dict[str, Paso]] = {}

    def apuntar(self, id_suscripcion: str, paso: Paso) -> None:
        """Take in a step; a repeat changes nothing."""
        self._apuntados.append(fila_de_paso(id_suscripcion, paso, self._reloj()))
        self._regresos.append(partial(self._olvidar, paso.id_saga))
        if paso.id_saga in self._leidas:
            self._leidas[paso.id_saga].setdefault(paso.id, paso)

    def de_saga(self, id_saga: str) -> Collection[Paso]:
        """A saga's steps, in any order."""
        if id_saga not in self._leidas:
            nuevas = {id_saga, *(s.saga.id for s in self._suscripciones.cargados())} - self._leidas.keys()
            self._leidas |= {id: {} for id in nuevas}
            for fila in [*self._tabla.leer("id_saga", nuevas, bloquear=False), *self._apuntados]:
                if fila["id_saga"] in nuevas:
                    self._leidas[fila["id_saga"]].setdefault(fila["id"], paso_de_fila(fila))
        return self._leidas[id_saga].values()

    def volcar(self) -> None:
        """Write what was noted."""
        if self._apuntados:
            self._tabla.insertar(self._apuntados, si_faltan=True)
            self._resumir()

    def _resumir(self) -> None:
        """Make the rows anew of the sagas that were told of: of all their steps, whoever told them."""
        conocidos = resumidas(self._apuntados)
        self._resumenes.insertar(conocidos, si_faltan=True)
        ids = [fila["id"] for fila in conocidos]
        # Whoever else tells of one of them waits here until this is committed, or is waited for: nobody misses a step.
        antes = {fila["id"]: fila for fila in self._resumenes.leer("id", ids)}
        ahora = resumidas(self._tabla.leer("id_saga", ids, bloquear=False))
        if cambiadas := [fila for fila in ahora if fila != antes[fila["id"]]]:
            self._resumenes.actualizar(cambiadas)

    def _olvidar(self, id_saga: str) -> None:
        """Forget the step that was noted last, and what was read of its saga together with it."""
        self._apuntados.pop()
        self._leidas.pop(id_saga, None)


class UnidadSuscripciones(Unidad):
    """This service's unit of work, on tables.

    All subscriptions of a batch are looked for at once, which locks them in one order whoever does it. Their clients
    and sagas are read behind these locks, and only where a handler asks for them.
    """

    def __init__(
        self,
        transaccion: TransaccionConTablas,
        planes: Mapping[str, Plan],
        plazo_s: float,
        proveedores: Mapping[str, str] = PROVEEDORES,
    ) -> None:
        super().__init__(transaccion, NOMBRE, TRADUCCIONES)
        tablas = transaccion.tablas
        suscripciones = RepositorioSuscripciones(transaccion, tablas["suscripciones"])
        self.suscripciones = suscripciones
        self.clientes = RepositorioClientes(transaccion, tablas["clientes"], suscripciones)
        self.facturas = RepositorioFacturas(transaccion, tablas["facturas"])
        self.linea = Linea(transaccion, tablas["saga_pasos"], tablas["saga_resumenes"], suscripciones)
        self.planes = planes
        self.plazo_s = plazo_s
        self.proveedores = proveedores
