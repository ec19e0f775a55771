"""What a message costs on empty tables and on full ones; and how long one takes from the outbox to a consumer."""

import gc
import os
import secrets
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

import cargas
import sqlalchemy as sa
from cifras import Cifra
from entorno import Cimientos

from contratos.procesamiento import AnonimizarImagen
from procesamiento.composicion import servicio
from seedwork.aplicacion.bus import Bus, Recibido
from seedwork.aplicacion.entorno import EntornoReal
from seedwork.infraestructura.outbox import OutboxSQL
from seedwork.infraestructura.poda import Podador
from seedwork.infraestructura.publicador import Publicador, crear_cliente
from seedwork.infraestructura.relay import Relay
from seedwork.pruebas.sobres import recibido, sobre_nuevo

FILAS = 1_000_000
LOTE, LOTES = 500, 20
POR_SEGUNDO, MUESTRAS = 50, 500

_SOBRE = "'t', 'i' || n, 't', 'f', 's', '', 'c'"
_LLENAR = (
    f"INSERT INTO inbox SELECT 'procesamiento', 'i' || n, now() - interval '1 h' FROM generate_series(1, {FILAS}) n",
    f"INSERT INTO comandos SELECT 'i' || n, 't', 'APLICADO' FROM generate_series(1, {FILAS}) n",
    "INSERT INTO outbox (topico, ce_id, tipo, fuente, sujeto, tiempo, correlacion, carga, creado, enviado)"
    f" SELECT {_SOBRE}, repeat('x', 200)::bytea, now(), now() FROM generate_series(1, {FILAS}) n",
    "INSERT INTO imagenes (id, secuencia, estado, modalidad, patologia, region_anatomica, huella)"
    f" SELECT 'i' || n, 1, 'ANONIMIZADA', 'm', 'p', 'r', 'x'::bytea FROM generate_series(1, {FILAS}) n",
)
_TABLAS = ("inbox", "outbox", "comandos", "imagenes")


def medir(cimientos: Cimientos) -> list[Cifra]:
    """The cost of a message before and after the tables have a million rows, and the relay's latency on these."""
    with procesador(cimientos) as (motor, bus):
        _costo(bus)
        vacias = _costo(bus)
        lento = servicio().motor_de_mantenimiento()
        with lento.connect().execution_options(isolation_level="AUTOCOMMIT") as conexion:
            for sentencia in _LLENAR:
                conexion.exec_driver_sql(sentencia)
            for tabla in _TABLAS:
                conexion.exec_driver_sql(f"VACUUM ANALYZE {tabla}")
        lento.dispose()
        llenas = _costo(bus)
        latencias = _latencias(cimientos, motor, bus)
        comienzo = time.perf_counter()
        podadas = Podador(
            motor, {"inbox": 0.01, "outbox": 0.0, "comandos": 90, "intentos": 1, "claves_idempotencia": 1, "lotes": 1}
        ).podar()
        poda = time.perf_counter() - comienzo
    return [
        Cifra(
            nombre=f"cost of a message, {FILAS:,} rows a table",
            valor=llenas,
            unidad="us of wall",
            detalle={"on empty tables": vacias, "ratio": llenas / vacias, "rows pruned per second": podadas / poda},
        ),
        Cifra(
            nombre=f"outbox to consumer at {POR_SEGUNDO}/s",
            valor=statistics.median(latencias),
            unidad="ms p50 (aim ≤ 15)",
            detalle={"p95 (aim ≤ 80)": statistics.quantiles(latencias, n=20)[18]},
        ),
    ]


@contextmanager
def procesador(cimientos: Cimientos) -> Iterator[tuple[sa.Engine, Bus]]:
    """procesamiento's own bus on its database, and the database."""
    conexiones = cimientos.conexiones
    entorno = {
        "DATABASE_URL": conexiones.bases["procesamiento"],
        "DATABASE_URL_MIGRACION": conexiones.de_duenos["procesamiento"],
        "PULSAR_URL": conexiones.pulsar_url,
        "SEUDONIMO_CLAVE": "YmFuY28gYmFuY28gYmFuY28gYmFuY28gYmFuY28gYmFuY28=",
    }
    with patch.dict(os.environ, entorno):
        servicio.cache_clear()
        motor = servicio().motor()
        bus = servicio().bus(motor, servicio().paciencia())
        # As a worker does.
        gc.freeze()
        yield motor, bus
        gc.unfreeze()
        motor.dispose()
        servicio.cache_clear()


def recibidos(serie: str, cuantos: int) -> list[Recibido]:
    """Commands of a series, as they come off the broker."""
    comandos = [AnonimizarImagen(**cargas.imagen(serie, n)) for n in range(cuantos)]
    return [recibido(sobre_nuevo(c, fuente="/saludtech/bff", sujeto=c.id_imagen), c) for c in comandos]


def _costo(bus: Bus) -> float:
    """Microseconds that a message takes through the bus: the median of the batches."""
    tiempos = []
    for _ in range(LOTES):
        lote = recibidos(secrets.token_hex(4), LOTE)
        comienzo = time.perf_counter()
        bus.procesar(lote)
        tiempos.append((time.perf_counter() - comienzo) / LOTE * 1e6)
    return statistics.median(tiempos)


def _latencias(cimientos: Cimientos, motor: sa.Engine, bus: Bus) -> list[float]:
    """Milliseconds from a transaction's commit to its event's arrival at a consumer."""
    url, parada = cimientos.conexiones.pulsar_url, threading.Event()
    salida = Publicador(url, plazo_ms=0, esperar_cola=True, agrupar_ms=20)
    relay = threading.Thread(target=Relay(OutboxSQL(motor, EntornoReal()), salida).correr, args=(parada,), daemon=True)
    relay.start()
    with motor.connect() as conexion:
        while conexion.exec_driver_sql("SELECT EXISTS (SELECT FROM outbox WHERE enviado IS NULL)").scalar():
            time.sleep(0.1)
    cliente = crear_cliente(url)
    consumidor = cliente.subscribe("persistent://saludtech/procesamiento/evento-imagen-anonimizada.v1", "banco")
    confirmadas: dict[str, float] = {}
    serie = secrets.token_hex(4)

    def escribir() -> None:
        siguiente = time.perf_counter()
        for cada_uno in recibidos(serie, MUESTRAS):
            bus.procesar([cada_uno])
            confirmadas[cada_uno.sobre.sujeto] = time.perf_counter()
            siguiente += 1 / POR_SEGUNDO
            time.sleep(max(0.0, siguiente - time.perf_counter()))

    escritor = threading.Thread(target=escribir, daemon=True)
    escritor.start()
    llegadas: dict[str, float] = {}
    while len(llegadas) < MUESTRAS:
        mensaje = consumidor.receive(10_000)
        llegadas.setdefault(mensaje.partition_key(), time.perf_counter())
        consumidor.acknowledge(mensaje)
    escritor.join()
    parada.set()
    relay.join()
    salida.cerrar()
    cliente.close()
    return [max(0.0, llegadas[id] - confirmadas[id]) * 1000 for id in confirmadas]
