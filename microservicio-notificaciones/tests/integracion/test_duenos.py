"""Each query by its owner, by another and by an operator, on a real PostgreSQL: another's answers as an unknown one."""

import pytest

from contratos.consultas import de_contexto
from notificaciones.entrada.http import registrar_rutas
from notificaciones.infraestructura.consultas import LecturaNotificaciones
from seedwork.aplicacion.identidad import Quien
from seedwork.entrada.servicio import crear_app_sobre
from seedwork.infraestructura.consultas import TAMANO_PAGINA
from seedwork.pruebas.respuestas import cliente_fiel

pytestmark = pytest.mark.integracion

DUENA = Quien(id="ana", roles=frozenset({"cliente"}), cliente="0001")
OTRA = Quien(id="eva", roles=frozenset({"cliente"}), cliente="0002")
OPERADOR = Quien(id="op", roles=frozenset({"operador"}))
DE_UNA = (
    "/notificaciones/{id_notificacion}",
    "/notificaciones/{id_notificacion}/eventos",
    "/notificaciones/{id_notificacion}/carta",
)


@pytest.fixture
def como(servicio):
    """Has somebody ask."""
    app = crear_app_sobre(servicio.motor)
    registrar_rutas(app, LecturaNotificaciones(servicio.motor, servicio.plantillas))
    cliente = cliente_fiel(app)

    def preguntar(quien: Quien, ruta: str, **filtros: str):
        app.identificar = lambda: quien
        return cliente.get(ruta, query_string=filtros, headers={"X-Correlation-Id": "c-1"})

    return preguntar


def sagas(respuesta) -> list[str]:
    return [e["id_saga"] for e in respuesta.json["elementos"]]


def test_cada_consulta_esta_en_estas_pruebas():
    listas = {"/notificaciones", "/notificaciones/auditoria"}
    cartas = {"/notificaciones/cartas", "/notificaciones/cartas/{id_carta}"}
    assert {c.ruta for c in de_contexto("notificaciones")} == {*DE_UNA} | listas | cartas


@pytest.mark.parametrize("ruta", DE_UNA)
def test_lo_de_otro_responde_como_lo_desconocido(servicio, hecho, como, ruta):
    servicio.procesar(hecho("aprovisionada", 1, cliente_codigo="0001"))
    ((id,),) = servicio.filas("SELECT id FROM vista_notificaciones")
    suya, desconocida = ruta.format(id_notificacion=id), ruta.format(id_notificacion="0" * len(id))
    assert como(DUENA, suya).status_code == como(OPERADOR, suya).status_code == 200

    ajena, ninguna = como(OTRA, suya), como(OTRA, desconocida)

    assert ajena.status_code == ninguna.status_code == 404
    assert ajena.text.replace(id, "0" * len(id)) == ninguna.text
    assert list(ajena.headers) == list(ninguna.headers)


def test_cada_uno_lista_lo_suyo_y_su_cursor_no_ensena_lo_de_otro(servicio, hecho, como):
    for n in range(TAMANO_PAGINA + 1):
        servicio.procesar(
            hecho("aprovisionada", n, cliente_codigo="0001"), hecho("aprovisionada", n + 500, cliente_codigo="0002")
        )
    todas, suyas = como(OPERADOR, "/notificaciones"), como(DUENA, "/notificaciones")
    assert {e["cliente_codigo"] for e in suyas.json["elementos"]} == {"0001"}
    assert {e["cliente_codigo"] for e in todas.json["elementos"]} == {"0001", "0002"}
    assert sagas(como(DUENA, "/notificaciones", cursor=suyas.json["siguiente"])) == ["g-0"]
    for pagina in (todas, suyas):
        assert como(OTRA, "/notificaciones", cursor=pagina.json["siguiente"]).status_code == 422

    nada = {"elementos": [], "siguiente": None}
    assert como(OTRA, "/notificaciones", cliente="0001").json == nada
    ((de_otra,),) = servicio.filas("SELECT id_suscripcion FROM vista_notificaciones WHERE id_saga = 'g-1'")
    assert como(OTRA, "/notificaciones", suscripcion=de_otra).json == nada
    assert sagas(como(DUENA, "/notificaciones", suscripcion=de_otra)) == ["g-1"]
