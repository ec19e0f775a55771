"""How the platform's work grows: with ten and a hundred times as many stored rows, and as many times the backlog.

What is asked of a table by its key, or for its oldest rows, is to cost the same however many there are. Whatever does
not is named.
"""

import math
import secrets
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack, closing

import drenaje
import psutil
import psycopg2
import sqlalchemy as sa
from cifras import Cifra
from entorno import Cimientos
from retencion import procesador, recibidos

from contratos.procesamiento import AnonimizarImagen
from plataforma.sistema import cpu
from procesamiento import NOMBRE
from procesamiento.composicion import servicio
from seedwork.aplicacion.bus import Bus
from seedwork.aplicacion.entorno import EntornoReal
from seedwork.entrada.partes import MedidorDeOutbox
from seedwork.entrada.servicio import crear_app_sobre
from seedwork.infraestructura.avance import AtrasosPulsar
from seedwork.infraestructura.outbox import OutboxSQL
from seedwork.infraestructura.poda import Podador

FILAS = (10_000, 100_000, 1_000_000)
ATRASOS = (1_000, 10_000, 100_000)
LOTE, VECES = 100, 40
PLAZO_S = 300.0
PLANO = 1.5
"""Up to this ratio, from the first to the last, a cost counts as flat: rounds of the same differ by as much."""

_ENTRE = "FROM generate_series(:desde + 1, :hasta) n"
_SOBRE = "'t', 'g' || n, 't', 'f', 's', '', 'c', repeat('x', 200)::bytea"
_OUTBOX = "INSERT INTO outbox (topico, ce_id, tipo, fuente, sujeto, tiempo, correlacion, carga, creado, enviado)"
_FILAS = (
    f"INSERT INTO inbox SELECT '{NOMBRE}', 'g' || n, now() - interval '1 h' {_ENTRE}",
    f"INSERT INTO comandos SELECT 'g' || n, 'co.saludtech.x.X.v1', 'APLICADO' {_ENTRE}",
    f"INSERT INTO claves_idempotencia SELECT 'g' || n, 'i' {_ENTRE}",
    f"{_OUTBOX} SELECT {_SOBRE}, now(), now() {_ENTRE}",
    "INSERT INTO imagenes (id, secuencia, estado, modalidad, patologia, region_anatomica, huella)"
    f" SELECT 'g' || n, 1, 'ANONIMIZADA', 'm' || mod(n, 20), 'p', 'r', 'x'::bytea {_ENTRE}",
)
_PENDIENTES = (f"{_OUTBOX} SELECT {_SOBRE}, now(), NULL {_ENTRE}",)
_TABLAS = ("inbox", "outbox", "comandos", "claves_idempotencia", "imagenes")


def medir(cimientos: Cimientos) -> list[Cifra]:
    """Each piece of work at each size, first of what is stored, then of what waits."""
    costos: dict[str, dict[int, float]] = {}
    with procesador(cimientos) as (motor, bus):
        bus.procesar(recibidos(secrets.token_hex(4), LOTE))
        antes = 0
        for filas in FILAS:
            _llenar(_FILAS, antes, filas)
            antes = filas
            _anotar(costos, filas, _con_filas(motor, bus))
        antes = 0
        for atraso in ATRASOS:
            _llenar(_PENDIENTES, antes, atraso)
            antes = atraso
            _anotar(costos, atraso, _con_pendientes(motor))
        lento = servicio().motor_de_mantenimiento()
        with lento.begin() as conexion:
            conexion.exec_driver_sql("TRUNCATE outbox, inbox, comandos, claves_idempotencia, imagenes")
        lento.dispose()
    for atraso in ATRASOS:
        _anotar(costos, atraso, _con_mensajes(cimientos, atraso))
    return [_cifra(nombre, valores) for nombre, valores in costos.items()]


def _anotar(costos: dict[str, dict[int, float]], tamano: int, medidos: Mapping[str, float]) -> None:
    for nombre, valor in medidos.items():
        costos.setdefault(nombre, {})[tamano] = valor


def _cifra(nombre: str, valores: Mapping[int, float]) -> Cifra:
    primero, *_, ultimo = valores.values()
    veces = ultimo / primero
    return Cifra(
        nombre=nombre,
        valor=veces,
        unidad=f"times from 1x to 100x: {'flat' if veces <= PLANO else 'GROWS'}",
        detalle={f"at {tamano:,}": valor for tamano, valor in valores.items()},
    )


