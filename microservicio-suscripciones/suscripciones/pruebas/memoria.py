"""This service's database in memory, and its unit of work on it."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import islice
from operator import itemgetter

from seedwork.aplicacion.entorno import Entorno
from seedwork.aplicacion.unidad import Abrir, abridor
from seedwork.infraestructura.tabla import Fila
from seedwork.pruebas.almacen import Almacen
from seedwork.pruebas.tablas import definiciones
from suscripciones.aplicacion.puertos import Vencido
from suscripciones.dominio.plan import Plan
from suscripciones.infraestructura.repositorio import UnidadSuscripciones
from suscripciones.infraestructura.tablas import METADATOS


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

    def plazos(self, tope: int, tras: Vencido | None = None) -> Sequence[Vencido]:
        """The deadlines that have passed."""
        return _dichas("plazo", self._vencidas("plazo"), tope, tras)

    def renovaciones(self, planes: Collection[str], tope: int, tras: Vencido | None = None) -> Sequence[Vencido]:
        """The renewals that are due, and whose plan is among these."""
        return _dichas("renueva", (f for f in self._vencidas("renueva") if f["plan_codigo"] in planes), tope, tras)

    def sin_renovar(self, planes: Collection[str]) -> Mapping[str, int]:
        """How many renewals are due of each plan that is not among these."""
        return Counter(f["plan_codigo"] for f in self._vencidas("renueva") if f["plan_codigo"] not in planes)

    def _vencidas(self, instante: str) -> list[Fila]:
        self._almacen.exigir()
        ahora = self._almacen.entorno.ahora()
        filas = self._almacen.tablas["suscripciones"].values()
        vencidas = (f for f in filas if f[instante] is not None and f[instante] <= ahora)
        return sorted(vencidas, key=itemgetter(instante, "id"))


def _dichas(instante: str, filas: Iterable[Fila], tope: int, tras: Vencido | None) -> Sequence[Vencido]:
    todas = (Vencido(f["id"], f["saga"]["id"], f[instante]) for f in filas)
    return list(islice((v for v in todas if tras is None or (v.instante, v.id) > (tras.instante, tras.id)), tope))
