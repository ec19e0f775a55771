"""Whoever looks an image up is written down before the answer leaves."""

import pytest
import sqlalchemy as sa

from contratos.ejemplos import ANONIMIZAR_IMAGEN
from contratos.procesamiento import ConsultaAnonimizacion
from procesamiento.entrada.http import registrar_rutas
from procesamiento.infraestructura.catalogo import leer_condiciones
from procesamiento.infraestructura.consultas import LecturaProcesamiento
from seedwork.aplicacion.identidad import Quien
from seedwork.aplicacion.sobre import en_instante
from seedwork.entrada.http import CABECERA_CORRELACION
from seedwork.entrada.servicio import crear_app_sobre
from seedwork.infraestructura import bd
from seedwork.infraestructura.cloudevents import de_propiedades
from seedwork.pruebas.publicado import publicado

from .conftest import recibido

pytestmark = pytest.mark.integracion

ID = ANONIMIZAR_IMAGEN.id_imagen


@pytest.fixture(autouse=True)
def imagen(bus) -> None:
    bus.procesar([recibido("c-1")])


def consultas_dichas(motor):
    return [(p, m) for p, m in publicado(motor) if isinstance(m, ConsultaAnonimizacion)]


def test_consultar_una_imagen_se_dice_de_quien_y_de_cual(api, motor):
    api.application.identificar = lambda: Quien(id="dra-rojas", roles=frozenset({"operador"}))
    respuesta = api.get(f"/procesar/imagenes/{ID}", headers={CABECERA_CORRELACION: "pedido-1"})

    assert (respuesta.status_code, respuesta.json["estado"]) == (200, "ANONIMIZADA")
    ((propiedades, hecho),) = consultas_dichas(motor)
    assert (hecho.id_imagen, hecho.consultante) == (ID, "dra-rojas")
    assert en_instante(hecho.ocurrido) is not None and hecho.ocurrido.endswith("Z")
    sobre = de_propiedades(propiedades, ID)
    assert (sobre.sujeto, sobre.correlacion, sobre.fuente) == (ID, "pedido-1", "/saludtech/procesamiento")
    assert (sobre.causa, sobre.secuencia) == (None, None)


def test_cada_consulta_es_un_hecho(api, motor):
    for _ in range(3):
        api.get(f"/procesar/imagenes/{ID}")

    dichas = consultas_dichas(motor)
    assert len({p["ce_id"] for p, _ in dichas}) == len(dichas) == 3


@pytest.mark.parametrize("dicho", [None, "", "Dra. Rojas", "..", "ñ", "x" * 129])
def test_quien_no_se_identifica_es_anonimo(api, motor, dicho):
    if dicho is not None:
        api.application.identificar = lambda: Quien(id=dicho, roles=frozenset({"operador"}))
    api.get(f"/procesar/imagenes/{ID}")

    ((_, hecho),) = consultas_dichas(motor)
    assert hecho.consultante == "anonimo"


@pytest.mark.parametrize("dicha", [".", "..", "a b", "x" * 129])
def test_una_correlacion_que_no_es_un_id_no_llega_al_mensaje(api, motor, dicha):
    """A consumer would refuse the envelope, and park the fact."""
    api.get(f"/procesar/imagenes/{ID}", headers={CABECERA_CORRELACION: dicha})

    ((propiedades, _),) = consultas_dichas(motor)
    assert de_propiedades(propiedades, ID).correlacion != dicha


def test_lo_que_no_se_halla_y_las_listas_no_dicen_nada(api, motor):
    assert api.get("/procesar/imagenes/otra").status_code == 404
    assert len(api.get("/procesar/imagenes").json["elementos"]) == 1
    assert api.get("/procesar/comandos/c-1").status_code == 200

    assert consultas_dichas(motor) == []


def test_si_no_se_puede_anotar_no_se_muestra(motor, url_base):
    """On a database that only reads, a standby say, the row is there and the fact can't be told."""
    solo_lee = bd.crear_motor(url_base, ajustes={"default_transaction_read_only": "on"})
    app = crear_app_sobre(solo_lee)
    registrar_rutas(app, LecturaProcesamiento(solo_lee, leer_condiciones()))
    respuesta = app.test_client().get(f"/procesar/imagenes/{ID}")

    assert respuesta.status_code == 503
    assert respuesta.headers["Retry-After"] == "1"
    assert respuesta.content_type == "application/problem+json"
    assert "Rayos X" not in respuesta.text
    assert app.test_client().get("/procesar/imagenes").status_code == 200
    solo_lee.dispose()


def test_sin_base_de_datos_es_503():
    ausente = bd.crear_motor(sa.make_url("postgresql://nadie@127.0.0.1:1/nada"))
    app = crear_app_sobre(ausente)
    registrar_rutas(app, LecturaProcesamiento(ausente, leer_condiciones()))

    assert app.test_client().get(f"/procesar/imagenes/{ID}").status_code == 503
