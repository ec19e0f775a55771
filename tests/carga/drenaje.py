"""Metadata images per second that one worker drains from a backlog, beside bare loops on the same messages."""

import secrets
import threading
import time
from contextlib import ExitStack, closing
from typing import Any

import cargas
import pisos_drenaje
import psycopg2
from cifras import Cifra, Piso, mediana, razones
from entorno import Cimientos

from contratos.procesamiento import AnonimizarImagen
from seedwork.infraestructura import avro, cloudevents
from seedwork.infraestructura.publicador import Publicador, crear_cliente
from seedwork.pruebas.sobres import sobre_nuevo

IMAGENES = 20_000
MUCHAS = 80_000
"""So many that all workers have come up before most of it is done."""
META_BUCLE = 0.35
META_BANDEJAS = 0.7
PLAZO_S = 120.0
_BUCLE, _BANDEJAS = "piso-bucle", "piso-bandejas"


def medir(cimientos: Cimientos, rondas: int) -> list[Cifra]:
    """In each round a new backlog, and the three who drain it one after the other."""
    url, base = cimientos.conexiones.pulsar_url, cimientos.conexiones.bases["procesamiento"]
    dueno = cimientos.conexiones.de_duenos["procesamiento"]
    with closing(crear_cliente(url)) as cliente:
        for piso in (_BUCLE, _BANDEJAS):
            pisos_drenaje.suscribir(cliente, piso).close()
    bucles: list[float] = []
    bandejas: list[float] = []
    trabajador: list[float] = []
    for _ in range(rondas):
        publicar(url, IMAGENES)
        bucles.append(IMAGENES / pisos_drenaje.drenar(url, dueno, _BUCLE, IMAGENES, bandejas=False))
        trabajador.append(_trabajador(cimientos, base))
        bandejas.append(IMAGENES / pisos_drenaje.drenar(url, dueno, _BANDEJAS, IMAGENES, bandejas=True))
    juntos = [_juntos(cimientos, base, cuantos) for cuantos in (1, 2, 3)]
    return [
        Cifra(
            nombre=f"drained by one worker ({IMAGENES:,})",
            valor=mediana(trabajador),
            unidad="images/s",
            pisos=[
                Piso(
                    nombre="a bare loop",
                    valor=mediana(bucles),
                    razon=razones(trabajador, bucles),
                    meta=META_BUCLE,
                ),
                Piso(
                    nombre="one with inbox and outbox",
                    valor=mediana(bandejas),
                    razon=razones(trabajador, bandejas),
                    meta=META_BANDEJAS,
                ),
            ],
        ),
        Cifra(
            nombre="drained by one, two and three at work, on the same processors",
            valor=juntos[0],
            unidad="images/s",
            detalle={"two": juntos[1], "three": juntos[2]},
        ),
    ]


def publicar(url: str, cuantas: int) -> None:
    """Put a backlog of new images on the topic, and wait until the broker has confirmed all of it."""
    serie = secrets.token_hex(4)
    publicador = Publicador(url, plazo_ms=0, esperar_cola=True)
    confirmados = threading.Semaphore(0)
    for numero in range(cuantas):
        comando = AnonimizarImagen(**cargas.imagen(serie, numero))
        sobre = sobre_nuevo(comando, fuente="/saludtech/bff", sujeto=comando.id_imagen)
        propiedades = cloudevents.a_propiedades(sobre, comando.topico)
        publicador.enviar(
            comando.topico,
            avro.codificar(comando, sobre),
            propiedades,
            comando.id_imagen,
            lambda _error: confirmados.release(),
        )
    for _ in range(cuantas):
        if not confirmados.acquire(timeout=30):
            raise TimeoutError("the broker does not confirm the backlog")
    publicador.cerrar()


def _trabajador(cimientos: Cimientos, base: str) -> float:
    """The images per second of one worker with its relay, from its first batch decoded until its outbox is empty.

    Both instants are the database's own, so the worker's start counts as little as the floors' does.
    """
    with closing(psycopg2.connect(base)) as conexion, conexion.cursor() as cursor:
        conexion.autocommit = True
        cursor.execute("SELECT clock_timestamp(), (SELECT count(*) FROM comandos)")
        antes, habia = _fila(cursor)
        limite = time.monotonic() + PLAZO_S
        with cimientos.parte("procesamiento-relay"), cimientos.parte("procesamiento-1"):
            while not vacio(cursor, habia + IMAGENES):
                if time.monotonic() > limite:
                    raise TimeoutError(f"the worker has not drained the backlog within {PLAZO_S:.0f} s")
                time.sleep(0.1)
        cursor.execute(
            "SELECT extract(epoch FROM (SELECT max(enviado) FROM outbox)"
            " - (SELECT min(recibido) FROM inbox WHERE recibido > %s))",
            (antes,),
        )
        return IMAGENES / float(_fila(cursor)[0])


def _juntos(cimientos: Cimientos, base: str, cuantos: int) -> float:
    """The images per second of so many workers with their relay, from when all of them are at work."""
    publicar(cimientos.conexiones.pulsar_url, MUCHAS)
    with closing(psycopg2.connect(base)) as conexion, conexion.cursor() as cursor, ExitStack() as pila:
        conexion.autocommit = True
        cursor.execute("SELECT count(*) FROM comandos")
        (habia,) = _fila(cursor)
        for nombre in ("procesamiento-relay", *(f"procesamiento-{n}" for n in range(1, cuantos + 1))):
            pila.enter_context(cimientos.parte(nombre))
        cursor.execute("SELECT count(*) FROM comandos")
        faltan, comienzo = habia + MUCHAS - _fila(cursor)[0], time.monotonic()
        while not vacio(cursor, habia + MUCHAS):
            if time.monotonic() > comienzo + PLAZO_S:
                raise TimeoutError(f"the workers have not drained the backlog within {PLAZO_S:.0f} s")
            time.sleep(0.1)
        return float(faltan / (time.monotonic() - comienzo))


def vacio(cursor: Any, comandos: int) -> bool:
    """Whether all commands were handled and all that follows from them was sent."""
    # The first look is cheap while there is work, the second only comes when there seems to be none.
    cursor.execute("SELECT EXISTS (SELECT FROM outbox WHERE enviado IS NULL)")
    if _fila(cursor)[0]:
        return False
    cursor.execute("SELECT count(*) FROM comandos")
    return bool(_fila(cursor)[0] >= comandos)


def _fila(cursor: Any) -> tuple[Any, ...]:
    fila: tuple[Any, ...] | None = cursor.fetchone()
    if fila is None:
        raise LookupError("no row")
    return fila
