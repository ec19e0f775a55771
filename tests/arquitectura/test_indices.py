"""No statement that is asked again and again reads a whole table: on 100,000 rows, as PostgreSQL plans and runs it.

Which queries there are, and by what they can be filtered, the contract says: a new filter is tried here by itself. In
``make test``, since only a real PostgreSQL knows what it does.
"""

import importlib
import itertools
import typing
from collections.abc import Iterator, Mapping, Sequence
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa
from tests.arquitectura.codigo import SERVICIOS

from contratos.consultas import Consulta, de_contexto
from contratos.consultas.base import opcional
from plataforma.proveedores import Fabrica
from seedwork.aplicacion.entorno import EntornoReal
from seedwork.entrada.partes import MedidorDeOutbox
from seedwork.entrada.proceso import Periodica
from seedwork.entrada.servicio import Servicio, crear_app_sobre
from seedwork.infraestructura.outbox import OutboxSQL
from seedwork.infraestructura.poda import Podador

pytestmark = [pytest.mark.integracion, pytest.mark.timeout(300)]

FILAS = 100_000
TOPE = 5_000
"""Most rows that a statement may read in vain."""
TOPE_DE_VARIOS = FILAS // 2
"""Likewise, where it has several filters: those that one of them admits, by that one's index."""

_N = f"FROM generate_series(1, {FILAS}) AS n"
# Half of the rows have the same value, the others some twenty; nobody's is common in both of two such columns.
_V = "CASE WHEN mod(n, 2) = 0 THEN 'comun' ELSE 'v' || mod(n, 40) END"
_OTRA = "CASE WHEN mod(n, 2) = 1 THEN 'comun' ELSE 'v' || mod(n, 40) END"
# One has a hundredth of the rows, each of the others one.
_DE = "CASE WHEN mod(n, 100) = 0 THEN 'comun' ELSE 'v' || n END"
_HACE = "clock_timestamp() - n * interval '1 minute'"
_EN = "clock_timestamp() + (n - 1000) * interval '1 minute'"
MENSAJERIA = (
    f"INSERT INTO inbox SELECT 'c', 'x' || n, {_HACE} {_N}",
    f"INSERT INTO comandos SELECT 'x' || n, 'co.saludtech.x.X.v1', 'APLICADO', NULL, {_HACE} {_N}",
    f"INSERT INTO claves_idempotencia SELECT 'x' || n, 'i', {_HACE} {_N}",
    f"INSERT INTO intentos SELECT 'c', 'x' || n, 't', 1, NULL, {_HACE}, {_HACE} {_N}",
    f"INSERT INTO esperas (consumidor, ce_id, tipo, sujeto, vuelta) SELECT 'c', 'x' || n, 't', 's' || n, 1 {_N}",
    "INSERT INTO outbox (topico, ce_id, tipo, fuente, sujeto, tiempo, correlacion, carga, creado, enviado)"
    f" SELECT 't', 'x' || n, 't', 'f', 's', '2026-01-01T00:00:00Z', 'c', 'x'::bytea, {_HACE},"
    f" CASE WHEN mod(n, 100) > 0 THEN {_HACE} END {_N}",
)
PROPIAS: Mapping[str, Sequence[str]] = {
    "suscripciones": (
        f"INSERT INTO clientes SELECT 'v' || n, 'N', 'A', 'u', '1', '1', 'a@b.co' {_N}",
        "INSERT INTO suscripciones (id, secuencia, cliente_codigo, plan_codigo, plan_nombre, estado, saga, recursos,"
        " comenzada, plazo, renueva)"
        f" SELECT 'x' || n, 1, {_DE}, {_V}, 'P', CASE WHEN mod(n, 2) = 0 THEN 'ACTIVA' ELSE 'CANCELADA' END,"
        f" jsonb_build_object('id', 'g' || n, 'en_curso', mod(n, 1000) = 0), '{{}}', {_HACE},"
        # One in a thousand has a deadline, half have a renewal; of either, few are due.
        f" CASE WHEN mod(n, 1000) = 0 THEN {_EN} END, CASE WHEN mod(n, 2) = 0 THEN {_EN} END {_N}",
        "INSERT INTO facturas (id, id_suscripcion, monto, moneda, estado, emitida, periodo)"
        f" SELECT 'x' || n, 'x' || n, 1, 'USD', 'EMITIDA', {_HACE}, {_HACE} {_N}",
        "INSERT INTO saga_pasos SELECT 'x' || n, 'x' || n, 'g' || n, 'CREAR', 'suscripciones', '', '{}', '{}',"
        f" 'HECHO', '', false, '2026-01-01T00:00:00Z', {_HACE} {_N}",
    ),
    "servicio-datos": (
        "INSERT INTO servicios_datos (id, secuencia, id_suscripcion, id_saga, experto_codigo, nube_codigo,"
        " dataset_codigo, estado) SELECT 'x' || n, 1, 'v' || n, 'g', (SELECT min(codigo) FROM expertos),"
        " (SELECT min(codigo) FROM nubes), (SELECT min(codigo) FROM datasets),"
        f" CASE WHEN mod(n, 2) = 0 THEN 'INICIADO' ELSE 'TERMINADO' END {_N}",
    ),
    "procesamiento": (
        "INSERT INTO imagenes (id, secuencia, estado, modalidad, patologia, region_anatomica, huella)"
        f" SELECT 'x' || n, 1, 'ANONIMIZADA', {_V}, {_OTRA}, {_V}, 'x'::bytea {_N}",
    ),
    "notificaciones": (
        "INSERT INTO vista_notificaciones (id, orden, version, id_suscripcion, id_saga, cliente_codigo, tipo, canal,"
        " asunto, estado, creada, actualizada)"
        f" SELECT 'x' || n, n, 1, {_DE}, 'g', {_DE}, 't', 'CORREO', 'a', 'CREADA', {_HACE}, {_HACE} {_N}",
        "INSERT INTO eventos (flujo, version, tipo, esquema, datos, metadatos, ocurrido, huella)"
        f" SELECT 'x' || n, 1, 't', 1, '{{}}', '{{}}', {_HACE}, 'h' {_N}",
    ),
}

