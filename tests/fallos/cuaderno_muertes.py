"""The notebook's process dies: at every point around a commit, of its handler, before it ever ran."""

import random
import signal
import subprocess
import time

from tests.auditor.hallazgos import Clase
from tests.fallos.acta import Acta
from tests.fallos.mesa import Mesa, comprobar, en_reposo, esperar_reposo, trabajando

from seedwork.pruebas.taller import Taller

HOJAS = 5
PUNTOS = ("antes_de_confirmar", "antes_de_aceptar", "antes_de_marcar")
# Whoever is killed on purpose so often must not take its messages for poison.
PACIENTE = {"REINTENTOS_MAXIMO": "1000", "SIN_AVANCE_S": "40000", "LOTE": "7"}


def muerto_en_cada_punto(mesa: Mesa, acta: Acta, *, vueltas: int = 20, ordenes: int = 25) -> None:
    """Killed before the commit, between commit and acknowledge, between relay send and mark; so many times each.

    Each time at a passage chosen by chance, with new commands behind it. Then one worker finishes: events equal
    committed rows, and both equal what was asked for.
    """
    azar = random.Random(1)
    for punto in PUNTOS:
        with mesa.taller() as taller:
            enviados: list[tuple[str, int]] = []
            for _ in range(vueltas):
                nuevos = [(f"h-{n % HOJAS}", n) for n in range(len(enviados), len(enviados) + ordenes)]
                taller.enviar(*(taller.orden(hoja, linea) for hoja, linea in nuevos))
                enviados += nuevos
                codigo = taller.trabajador(f"{punto}:{azar.randint(1, 3)}", **PACIENTE).wait(60)
                acta.exigir(codigo == -signal.SIGKILL, f"{punto}: the worker ended with {codigo} instead of dying")
                acta.vueltas += 1
                acta.fallos += 1
            with trabajando(taller, **PACIENTE):
                esperar_reposo(taller, acta)
            acta.mensajes += len(enviados)
            comprobar(taller, acta, enviados)


def muerto_al_azar(mesa: Mesa, acta: Acta, *, vueltas: int = 15, ordenes: int = 150) -> None:
    """Killed from outside, wherever it happens to be, while it works through commands that take a few ms each."""
    azar = random.Random(2)
    with mesa.taller() as taller:
        enviados: list[tuple[str, int]] = []
        for _ in range(vueltas):
            nuevos = [(f"h-{n % HOJAS}", n) for n in range(len(enviados), len(enviados) + ordenes)]
            taller.enviar(*(taller.orden(h, n, "duerme:0.003") for h, n in nuevos))
            enviados += nuevos
            hechos = len(taller.apuntes())
            with trabajando(taller, **PACIENTE) as proceso:
                _esperar_a_que_trabaje(taller, hechos)
                time.sleep(azar.uniform(0, 0.3))
                proceso.kill()
            acta.vueltas += 1
            acta.fallos += 1
        with trabajando(taller, **PACIENTE):
            esperar_reposo(taller, acta)
        acta.mensajes = len(enviados)
        comprobar(taller, acta, enviados)


def _esperar_a_que_trabaje(taller: Taller, hechos: int) -> None:
    taller.esperar(lambda: len(taller.apuntes()) > hechos or en_reposo(taller))


def quien_mata_a_su_proceso(mesa: Mesa, acta: Acta, *, vueltas: int = 3) -> None:
    """A handler calls os._exit: parked after its attempts, though nobody saw an exception; its neighbours are done."""
    for _ in range(vueltas):
        with mesa.taller() as taller:
            buenos = [("a", 0), ("b", 0)]
            taller.enviar(taller.orden("a", 0), taller.orden("c", 0, "muere"), taller.orden("b", 0))
            proceso = taller.trabajador()
            limite = time.monotonic() + 90
            try:
                while not taller.cartas():
                    acta.exigir(time.monotonic() < limite, "not parked after 90 s")
                    try:
                        proceso.wait(0.1)
                    except subprocess.TimeoutExpired:
                        continue
                    acta.fallos += 1
                    proceso = taller.trabajador()
                esperar_reposo(taller, acta)
            finally:
                proceso.kill()
                proceso.wait()
            acta.vueltas += 1
            acta.mensajes += 3
            comprobar(taller, acta, buenos, aparcadas=1)


def detenido_con_trabajo(mesa: Mesa, acta: Acta, *, vueltas: int = 5, ordenes: int = 200) -> None:
    """SIGTERM while it works: exit 0 in less than 5 s; what was in hand is finished or delivered again."""
    with mesa.taller() as taller:
        enviados = [(f"h-{n % HOJAS}", n) for n in range(vueltas * ordenes)]
        taller.enviar(*(taller.orden(h, n, "duerme:0.005") for h, n in enviados))
        for vuelta in range(vueltas):
            hechos = len(taller.apuntes())
            proceso = taller.trabajador(LOTE="10")
            _esperar_a_que_trabaje(taller, hechos + 20)
            comienzo = time.monotonic()
            proceso.terminate()
            codigo = proceso.wait(20)
            tardanza = time.monotonic() - comienzo
            acta.exigir(codigo == 0 and tardanza < 5, f"round {vuelta}: exit {codigo} after {tardanza:.1f} s")
            acta.vueltas += 1
            acta.fallos += 1
        with trabajando(taller):
            esperar_reposo(taller, acta)
        acta.mensajes = len(enviados)
        comprobar(taller, acta, enviados)


def primera_puesta_en_marcha(mesa: Mesa, acta: Acta, *, minutos: float = 3.0, por_segundo: int = 20) -> None:
    """Producers run for minutes before any consumer was ever started; provisioning came first: 0 lost."""
    with mesa.taller() as taller:
        enviados: list[tuple[str, int]] = []
        fin = time.monotonic() + minutos * 60
        while time.monotonic() < fin:
            nuevos = [(f"h-{n % HOJAS}", n) for n in range(len(enviados), len(enviados) + por_segundo)]
            taller.enviar(*(taller.orden(h, n) for h, n in nuevos))
            enviados += nuevos
            time.sleep(1.0)
        with trabajando(taller):
            esperar_reposo(taller, acta)
        acta.vueltas, acta.mensajes = 1, len(enviados)
        comprobar(taller, acta, enviados)


def consumidor_nuevo_desde_el_principio(mesa: Mesa, acta: Acta, *, ordenes: int = 500) -> None:
    """A subscription made after the messages, by the consumer itself: it starts at the earliest that is kept."""
    with mesa.taller(con_suscripcion=False) as taller:
        enviados = [(f"h-{n % HOJAS}", n) for n in range(ordenes)]
        taller.enviar(*(taller.orden(h, n) for h, n in enviados))
        with trabajando(taller):
            taller.esperar(lambda: len(taller.apuntes()) >= ordenes)
            esperar_reposo(taller, acta)
        acta.vueltas, acta.mensajes = 1, ordenes
        comprobar(taller, acta, enviados)
        acta.hallar(Clase.ATASCADO, [] if en_reposo(taller) else ["backlog"], "after the first run")


CASOS = (
    muerto_en_cada_punto,
    muerto_al_azar,
    quien_mata_a_su_proceso,
    detenido_con_trabajo,
    primera_puesta_en_marcha,
    consumidor_nuevo_desde_el_principio,
)
