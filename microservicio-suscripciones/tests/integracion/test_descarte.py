"""What is left of a command that an operator gave up, on a real PostgreSQL."""

from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from contratos.ejemplos import CREAR_SUSCRIPCION
from contratos.suscripciones import CrearSuscripcion
from seedwork.aplicacion.bus import Bus
from seedwork.aplicacion.recibido import Recibido
from seedwork.entrada.http import crear_app
from seedwork.infraestructura import bd
from seedwork.pruebas.paciencia import PacienciaFija
from seedwork.pruebas.sobres import recibido as recibido_con
from seedwork.pruebas.sobres import sobre_nuevo
from suscripciones.composicion import servicio

pytestmark = pytest.mark.integracion

DESCARTADO = "No fue posible procesar el comando, y se descartó."


@pytest.fixture
def bus(motor: sa.Engine) -> Bus:
    return servicio().bus(motor, PacienciaFija())


@pytest.fixture
def api(motor: sa.Engine) -> FlaskClient:
    app = crear_app()
    servicio().api(app, motor)
    return app.test_client()


def recibido(comando: CrearSuscripcion = CREAR_SUSCRIPCION, *, id: str = "c-1") -> Recibido:
    return recibido_con(sobre_nuevo(comando, fuente="/saludtech/bff", sujeto="s-1", id=id), comando)


def dicho(motor: sa.Engine) -> list[str]:
    with motor.connect() as conexion:
        tipos = conexion.execute(sa.select(bd.outbox.c.tipo).order_by(bd.outbox.c.id))
        return [tipo.split(".")[-2] for tipo in tipos.scalars()]


def test_una_suscripcion_descartada_queda_rechazada_con_su_motivo(bus, api, motor):
    assert bus.descartar(recibido())

    suscripcion = api.get("/suscripciones/s-1").json
    assert (suscripcion["estado"], suscripcion["motivo"]) == ("RECHAZADA", DESCARTADO)
    comando = api.get("/suscripciones/comandos/c-1").json
    assert (comando["estado"], comando["motivo"]) == ("RECHAZADO", DESCARTADO)
    assert sorted(dicho(motor)) == ["SuscripcionRechazada", "TransicionSaga", "TransicionSaga"]
    bus.procesar([recibido()])
    assert not bus.descartar(recibido())
    assert len(dicho(motor)) == 3


@pytest.mark.parametrize(("campo", "valor"), [("cliente_nombres", "Pa\0blo"), ("cliente_codigo", "1" * 5000)])
def test_lo_que_no_cabe_en_una_fila_no_impide_rechazarla(bus, api, motor, campo, valor):
    assert bus.descartar(recibido(replace(CREAR_SUSCRIPCION, **{campo: valor})))

    assert api.get("/suscripciones/s-1").json["estado"] == "RECHAZADA"
    assert api.get("/suscripciones/comandos/c-1").json["motivo"] == DESCARTADO
    assert sorted(dicho(motor)) == ["SuscripcionRechazada", "TransicionSaga", "TransicionSaga"]


def test_la_suscripcion_que_ya_existe_no_cambia(bus, api, motor):
    bus.procesar([recibido(replace(CREAR_SUSCRIPCION, plan_codigo="free"))])
    antes = dicho(motor)

    assert bus.descartar(recibido(id="c-2"))

    assert api.get("/suscripciones/s-1").json["estado"] == "ACTIVA"
    assert api.get("/suscripciones/comandos/c-2").json["estado"] == "RECHAZADO"
    assert dicho(motor) == [*antes, "ComandoSuscripcionRechazado"]