def _llenar(sentencias: tuple[str, ...], desde: int, hasta: int) -> None:
    lento = servicio().motor_de_mantenimiento()
    with lento.connect().execution_options(isolation_level="AUTOCOMMIT") as conexion:
        for sentencia in sentencias:
            conexion.execute(sa.text(sentencia), {"desde": desde, "hasta": hasta})
        for tabla in _TABLAS:
            conexion.exec_driver_sql(f"VACUUM ANALYZE {tabla}")
    lento.dispose()


def _con_filas(motor: sa.Engine, bus: Bus) -> dict[str, float]:
    app = crear_app_sobre(motor)
    servicio().api(app, motor)
    api = app.test_client()

    def preguntar(ruta: str) -> None:
        if api.get(ruta).status_code != 200:
            raise RuntimeError(f"{ruta} is not answered")

    def podar() -> None:
        Podador(
            motor,
            {"outbox": 3650, "inbox": 3650, "comandos": 3650, "intentos": 1, "lotes": 1, "claves_idempotencia": 3650},
        ).podar()

    lotes = iter([recibidos(secrets.token_hex(4), LOTE) for _ in range(VECES)])
    return {
        "rows: us a message, handled": _menos(lambda: bus.procesar(next(lotes))) / LOTE * 1e6,
        "rows: ms a look for what to prune": _menos(podar) * 1e3,
        "rows: ms a query of one image": _menos(lambda: preguntar("/procesar/imagenes/g500")) * 1e3,
        "rows: ms a command's fate": _menos(lambda: preguntar("/procesar/comandos/g500")) * 1e3,
        "rows: ms a page of images": _menos(lambda: preguntar("/procesar/imagenes")) * 1e3,
        "rows: ms a page by one filter": _menos(lambda: preguntar("/procesar/imagenes?modalidad=m7")) * 1e3,
    }


def _con_pendientes(motor: sa.Engine) -> dict[str, float]:
    outbox, medidor = OutboxSQL(motor, EntornoReal()), MedidorDeOutbox(motor, EntornoReal(), 60.0)
    if not outbox.dirigir():
        raise RuntimeError("another relay leads")
    try:
        return {
            "outbox waiting: ms a round's rows": _menos(lambda: outbox.pendientes(500)) * 1e3,
            "outbox waiting: ms a gauge": _menos(medidor.medir) * 1e3,
        }
    finally:
        outbox.soltar()


def _con_mensajes(cimientos: Cimientos, cuantos: int) -> dict[str, float]:
    """A backlog of so many that comes about while worker and relay stand still, looked at, and then drained by them.

    Their processor time is what counts: it grows with their work, whatever the machine does besides.
    """
    atrasos = AtrasosPulsar(cimientos.conexiones.pulsar_admin_url)
    with ExitStack() as pila:
        for parte in (f"{NOMBRE}-relay", f"{NOMBRE}-1"):
            pila.enter_context(cimientos.parte(parte))
        suyos = [p for p in psutil.Process().children() if NOMBRE in p.cmdline()]
        conexion = pila.enter_context(closing(psycopg2.connect(cimientos.conexiones.bases[NOMBRE])))
        conexion.autocommit = True
        cursor = pila.enter_context(conexion.cursor())
        cursor.execute("SELECT count(*) FROM comandos")
        ((habia,),) = cursor.fetchall()
        for suyo in suyos:
            # Whatever happens: one that stands still can't be ended in good order.
            pila.callback(suyo.resume)
            suyo.suspend()
        drenaje.publicar(cimientos.conexiones.pulsar_url, cuantos)
        mirada = _menos(lambda: atrasos.mirar(AnonimizarImagen.topico, NOMBRE)) * 1e3
        antes = sum(cpu(p) for p in suyos)
        for suyo in suyos:
            suyo.resume()
        limite = time.monotonic() + PLAZO_S
        while not drenaje.vacio(cursor, habia + cuantos):
            if time.monotonic() > limite:
                raise TimeoutError(f"the worker has not drained the backlog within {PLAZO_S:.0f} s")
            time.sleep(0.1)
        gastado = sum(cpu(p) for p in suyos) - antes
    return {"backlog: ms a look at its age": mirada, "backlog: us of CPU a message": gastado / cuantos * 1e6}


def _menos(hacer: Callable[[], object]) -> float:
    """Seconds that it takes, undisturbed: sizes are measured minutes apart, and the machine may do something else."""
    menos = math.inf
    for _ in range(VECES):
        comienzo = time.perf_counter()
        hacer()
        menos = min(menos, time.perf_counter() - comienzo)
    return menos
