"""Each query by its owner, by another and by an operator, on a real PostgreSQL: another's answers as an unknown one."""

from dataclasses import replace

import pytest
import sqlalchemy as sa

from contratos.consultas import de_contexto
from contratos.consultas.suscripciones import ListarPlanes
from seedwork.aplicacion.identidad import Quien
from seedwork.infraestructura.consultas import TAMANO_PAGINA

pytestmark = pytest.mark.integracion

DUENA = Quien(id="ana", roles=frozenset({"cliente"}), cliente="0001")
OTRA = Quien(id="eva", roles=frozenset({"cliente"}), cliente="0002")
OPERADOR = Quien(id="op", roles=frozenset({"operador"}))
DE_UNA = (
    "/suscripciones/{id_suscripcion}",
    "/suscripciones/{id_suscripcion}/saga",
    "/suscripciones/{id_suscripcion}/sagas",
    "/suscripciones/comandos/{id_comando}",
)
DESCONOCIDA = {"id_suscripcion": "s-9", "id_comando": "g-9"}


@pytest.fixture
def como(casa):
    """Has somebody ask."""

    def preguntar(quien: Quien, ruta: str, /, **filtros: str):
        casa.api.application.identificar = lambda: quien
        return casa.api.get(ruta, query_string=filtros, headers={"X-Correlation-Id": "c-1"})

    return preguntar


def de(casa, quien: Quien, id: str, plan: str = "free", codigo: str = "") -> None:
    """A subscription that somebody asks for."""
    creacion = casa.crear(id, plan)
    sobre = replace(creacion.sobre, quien=quien, id=f"g-{id[2:]}")
    casa.oir(replace(creacion, sobre=sobre, mensaje=replace(creacion.mensaje, cliente_codigo=codigo or quien.cliente)))


def ids(respuesta) -> list[str]:
    return [e["id_suscripcion"] for e in respuesta.json["elementos"]]


def test_cada_consulta_esta_en_estas_pruebas():
    otras = {
        ListarPlanes.ruta,
        "/suscripciones",
        "/suscripciones/sagas",
        "/suscripciones/auditoria",
        "/clientes/supresiones/{id_comando}",
    }
    otras.add("/clientes/{cliente_codigo}/exportaciones/{id_comando}")
    otras |= {"/suscripciones/cartas", "/suscripciones/cartas/{id_carta}"}
    assert {c.ruta for c in de_contexto("suscripciones")} == {*DE_UNA} | otras


@pytest.mark.parametrize("ruta", DE_UNA)
def test_lo_de_otro_responde_como_lo_desconocido(casa, como, ruta):
    de(casa, DUENA, "s-1")
    suya, desconocida = ruta.format(id_suscripcion="s-1", id_comando="g-1"), ruta.format(**DESCONOCIDA)
    assert como(DUENA, suya).status_code == como(OPERADOR, suya).status_code == 200

    ajena, ninguna = como(OTRA, suya), como(OTRA, desconocida)

    assert ajena.status_code == ninguna.status_code == 404
    assert ajena.text.replace("s-1", "s-9").replace("g-1", "g-9") == ninguna.text
    assert list(ajena.headers) == list(ninguna.headers)


def test_cada_uno_lista_lo_suyo_y_un_operador_lo_de_todos(casa, como):
    for n, quien in enumerate((DUENA, OTRA, DUENA)):
        de(casa, quien, f"s-{n}")
    assert ids(como(DUENA, "/suscripciones")) == ["s-2", "s-0"]
    assert ids(como(OPERADOR, "/suscripciones")) == ["s-2", "s-1", "s-0"]
    assert ids(como(OPERADOR, "/suscripciones", cliente="0002")) == ["s-1"]
    for filtros in ({"cliente": "0002"}, {"cliente": "0002", "estado": "ACTIVA"}, {"cliente": "no-hay"}):
        assert como(DUENA, "/suscripciones", **filtros).json == {"elementos": [], "siguiente": None}
    assert ids(como(DUENA, "/suscripciones", cliente="0001", plan="free")) == ["s-2", "s-0"]


def test_el_cursor_de_uno_no_ensena_lo_de_otro(casa, como):
    for n in range(TAMANO_PAGINA + 1):
        de(casa, DUENA, f"s-{n}")
        de(casa, OTRA, f"s-{n + 500}")
    de_todos = como(OPERADOR, "/suscripciones").json["siguiente"]
    suyo = como(DUENA, "/suscripciones").json["siguiente"]
    assert ids(como(DUENA, "/suscripciones", cursor=suyo)) == ["s-0"]
    for cursor in (suyo, de_todos):
        assert como(OTRA, "/suscripciones", cursor=cursor).status_code == 422


