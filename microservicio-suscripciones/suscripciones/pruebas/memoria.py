"""This service's database in memory, and its unit of work on it."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import islice

from seedwork.aplicacion.entorno import Entorno
from seedwork.aplicacion.unidad import Abrir, abridor
from seedwork.infraestructura.tabla import Fila
from seedwork.pruebas.almacen import Almacen
from seedwork.pruebas.tablas import definiciones
from suscripciones.dominio.plan import Plan
from suscripciones.infraestructura.repositorio import UnidadSuscripciones
from suscripciones.infraestructura.tablas import METADATOS
from suscripciones.infraestructura.vencimientos import TOPE


def almacen(entorno: Entorno) -> Almacen:
    """An empty one."""
    return Almacen(entorno, definiciones(METADATOS))


def abrir_en(almacen: Almacen, planes: Mapping[str, Plan], plazo_s: float = 120.0) -> Abrir:
    """How units of work are opened on it."""
    return abridor(almacen.transacciones, lambda t: UnidadSuscripciones(t, planes, plazo_s))


class VencimientosMemoria:
    """What is due, on the store's clock."""

    def __init__(self, almacen: Almacen) -> None:
        self._almacen = almacen

    def plazos(self) -> Sequence[tuple[str, str]]:
        """Subscription and saga of each deadline that has passed."""
        return _dichas(self._vencidas("plazo"))

    def renovaciones(self, planes: Collection[str]) -> Sequence[tuple[str, str]]:
        """Subscription and saga of each renewal that is due, and whose plan is among these."""
        return _dichas(f for f in self._vencidas("renueva") if f["plan_codigo"] in planes)

    def sin_renovar(self, planes: Collection[str]) -> Mapping[str, int]:
        """How many renewals are due of each plan that is not among these."""
        return Counter(f["plan_codigo"] for f in self._vencidas("renueva") if f["plan_codigo"] not in planes)

    def _vencidas(self, instante: str) -> list[Fila]:
        self._almacen.exigir()
        ahora = self._almacen.entorno.ahora()
        filas = self._almacen.tablas["suscripciones"].values()
        return sorted((f for f in filas if f[instante] is not None and f[instante] <= ahora), key=lambda f: f[instante])


def _dichas(filas: Iterable[Fila]) -> Sequence[tuple[str, str]]:
    return [(f["id"], f["saga"]["id"]) for f in islice(filas, TOPE)]
