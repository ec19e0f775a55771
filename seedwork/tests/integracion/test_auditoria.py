"""Each service's audit trail, asked by each who may ask, on a real PostgreSQL: its route is the same in all of them."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from contratos.consultas.auditoria import auditoria_de
from plataforma.proveedores import Fabrica
from plataforma.servicios import SERVICIOS
from seedwork.aplicacion.identidad import Quien
from seedwork.entrada.auditoria import registrar_auditoria
from seedwork.entrada.servicio import crear_app_sobre
from seedwork.infraestructura import bd
from seedwork.pruebas.bases import de_dueno

pytestmark = pytest.mark.integracion

OPERADOR = Quien(id="op", roles=frozenset({"operador"}))
DE_DOS = Quien(id="los-dos", roles=frozenset({"cliente", "operador"}), cliente="0001")
OTROS = (
    Quien(id="ana", roles=frozenset({"cliente"}), cliente="0001"),
    Quien(id="norte-1", roles=frozenset({"clinica"}), clinica="norte"),
    Quien(id="inv-07", roles=frozenset({"investigador"})),
    Quien(id="op"),
)


@pytest.fixture
def motor(nueva_base: Fabrica) -> Iterator[sa.Engine]:
    motor = bd.crear_motor(de_dueno(nueva_base("rastro")))
    bd.METADATOS.create_all(motor)
    yield motor
    motor.dispose()


def test_el_rastro_de_cada_servicio_lo_leen_los_operadores_y_nadie_mas(motor: sa.Engine) -> None:
    """To others it is as nothing, by whichever name they ask; that they asked is in it."""
    app = crear_app_sobre(motor)
    rutas = []
    for servicio in SERVICIOS.values():
        consulta = auditoria_de(servicio.nombre)
        assert consulta is not None
        rutas.append(consulta.ruta)
        registrar_auditoria(app, servicio.nombre, motor)
    api = app.test_client()
    for ruta in rutas:
        for quien in (*OTROS, OPERADOR, DE_DOS):
            app.identificar = lambda quien=quien: quien
            respuesta = api.get(ruta)
            if quien in OTROS:
                assert (respuesta.status_code, "elementos" in respuesta.json) == (404, False), (ruta, quien)
                assert api.get(f"{ruta}?quien={quien.id}").status_code == 404, (ruta, quien)
            else:
                assert respuesta.status_code == 200, (ruta, quien)
        app.identificar = lambda: OPERADOR
        negados = {(e["quien"], e["resultado"]) for e in api.get(f"{ruta}?quien=ana").json["elementos"]}
        assert negados == {("ana", "NO_HALLADO")}, ruta
    assert sorted(rutas) == ["/notificaciones/auditoria", "/procesar/auditoria", "/servicios-datos/auditoria",
                             "/suscripciones/auditoria"]  # fmt: skip
