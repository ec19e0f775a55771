"""One process of a service: its real parts, and the steps that it repeats.

A step is what a thread's loop does between two waits. What its result says of when to go on is kept to, as the thread
would; nobody waits here, the scheduler just does not take the step before.
"""

import math
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from contratos import Mensaje
from contratos.servicio_datos import SERVICIO_DATOS
from notificaciones.aplicacion.envio import Correo, Envio
from notificaciones.aplicacion.puertos import CanalAveriado, CanalNoDisponible, CanalRechazo
from notificaciones.entrada.enviador import SONDEO_S, Desenlace, Enviador
from notificaciones.entrada.vigia import Vigia
from notificaciones.pruebas.memoria import ColaEnviosMemoria
from seedwork.aplicacion.broker import SinBroker
from seedwork.aplicacion.bus import Bus, Manejador, Rechazar
from seedwork.aplicacion.entorno import Entorno
from seedwork.aplicacion.paciencia import PacienciaSegunAvance
from seedwork.aplicacion.recibido import Original, Recibido
from seedwork.aplicacion.ritmo import Ritmo
from seedwork.aplicacion.tratamiento import Ilegible, Medios
from seedwork.aplicacion.unidad import Abrir
from seedwork.aplicacion.validez import falta
from seedwork.entrada.consumidor import Consumidor
from seedwork.entrada.consumidores import Consumidores
from seedwork.infraestructura.aplazados import Devuelto
from seedwork.infraestructura.bd import es_de_infraestructura
from seedwork.infraestructura.cartas import CartasMuertas
from seedwork.infraestructura.cloudevents import MensajeIlegible, de_propiedades
from seedwork.infraestructura.relay import Relay
from seedwork.pruebas.almacen import Almacen
from seedwork.pruebas.broker import AvanceEnMemoria, MensajeEnMemoria, SubscriptionEnMemoria
from seedwork.pruebas.mensajeria import IntentosMemoria, OutboxMemoria
from suscripciones.entrada.temporizadores import (
    PLAZOS_S,
    RENOVACIONES_S,
    PlazoDeSaga,
    VigilantePlazos,
    VigilanteRenovaciones,
)
from suscripciones.pruebas.memoria import VencimientosMemoria

if TYPE_CHECKING:
    from tests.simulador.mundo import Mundo

RITMO = Ritmo(escucha_s=0.0, vuelta_larga_s=25.0)
"""Nobody listens for long: the world's time stands still meanwhile. So a round is a longer one here, and what listens
need not be called for every five seconds that go by."""

PLAZOS = PlazoDeSaga(plazo_s=120.0, tope_s=1800.0, proveedores={SERVICIO_DATOS: "servicio-datos"})
"""What the platform itself provides, whatever else the process has made: a run must not change with it."""

NUNCA = math.inf

MANOS = 4
"""Attempts that a sender has in hand at a time."""

_TROPIEZO_S = 0.5
"""What a loop waits that broke off on trouble of broker or database."""


class Muerte(BaseException):
    """The process is killed right here."""


@dataclass(frozen=True)
class Ficha:
    """A service, as a process of it is made.

    Attributes:
        abrir: opens its units of work.
        topicos: what it hears.
    """

    nombre: str
    almacen: Almacen
    abrir: Abrir
    manejadores: Mapping[type[Mensaje], Manejador]
    rechazar: Rechazar | None
    topicos: Sequence[str]

    @property
    def con_comandos(self) -> bool:
        """Whether it hears any."""
        return self.rechazar is not None


@dataclass(slots=True, eq=False)
class Paso:
    """Something that a process repeats.

    Attributes:
        nombre: as a schedule names it.
        proceso: whose it is; None for the clients'.
        hacer: does it once; answers for how many seconds it is not to be done again.
        desde: from which instant on, on the world's clock, it would do something as things are; infinity for never.
        no_antes: when it may be done again, on the world's clock.
        en_lista: whether the scheduler has it in mind.
        alarma: when the scheduler is going to think of it again; infinity for no such time.
        muerto: whether its process's life is over.
    """

    nombre: str
    proceso: "Proceso | None"
    hacer: Callable[[], float]
    desde: Callable[[], float]
    no_antes: float = 0.0
    en_lista: bool = False
    alarma: float = NUNCA
    muerto: bool = False

    def cuando(self) -> float:
        """The instant, on the world's clock, at which it can be taken, and would do something."""
        cuando = self.desde()
        if self.no_antes > cuando:
            cuando = self.no_antes
        proceso = self.proceso
        if proceso is not None and proceso.congelado_hasta > cuando:
            cuando = proceso.congelado_hasta
        return cuando


