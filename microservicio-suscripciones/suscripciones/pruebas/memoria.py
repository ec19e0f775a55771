"""This service's database in memory, and its unit of work on it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import islice
from operator import itemgetter

from contratos import PROVEEDORES
from seedwork.aplicacion.entorno import Entorno
from seedwork.aplicacion.unidad import Abrir, abridor
from seedwork.infraestructura.tabla import Fila
from seedwork.pruebas.almacen import Almacen
from seedwork.pruebas.tablas import definiciones
from suscripciones.aplicacion.puertos import Vencido
from suscripciones.aplicacion.silencio import Cola, Indulgencia, Respuesta
from suscripciones.dominio.plan import Plan
from suscripciones.infraestructura.repositorio import UnidadSuscripciones
from suscripciones.infraestructura.tablas import METADATOS


def almacen(entorno: Entorno) -> Almacen:
    """An empty one."""
    return Almacen(entorno, definiciones(METADATOS))


def abrir_en(
    almacen: Almacen,
    planes: Mapping[str, Plan],
    plazo_s: float = 120.0,
    proveedores: Mapping[str, str] = PROVEEDORES,
) -> Abrir:
    """How units of work are opened on it."""
    return abridor(almacen.transacciones, lambda t: UnidadSuscripciones(t, planes, plazo_s, proveedores))


class VencimientosMemoria:
    """What is due, on the store's clock."""

    def __init__(self, almacen: Almacen) -> None:
        self._almacen = almacen

    def hora(self) -> datetime | None:
        """What time it is, where a deadline has passed."""
        return self._almacen.entorno.ahora() if self._vencidas("plazo") else None

    def respuestas(self, servicio: str, cuantas: int, antes_de: datetime) -> Sequence[Respuesta]:
        """The last steps that a participant told, and the last by an instant."""
        self._almacen.exigir()
        pasos, suscripciones = self._almacen.tablas["saga_pasos"], self._almacen.tablas["suscripciones"]
        suyos = sorted((p for p in pasos.values() if p["servicio"] == servicio), key=itemgetter("apuntado"))
        ultimos = {p["id"]: p for p in suyos[-cuantas:] + [p for p in suyos if p["apuntado"] <= antes_de][-cuantas:]}
        return [
            Respuesta(p["paso"], p["recurso"], bool(s["saga"]["plan_codigo"]), s["comenzada"], p["apuntado"])
            for p in ultimos.values()
            for s in [suscripciones.get(p["id_suscripcion"])]
            if s is not None and s["saga"]["id"] == p["id_saga"]
        ]

    def plazos(self, indulgencia: Indulgencia, tope: int, tras: Vencido | None = None) -> Sequence[Vencido]:
        """The deadlines that have passed, and are not put off."""
        return _dichas("plazo", (f for f in self._vencidas("plazo") if self._vence(f, indulgencia)), tope, tras)

    def renovaciones(self, planes: Collection[str], tope: int, tras: Vencido | None = None) -> Sequence[Vencido]:
        """The renewals that are due, and whose plan is among these."""
        return _dichas("renueva", (f for f in self._vencidas("renueva") if f["plan_codigo"] in planes), tope, tras)

    def sin_renovar(self, planes: Collection[str]) -> Mapping[str, datetime]:
        """Since when renewals are due of each plan that is not among these."""
        ajenas = (f for f in self._vencidas("renueva") if f["plan_codigo"] not in planes)
        # The oldest last, which stays.
        return {f["plan_codigo"]: f["renueva"] for f in reversed(list(ajenas))}

    def _vence(self, fila: Fila, indulgencia: Indulgencia) -> bool:
        if fila["comenzada"] <= indulgencia.tope:
            return True
        if indulgencia.atendido is None or fila["plazo"] > indulgencia.atendido:
            return False
        pasos = self._almacen.tablas["saga_pasos"].values()
        suyos = (p["apuntado"] for p in pasos if p["id_saga"] == fila["saga"]["id"])
        if max(suyos, default=fila["comenzada"]) > indulgencia.en_camino:
            return False
        return not any(_en_cola(fila, cola) for cola in indulgencia.colas)

    def _vencidas(self, instante: str) -> list[Fila]:
        self._almacen.exigir()
        ahora = self._almacen.entorno.ahora()
        filas = self._almacen.tablas["suscripciones"].values()
        vencidas = (f for f in filas if f[instante] is not None and f[instante] <= ahora)
        return sorted(vencidas, key=itemgetter(instante, "id"))


def _en_cola(fila: Fila, cola: Cola) -> bool:
    saga, recurso = fila["saga"], cola.debe.recurso
    if recurso:
        debe = recurso in saga["requeridos"] and recurso not in saga["reservados"]
    else:
        debe = set(saga["requeridos"]) <= set(saga["reservados"])
    return debe and bool(saga["plan_codigo"]) is cola.cambio and fila["comenzada"] >= cola.desde


def _dichas(instante: str, filas: Iterable[Fila], tope: int, tras: Vencido | None) -> Sequence[Vencido]:
    todas = (Vencido(f["id"], f["saga"]["id"], f[instante]) for f in filas)
    return list(islice((v for v in todas if tras is None or (v.instante, v.id) > (tras.instante, tras.id)), tope))
