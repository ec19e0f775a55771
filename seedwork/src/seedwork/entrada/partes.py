"""The parts that every service's processes are made of. What a service has besides, it adds itself."""

import threading
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import Protocol

import sqlalchemy as sa
import structlog

from seedwork.aplicacion.broker import Atrasos
from seedwork.aplicacion.entorno import Entorno
from seedwork.entrada.cartas import Cartero
from seedwork.entrada.consumidor import Consumidor
from seedwork.entrada.consumidores import Consumidores
from seedwork.entrada.escala import MedidorDeAtraso, MedidorDeRendimiento
from seedwork.entrada.proceso import Parte, Periodica, es_ajeno
from seedwork.infraestructura import bd, metricas
from seedwork.infraestructura.detenidos import VigilanteDeSesiones
from seedwork.infraestructura.escala import EscalaSQL
from seedwork.infraestructura.poda import Podador
from seedwork.infraestructura.relay import Relay
from seedwork.infraestructura.topicos import SUBSCRIPTION_CARTAS, topico_cartas

log = structlog.get_logger(__name__)

PODA_S = 600.0
"""Most seconds between two prunings of the messaging tables, and between two looks for letters that are too old."""
VIGILANCIA_S = 3.0
"""Seconds between two looks for sessions whose process stands still."""
OIDO_S = 300.0
"""Seconds that a service must have heard what is said before it forgets what recognises a repeat: what was delivered
before a long absence, and not acknowledged, comes first after it."""

# How old the oldest one is; to look at the age of all would take long where there are many.
_OUTBOX = sa.text(f"""
    SELECT
        (SELECT count(*) FROM (
            SELECT FROM outbox WHERE enviado IS NULL ORDER BY fragmento, id LIMIT {metricas.CUENTA_MAXIMA}
        ) AS contadas),
        coalesce(primera.edad, 0),
        primera.id
    FROM (VALUES (1)) AS una LEFT JOIN LATERAL (
        SELECT id, extract(epoch FROM clock_timestamp() - creado) AS edad
        FROM outbox WHERE enviado IS NULL ORDER BY fragmento, id LIMIT 1
    ) AS primera ON true
""")  # nosec B608 # noqa: S608 — our own text
# In its key's order: else it might be read from the table's beginning, where others' rows may stand, or dead ones.
_ESPERAS = sa.text(f"""
    SELECT count(*) FROM (
        SELECT FROM esperas WHERE consumidor = :consumidor ORDER BY ce_id LIMIT {metricas.CUENTA_MAXIMA}
    ) AS contadas
""")  # nosec B608 # noqa: S608 — our own text


class _ConProblemas(Protocol):
    @property
    def espera_por(self) -> Exception | None:
        """The trouble that it waits out; None for none."""
        ...


def base_de_datos(motor: sa.Engine, quienes: Sequence[_ConProblemas]) -> Parte:
    """The service's own database: it has to take writes.

    Args:
        quienes: who write to it: that a disk is full shows when a write fails.
    """

    def comprobar() -> str | None:
        for problema in [quien.espera_por for quien in quienes]:
            error = problema if isinstance(problema, sa.exc.DBAPIError) else problema and problema.__cause__
            if isinstance(error, sa.exc.DBAPIError) and bd.es_de_infraestructura(error):
                return f"no acepta escrituras ({type(error.orig).__name__})"
        with motor.connect() as conexion:
            solo_lectura = conexion.scalar(sa.text("SELECT current_setting('transaction_read_only')")) == "on"
        return "solo admite lecturas" if solo_lectura else None

    return Parte(nombre="base_datos", decisivas={"base_datos": comprobar})


class MedidorDeOutbox:
    """Looks at a service's outbox.

    Args:
        motor: the service's own database.
        sin_avance_s: after so long with the same oldest row, it does not move.
    """

    def __init__(self, motor: sa.Engine, entorno: Entorno, sin_avance_s: float) -> None:
        self._motor = motor
        self._entorno = entorno
        self._sin_avance_s = sin_avance_s
        self._primera: int | None = None
        self._desde = entorno.monotono()

    def medir(self) -> None:
        """Look once, and set the gauges."""
        with self._motor.connect() as conexion:
            pendientes, edad, primera = conexion.execute(_OUTBOX).one()
        metricas.OUTBOX_PENDIENTES.set(pendientes)
        metricas.OUTBOX_EDAD_SEGUNDOS.set(float(edad))
        if primera != self._primera:
            self._primera, self._desde = primera, self._entorno.monotono()

    def atascado(self) -> str | None:
        """Why it does not move, if so."""
        quieto = self._entorno.monotono() - self._desde
        if self._primera is None or quieto <= self._sin_avance_s:
            return None
        return f"no se mueve desde hace {quieto:.0f} s"