def es_ajeno(error: BaseException) -> bool:
    """Whether it is trouble of broker or database."""
    return isinstance(error, SinBroker) or es_de_infraestructura(error)


class Proceso:
    """One process. What it holds in memory is gone with it; its next life begins with nothing."""

    def __init__(self, mundo: "Mundo", ficha: Ficha, numero: int, desfase_s: float) -> None:
        self.nombre = f"{ficha.nombre}-{numero}"
        self.ficha = ficha
        self.vivo = False
        self.congelado_hasta = 0.0
        self.pasos: dict[str, Paso] = {}
        self.oyentes: Sequence[Consumidor] = ()
        self._mundo = mundo
        self._desfase_s = desfase_s
        self._vidas = 0

    def nacer(self) -> None:
        """Start it, as the real one is started."""
        mundo, ficha = self._mundo, self.ficha
        self._vidas += 1
        self.entorno = entorno = mundo.entorno.otro(f"{self.nombre}/{self._vidas}", desfase_s=self._desfase_s)
        self._cliente = mundo.broker.conectar(plazo_s=8.0)
        self._salida = mundo.broker.conectar(plazo_s=None)
        paciencia = PacienciaSegunAvance(AvanceEnMemoria(mundo.broker), entorno)
        manejadores = {t: mundo.tropiezos.envolver(ficha.nombre, m) for t, m in ficha.manejadores.items()}
        bus = Bus(ficha.nombre, ficha.abrir, manejadores, ficha.rechazar, paciencia)
        cartas = CartasMuertas(self._cliente, ficha.nombre, ficha.nombre, entorno)
        consumidores = Consumidores(
            bus,
            subscriber=self._cliente,
            medios=lambda _nombre: Medios(
                bus=bus,
                leer=leer,
                intentos=IntentosMemoria(ficha.almacen, ficha.nombre, entorno.id()),
                cartas=cartas,
                testigo=mundo.testigo,
                entorno=entorno,
                ritmo=RITMO,
                es_ajeno=es_ajeno,
                lote=mundo.enjambre.lote,
                ordenado=True,
            ),
            leer_en_espera=leer_en_espera,
            cola=1000,
        )
        self.oyentes = consumidores.todos
        self._outbox = OutboxMemoria(ficha.almacen)
        self._relay = Relay(self._outbox, self._salida, tope=mundo.enjambre.ronda)
        self.pasos = {}
        for consumidor in consumidores.todos:
            desde = _desde_cuando(consumidor, self._cliente.suscripciones)
            self._repetir(consumidor.nombre.removeprefix(f"{ficha.nombre}-"), consumidor.vuelta, desde)
        self._repetir("relay", self._relevar, self._desde_cuando_releva)
        if ficha.nombre == "suscripciones":
            self._con_temporizadores(consumidores)
        if ficha.nombre == "notificaciones":
            self._con_enviador()
        self.vivo = True

    def morir(self) -> None:
        """Killed with -9: nothing of it says good-bye."""
        self.vivo = False
        self._cliente.cerrar()
        self._salida.cerrar()
        self._outbox.soltar()
        for paso in self.pasos.values():
            paso.muerto = True
        self.oyentes = ()
        self.pasos = {}

    def reconectar(self, topico: str) -> None:
        """Its connection to a topic is made anew, where it lives: what it did not get acknowledged comes again."""
        if self.vivo:
            self._cliente.desconectar(topico)

    def despierto(self) -> bool:
        """Whether it does anything."""
        return self.vivo and self.congelado_hasta <= self._mundo.reloj.segundos()

    def _repetir(self, nombre: str, hacer: Callable[[], float], desde: Callable[[], float]) -> None:
        self.pasos[nombre] = Paso(f"{self.nombre}/{nombre}", self, hacer, desde)

    def _relevar(self) -> float:
        pausa_s = self._relay.vuelta()
        # With nothing left to send, the outbox's bell would wake it.
        return pausa_s if pausa_s >= _TROPIEZO_S and self.ficha.almacen.sin_enviar else 0.0

    def _desde_cuando_releva(self) -> float:
        if not self.ficha.almacen.sin_enviar or self._relay.aguarda:
            return NUNCA
        desde = self._outbox.desde()
        return 0.0 if desde is None else self._mundo.instante(desde)

    def _con_temporizadores(self, consumidores: Consumidores) -> None:
        ficha = self.ficha
        vencimientos, filas = VencimientosMemoria(ficha.almacen), ficha.almacen.tablas["suscripciones"]
        avance = AvanceEnMemoria(self._mundo.broker)
        plazos = VigilantePlazos(vencimientos, ficha.abrir, consumidores, avance, PLAZOS)
        renovaciones = VigilanteRenovaciones(vencimientos, self._mundo.planes, ficha.abrir)

        def mirar(vuelta: Callable[[], None], cada_s: float) -> Callable[[], float]:
            def hacer() -> float:
                vuelta()
                return cada_s

            return hacer

        mundo = self._mundo

        def desde_plazo() -> float:
            primero = None
            for fila in filas.values():
                plazo = fila["plazo"]
                if plazo is not None and (primero is None or plazo < primero):
                    primero = plazo
            return mundo.instante(primero)

        def desde_renovacion() -> float:
            # What is due of a plan that has left the catalogue stays due for ever.
            planes, primero = mundo.planes, None
            for fila in filas.values():
                renueva = fila["renueva"]
                if renueva is not None and (primero is None or renueva < primero) and fila["plan_codigo"] in planes:
                    primero = renueva
            desde = mundo.instante(primero)
            # Without a client who waits for it, nobody lets a month go by: the run would have no end.
            return desde if desde <= mundo.reloj.segundos() or mundo.faltan_pedidos() else NUNCA

        self._repetir("plazos", mirar(plazos.vuelta, PLAZOS_S), desde_plazo)
        self._repetir("renovaciones", mirar(renovaciones.vuelta, RENOVACIONES_S), desde_renovacion)

    def _con_enviador(self) -> None:
        mano = _Mano(self._mundo, self.ficha, self.entorno)
        self._repetir("vigilar", mano.vigilar, mano.desde_vigia)
        self._repetir("tomar", mano.tomar, mano.desde)
        self._repetir("intentar", mano.intentar, lambda: 0.0 if len(mano.tomados) > len(mano.acabados) else NUNCA)
        self._repetir("anotar", mano.anotar, lambda: 0.0 if mano.acabados else NUNCA)


