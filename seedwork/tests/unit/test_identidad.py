"""Who asks, and how far that one reaches. Unit tests: all of it is computed."""

from dataclasses import replace

import pytest

from contratos.acceso import Alcance, Permiso, SinPermiso, permiso
from contratos.base import Mensaje
from contratos.consultas.servicio_datos import ListarServiciosDatos, ObtenerArchivoDeDataset
from contratos.consultas.suscripciones import ListarPlanes
from seedwork.aplicacion.auditoria import VISTO, de_consulta
from seedwork.aplicacion.consultas import Solicitante
from seedwork.aplicacion.entorno import EntornoReal
from seedwork.aplicacion.identidad import SIN_PREGUNTAR, Acceso, Quien
from seedwork.aplicacion.sobre import Sobre
from seedwork.infraestructura.cloudevents import MensajeIlegible, a_propiedades, de_propiedades

REGLA = Permiso(
    ambito="cosas:leer",
    cliente=Alcance.PROPIO,
    clinica=Alcance.NADA,
    investigador=Alcance.PROPIO,
    operador=Alcance.TODO,
)
CLIENTE = {"roles": ["cliente"], "cliente_codigo": "0001"}


def quien(**dichas) -> Quien:
    return Quien.de_claims({**CLIENTE, **dichas}, "ana")


def sobre(autor: Quien | None) -> Sobre:
    return Sobre(id="c-1", tipo="t", fuente="/x", sujeto="s-1", tiempo="", correlacion="c-1", quien=autor)


def test_lo_suyo_es_lo_que_lleva_su_codigo():
    acceso = Acceso(quien(), REGLA)
    assert acceso.alcance is Alcance.PROPIO
    assert (acceso.alcanza("cliente", "0001"), acceso.alcanza("cliente", "0002")) == (True, False)
    assert (acceso.titular, acceso.es_titular("cliente:0001")) == ("cliente:0001", True)
    assert not acceso.es_titular("cliente:0002") and not acceso.es_titular("")


def test_lo_que_no_es_de_nadie_no_es_suyo():
    assert not Acceso(quien(), REGLA).alcanza("cliente", "")
    assert not Acceso(quien(roles=["investigador"]), REGLA).alcanza("cliente", "")


@pytest.mark.parametrize(
    "dichas",
    [{"roles": []}, {"roles": "operador"}, {"roles": ["dios"]}, {"cliente_codigo": ""}, {"cliente_codigo": "a b"},
     {"cliente_codigo": 7}, {"roles": ["clinica"], "clinica": None}, {"roles": None}],
)  # fmt: skip
def test_un_papel_sin_su_codigo_o_que_nadie_conoce_no_alcanza_a_nada(dichas):
    acceso = Acceso(quien(**dichas), REGLA)
    assert (acceso.alcance, acceso.titular, acceso.es_titular("")) == (Alcance.NADA, "", False)


def test_quien_es_varios_puede_lo_de_todos_ellos():
    varios = quien(roles=["cliente", "investigador"])
    acceso = Acceso(varios, REGLA)
    assert acceso.alcanza("cliente", "0001") and acceso.alcanza("investigador", "ana")
    todo = Acceso(quien(roles=["cliente", "operador"]), REGLA)
    assert (todo.alcance, todo.titular) == (Alcance.TODO, "operador:ana")


def test_lo_que_es_de_todos_se_pide_como_lo_que_uno_es():
    """The trail would tell of an operator else."""
    assert Acceso(quien(), permiso(ListarPlanes)).titular == "cliente:0001"
    assert Acceso(quien(roles=["investigador"]), permiso(ListarPlanes)).titular == "investigador:ana"


def test_donde_no_se_pregunta_se_puede_todo_y_sin_regla_nada():
    assert SIN_PREGUNTAR.alcanza("cliente", "0001") and SIN_PREGUNTAR.es_titular("")
    assert Acceso(quien(roles=["operador"]), None).alcance is Alcance.NADA


@pytest.mark.parametrize("id", ["", "x" * 256, "á", "a\n", None])
def test_un_sub_que_no_puede_serlo_no_es_nadie(id):
    with pytest.raises(ValueError, match="sub"):
        Quien.de_claims(CLIENTE, id)


def test_viaja_en_las_propiedades_y_vuelve():
    propiedades = a_propiedades(sobre(quien()), "persistent://t/n/x")
    assert (propiedades["ce_authtype"], propiedades["ce_authid"]) == ("user", "ana")
    assert de_propiedades(propiedades, "s-1").quien == quien()
    assert "ce_authid" not in a_propiedades(sobre(None), "persistent://t/n/x")


@pytest.mark.parametrize(
    "cambio",
    [{"ce_authtype": "root"}, {"ce_authid": ""}, {"ce_authclaims": "{"}, {"ce_authclaims": "[]"},
     {"ce_authclaims": "[" * 400}, {"ce_authclaims": '{"roles":["' + "x" * 600 + '"]}'}],
)  # fmt: skip
def test_un_autor_que_no_se_entiende_no_pasa_por_ninguno(cambio):
    """Passed over, it would be a message that nobody asked for, which may all."""
    propiedades = a_propiedades(sobre(quien()), "persistent://t/n/x") | cambio
    with pytest.raises(MensajeIlegible):
        de_propiedades(propiedades, "s-1")


def test_lo_que_no_tiene_regla_lo_dice():
    with pytest.raises(SinPermiso, match="Mensaje"):
        permiso(Mensaje)


def test_de_una_consulta_se_anota_cada_id_de_su_direccion_y_de_sus_filtros():
    """Else who fetched an image would be found by its data set alone, and who listed a client's things by nothing."""
    solicitante = Solicitante(acceso=Acceso(quien(), REGLA), correlacion="c", entorno=EntornoReal())
    descarga = ObtenerArchivoDeDataset(id_servicio_datos="s-1", id_imagen="i-1")

    notas = [(n.accion, n.recurso, n.resultado) for n in de_consulta(descarga, solicitante, VISTO)]
    listas = (ListarServiciosDatos(), ListarServiciosDatos(cliente="0001", estado="INICIADO", cursor="x"))
    de_listas = [[n.recurso for n in de_consulta(lista, solicitante, VISTO)] for lista in listas]

    assert notas == [("ObtenerArchivoDeDataset", id, VISTO) for id in ("s-1", "i-1")]
    assert de_listas == [[""], ["0001"]]
    de_la_plataforma = Solicitante(
        acceso=Acceso(replace(quien(), tipo="system"), REGLA), correlacion="c", entorno=EntornoReal()
    )
    assert list(de_consulta(descarga, de_la_plataforma, VISTO)) == []