def salida(medidor: MedidorDeOutbox) -> Parte:
    """The outbox, wherever its relay runs: who relays may be the one that does not answer."""
    return Parte(nombre="outbox", decisivas={"outbox": medidor.atascado}, medir=medidor.medir)


def relevo(relay: Relay) -> Parte:
    """The relay, in the process that it runs in. One that stands by is as ready as the one that leads."""

    def medir() -> None:
        metricas.RELAY_DIRIGE.set(relay.dirige)

    return Parte(
        nombre="relay",
        tarea=relay.correr,
        papeles={"relay": lambda: "DIRIGE" if relay.dirige else "A_LA_ESPERA"},
        medir=medir,
    )


def consumo(
    consumidores: Consumidores, escala: EscalaSQL, sembrar: Callable[[], None], problema_s: float
) -> list[Parte]:
    """A service's consumers.

    Args:
        escala: where what they do is kept.
        sembrar: what is to be done, once, before the first message.
        problema_s: how long trouble with that is waited out.
    """
    sembrado = UnaVez(sembrar)

    def correr(consumidor: Consumidor, parada: threading.Event) -> None:
        while not parada.is_set():
            try:
                sembrado()
            except Exception as error:
                if not es_ajeno(error):
                    raise
                log.warning("consumidor en espera", consumidor=consumidor.nombre, error=type(error).__name__)
                parada.wait(problema_s)
            else:
                consumidor.correr(parada)

    return [
        Parte(
            nombre="consumidores",
            decisivas={"broker": consumidores.desconectados},
            medir=MedidorDeRendimiento(consumidores.todos, escala).medir,
        ),
        *(
            Parte(nombre=c.nombre, tarea=partial(correr, c), decisivas={c.nombre: c.atascado})
            for c in consumidores.todos
        ),
    ]


def atraso(medidor: MedidorDeAtraso) -> Parte:
    """What the service has before it, measured by whoever lives of it."""
    return Parte(nombre="atraso", medir=medidor.medir)


def en_espera(motor: sa.Engine, consumidor: str) -> Parte:
    """How many commands wait."""

    def medir() -> None:
        with motor.connect() as conexion:
            metricas.EN_ESPERA.set(conexion.scalar(_ESPERAS, {"consumidor": consumidor}) or 0)

    return Parte(nombre="en_espera", medir=medir)


def vigilancia(vigilante: VigilanteDeSesiones) -> Parte:
    """Who stands still lets go of its locks."""
    return Parte(nombre="vigilante", tarea=Periodica(VIGILANCIA_S, vigilante.vuelta).correr)


def poda(podador: Podador, consumidores: Consumidores, edad: timedelta) -> Parte:
    """What the messaging tables no longer need goes, soon after the first of it is that old; what recognises repeats,
    while the service hears."""

    def podar() -> None:
        oido = min(c.segundos_en_orden() for c in consumidores.todos)
        podador.podar(memoria=oido >= OIDO_S)

    return Parte(nombre="podador", tarea=Periodica(_cada_s(edad), podar).correr)


def _cada_s(edad: timedelta) -> float:
    """Seconds between two looks for what is older than that."""
    return max(1.0, min(PODA_S, edad.total_seconds() / 10))


def contar_cartas(atrasos: Atrasos, contexto: str) -> str | None:
    """How many dead letters a service has, in words, if there are any; a health check, that sets the gauge, too."""
    cuantas = atrasos.mirar(topico_cartas(contexto), SUBSCRIPTION_CARTAS).entradas
    metricas.CARTAS_MUERTAS.set(cuantas)
    return f"aparcadas: {cuantas}" if cuantas else None


def cartas(cartero: Cartero, contexto: str, atrasos: Atrasos, edad: timedelta) -> Parte:
    """Dead letters: they are counted, and discarded when they are too old."""
    dicho: list[str | None] = ["aún sin contar"]

    def contar() -> None:
        dicho[0] = contar_cartas(atrasos, contexto)

    return Parte(
        nombre="cartero",
        tarea=Periodica(_cada_s(edad), lambda: cartero.vencer(edad)).correr,
        informativas={"cartas": lambda: dicho[0]},
        medir=contar,
    )


class UnaVez:
    """Does it once, whoever comes first; the others wait for it. One that failed is tried again by the next."""

    def __init__(self, hacer: Callable[[], None]) -> None:
        self._hacer = hacer
        self._hecho = False
        self._cerrojo = threading.Lock()

    def __call__(self) -> None:
        """Do it, unless it was done."""
        with self._cerrojo:
            if not self._hecho:
                self._hacer()
                self._hecho = True
