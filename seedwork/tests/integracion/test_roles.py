"""Role × table × (select, insert, update, delete, truncate, alter, drop), whole, on a real PostgreSQL.

Each service's database as `migrar` leaves it. Statements that touch no row: the server looks at privileges first.
"""

import re
from collections.abc import Iterator
from itertools import permutations

import psycopg2
import pytest
import sqlalchemy as sa
from tests.fallos.valores import PAGINA, tabla

from plataforma.proveedores import Fabrica
from plataforma.servicios import RAIZ, SERVICIOS
from seedwork.infraestructura import bd, recambio, roles
from seedwork.pruebas.bases import como_dueno, de_dueno, migrada
from seedwork.pruebas.matrices import contar

pytestmark = pytest.mark.integracion

ORDENES = {
    "select": "SELECT FROM {t} LIMIT 0",
    "insert": "INSERT INTO {t} OVERRIDING SYSTEM VALUE SELECT * FROM {t} LIMIT 0",
    "update": "UPDATE {t} SET {c} = {c} WHERE false",
    "delete": "DELETE FROM {t} WHERE false",
    "truncate": "TRUNCATE {t}",
    "alter": "ALTER TABLE {t} ADD COLUMN colada text",
    "drop": "DROP TABLE {t}",
}
TRABAJAR = {"select", "insert", "update", "delete"}
# By hand, not from the code's table: what only grows, what says how far migrations have come, and what holds a
# person's data or decides a saga.
PELIGROSAS = {
    "auditoria": {"select", "insert"},
    "eventos": {"select", "insert"},
    "alembic_version": {"select"},
    "clientes": TRABAJAR,
    "suscripciones": TRABAJAR,
    "saga_pasos": TRABAJAR,
    "saga_resumenes": TRABAJAR,
    "facturas": TRABAJAR,
    "imagenes": TRABAJAR,
    "archivos": TRABAJAR,
    "archivos_por_ver": TRABAJAR,
    "paquetes": TRABAJAR,
    "paquetes_por_abrir": TRABAJAR,
    "miembros": TRABAJAR,
    "miembros_por_decir": TRABAJAR,
    "envios": TRABAJAR,
    "claves_de_cliente": TRABAJAR,
    "servicios_datos": TRABAJAR,
    "expertos": TRABAJAR,
    "suscripciones_conocidas": TRABAJAR,
    "imagenes_por_modalidad": TRABAJAR,
    "publicadas": TRABAJAR,
    "versiones": TRABAJAR,
    "clases": TRABAJAR,
    "esperas": TRABAJAR,
    "outbox": TRABAJAR,
    "comandos": TRABAJAR,
    "inbox": TRABAJAR,
}

NOMBRADAS = re.compile(r"\btables? ((?:(?:, and |, | and )?`\w+`)+)")
"""Tables as a row of the page names them."""


@pytest.fixture(scope="module")
def bases(nueva_base_de_modulo: Fabrica) -> dict[str, str]:
    """Each service's database, by its package, as the role reaches it that the service runs with."""
    return {
        s.paquete: migrada(nueva_base_de_modulo(s.paquete), RAIZ / f"microservicio-{s.nombre}" / "migraciones")
        for s in SERVICIOS.values()
    }


@pytest.fixture(params=SERVICIOS)
def motor(request: pytest.FixtureRequest, bases: dict[str, str]) -> Iterator[sa.Engine]:
    motor = bd.crear_motor(bases[request.param])
    yield motor
    motor.dispose()


def _puede(motor: sa.Engine, orden: str) -> bool:
    """Whether the role may; whatever was done is undone."""
    with motor.connect() as conexion:
        try:
            conexion.exec_driver_sql(orden)
        except sa.exc.ProgrammingError as error:
            # An append-only table's own trigger refuses with the same code: here the privilege is what is asked for.
            assert isinstance(error.orig, psycopg2.errors.InsufficientPrivilege), orden
            assert "solo anexar" not in str(error)
            return False
        finally:
            conexion.rollback()
    return True


