"""This service's database in memory, and its unit of work on it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from notificaciones.aplicacion.envio import Envio, Politica
from notificaciones.infraestructura.repositorio import UnidadNotificaciones
from notificaciones.infraestructura.tablas import METADATOS
from seedwork.aplicacion.entorno import Entorno
from seedwork.aplicacion.unidad import Abrir, abridor
from seedwork.infraestructura.tabla import Fila
from seedwork.pruebas.almacen import Almacen, FlujosMemoria, TransaccionMemoria
from seedwork.pruebas.tablas import definiciones


def almacen(entorno: Entorno) -> Almacen:
    """An empty one."""
    tablas = definiciones(METADATOS)
    # A delivery lies there whole, not in columns.
    envios = replace(tablas["envios"], obligatorias=("id_notificacion", "envio", "proximo"))
    return Almacen(entorno, {**tablas, "envios": envios})


def abrir_en(almacen: Almacen, *, asuntos: Mapping[str, str], canal: str, politica: Politica) -> Abrir:
    """How units of work are opened on it."""

    def fabrica(transaccion: TransaccionMemoria) -> UnidadNotificaciones:
        return UnidadNotificaciones(
            transaccion,
            flujos=FlujosMemoria,
            cierres=CierresMemoria,
            envios=EnviosMemoria,
            asuntos=asuntos,
            canal=canal,
            politica=politica,
        )

    return abridor(almacen.transacciones, fabrica)


class CierresMemoria:
    """What is closed here."""

    def __init__(self, transaccion: TransaccionMemoria) -> None:
        self._almacen = transaccion.almacen

    def cerrada(self, id_saga: str, id_suscripcion: str) -> bool:
        """Whether the saga is closed, by itself or with its subscription."""
        return id_saga in self._tabla("sagas") or id_suscripcion in self._tabla("suscripciones")

    def cerrar_saga(self, id_saga: str) -> None:
        """From here on, nothing is sent for the saga but what tells its end."""
        self._almacen.poner(self._tabla("sagas"), id_saga, {"id_saga": id_saga, "cerrada": True})

    def cerrar_suscripcion(self, id_suscripcion: str) -> None:
        """Likewise, for all sagas of a subscription."""
        fila = {"id_suscripcion": id_suscripcion, "cerrada": True}
        self._almacen.poner(self._tabla("suscripciones"), id_suscripcion, fila)

    def _tabla(self, nombre: str) -> dict[str, Fila]:
        self._almacen.exigir()
        return self._almacen.tablas[nombre]


class EnviosMemoria:
    """The deliveries that are not over, as one transaction sees them."""

    def __init__(self, transaccion: TransaccionMemoria) -> None:
        self._almacen = transaccion.almacen
        self._tabla = transaccion.tablas["envios"]
        self._filas = self._almacen.tablas["envios"]

    def agregar(self, envio: Envio) -> None:
        """Queue a delivery, due at once."""
        fila = {"id_notificacion": envio.id_notificacion, "envio": envio, "proximo": envio.creado}
        self._tabla.insertar([fila])

    def precargar(self, ids: Collection[str], /) -> None:
        """Nobody else is at them."""
        self._almacen.exigir()

    def obtener(self, id_notificacion: str) -> Envio | None:
        """The delivery; None if it is over."""
        self._almacen.exigir()
        fila = self._filas.get(id_notificacion)
        return None if fila is None else _leido(fila, self._almacen.entorno)

    def de_suscripcion(self, id_suscripcion: str) -> Sequence[Envio]:
        """Those of a subscription."""
        self._almacen.exigir()
        filas = [f for _, f in sorted(self._filas.items()) if f["envio"].saga.id_suscripcion == id_suscripcion]
        return [_leido(f, self._almacen.entorno) for f in filas]

    def aplazar(self, id_notificacion: str, hasta: datetime) -> None:
        """Give it back to the queue, due again then."""
        self._cambiar(id_notificacion, hasta, tomado_hasta=None)

    def marcar_para_anular(self, id_notificacion: str) -> None:
        """Unless it is being sent successfully right now, it ends annulled."""
        self._cambiar(id_notificacion, anular=True)

    def quitar(self, id_notificacion: str) -> None:
        """It is over."""
        self._almacen.quitar(self._filas, id_notificacion)

    def _cambiar(self, id_notificacion: str, proximo: datetime | None = None, **valores: Any) -> None:
        fila = self._filas.get(id_notificacion)
        if fila is not None:
            nueva = {**fila, "envio": replace(fila["envio"], **valores), "proximo": proximo or fila["proximo"]}
            self._almacen.poner(self._filas, id_notificacion, nueva)


class ColaEnviosMemoria:
    """The delivery queue, as its senders share it."""

    def __init__(self, almacen: Almacen) -> None:
        self._almacen = almacen

    def tomar(self, cuantos: int, arriendo_s: float, excepto: Collection[str], edad_s: float = 0.0) -> Sequence[Envio]:
        """Lease what is due, the longest due first, or with an age the oldest; the attempt is counted before."""
        with self._almacen.suelta():
            return self._tomar(cuantos, arriendo_s, excepto, edad_s)

    def _tomar(self, cuantos: int, arriendo_s: float, excepto: Collection[str], edad_s: float) -> Sequence[Envio]:
        ahora, filas = self._almacen.entorno.ahora(), self._almacen.tablas["envios"]
        debidas = [
            f
            for id, f in filas.items()
            if f["proximo"] <= ahora and not _leido(f, self._almacen.entorno).tomado and id not in excepto
            if f["envio"].creado <= ahora - timedelta(seconds=edad_s)
        ]
        tomados = []
        for fila in sorted(debidas, key=lambda f: f["envio"].creado if edad_s else f["proximo"])[:cuantos]:
            envio: Envio = fila["envio"]
            tomado = replace(
                envio, intentos=envio.intentos + 1, tomado_hasta=ahora + timedelta(seconds=arriendo_s), leido=ahora
            )
            self._almacen.poner(filas, envio.id_notificacion, {**fila, "envio": tomado})
            tomados.append(tomado)
        return tomados

    def devolver(self, envios: Collection[Envio]) -> None:
        """End the lease on deliveries that this process will not finish, unless another has taken them since."""
        self._almacen.exigir()
        filas = self._almacen.tablas["envios"]
        for envio in envios:
            fila = filas.get(envio.id_notificacion)
            if fila is not None and fila["envio"].intentos == envio.intentos:
                libre = replace(fila["envio"], tomado_hasta=None)
                self._almacen.poner(filas, envio.id_notificacion, {**fila, "envio": libre})


def _leido(fila: Fila, entorno: Entorno) -> Envio:
    envio: Envio = fila["envio"]
    return replace(envio, leido=entorno.ahora())