Dicha = tuple[str, Any]


@pytest.fixture(params=SERVICIOS.values(), scope="module")
def servicio(request: pytest.FixtureRequest, nueva_base_de_modulo: Fabrica) -> Iterator[Servicio]:
    """Each service on a database of its own, with many rows in each table."""
    composicion = importlib.import_module(f"{request.param}.composicion")
    with pytest.MonkeyPatch.context() as entorno:
        entorno.setenv("DATABASE_URL", nueva_base_de_modulo(request.param))
        entorno.setenv("SEUDONIMO_CLAVE", "YmFuY28gYmFuY28gYmFuY28gYmFuY28gYmFuY28gYmFuY28=")
        composicion.servicio.cache_clear()
        este = composicion.servicio()
    este.migrar()
    motor = este.motor_de_mantenimiento()
    with motor.connect().execution_options(isolation_level="AUTOCOMMIT") as conexion:
        for sentencia in (*MENSAJERIA, *PROPIAS[este.nombre]):
            conexion.exec_driver_sql(sentencia)
        conexion.exec_driver_sql("VACUUM ANALYZE")
    motor.dispose()
    yield este
    composicion.servicio.cache_clear()


class Oyente:
    """Hears what is asked of a database, and looks how it is done."""

    def __init__(self, motor: sa.Engine) -> None:
        self._motor = motor
        self._dichas: list[Dicha] = []
        sa.event.listen(motor, "before_cursor_execute", self._anotar)

    def _anotar(self, _conexion: Any, _cursor: Any, sentencia: str, valores: Any, *_: Any) -> None:
        self._dichas.append((sentencia, valores))

    def faltas(self, tope: int = TOPE) -> list[str]:
        """What reads too much, of all that was asked since the last call."""
        dichas, self._dichas = self._dichas, []
        assert dichas, "nada se ha preguntado"
        with self._motor.connect() as conexion:
            grandes = {
                nombre
                for (nombre,) in conexion.exec_driver_sql("SELECT relname FROM pg_class WHERE reltuples > 1000").all()
            }
            halladas = []
            for sentencia, valores in dichas:
                if not sentencia.lstrip().startswith(("SELECT", "WITH", "DELETE", "UPDATE", "INSERT")):
                    continue
                # It is run anew, and undone.
                plan = conexion.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {sentencia}", valores).scalar_one()
                conexion.rollback()
                halladas += [f"{falta}: {sentencia} {valores}" for falta in _faltas(plan[0]["Plan"], grandes, tope)]
        self._dichas.clear()
        return halladas


