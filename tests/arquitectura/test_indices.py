"""No statement that is asked again and again reads a whole table: on 100,000 rows, as PostgreSQL plans and runs it.

Which queries there are, and by what they can be filtered, the contract says: a new filter is tried here by itself. In
the long tier: to fill the tables of four services takes a minute of processor.
"""

import importlib
import itertools
import threading
import typing
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa
from tests.arquitectura.codigo import SERVICIOS

from contratos.acceso import Rol
from contratos.consultas import Consulta, de_contexto
from contratos.consultas.base import opcional
from contratos.consultas.cartas import ConsultaDeCarta, ConsultaDeCartas
from notificaciones.entrada.enviador import Enviador
from notificaciones.entrada.vigia import Vigia
from plataforma.proveedores import Fabrica
from procesamiento.infraestructura.archivos import ColaArchivosSQL
from procesamiento.infraestructura.paquetes import ColaPaquetesSQL
from seedwork.aplicacion.broker import Atraso, SinAvance
from seedwork.aplicacion.entorno import EntornoReal
from seedwork.aplicacion.escala import Faena
from seedwork.aplicacion.identidad import Quien
from seedwork.aplicacion.puesta_al_dia import PuestaAlDia
from seedwork.entrada.consumidor import Origen
from seedwork.entrada.proceso import Periodica
from seedwork.entrada.servicio import Servicio
from seedwork.infraestructura.outbox import OutboxSQL
from seedwork.pruebas.bases import como_dueno, de_dueno
from servicio_datos.infraestructura.publicacion import PublicadorSQL

pytestmark = [pytest.mark.integracion, pytest.mark.largo, pytest.mark.timeout(300)]

