"""The query side, over HTTP."""

import pytest
from flask.testing import FlaskClient

from seedwork.entrada.servicio import crear_app_sobre
from seedwork.infraestructura.consultas import TAMANO_PAGINA
from seedwork.pruebas.respuestas import cliente_fiel
from servicio_datos.entrada.http import registrar_rutas
from servicio_datos.infraestructura.consultas import LecturaServicioDatos

pytestmark = pytest.mark.integracion


@pytest.fixture
def cliente(servicio) -> FlaskClient:
    app = crear_app_sobre(servicio.motor)
    registrar_rutas(app, LecturaServicioDatos(servicio.motor))
    return cliente_fiel(app)


def test_un_servicio_con_su_experto_su_nube_y_su_dataset(servicio, hecho, cliente):
    servicio.procesar([hecho("creada")])

    (elemento,) = cliente.get("/servicios-datos?suscripcion=s-1").json["elementos"]
    uno = cliente.get(f"/servicios-datos/{elemento['id_servicio_datos']}")

    assert uno.status_code == 200
    assert uno.json == elemento
    assert elemento["experto"].pop("codigo") in servicio.usados()
    # No data set has a version yet.
    dataset = elemento["dataset"].pop("codigo"), elemento["dataset"].pop("nombre"), elemento["dataset"].pop("imagenes")
    assert dataset in (("d1", "Tórax", None), ("d2", "Ecografía", None))
    assert elemento == {
        "id_servicio_datos": elemento["id_servicio_datos"],
        "estado": "CREADO",
        "motivo": None,
        "detalle": None,
        "id_suscripcion": "s-1",
        "experto": {"nombres": "Ana", "apellidos": "Ruiz"},
        "nube": {"codigo": "n1", "nombre": "Andes", "tipo": "PRIVADA"},
        "dataset": {},
        "investigadores": [],
    }


def test_el_motivo_se_lee_en_castellano(servicio, hecho, cliente):
    servicio.procesar([hecho("creada"), hecho("rechazada")])

    (elemento,) = cliente.get("/servicios-datos?estado=TERMINADO").json["elementos"]

    assert elemento["motivo"] == "La suscripción no se completó dentro del plazo."
    assert cliente.get("/servicios-datos?estado=CREADO").json == {"elementos": [], "siguiente": None}


def test_las_paginas_no_repiten_ni_saltan(servicio, hecho, cliente):
    # Each is given back before the next one comes: one stock of twenty serves any number of them.
    for n in range(TAMANO_PAGINA + 3):
        servicio.procesar([hecho("creada", n), hecho("rechazada", n)])

    primera = cliente.get("/servicios-datos").json
    segunda = cliente.get("/servicios-datos", query_string={"cursor": primera["siguiente"]}).json

    otra = cliente.get("/servicios-datos", query_string={"cursor": primera["siguiente"], "estado": "TERMINADO"})
    assert otra.status_code == 422
    vistas = [e["id_suscripcion"] for e in primera["elementos"] + segunda["elementos"]]
    assert vistas == [f"s-{n}" for n in reversed(range(TAMANO_PAGINA + 3))]
    assert segunda["siguiente"] is None


@pytest.mark.parametrize("ruta", ["/servicios-datos/no-existe", "/servicios-datos/comandos/no-existe"])
def test_lo_desconocido_es_404_y_puede_estar_en_camino(servicio, cliente, ruta):
    respuesta = cliente.get(ruta)

    assert respuesta.status_code == 404
    assert respuesta.headers["Retry-After"] == "1"
    assert respuesta.content_type == "application/problem+json"
