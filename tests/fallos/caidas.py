"""The whole platform, with a load on it, while its processes and its servers die."""

import time

from tests.fallos.acta import Acta
from tests.fallos.escenario import Escenario


def sin_fallos(lugar: Escenario, acta: Acta, *, imagenes: int = 200, suscripciones: int = 40) -> None:
    """Nothing dies: what the other cases are measured against."""
    with lugar.bajo_carga(acta, imagenes=imagenes, suscripciones=suscripciones, segundos=10):
        pass
    acta.vueltas = 1


def cada_proceso_muere(
    lugar: Escenario,
    acta: Acta,
    *,
    imagenes: int = 1000,
    suscripciones: int = 200,
    segundos: float = 60,
    vueltas: int = 2,
) -> None:
    """Each service's API and worker and the door, killed -9 one after the other, mid-stream of images and sagas."""
    victimas = lugar.plataforma.procesos * vueltas
    with lugar.bajo_carga(acta, imagenes=imagenes, suscripciones=suscripciones, segundos=segundos):
        for victima in victimas:
            time.sleep(segundos / (len(victimas) + 1))
            victima.derribar()
            acta.fallos += 1
    acta.vueltas = vueltas


def broker_muere(
    lugar: Escenario,
    acta: Acta,
    *,
    vueltas: int = 3,
    imagenes: int = 400,
    suscripciones: int = 60,
    segundos: float = 40,
) -> None:
    """The broker, killed -9 mid-stream, and started again by its manager."""
    with lugar.bajo_carga(acta, imagenes=imagenes, suscripciones=suscripciones, segundos=segundos):
        for _ in range(vueltas):
            time.sleep(segundos / (vueltas + 1))
            lugar.cimiento.esperar_listo("pulsar")
            lugar.cimiento.matar("pulsar")
            acta.vueltas += 1
            acta.fallos += 1


def broker_fuera_un_minuto(
    lugar: Escenario, acta: Acta, *, fuera: float = 60, imagenes: int = 300, suscripciones: int = 50
) -> None:
    """The broker dies mid-stream and stays away for a minute. The door answers 503, and asking again is safe."""
    with lugar.bajo_carga(acta, imagenes=imagenes, suscripciones=suscripciones, segundos=20):
        time.sleep(8)
        lugar.cimiento.tumbar("pulsar", fuera)
    acta.vueltas = acta.fallos = 1


def postgres_reinicia(
    lugar: Escenario,
    acta: Acta,
    *,
    vueltas: int = 3,
    imagenes: int = 400,
    suscripciones: int = 60,
    segundos: float = 30,
) -> None:
    """PostgreSQL, killed -9 mid-stream, comes back from its log; and away for ten seconds the last time."""
    with lugar.bajo_carga(acta, imagenes=imagenes, suscripciones=suscripciones, segundos=segundos):
        for _ in range(vueltas - 1):
            time.sleep(segundos / (vueltas + 1))
            lugar.cimiento.esperar_listo("postgres")
            lugar.cimiento.matar("postgres")
            acta.fallos += 1
        time.sleep(segundos / (vueltas + 1))
        lugar.cimiento.tumbar("postgres", 10)
        acta.fallos += 1
    acta.vueltas = vueltas


def reinicio_rodante(
    lugar: Escenario, acta: Acta, *, minutos: float = 3, por_segundo: int = 10, plazo_s: float = 60
) -> None:
    """Everything is restarted in turn, in good order, for minutes under steady load: nothing outstanding 60 s after."""
    segundos = minutos * 60
    pedidos = int(segundos * por_segundo)
    with lugar.bajo_carga(acta, imagenes=pedidos * 4 // 5, suscripciones=pedidos // 5, segundos=segundos):
        fin = time.monotonic() + segundos
        while time.monotonic() < fin:
            for proceso in lugar.plataforma.procesos:
                proceso.parar()
                proceso.arrancar()
                proceso.esperar_listo()
                acta.fallos += 1
                if time.monotonic() > fin:
                    break
            acta.vueltas += 1
    acta.exigir(acta.recuperacion_s <= plazo_s, f"outstanding for {acta.recuperacion_s:.0f} s after the last restart")


CASOS = (sin_fallos, cada_proceso_muere, broker_muere, broker_fuera_un_minuto, postgres_reinicia, reinicio_rodante)
