"""PRO subscriptions: how soon one is ACTIVA, how many a second at a steady 50 in flight, and that all of many end."""

import http.client
import json
import secrets
import time
from collections.abc import Collection, Mapping
from contextlib import closing
from types import MappingProxyType
from typing import Any

import cargas
import psycopg2
from cifras import Cifra, mediana
from disparador import disparar, peticion
from entorno import Plataforma

UNA_A_UNA = 100
SONDEO_S = 0.003
META_MS = 150.0
EN_VUELO = 50
CALENTAMIENTO = 300
SOSTENIDAS = 1000
META_POR_SEGUNDO = 60.0
IMAGENES = 4000
SUSCRIPCIONES = 300
PLAZO_S = 120.0


def latencia(plataforma: Plataforma) -> list[Cifra]:
    """From the 202 to ACTIVA on an idle platform, one subscription after the other."""
    with closing(http.client.HTTPConnection("127.0.0.1", plataforma.bff)) as puerta:
        for numero in range(5):
            una(puerta, numero)
        milisegundos = sorted(1000 * una(puerta, numero) for numero in range(UNA_A_UNA))
    p95 = milisegundos[int(UNA_A_UNA * 0.95)]
    return [
        Cifra(
            nombre=f"202 to ACTIVA, {UNA_A_UNA} PRO",
            valor=mediana(milisegundos),
            unidad=f"ms p50 (aim ≤ {META_MS:.0f})",
            detalle={"p95 ms": p95, "max ms": milisegundos[-1]},
        )
    ]


def sostenidas(plataforma: Plataforma) -> list[Cifra]:
    """Sagas per second with always so many undecided: each that ends makes place for the next.

    The first ones only warm it up: a Java machine compiles what it runs meanwhile.
    """
    with (
        closing(http.client.HTTPConnection("127.0.0.1", plataforma.bff)) as puerta,
        closing(psycopg2.connect(plataforma.bases["suscripciones"])) as conexion,
        conexion.cursor() as cursor,
    ):
        conexion.autocommit = True
        _sostener(puerta, cursor, CALENTAMIENTO)
        antes, comienzo = plataforma.corrida.cpu(), time.monotonic()
        milisegundos = sorted(1000 * s for s in _sostener(puerta, cursor, SOSTENIDAS))
        segundos, despues = time.monotonic() - comienzo, plataforma.corrida.cpu()
    gastos = {parte: 1000 * (usada - antes.get(parte, 0.0)) / SOSTENIDAS for parte, usada in despues.items()}
    return [
        Cifra(
            nombre=f"sagas at {EN_VUELO} in flight",
            valor=SOSTENIDAS / segundos,
            unidad=f"sagas/s (aim ≥ {META_POR_SEGUNDO:.0f})",
            detalle={
                "p50 ms": mediana(milisegundos),
                "p95 ms": milisegundos[int(SOSTENIDAS * 0.95)],
                "CPU ms each": sum(gastos.values()),
                **{parte: gasto for parte, gasto in sorted(gastos.items(), key=lambda g: -g[1]) if gasto >= 0.1},
            },
        )
    ]


def _sostener(puerta: http.client.HTTPConnection, cursor: Any, cuantas: int) -> list[float]:
    """Ask for so many, never more than `EN_VUELO` of them undecided. The seconds from each one's 202 to its end."""
    en_vuelo: dict[str, float] = {}
    pasados: list[float] = []
    enviadas, limite = 0, time.monotonic() + PLAZO_S
    while len(pasados) < cuantas:
        while len(en_vuelo) < EN_VUELO and enviadas < cuantas:
            id = _pedir(puerta, enviadas)
            en_vuelo[id] = time.monotonic()
            enviadas += 1
        decididas, ahora = _decididas(cursor, en_vuelo), time.monotonic()
        if set(decididas.values()) - {"ACTIVA"} or ahora > limite:
            raise RuntimeError(f"{len(pasados)} of {enviadas} subscriptions are ACTIVA, and now: {decididas}")
        pasados += [ahora - en_vuelo.pop(id) for id in decididas]
        time.sleep(0.01)
    return pasados