FILAS = 100_000
TOPE = 1_000
"""Most rows that a statement may read in vain: those of one client, say, for the few of them that are asked for."""
TOPE_DE_LEIDAS = 10_100
"""Most that it may read at all: what gauges count, they count so far, and a few with it."""
TOPE_DE_VARIOS = {"procesamiento": FILAS // 2}
"""Likewise, where it has several filters: images have an index for each of three, and none for two of them together.
Where either value is common, and both together hardly ever, all rows of one are read (``BD_CONSULTA_S`` bounds it)."""

_N = f"FROM generate_series(1, {FILAS}) AS n"
# Half of the rows have the same value, the others some twenty; nobody's is common in both of two such columns.
_V = "CASE WHEN mod(n, 2) = 0 THEN 'comun' ELSE 'v' || mod(n, 40) END"
_OTRA = "CASE WHEN mod(n, 2) = 1 THEN 'comun' ELSE 'v' || mod(n, 40) END"
# A quarter has a plan that the catalogue names no more, and another quarter one that it names.
_PLAN = "CASE mod(n, 4) WHEN 0 THEN 'comun' WHEN 2 THEN 'basico' ELSE 'v' || mod(n, 40) END"
# One has a hundredth of the rows, each of the others one.
_DE = "CASE WHEN mod(n, 100) = 0 THEN 'comun' ELSE 'v' || n END"
# A notification's first event.
_CREADA = (
    "jsonb_build_object('id_notificacion', 'x' || n, 'id_suscripcion', 'x', 'id_saga', 'g', 'cliente_codigo', '0001',"
    " 'tipo', 'SERVICIO_LISTO', 'canal', 'CORREO', 'asunto', 'a', 'datos', jsonb_build_object('plan', 'PRO'))"
)
# Few are kept apart.
_APARTADA = "CASE WHEN mod(n, 20000) = 0 THEN 'CUARENTENA' ELSE 'ANONIMIZADA' END"
_FUERA = "least(mod(n, 10), 1)"
_HACE = "clock_timestamp() - n * interval '1 minute'"
_EN = "clock_timestamp() + (n - 1000) * interval '1 minute'"
MENSAJERIA = (
    # Of a service that is flooded while its broker is away: a quarter of its outbox is unsent, and commands wait.
    f"INSERT INTO inbox SELECT 'c', 'x' || n, {_HACE} {_N}",
    f"INSERT INTO comandos SELECT 'x' || n, 'co.saludtech.x.X.v1', 'APLICADO', NULL, {_HACE} {_N}",
    f"INSERT INTO claves_idempotencia SELECT 'x' || n, 'i', {_HACE} {_N}",
    f"INSERT INTO intentos SELECT 'c', 'x' || n, 't', 1, NULL, {_HACE}, {_HACE} {_N}",
    f"INSERT INTO esperas (consumidor, ce_id, tipo, sujeto, vuelta) SELECT '{{nombre}}', 'x' || n, 't', 's' || n, 1"
    f" {_N}",
    "INSERT INTO auditoria (ocurrido, quien, titular, accion, recurso, resultado, correlacion)"
    f" SELECT {_HACE}, {_DE}, 't', 'a', 'x' || mod(n, 1000), 'VISTO', 'c' {_N}",
    "INSERT INTO outbox (topico, ce_id, tipo, fuente, sujeto, tiempo, correlacion, carga, creado, enviado)"
    f" SELECT 't', 'x' || n, 't', 'f', 's', '2026-01-01T00:00:00Z', 'c', 'x'::bytea, {_HACE},"
    f" CASE WHEN mod(n, 4) > 0 THEN {_HACE} END {_N}",
)
PROPIAS: Mapping[str, Sequence[str]] = {
    "suscripciones": (
        f"INSERT INTO clientes SELECT 'v' || n, 'N', 'A', 'u', '1', '1', 'a@b.co' {_N}",
        "INSERT INTO suscripciones (id, secuencia, cliente_codigo, plan_codigo, plan_nombre, estado, saga, recursos,"
        " comenzada, plazo, renueva)"
        f" SELECT 'x' || n, 1, {_DE}, {_PLAN}, 'P', CASE WHEN mod(n, 2) = 0 THEN 'ACTIVA' ELSE 'CANCELADA' END,"
        f" jsonb_build_object('id', 'g' || n, 'en_curso', mod(n, 1000) = 0), '{{}}', {_HACE},"
        # One in a thousand has a deadline, and few are due. Half have a renewal; those of the retired plan are due for
        # ever, of the others none is.
        f" CASE WHEN mod(n, 1000) = 0 THEN {_EN} END,"
        f" CASE mod(n, 4) WHEN 0 THEN {_HACE} WHEN 2 THEN clock_timestamp() + interval '1 day' END {_N}",
        "INSERT INTO facturas (id, id_suscripcion, monto, moneda, estado, emitida, periodo)"
        f" SELECT 'x' || n, 'x' || n, 1, 'USD', 'EMITIDA', {_HACE}, {_HACE} {_N}",
        "INSERT INTO saga_pasos SELECT 'x' || n, 'x' || n, 'g' || n, 'CREAR', 'suscripciones', '', '{}', '{}',"
        f" 'HECHO', '', false, '2026-01-01T00:00:00Z', {_HACE} {_N}",
        "INSERT INTO saga_resumenes SELECT 'g' || n, 'x' || n, CASE WHEN mod(n, 20000) = 0 THEN 'COMPENSADA' ELSE"
        f" 'COMPLETADA' END, {_HACE}, {_HACE}, 'x' || n, n {_N}",
    ),
    "servicio-datos": (
        "INSERT INTO servicios_datos (id, secuencia, id_suscripcion, id_saga, experto_codigo, nube_codigo,"
        " dataset_codigo, estado, cliente_codigo) SELECT 'x' || n, 1, 'v' || n, 'g',"
        " (SELECT min(codigo) FROM expertos), (SELECT min(codigo) FROM nubes), (SELECT min(codigo) FROM datasets),"
        f" CASE WHEN mod(n, 2) = 0 THEN 'INICIADO' ELSE 'TERMINADO' END, {_DE} {_N}",
        # A thousand classes with a hundred images each; of every tenth, three patients' images wait, and none is out.
        "INSERT INTO clases SELECT md5(n::text), modalidad, 'p', 'r', '40-49', 'F', 'm' || n,"
        f" {_FUERA}, 5, {_FUERA} * 100, n * 100"
        " FROM (SELECT modalidad FROM datasets ORDER BY codigo LIMIT 1) AS suyo, generate_series(1, 1000) AS n",
        "INSERT INTO imagenes SELECT 'x' || n, 1, md5(((n + 99) / 100)::text),"
        f" 's' || CASE WHEN mod((n + 99) / 100, 10) = 0 THEN mod(n, 3) ELSE mod(n, 50) END, 'h', 1,"
        f" mod((n + 99) / 100, 10) = 0 {_N}",
        "INSERT INTO publicadas (orden, clase, desde, id_imagen, sha256, octetos, seudonimo)"
        f" SELECT n, md5(((n + 99) / 100)::text), 1, 'x' || n, 'h', 1, 's' || mod(n, 50) {_N}"
        " WHERE mod((n + 99) / 100, 10) > 0",
        "INSERT INTO composiciones (dataset, clase, desde, paso, k, imagenes, ultima)"
        " SELECT codigo, clases.id, 1, 1, 5, 100, ultima FROM datasets JOIN clases USING (modalidad)"
        " WHERE imagenes > 0",
        "INSERT INTO versiones (dataset, version, k, imagenes, huella, pacientes_retenidos)"
        " SELECT codigo, n, 5, 100, 'h', 0 FROM datasets, generate_series(1, 500) AS n",
    ),
    "procesamiento": (
        "INSERT INTO imagenes (id, secuencia, estado, seudonimo_paciente, modalidad, patologia, region_anatomica,"
        f" huella, clinica) SELECT 'x' || n, 1, {_APARTADA}, 's', {_V}, {_OTRA}, {_V}, 'x'::bytea, {_DE} {_N}",
        # Half of them wait, the others' originals are kept. All but the youngest came in packages.
        "INSERT INTO archivos_por_ver SELECT 'x' || n, 'file:///a/' || n, 'h', CASE WHEN n > 4 THEN 'p' END,"
        f" '{{}}', '{{}}', 0, 0, CASE mod(n, 2) WHEN 0 THEN {_HACE} END, NULL,"
        f" CASE mod(n, 2) WHEN 1 THEN {_EN} END, '{{}}' {_N}",
        # A quarter is clean.
        f"INSERT INTO archivos (id, resultado_sha256) SELECT 'x' || n, CASE mod(n, 4) WHEN 3 THEN 'h' || n END {_N}",
        # One has many images, and none of their commands is said.
        "INSERT INTO paquetes (id, secuencia, estado, sha256, sha256_metadatos, total, hechas, cuarentena, fallidas,"
        " clinica) SELECT 'x' || n, 0, CASE WHEN mod(n, 20000) = 1 THEN 'COMPLETADO' ELSE 'RECIBIDO' END, 'h', '',"
        f" 0, 0, 0, 0, {_DE} {_N}",
        f"INSERT INTO paquetes_por_abrir SELECT 'x' || n, 'file:///c/' || n, NULL, '{{}}', 0, 0, {_HACE} {_N}",
        "INSERT INTO miembros (id, paquete, lugar, imagen, uri, estado, espera)"
        " SELECT 'x' || n, CASE WHEN n <= 1000 THEN 'x500' ELSE 'y' || mod(n, 100) END, n, 'x' || n,"
        " CASE WHEN mod(n, 4) = 0 THEN 'file:///b/' || n END,"
        f" CASE mod(n, 4) WHEN 0 THEN 'PENDIENTE' ELSE 'ANONIMIZADA' END, false {_N}",
        "INSERT INTO miembros_por_decir SELECT id, paquete, lugar, 'h', 1, '{}' FROM miembros",
    ),
    "notificaciones": (
        "INSERT INTO vista_notificaciones (id, orden, version, id_suscripcion, id_saga, cliente_codigo, tipo, canal,"
        " asunto, estado, creada, actualizada)"
        f" SELECT 'x' || n, n, 1, {_DE}, 'g', {_DE}, 't', 'CORREO', 'a', 'CREADA', {_HACE}, {_HACE} {_N}",
        "INSERT INTO eventos (flujo, version, tipo, esquema, datos, metadatos, ocurrido, huella)"
        f" SELECT 'x' || n, 1, 'NotificacionCreada', 2, {_CREADA}, '{{}}', {_HACE}, 'h' {_N}",
        # None is so old yet that it would be tried for the last time.
        "INSERT INTO envios (id_notificacion, id_suscripcion, tipo, saga, sobre, nombre, direccion, datos, intentos,"
        " anular, creado, proximo)"
        " SELECT 'x' || n, 'x' || n, 't', jsonb_build_object('id', 'g', 'id_suscripcion', 'x'),"
        " jsonb_build_object('id', 'x', 'tipo', 't', 'fuente', 'f', 'sujeto', 's', 'tiempo', '', 'correlacion', 'c'),"
        f" '', '', '{{}}', 1, false, clock_timestamp() + interval '1 hour', {_HACE} {_N}",
    ),
}

Dicha = tuple[str, Any]
_PAPELES = frozenset[Rol]({"cliente", "clinica", "investigador"})
DE_MUCHO, DE_POCO, DE_NADA = (
    Quien(id="quien", roles=_PAPELES, cliente=codigo, clinica=codigo) for codigo in ("comun", "v501", "nadie")
)
"""Who has a hundredth of what there is, who has one, and who has none."""


@pytest.fixture(params=SERVICIOS.values(), scope="module")
def servicio(
    request: pytest.FixtureRequest, nueva_base_de_modulo: Fabrica, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Servicio]:
    """Each service on a database of its own, with many rows in each table."""
    composicion = importlib.import_module(f"{request.param}.composicion")
    with pytest.MonkeyPatch.context() as entorno:
        entorno.setenv("DATABASE_URL", url := nueva_base_de_modulo(request.param))
        entorno.setenv("DATABASE_URL_MIGRACION", de_dueno(url))
        # What is asked of the broker is another matter: there is none.
        entorno.setenv("PULSAR_URL", "pulsar://127.0.0.1:1")
        entorno.setenv("PULSAR_ADMIN_URL", "http://127.0.0.1:1")
        # Less than it is to be, so that some of them are pruned.
        entorno.setenv("COMANDOS_DIAS", "30")
        entorno.setenv("ALMACEN_URL", str(tmp_path_factory.mktemp("almacen")))
        entorno.setenv("SEUDONIMO_CLAVE", "YmFuY28gYmFuY28gYmFuY28gYmFuY28gYmFuY28gYmFuY28=")
        composicion.servicio.cache_clear()
        este = composicion.servicio()
    este.migrar()
    motor = este.motor_de_mantenimiento()
    with motor.connect().execution_options(isolation_level="AUTOCOMMIT") as conexion:
        for sentencia in (*MENSAJERIA, *PROPIAS[este.nombre]):
            conexion.exec_driver_sql(sentencia.replace("{nombre}", este.nombre))
        conexion.exec_driver_sql("VACUUM ANALYZE")
    motor.dispose()
    yield este
    composicion.servicio.cache_clear()


class Oyente:
    """Hears what is asked of a database, through whichever engine, and looks how it is done."""

    def __init__(self, motor: sa.Engine) -> None:
        self._motor = motor
        self._dichas: list[Dicha] = []

    def __enter__(self) -> "Oyente":
        sa.event.listen(sa.Engine, "before_cursor_execute", self._anotar)
        return self

    def __exit__(self, *_: object) -> None:
        sa.event.remove(sa.Engine, "before_cursor_execute", self._anotar)

    def _anotar(self, _conexion: Any, _cursor: Any, sentencia: str, valores: Any, *_: Any) -> None:
        self._dichas.append((sentencia, valores))

    def olvidar(self) -> None:
        """What the test itself has asked."""
        self._dichas.clear()

    def faltas(self, tope: int = TOPE, *, algo: bool = True) -> list[str]:
        """What reads too much, of all that was asked since the last call.

        Args:
            tope: most rows that may be read in vain.
            algo: whether something must have been asked.
        """
        dichas, self._dichas = self._dichas, []
        assert dichas or not algo, "nada se ha preguntado"
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
    tabla = nodo.get("Relation Name", nodo.get("Index Name"))
    if nodo["Node Type"] == "Seq Scan" and tabla in grandes:
        yield f"lee {tabla} entera"
    vanas = nodo.get("Rows Removed by Filter", 0) * nodo["Actual Loops"]
    leidas = vanas + nodo["Actual Rows"] * nodo["Actual Loops"]
    if vanas > tope:
        yield f"lee {vanas} filas de {tabla} en vano"
    if nodo["Node Type"].endswith("Scan") and leidas > max(tope, TOPE_DE_LEIDAS):
        yield f"lee {leidas} filas de {tabla}"
    for hijo in nodo.get("Plans", ()):
        yield from _faltas(hijo, grandes, tope)


class Oido:
    """A consumer, and all of them, that has heard for long what there is to be heard."""

    nombre = "oido"
    espera_por = None
    todos = property(lambda self: [self])

    def segundos_en_orden(self) -> float:
        return 1000.0

    def correr(self, _parada: threading.Event) -> None:
        raise NotImplementedError

    def atascado(self) -> None:
        return None

    desconectados = atascado

    @property
    def faena(self) -> Faena:
        """As after a busy second, so that it is kept."""
        return Faena(100, 1.0, 0.5)

    def anotar_atraso(self, _origen: Origen, _topico: str, _atraso: Atraso) -> None:
        return None


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
    api = servicio.app_sobre(motor).test_client()
    halladas, con_paginas = [], 0
    with Oyente(motor) as oyente:
        # Dead letters lie on the broker, in no table.
        for consulta in (
            c for c in de_contexto(servicio.nombre) if not issubclass(c, ConsultaDeCartas | ConsultaDeCarta)
        ):
            for ruta in preguntas(consulta):
                respuesta = api.get(ruta)
                assert respuesta.status_code in (200, 404), (ruta, respuesta.text)
                if "cursor" in consulta.parametros and (cursor := respuesta.json.get("siguiente")):
                    con_paginas += 1
                    assert api.get(f"{ruta}{'&' if '?' in ruta else '?'}cursor={cursor}").status_code == 200
                if ruta != "/planes":
                    tope = TOPE_DE_VARIOS.get(servicio.nombre, TOPE) if "&" in ruta else TOPE
                    halladas += oyente.faltas(tope)
                # With more filters they are asked for no other rows than these.
                for quien in (DE_MUCHO, DE_POCO, DE_NADA) if "&" not in ruta else ():
                    with pytest.MonkeyPatch.context() as suyo:
                        suyo.setattr(api.application, "identificar", lambda quien=quien: quien)
                        assert api.get(ruta).status_code in (200, 404), (ruta, quien)
                    # Whoever may see none of it has no row looked for; and looking again is counted, not noted anew.
                    halladas += oyente.faltas(algo=False)
    assert not halladas, "\n".join(halladas)
    assert con_paginas >= 2
    motor.dispose()


def test_nada_de_lo_que_se_repite_lee_una_tabla_entera(servicio: Servicio, monkeypatch: pytest.MonkeyPatch) -> None:
    """All parts of a worker: what they measure, what they do every few seconds, and what readiness asks of them."""
    monkeypatch.setattr("seedwork.entrada.servicio.consumidores_reales", lambda *_, **__: Oido())
    # The deadline's own questions come after the broker's answer.
    monkeypatch.setattr(PuestaAlDia, "hasta", lambda _, ahora: ahora)
    motor = servicio.motor()
    hechas: list[str] = []
    with Oyente(motor) as oyente:
        relay = OutboxSQL(motor, EntornoReal())
        assert relay.dirigir()
        relay.marcar([fila.id for fila in relay.pendientes(500)])
        relay.soltar()
        partes = servicio._de_trabajador()
        for parte in partes:
            for comprobar in (*parte.decisivas.values(), *parte.informativas.values()):
                comprobar()
            if parte.medir is not None:
                with suppress(SinAvance):
                    parte.medir()
            tarea = getattr(parte.tarea, "__self__", None)
            # The letters are the broker's alone, the originals the store's.
            if isinstance(tarea, Periodica) and parte.nombre not in ("cartero", "escoba"):
                hechas.append(parte.nombre)
                tarea.vuelta()
        halladas = oyente.faltas()
        for parte in partes:
            if isinstance(enviador := getattr(parte.tarea, "__self__", None), Enviador):
                hechas.append(parte.nombre)
                halladas += _al_tomar_envios(enviador, motor, oyente, monkeypatch)
        if servicio.nombre == "procesamiento":
            hechas.append("archivos")
            halladas += _al_tomar_archivos(ColaArchivosSQL(motor), oyente)
            halladas += _al_tomar_paquetes(ColaPaquetesSQL(motor), oyente)
        if servicio.nombre == "servicio-datos":
            hechas.append("editor")
            PublicadorSQL(motor, 5).publicar()
            halladas += oyente.faltas()
    assert not halladas, "\n".join(halladas)
    assert set(hechas) == {"vigilante", "podador"} | {
        "suscripciones": {"plazos", "renovaciones"},
        "notificaciones": {"enviador"},
        "procesamiento": {"archivos"},
        "servicio-datos": {"editor"},
    }.get(servicio.nombre, set())
    with motor.connect() as conexion:
        for podada in ("inbox", "comandos", "claves_idempotencia", "intentos", "outbox"):
            assert conexion.exec_driver_sql(f"SELECT count(*) FROM {podada}").scalar_one() < FILAS * 0.5, podada
    motor.dispose()


def _al_tomar_archivos(cola: ColaArchivosSQL, oyente: Oyente) -> list[str]:
    """What the hand and the broom ask of the queue."""
    suelto, tomado = cola.tomar(15.0), cola.tomar(15.0)
    assert suelto is not None
    assert (suelto.id, suelto.paquete) == ("x4", None), "behind all that came before it"
    assert tomado is not None
    assert tomado.paquete
    assert cola.renovar(tomado, 15.0)
    cola.devolver(tomado, 0.0, cuenta=True)
    for id, _ in cola.retirar():
        cola.sin_original(id)
    # As many at once as the broom asks for.
    ajenas = [f"file:///x/{n}" for n in range(500)]
    propias = {f"file:///{donde}/4" for donde in "abc"}
    assert cola.nombradas([*ajenas, *propias]) == propias
    assert cola.de_alguien([f"h{n}" for n in range(500)]) == {f"h{n}" for n in range(500) if n % 4 == 3}
    return oyente.faltas()


def _al_tomar_paquetes(cola: ColaPaquetesSQL, oyente: Oyente) -> list[str]:
    """What the unpacking asks of its queue, of a package with a thousand files."""
    tomado = cola.tomar(15.0)
    assert tomado is not None
    assert cola.renovar(tomado, 15.0)
    cola.devolver(tomado, 0.0, cuenta=True)
    assert cola.paquete(tomado.id).estado == "RECIBIDO"
    assert cola.listados("x500") == 1000
    assert len(cola.por_decir("x500", 200)) == 200
    cola.olvidar("x500", 500)
    return oyente.faltas()


def _al_tomar_envios(
    enviador: Enviador, motor: sa.Engine, oyente: Oyente, monkeypatch: pytest.MonkeyPatch
) -> list[str]:
    """With the channel open and closed; then where nothing is due, as after a round of attempts that failed."""
    assert len(enviador.tomar(8, ["x1", "x2"])) == 8
    with monkeypatch.context() as cerrado:
        cerrado.setattr(Vigia, "cerrado", True)
        assert enviador.tomar(8) == []
    halladas = oyente.faltas()
    with como_dueno(motor) as dueno, dueno.connect().execution_options(isolation_level="AUTOCOMMIT") as conexion:
        conexion.exec_driver_sql("UPDATE envios SET proximo = clock_timestamp() + interval '1 hour'")
        conexion.exec_driver_sql("VACUUM ANALYZE envios")
    oyente.olvidar()
    assert enviador.tomar(8) == []
    return halladas + oyente.faltas()