def _faltas(nodo: Mapping[str, Any], grandes: set[str], tope: int) -> Iterator[str]:
    tabla = nodo.get("Relation Name")
    if nodo["Node Type"] == "Seq Scan" and tabla in grandes:
        yield f"lee {tabla} entera"
    vanas = nodo.get("Rows Removed by Filter", 0) * nodo.get("Actual Loops", 1)
    if vanas > tope:
        yield f"lee {vanas} filas de {tabla} en vano"
    for hijo in nodo.get("Plans", ()):
        yield from _faltas(hijo, grandes, tope)


def preguntas(consulta: type[Consulta]) -> Iterator[str]:
    """Addresses of a query with each combination of its filters, each of these with values of either kind."""
    tipos = typing.get_type_hints(consulta)
    filtros = [p for p in consulta.parametros if p != "cursor"]
    posibles = [[None, *(typing.get_args(opcional(tipos[f])) or ("comun", "nadie"))] for f in filtros]
    ids = {n: v for n in tipos if n not in consulta.parametros for v in ("x500",)}
    for valores in itertools.product(*posibles):
        dados = {f: v for f, v in zip(filtros, valores, strict=True) if v is not None}
        yield consulta.ruta.format(**ids) + (f"?{urlencode(dados)}" if dados else "")


def test_ninguna_consulta_lee_una_tabla_entera(servicio: Servicio) -> None:
    motor = servicio.motor(servicio.config.plazos_de_consulta)
    app = crear_app_sobre(motor)
    servicio.api(app, motor)
    api, oyente = app.test_client(), Oyente(motor)
    halladas, con_paginas = [], 0
    for consulta in de_contexto(servicio.nombre):
        for ruta in preguntas(consulta):
            respuesta = api.get(ruta)
            assert respuesta.status_code in (200, 404), (ruta, respuesta.text)
            if "cursor" in consulta.parametros and (cursor := respuesta.json["siguiente"]):
                con_paginas += 1
                assert api.get(f"{ruta}{'&' if '?' in ruta else '?'}cursor={cursor}").status_code == 200
            if ruta != "/planes":
                halladas += oyente.faltas(TOPE_DE_VARIOS if "&" in ruta else TOPE)
    assert not halladas, "\n".join(halladas)
    assert con_paginas >= 2
    motor.dispose()


def test_nada_de_lo_que_se_repite_lee_una_tabla_entera(servicio: Servicio) -> None:
    """Pruning, the relay, timers and gauges."""
    motor = servicio.motor()
    oyente = Oyente(motor)
    dias = dict.fromkeys(("inbox", "comandos", "claves_idempotencia", "intentos", "outbox", "lotes"), 30.0)
    assert Podador(motor, dias).podar() > 5 * FILAS * 0.3
    MedidorDeOutbox(motor, EntornoReal(), 60.0).medir()
    relay = OutboxSQL(motor, EntornoReal())
    assert relay.dirigir()
    relay.marcar([fila.id for fila in relay.pendientes(500)])
    relay.soltar()
    oido: Any = SimpleNamespace(segundos_en_orden=lambda: 1000.0)
    for parte in servicio.partes(servicio, motor, oido):
        if parte.medir is not None:
            parte.medir()
        tarea = getattr(parte.tarea, "__self__", None)
        if isinstance(tarea, Periodica):
            tarea.vuelta()
    halladas = oyente.faltas()
    assert not halladas, "\n".join(halladas)
    motor.dispose()