def aceptado_y_hecho(plataforma: Plataforma) -> list[Cifra]:
    """Everything at once at full speed; then every single one is asked after at the BFF."""
    serie = secrets.token_hex(4)
    imagenes = [peticion("POST", cargas.RUTA_IMAGEN, cargas.en_bytes(cargas.imagen(serie, i))) for i in range(IMAGENES)]
    suscripciones = [
        peticion("POST", cargas.RUTA_SUSCRIPCION, cargas.en_bytes(cargas.suscripcion(i))) for i in range(SUSCRIPCIONES)
    ]
    comienzo = time.monotonic()
    disparo = disparar(plataforma.bff, _mezclar(imagenes, suscripciones), 50)
    envio = time.monotonic() - comienzo
    aceptados = [json.loads(r) for r in disparo.respuestas]
    ids_imagen = [a["id_imagen"] for a in aceptados if "id_imagen" in a and a["estado"] == "ACEPTADO"]
    ids_suscripcion = [a["id_suscripcion"] for a in aceptados if "id_suscripcion" in a and a["estado"] == "ACEPTADO"]
    _esperar(plataforma, ids_imagen, ids_suscripcion, comienzo)
    atraso = time.monotonic() - comienzo - envio

    preguntas = [peticion("GET", f"/procesar/imagenes/{i}") for i in ids_imagen]
    anonimizadas = _contar(plataforma, preguntas, "ANONIMIZADA")
    preguntas = [peticion("GET", f"/suscripciones/{i}/saga") for i in ids_suscripcion]
    completadas = _contar(plataforma, preguntas, "COMPLETADA")
    return [
        Cifra(
            nombre="accepted and done",
            valor=anonimizadas + completadas,
            unidad=f"of {len(aceptados):,}",
            detalle={
                "images ANONIMIZADA": anonimizadas,
                "sagas COMPLETADA": completadas,
                "accepted/s": len(aceptados) / disparo.segundos,
                "seconds to send": disparo.segundos,
                "seconds of backlog after": max(0.0, atraso),
            },
        )
    ]


def una(puerta: http.client.HTTPConnection, numero: int, token: str = "") -> float:
    """Seconds from the 202 until a query says ACTIVA; asked as somebody, where it is asked who that is."""
    quien = {"Authorization": f"Bearer {token}"} if token else {}
    id = _pedir(puerta, numero, quien)
    comienzo = time.perf_counter()
    while True:
        puerta.request("GET", f"/suscripciones/{id}", headers=quien)
        respuesta = puerta.getresponse()
        cuerpo = json.load(respuesta)
        pasados = time.perf_counter() - comienzo
        if respuesta.status == 200 and cuerpo["estado"] == "ACTIVA":
            return pasados
        if respuesta.status not in (200, 404) or cuerpo.get("estado") == "RECHAZADA" or pasados > PLAZO_S:
            raise RuntimeError(f"the subscription does not become ACTIVA: {respuesta.status} {cuerpo}")
        time.sleep(SONDEO_S)


def _pedir(puerta: http.client.HTTPConnection, numero: int, quien: Mapping[str, str] = MappingProxyType({})) -> str:
    """Ask for a PRO subscription; its id."""
    cuerpo = cargas.en_bytes(cargas.suscripcion(numero))
    puerta.request("POST", cargas.RUTA_SUSCRIPCION, cuerpo, {"Content-Type": "application/json", **quien})
    respuesta = puerta.getresponse()
    aceptado: dict[str, Any] = json.load(respuesta)
    if respuesta.status != 202:
        raise RuntimeError(f"the subscription is not taken: {respuesta.status} {aceptado}")
    return str(aceptado["id_suscripcion"])


def _decididas(cursor: Any, ids: Collection[str]) -> dict[str, str]:
    """The state of those that are decided, by id."""
    cursor.execute("SELECT id, estado FROM suscripciones WHERE estado <> 'PENDIENTE' AND id = ANY(%s)", (list(ids),))
    return dict(cursor.fetchall())


def _mezclar(imagenes: list[bytes], suscripciones: list[bytes]) -> list[bytes]:
    """The few spread evenly among the many."""
    cada = len(imagenes) / len(suscripciones)
    lugares = [(i, 0, p) for i, p in enumerate(imagenes)] + [(i * cada, 1, p) for i, p in enumerate(suscripciones)]
    return [p for *_, p in sorted(lugares, key=lambda lugar: lugar[:2])]


def _esperar(plataforma: Plataforma, imagenes: list[str], suscripciones: list[str], comienzo: float) -> None:
    """Until all are done. Asked of the databases, since thousands of queries would slow down what is measured."""
    pendientes = {
        "procesamiento": ("SELECT count(*) FROM imagenes WHERE id = ANY(%s)", imagenes),
        "suscripciones": (
            "SELECT count(DISTINCT id_saga) FROM saga_pasos"
            " WHERE paso = 'INICIAR' AND resultado = 'HECHO' AND id_suscripcion = ANY(%s)",
            suscripciones,
        ),
    }
    for base, (consulta, ids) in pendientes.items():
        with closing(psycopg2.connect(plataforma.bases[base])) as conexion, conexion.cursor() as cursor:
            conexion.autocommit = True
            while True:
                cursor.execute(consulta, (ids,))
                hechos = cursor.fetchone()
                if hechos and hechos[0] == len(ids):
                    break
                if time.monotonic() - comienzo > PLAZO_S:
                    # What is missing shows in the count of those that ended.
                    break
                time.sleep(0.1)


def _contar(plataforma: Plataforma, preguntas: list[bytes], estado: str) -> int:
    """How many of the queries answer with this state."""
    respuestas = disparar(plataforma.bff, preguntas, 16).respuestas
    return sum(json.loads(r).get("estado") == estado for r in respuestas)
