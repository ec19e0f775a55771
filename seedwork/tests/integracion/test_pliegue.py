"""The trail of what is asked, on a real PostgreSQL: what one caller may add to it, and what is never left out."""

import re
from collections import Counter as Counts
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from contratos.acceso import Alcance, Permiso, declarar
from contratos.consultas import Consulta, Id, Respuesta
from contratos.consultas.base import campo
from plataforma.proveedores import Fabrica
from plataforma.servicios import RAIZ
from seedwork.aplicacion.consultas import Solicitante
from seedwork.aplicacion.identidad import Quien
from seedwork.entrada.consultas import registrar
from seedwork.entrada.http import App
from seedwork.entrada.servicio import crear_app_sobre
from seedwork.infraestructura import bd
from seedwork.infraestructura.auditoria import COSAS
from seedwork.pruebas.bases import como_dueno, migrada, vaciar

pytestmark = pytest.mark.integracion

EVA = Quien(id="eva", roles=frozenset({"cliente"}), cliente="0002")
VECES = 600


class Cosa(Respuesta):
    """Una cosa."""

    id: str = campo("Su id.", "c-1")


class ObtenerCosa(Consulta, contexto="pruebas", ruta="/cosas/{id}", respuesta=Cosa):
    """Cosas: las hay cuyo id empieza por s."""

    id: Id = campo("Su id.", "s-1")


declarar(
    {
        ObtenerCosa: Permiso(
            ambito="", cliente=Alcance.TODO, clinica=Alcance.NADA, investigador=Alcance.NADA, operador=Alcance.TODO
        )
    }
)


def responder(consulta: ObtenerCosa, _lectura: None, _solicitante: Solicitante) -> Cosa | None:
    return Cosa(id=consulta.id) if consulta.id.startswith("s") else None


@pytest.fixture(scope="module")
def url(nueva_base_de_modulo: Fabrica) -> str:
    return migrada(nueva_base_de_modulo("auditoria"), RAIZ / "microservicio-suscripciones" / "migraciones")


@pytest.fixture
def motor(url: str) -> Iterator[sa.Engine]:
    motor = bd.crear_motor(url)
    vaciar(motor, ["auditoria"])
    yield motor
    motor.dispose()


@pytest.fixture
def api(motor: sa.Engine) -> FlaskClient:
    app = crear_app_sobre(motor)
    app.identificar = lambda: EVA
    registrar(app, {ObtenerCosa: responder}, None)
    return app.test_client()


def rastro(motor: sa.Engine) -> Counts[tuple[str, str, int]]:
    """What the trail has, whatever its order: what it was about, what came of it, and how often."""
    suyas = bd.auditoria.c
    with motor.connect() as conexion:
        return Counts(tuple(f) for f in conexion.execute(sa.select(suyas.recurso, suyas.resultado, suyas.veces)))


def terminar(api: FlaskClient) -> None:
    """What a server does when it ends in order."""
    app = api.application
    assert isinstance(app, App)
    app.terminar()


def test_quien_mira_lo_mismo_una_y_otra_vez_cuesta_dos_filas(api: FlaskClient, motor: sa.Engine) -> None:
    for _ in range(VECES):
        assert api.get("/cosas/s-1").status_code == 200
        assert rastro(motor) == {("s-1", "VISTO", 1): 1}, "the first is there, before its answer"
    terminar(api)
    assert rastro(motor) == {("s-1", "VISTO", 1): 1, ("s-1", "VISTO", VECES - 1): 1}


def test_quien_prueba_ids_cuesta_tantas_filas_como_mucho_y_quien_los_ve_una_por_cada_uno(
    api: FlaskClient, motor: sa.Engine
) -> None:
    for n in range(VECES):
        assert api.get(f"/cosas/x-{n}").status_code == 404
        assert api.get(f"/cosas/s-{n}").status_code == 200
    terminar(api)
    terminar(api)
    assert rastro(motor) == {
        **{(f"s-{n}", "VISTO", 1): 1 for n in range(VECES)},
        **{(f"x-{n}", "NO_HALLADO", 1): 1 for n in range(COSAS)},
        ("", "NO_HALLADO", 1): 1,
        ("", "NO_HALLADO", VECES - COSAS - 1): 1,
    }


def test_lo_que_se_conto_y_no_se_pudo_escribir_se_escribe_despues(api: FlaskClient, motor: sa.Engine) -> None:
    for _ in range(3):
        api.get("/cosas/s-1")
    with como_dueno(motor) as dueno:
        _ejecutar(dueno, "ALTER TABLE auditoria RENAME TO otra")
        terminar(api)
        assert api.get("/cosas/s-2").status_code == 500, "what can't be noted is not shown"
        _ejecutar(dueno, "ALTER TABLE otra RENAME TO auditoria")
    terminar(api)
    assert rastro(motor) == {("s-1", "VISTO", 1): 1, ("s-1", "VISTO", 2): 1}


def test_su_dueno_quita_lo_viejo_como_dice_la_guia_y_nadie_mas(api: FlaskClient, motor: sa.Engine) -> None:
    api.get("/cosas/s-1")
    _ejecutar(
        motor,
        "INSERT INTO auditoria (ocurrido, quien, titular, accion, recurso, resultado, correlacion) "
        "VALUES (now() - interval '11 years', 'a', '', 'b', 'vieja', 'VISTO', 'c')",
    )
    (orden,) = re.findall(r"```sql\n(BEGIN;.*?auditoria.*?)```", (RAIZ / "docs/operacion.md").read_text(), re.DOTALL)
    with pytest.raises(sa.exc.ProgrammingError, match="must be owner"):
        _ejecutar(motor, orden)
    with como_dueno(motor) as dueno:
        _ejecutar(dueno, orden)
        with pytest.raises(sa.exc.ProgrammingError, match="solo anexar"):
            _ejecutar(dueno, "DELETE FROM auditoria")
    assert rastro(motor) == {("s-1", "VISTO", 1): 1}


def _ejecutar(motor: sa.Engine, orden: str) -> None:
    with motor.begin() as conexion:
        conexion.exec_driver_sql(orden)
