"""Pages of a list, and cursors that hold for that list and those filters alone."""

import base64
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from contratos.acceso import Alcance, Permiso, declarar
from contratos.consultas import Consulta, Cursor, Id, Pagina
from contratos.consultas.base import campo, filtro
from plataforma.proveedores import Fabrica
from seedwork.aplicacion.consultas import Respondedor, Solicitante
from seedwork.entrada.consultas import registrar
from seedwork.entrada.servicio import crear_app_sobre
from seedwork.infraestructura import bd
from seedwork.infraestructura.consultas import TAMANO_PAGINA, Lista
from seedwork.infraestructura.plazos import Plazos
from seedwork.infraestructura.transaccion_sql import insertar
from seedwork.pruebas.bases import de_dueno
from seedwork.pruebas.taller import esperar

pytestmark = pytest.mark.integracion

CUANTAS = 2 * TAMANO_PAGINA + 5
METADATOS = sa.MetaData()
for nombre in ("notas", "fichas"):
    sa.Table(
        nombre,
        METADATOS,
        sa.Column("orden", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("color", sa.Text, nullable=False, server_default="rojo"),
        sa.Column("forma", sa.Text, nullable=False, server_default="rojo"),
    )


class Hoja(Pagina):
    """Una página."""

    elementos: list[int] = campo("Los números.", [1])


class Listar(Consulta, contexto="pruebas", ruta="/notas", respuesta=Hoja):
    """Notas."""

    forma: Id | None = filtro("Su forma.")
    color: Id | None = filtro("Su color.")
    cursor: Cursor | None = filtro("Dónde empieza.")


class ListarFichas(Listar, contexto="pruebas", ruta="/fichas", respuesta=Hoja):
    """Fichas."""


DE_TODOS = Permiso(
    ambito="", cliente=Alcance.TODO, clinica=Alcance.TODO, investigador=Alcance.TODO, operador=Alcance.TODO
)
declarar({Listar: DE_TODOS, ListarFichas: DE_TODOS})


def lenta(motor: sa.Engine, como: str) -> None:
    """What is asked from here on takes very long."""
    with motor.begin() as conexion:
        conexion.exec_driver_sql("ALTER TABLE notas RENAME TO las_notas")
        conexion.exec_driver_sql(f"CREATE VIEW notas AS SELECT las_notas.* FROM las_notas, {como}")


def abrir(motor: sa.Engine) -> FlaskClient:
    """A process of a service that has two lists alike."""
    app = crear_app_sobre(motor)
    registrar(app, {tipo: _listar(tipo) for tipo in (Listar, ListarFichas)}, motor)
    return app.test_client()


def _listar(tipo: type[Consulta]) -> Respondedor:
    tabla = METADATOS.tables[tipo.ruta.removeprefix("/")]
    lista = Lista(tipo, tabla.select(), tabla.c.orden, {"forma": tabla.c.forma, "color": tabla.c.color})

    def responder(consulta: Consulta, motor: sa.Engine, _solicitante: Solicitante) -> Hoja:
        with motor.connect() as conexion:
            filas, siguiente = lista.pagina(conexion, consulta)
        return Hoja(elementos=[fila["orden"] for fila in filas], siguiente=siguiente)

    return responder


@pytest.fixture
def motor(nueva_base: Fabrica) -> Iterator[sa.Engine]:
    motor = bd.crear_motor(de_dueno(nueva_base("listas")))
    METADATOS.create_all(motor)
    with motor.begin() as conexion:
        for tabla in METADATOS.tables.values():
            conexion.execute(sa.insert(tabla), [{}] * CUANTAS)
    yield motor
    motor.dispose()


def test_se_recorre_entera_aunque_lleguen_filas_y_pregunte_otro_proceso(motor: sa.Engine) -> None:
    vistas, cursor = [], ""
    while True:
        hoja = abrir(motor).get("/notas?color=rojo" + (f"&cursor={cursor}" if cursor else "")).json
        vistas += hoja["elementos"]
        cursor = hoja["siguiente"]
        if cursor is None:
            break
        with motor.begin() as conexion:
            conexion.execute(sa.insert(METADATOS.tables["notas"]), [{}] * 3)
    assert vistas == list(range(CUANTAS, 0, -1))


def test_un_cursor_de_otra_lista_o_de_otros_filtros_no_vale(motor: sa.Engine) -> None:
    api = abrir(motor)
    rutas = ("/notas?", "/notas?color=rojo", "/notas?forma=rojo", "/notas?color=rojo&forma=rojo", "/fichas?")
    cursores = {ruta: api.get(ruta).json["siguiente"] for ruta in rutas}
    for de, cursor in cursores.items():
        for ruta in rutas:
            respuesta = api.get(f"{ruta}&cursor={cursor}")
            assert respuesta.status_code == (200 if ruta == de else 422), (de, ruta)
    respuesta = api.get(f"/fichas?color=azul&cursor={cursores['/fichas?']}")
    assert respuesta.json["errores"] == [
        {"campo": "cursor", "motivo": "no es un cursor que haya dado una página anterior"}
    ]


@pytest.mark.parametrize("texto", ["", "5", "5.", ".", "x.0", "-5.0", "²", "9" * 19])
def test_lo_que_no_dio_ninguna_pagina_no_vale(motor: sa.Engine, texto: str) -> None:
    api = abrir(motor)
    hecho = base64.urlsafe_b64encode(texto.encode()).decode()
    for cursor in (hecho, hecho.rstrip("="), "%C3%B1", "a", f"{api.get('/notas').json['siguiente']}!"):
        assert api.get(f"/notas?cursor={cursor}").status_code == 422, cursor


PRISA = Plazos(sentencia_s=0.5, cerrojo_s=0.2)


def test_lo_que_tarda_demasiado_es_un_503_y_lo_siguiente_va_bien(motor: sa.Engine) -> None:
    con_prisa = bd.crear_motor(motor.url, plazos=PRISA)
    api = abrir(con_prisa)
    lenta(motor, "pg_sleep(60)")
    respuesta = api.get("/notas")
    assert (respuesta.status_code, respuesta.headers["Retry-After"]) == (503, "1")
    assert respuesta.content_type == "application/problem+json"
    assert "statement" not in respuesta.text
    assert api.get("/fichas").status_code == 200
    con_prisa.dispose()


def test_cuando_todas_las_conexiones_estan_tomadas_es_un_503(motor: sa.Engine) -> None:
    """And no consumer's message is to blame for it (contract §7)."""
    unica = bd.crear_motor(motor.url, conexiones=1)
    api = abrir(unica)
    with unica.connect():
        respuesta = api.get("/notas")
        assert (respuesta.status_code, respuesta.headers["Retry-After"]) == (503, "1")
        with pytest.raises(sa.exc.TimeoutError) as hallado:
            unica.connect()
        assert bd.es_de_infraestructura(hallado.value)
    assert api.get("/notas").status_code == 200
    unica.dispose()


def test_lo_que_otro_retiene_tambien(motor: sa.Engine) -> None:
    con_prisa = bd.crear_motor(motor.url, plazos=PRISA)
    api = abrir(con_prisa)
    with motor.begin() as otro:
        otro.exec_driver_sql("LOCK TABLE notas IN ACCESS EXCLUSIVE MODE")
        assert api.get("/notas").status_code == 503
    assert api.get("/notas").status_code == 200
    con_prisa.dispose()


@pytest.mark.parametrize(
    "sentencia", ["SELECT pg_sleep(60)", "LOCK TABLE notas IN ACCESS EXCLUSIVE MODE"], ids=["sentencia", "cerrojo"]
)
def test_un_plazo_que_se_agota_no_es_culpa_de_ningun_mensaje(motor: sa.Engine, sentencia: str) -> None:
    con_prisa = bd.crear_motor(motor.url, plazos=PRISA)
    with motor.begin() as otro, con_prisa.connect() as conexion:
        otro.exec_driver_sql("LOCK TABLE notas IN ACCESS SHARE MODE")
        with pytest.raises(sa.exc.DBAPIError) as hallado:
            conexion.exec_driver_sql(sentencia)
        assert bd.es_de_infraestructura(hallado.value)
        conexion.rollback()
        assert conexion.scalar(sa.text("SELECT 1")) == 1, "la conexión sigue sirviendo"
    con_prisa.dispose()


@pytest.mark.parametrize("como", ["sentencia", "copia"])
def test_quien_se_quedo_quieto_en_una_transaccion_lo_sabe_a_la_siguiente(motor: sa.Engine, como: str) -> None:
    con_prisa = bd.crear_motor(motor.url, plazos=Plazos(transaccion_s=0.2))
    # Who looks does so outside of a transaction: within one the server shows the same sessions for ever.
    with motor.connect().execution_options(isolation_level="AUTOCOMMIT") as otro, con_prisa.connect() as conexion:
        pid = conexion.scalar(sa.text("SELECT pg_backend_pid()"))
        esperar(lambda: otro.scalar(sa.text("SELECT count(*) FROM pg_stat_activity WHERE pid = :p"), {"p": pid}) == 0)
        with pytest.raises(sa.exc.DBAPIError) as hallado:
            if como == "copia":
                insertar(conexion, METADATOS.tables["notas"], [{"color": "azul"}])
            else:
                conexion.execute(sa.text("SELECT 1"))
    assert bd.es_de_infraestructura(hallado.value)
    with con_prisa.connect() as conexion:
        assert conexion.scalar(sa.text("SELECT 1")) == 1
    con_prisa.dispose()


def test_la_que_murio_tras_su_ultima_sentencia_no_se_queda_con_su_sitio(motor: sa.Engine) -> None:
    """What it was for a while, it is no more when it is given back; on a dead one that can't be done."""
    una = bd.crear_motor(motor.url, conexiones=1)
    sueltas = una.execution_options(isolation_level="AUTOCOMMIT")
    with sueltas.connect() as conexion:
        pid = conexion.scalar(sa.text("SELECT pg_backend_pid()"))
    with sueltas.connect() as conexion, motor.connect() as otro:
        assert otro.scalar(sa.text("SELECT pg_terminate_backend(:p, 5000)"), {"p": pid})
    with sueltas.connect() as conexion:
        assert conexion.scalar(sa.text("SELECT 1")) == 1
    with una.connect() as conexion:
        assert not conexion.connection.driver_connection.autocommit
    una.dispose()