class _Mano:
    """What a sender's loop does between its steps: it has attempts in hand, and lets go of what is noted."""

    def __init__(self, mundo: "Mundo", ficha: Ficha, entorno: Entorno) -> None:
        self.tomados: dict[str, Envio] = {}
        self.acabados: dict[str, Desenlace] = {}
        self._mundo = mundo
        self._filas = ficha.almacen.tablas["envios"]
        correo = _Correo(mundo)
        self._vigia = Vigia(correo, mundo.politica, entorno)
        self._enviador = Enviador(
            None,  # type: ignore[arg-type]
            ColaEnviosMemoria(ficha.almacen),
            ficha.abrir,
            correo,
            self._vigia,
            mundo.plantillas,
            mundo.politica,
            hilos=MANOS,
        )

    def desde(self) -> float:
        """When the first delivery is due that it may take."""
        if len(self.tomados) >= MANOS or not self._filas:
            return NUNCA
        primero: datetime | None = None
        for id, fila in self._filas.items():
            if id not in self.tomados:
                debida, tomado_hasta = fila["proximo"], fila["envio"].tomado_hasta
                if self._vigia.cerrado:
                    debida = max(debida, fila["envio"].creado + timedelta(seconds=self._mundo.politica.final_s))
                if tomado_hasta is not None and tomado_hasta > debida:
                    debida = tomado_hasta
                if primero is None or debida < primero:
                    primero = debida
        return self._mundo.instante(primero)

    def desde_vigia(self) -> float:
        """With nothing to send, nobody needs to know whether it could be."""
        return self._vigia.proxima if self._filas else NUNCA

    def vigilar(self) -> float:
        self._vigia.mirar()
        return 0.0

    def tomar(self) -> float:
        nuevos = self._enviador.tomar(MANOS - len(self.tomados), self.tomados)
        self.tomados |= {e.id_notificacion: e for e in nuevos}
        return 0.0 if nuevos else SONDEO_S

    def intentar(self) -> float:
        faltan = [id for id in self.tomados if id not in self.acabados]
        if faltan:
            cual = self._mundo.azar.choice(faltan)
            self.acabados[cual] = self._enviador.intentar(self.tomados[cual])
        return 0.0

    def anotar(self) -> float:
        for envio in self._enviador.anotar([(self.tomados[id], fin) for id, fin in self.acabados.items()]):
            del self.tomados[envio.id_notificacion], self.acabados[envio.id_notificacion]
        return 0.0