def test_las_sagas_de_cada_uno_la_que_comenzo_la_ultima_primero(casa, como):
    """However late its first step arrives; an operator's list has nobody's, too, of which no row tells."""
    for n, quien in enumerate((DUENA, OTRA, DUENA)):
        de(casa, quien, f"s-{n}", plan="pro")
    casa.oir(casa.paso("RESERVAR", "servicio_datos", id="s-2", ocurrido="2026-01-01T10:00:02Z"))
    casa.oir(casa.paso("CREAR", id="s-1", ocurrido="2026-01-01T10:00:01Z"))
    casa.oir(casa.paso("CREAR", id="s-0", ocurrido="2026-01-01T12:00:00Z"))
    casa.oir(casa.paso("CREAR", id="s-2", ocurrido="2026-01-01T10:00:00Z"))
    nadie = casa.paso("CREAR", id="s-0", saga="g-nadie", ocurrido="2026-01-01T13:00:00Z")
    casa.oir(replace(nadie, mensaje=replace(nadie.mensaje, id_suscripcion="s-nadie")))

    def sagas(quien: Quien, **filtros: str) -> list[str]:
        return [e["id_saga"] for e in como(quien, "/suscripciones/sagas", **filtros).json["elementos"]]

    assert sagas(OPERADOR) == ["g-nadie", "g-0", "g-1", "g-2"]
    assert (sagas(DUENA), sagas(OTRA)) == (["g-0", "g-2"], ["g-1"])
    suya = como(DUENA, "/suscripciones/sagas").json["elementos"][1]
    assert (suya["id_suscripcion"], suya["comenzada"], suya["terminada"], suya["ultimo_paso"]["paso"]) == (
        "s-2", "2026-01-01T10:00:00.000000Z", None, "RESERVAR"
    )  # fmt: skip
    casa.oir(casa.paso("RECHAZAR", id="s-2", ocurrido="2026-01-01T10:00:03Z"))
    casa.oir(casa.paso("LIBERAR", "servicio_datos", id="s-2", ocurrido="2026-01-01T10:00:04Z"))
    assert sagas(DUENA, estado="EN_CURSO") == ["g-0"]
    assert sagas(DUENA, estado="COMPENSADA") == ["g-2"]
    assert sagas(OPERADOR, cliente="0001") == sagas(DUENA) and sagas(OPERADOR, suscripcion="s-1") == ["g-1"]
    assert sagas(OPERADOR, cliente="0001", suscripcion="s-2", estado="COMPENSADA") == ["g-2"]
    assert not sagas(OPERADOR, cliente="0001", suscripcion="s-1")
    assert not sagas(OTRA, cliente="0001") and not sagas(OTRA, suscripcion="s-2")
    de_quien = [e["cliente_codigo"] for e in como(OPERADOR, "/suscripciones/sagas").json["elementos"]]
    assert de_quien == [None, "0001", "0002", "0001"]
    assert not sagas(OTRA, estado="COMPENSADA") and not sagas(OPERADOR, estado="COMPLETADA")
    assert como(DUENA, "/suscripciones/sagas", estado="COMPENSADA").json["elementos"][0]["terminada"] == (
        "2026-01-01T10:00:04.000000Z"
    )
    assert como(Quien(id="norte-1", roles=frozenset({"clinica"}), clinica="norte"), "/suscripciones/sagas").json == (
        como(Quien(id="nadie"), "/suscripciones/sagas").json
    )


def test_las_sagas_se_leen_por_paginas(casa, como):
    for n in range(TAMANO_PAGINA + 1):
        de(casa, DUENA, f"s-{n}")
        # All at the same instant.
        casa.oir(casa.paso("CREAR", id=f"s-{n}", ocurrido="2026-01-01T10:00:00Z"))
    primera = como(DUENA, "/suscripciones/sagas").json
    segunda = como(DUENA, "/suscripciones/sagas", cursor=primera["siguiente"]).json
    vistas = [e["id_saga"] for e in primera["elementos"] + segunda["elementos"]]
    assert segunda["siguiente"] is None and set(vistas) == {f"g-{n}" for n in range(TAMANO_PAGINA + 1)}
    assert como(OTRA, "/suscripciones/sagas", cursor=primera["siguiente"]).status_code == 422


def test_la_creacion_que_no_podia_pedir_es_suya_y_no_esta_entre_las_del_otro(casa, como):
    de(casa, DUENA, "s-1")
    antes = como(DUENA, "/suscripciones").json
    de(casa, OTRA, "s-2", codigo="0001")
    assert como(DUENA, "/suscripciones").json == antes
    assert como(DUENA, "/suscripciones/s-2").status_code == 404
    vista = como(OTRA, "/suscripciones/s-2").json
    assert (vista["estado"], vista["cliente"]["codigo"], vista["cliente"]["email"]) == ("RECHAZADA", "0002", "")
    assert como(OTRA, "/suscripciones/comandos/g-2").json["estado"] == "RECHAZADO"


def test_un_operador_pregunta_a_la_auditoria_y_nadie_mas(casa, como):
    de(casa, DUENA, "s-1")
    como(OTRA, "/suscripciones/s-1")
    como(OTRA, "/suscripciones", cliente="0001")
    como(OTRA, "/suscripciones", cursor="x")

    hallado = [
        (e["quien"], e["titular"], e["accion"], e["recurso"], e["resultado"])
        for e in como(OPERADOR, "/suscripciones/auditoria").json["elementos"]
    ]
    assert hallado == [
        ("eva", "cliente:0002", "ListarSuscripciones", None, "NEGADO"),
        ("eva", "cliente:0002", "ListarSuscripciones", "0001", "NO_HALLADO"),
        ("eva", "cliente:0002", "ObtenerSuscripcion", "s-1", "NO_HALLADO"),
        ("ana", "cliente:0001", "CrearSuscripcion", "s-1", "HECHO"),
    ]
    assert len(como(OPERADOR, "/suscripciones/auditoria", quien="eva").json["elementos"]) == 3
    assert len(como(OPERADOR, "/suscripciones/auditoria", recurso="s-1", quien="ana").json["elementos"]) == 1
    for quien in (DUENA, Quien(id="nadie")):
        assert como(quien, "/suscripciones/auditoria").status_code == 404
    with casa.motor.connect() as conexion:
        mirada = conexion.scalar(sa.text("SELECT count(*) FROM auditoria WHERE accion LIKE 'ListarAuditoria%'"))
    assert mirada == 4, "who asked the trail is in it, too: twice without a thing, the same operator is one row"