def test_el_rol_de_un_servicio_trabaja_y_no_cambia_nada_mas(motor: sa.Engine) -> None:
    tablas = {t: [c["name"] for c in sa.inspect(motor).get_columns(t)] for t in sa.inspect(motor).get_table_names()}
    assert len(tablas) >= 10
    visto = {
        nombre: {que for que, orden in ORDENES.items() if _puede(motor, orden.format(t=nombre, c=columnas[-1]))}
        for nombre, columnas in tablas.items()
    }
    assert visto == {t: {p.lower() for p in roles.DE_TABLAS.get(t, roles.TRABAJAR)} for t in tablas}
    assert {t: suyo for t, suyo in visto.items() if t in PELIGROSAS} == {
        t: suyo for t, suyo in PELIGROSAS.items() if t in tablas
    }
    contar(
        "role × table",
        {(nombre, que): que in suyo for nombre, suyo in visto.items() for que in ORDENES},
        a_mano=lambda casilla: casilla[0] in PELIGROSAS,
    )
    for orden in (
        "CREATE TABLE mia (id text)",
        "CREATE FUNCTION mia() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "ALTER TABLE auditoria DISABLE TRIGGER auditoria_solo_anexar",
        "SET session_replication_role = replica",
        "CREATE ROLE mio",
        # What lies in no table: as the superuser left it who made the database.
        "SELECT lo_creat(-1)",
        "SELECT lo_create(0)",
        "SELECT lo_from_bytea(0, 'x')",
        "SELECT lo_put(1, 0, 'x')",
        "SELECT lo_open(1, 131072)",
        "SELECT lowrite(0, 'x')",
        "SELECT lo_import('/etc/hostname')",
    ):
        assert not _puede(motor, orden), orden


def test_lo_de_las_personas_esta_escrito_a_mano() -> None:
    """Each table of which docs/datos-personales.md says that a person's data rest in it."""
    filas = (linea for linea in PAGINA.read_text("utf-8").split("## On the way")[0].splitlines() if linea[:1] == "|")
    dichas = {t for fila in filas for seguidas in NOMBRADAS.findall(fila) for t in re.findall(r"\w+", seguidas)}
    dichas -= {"and"}
    dichas |= {lugar.partition(".")[2] for valor in tabla().values() for lugar in valor.tablas}
    assert {"clientes", "claves_de_cliente", "archivos_por_ver"} <= dichas
    assert dichas - PELIGROSAS.keys() == set()


def test_un_tercio_al_menos_esta_escrito_a_mano(bases: dict[str, str]) -> None:
    todas = set()
    for url in bases.values():
        motor = bd.crear_motor(url)
        todas |= set(sa.inspect(motor).get_table_names())
        motor.dispose()
    assert PELIGROSAS.keys() - todas == set()
    assert len(PELIGROSAS) * 3 >= len(todas)


@pytest.mark.parametrize(("propio", "ajeno"), list(permutations(SERVICIOS, 2)))
def test_nadie_entra_en_la_base_de_otro(bases: dict[str, str], propio: str, ajeno: str) -> None:
    for url in (bases[propio], de_dueno(bases[propio])):
        otra = sa.make_url(url).set(database=sa.make_url(bases[ajeno]).database)
        with pytest.raises(psycopg2.OperationalError, match="permission denied for database"):
            psycopg2.connect(otra.render_as_string(hide_password=False))


def test_una_vista_rehecha_es_de_quien_trabaja(motor: sa.Engine) -> None:
    """The twin that takes a table's place has what was granted on any table, and no more."""
    with como_dueno(motor) as dueno, dueno.begin() as conexion:
        recambio.preparar(conexion, "inbox", "inbox_nueva")
        recambio.relevar(conexion, "inbox", "inbox_nueva")
    suyo = {que for que, orden in ORDENES.items() if _puede(motor, orden.format(t="inbox", c="aparcado"))}
    assert suyo == TRABAJAR


def test_conceder_otra_vez_quita_lo_que_sobra(motor: sa.Engine) -> None:
    with como_dueno(motor) as dueno:
        with dueno.begin() as conexion:
            conexion.exec_driver_sql(f'GRANT UPDATE ON auditoria TO "{motor.url.username}"')
            conexion.exec_driver_sql("GRANT DELETE ON auditoria TO PUBLIC")
        borrar, cambiar = (ORDENES[que].format(t="auditoria", c="motivo") for que in ("delete", "update"))
        # The trigger is there besides.
        for orden in (borrar, cambiar):
            with pytest.raises(sa.exc.ProgrammingError, match="solo anexar"), motor.begin() as conexion:
                conexion.exec_driver_sql(orden)
        roles.conceder(dueno, motor.url.username or "")
        assert not _puede(motor, borrar)
        assert not _puede(motor, cambiar)