class _Correo:
    """The channel: letters arrive, or don't; some never will. Now and then it is closed."""

    nombre = "CORREO"

    def __init__(self, mundo: "Mundo") -> None:
        self._mundo = mundo

    def enviar(self, correo: Correo) -> None:
        mundo = self._mundo
        mundo.punto("antes de enviar el correo")
        mundo.reloj.avanzar(mundo.enjambre.trabajo_s.get("correo", 0.0))
        if correo.id in mundo.rechazadas or mundo.ocurre("correo_rechaza"):
            mundo.rechazadas.add(correo.id)
            raise CanalRechazo("550")
        if mundo.ocurre("correo_ausente"):
            raise CanalAveriado("421")
        mundo.cartas[correo.id] += 1
        mundo.punto("tras enviar el correo")
        if mundo.ocurre("correo_entrega_y_cae"):
            raise CanalNoDisponible("it was taken, and nobody heard of it")

    def probar(self) -> None:
        if self._mundo.ocurre("correo_ausente"):
            raise CanalAveriado("421")


class Tropiezos:
    """Handlers that fail: once, some times or for good, with an error or with their process."""

    def __init__(self, mundo: "Mundo") -> None:
        self._mundo = mundo
        self._malos: dict[str, tuple[float, type[BaseException]]] = {}

    def envolver(self, servicio: str, manejador: Manejador) -> Manejador:
        """The handler, as it is in this run."""
        mundo = self._mundo
        trabajo_s = mundo.enjambre.trabajo_s.get(servicio, 0.0)
        if not trabajo_s and not any(mundo.enjambre.probabilidad(f) for f in _TROPIEZOS):
            return manejador

        def manejar(mensaje: Any, unidad: Any) -> None:
            mundo.reloj.avanzar(trabajo_s)
            clave = f"{servicio}/{unidad.sobre.id}"
            quedan, error = self._malos.get(clave) or self._sortear()
            if quedan:
                self._malos[clave] = quedan - 1, error
                raise error
            manejador(mensaje, unidad)

        return manejar

    def remediar(self, servicio: str, id: str) -> None:
        """Somebody has mended what was wrong with this message."""
        self._malos.pop(f"{servicio}/{id}", None)

    def _sortear(self) -> tuple[float, type[BaseException]]:
        mundo = self._mundo
        for nombre, (veces, error) in _TROPIEZOS.items():
            if mundo.ocurre(nombre):
                return mundo.azar.choice(veces), error
        return 0, Tropiezo


class Tropiezo(Exception):
    """A handler that did not manage."""


_TROPIEZOS: Mapping[str, tuple[Sequence[float], type[BaseException]]] = {
    "manejador_falla": ((1, 1, 2, 5, 7), Tropiezo),
    "manejador_no_puede": ((float("inf"),), Tropiezo),
    "manejador_mata": ((1, 1, 3, float("inf")), Muerte),
}


def _desde_cuando(consumidor: Consumidor, subscriptions: Sequence[SubscriptionEnMemoria]) -> Callable[[], float]:
    topicos = tuple(consumidor.topicos)

    def desde() -> float:
        proxima = consumidor.desde()
        if proxima <= 0.0:
            return 0.0
        for subscription in subscriptions:
            if subscription.topicos == topicos:
                desde = subscription.desde()
                return desde if desde < proxima else proxima
        # It was closed, and the consumer does not know yet.
        return 0.0

    return desde


def leer(llegado: Original, vuelta: int = 0) -> Recibido | Ilegible:
    """What a message of its own topic is; its payload need not be decoded here. Many hear it, and it is read once."""
    if not isinstance(llegado, MensajeEnMemoria):
        return _leer(llegado, vuelta)
    if llegado.leido is None:
        llegado.leido = _leer(llegado, vuelta)
    leido: Recibido | Ilegible = llegado.leido
    return leido


def _leer(llegado: Original, vuelta: int) -> Recibido | Ilegible:
    try:
        sobre = de_propiedades(llegado.propiedades, llegado.clave)
    except MensajeIlegible as error:
        return Ilegible(llegado, str(error))
    mensaje: Any = llegado.carga
    motivo = falta(mensaje, sobre.sujeto)
    return Ilegible(llegado, motivo) if motivo else Recibido(sobre, mensaje, llegado, vuelta)


def leer_en_espera(llegado: Original) -> Recibido | Ilegible:
    """What a command is that waited."""
    devuelto = Devuelto.de(llegado)
    return leer(devuelto, devuelto.vuelta)


def desorden(azar: random.Random) -> float:
    """By how many seconds a process's wall clock is wrong."""
    return azar.choice((-300.0, -1.0, 0.0, 0.0, 1.0, 300.0))
