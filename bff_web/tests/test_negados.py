"""What the door refuses is told once a second at most, and in the end: to a broker that is a list here."""

import flask
import pytest

from bff_web.negados import COSAS, MAXIMO, SIN_CONTAR, Negados
from contratos.bff import AccesoNegado
from seedwork.aplicacion.broker import SinConfirmacion
from seedwork.aplicacion.entorno import EntornoReal
from seedwork.aplicacion.identidad import Quien
from seedwork.aplicacion.validez import falta

CLINICA = Quien(id="cli|1", roles=frozenset({"clinica", "investigador"}), clinica="norte")
NUNCA_S = 3600.0


class Broker:
    """Takes what it is given, unless it is away."""

    def __init__(self) -> None:
        self.dichos: list[tuple[str, AccesoNegado]] = []
        self.ausente = False

    def publicar(self, sobre, hecho) -> None:
        if self.ausente:
            raise SinConfirmacion("no responde")
        assert falta(hecho, sobre.sujeto) is None
        self.dichos.append((sobre.correlacion, hecho))


@pytest.fixture
def broker() -> Broker:
    return Broker()


@pytest.fixture
def negados(broker: Broker) -> Negados:
    """It tells when it is told to."""
    return Negados(broker.publicar, EntornoReal(), NUNCA_S)


@pytest.fixture
def pedir(negados: Negados):
    """Has somebody be refused a request."""
    app = flask.Flask(__name__)
    for ruta in ("/suscripciones", "/suscripciones/{id_suscripcion}"):
        app.add_url_rule(ruta.replace("{", "<").replace("}", ">"), ruta, lambda **_ids: "")
    app.add_url_rule("/metrics", "salud.metricas", lambda: "")

    def negar(ruta: str, quien: Quien = CLINICA, correlacion: str = "c-1") -> None:
        with app.test_request_context(ruta):
            flask.g.correlacion = correlacion
            negados.avisar(quien)

    return negar


def test_dice_a_quien_se_nego_que_y_de_que_trataba(broker, negados, pedir):
    pedir("/suscripciones/s-1")
    pedir("/metrics", correlacion="c-2")
    negados.contar()
    dichos = {h.accion: (c, h.quien, h.titular, h.recurso, h.motivo, h.veces) for c, h in broker.dichos}
    comun = ("cli|1", "clinica:norte investigador")
    assert dichos == {
        "ObtenerSuscripcion": ("c-1", *comun, "s-1", "NO_AUTORIZADO", 1),
        "salud.metricas": ("c-2", *comun, "", "NO_AUTORIZADO", 1),
    }


def test_lo_que_se_repite_se_cuenta_junto_y_lo_de_otro_no(broker, negados, pedir):
    for n in range(500):
        pedir("/suscripciones/s-1", correlacion=f"c-{n}")
    pedir("/suscripciones/s-1", Quien(id="otra"))
    negados.contar()
    assert sorted((h.quien, c, h.recurso, h.veces) for c, h in broker.dichos) == [
        ("cli|1", "c-0", "s-1", 500),
        ("otra", "c-1", "s-1", 1),
    ]
    negados.contar()
    assert len(broker.dichos) == 2, "each is told once"


def test_de_que_trataba_se_dice_de_cada_cosa_hasta_que_son_muchas(broker, negados, pedir):
    for n in range(COSAS + 450):
        pedir(f"/suscripciones/s-{n}", correlacion=f"c-{n}")
    pedir("/suscripciones/s-1", Quien(id="otra"))
    negados.contar()
    dichas = {(h.quien, h.recurso): (c, h.veces) for c, h in broker.dichos}
    assert dichas == {
        **{("cli|1", f"s-{n}"): (f"c-{n}", 1) for n in range(COSAS)},
        ("cli|1", ""): (f"c-{COSAS}", 450),
        ("otra", "s-1"): ("c-1", 1),
    }


def test_lo_que_el_broker_no_toma_se_dice_despues_sin_que_falte_ninguno(broker, negados, pedir):
    broker.ausente = True
    pedir("/suscripciones/s-1")
    pedir("/suscripciones")
    negados.contar()
    pedir("/suscripciones/s-1")
    broker.ausente = False
    negados.contar()
    assert {(h.accion, h.recurso): h.veces for _, h in broker.dichos} == {
        ("ObtenerSuscripcion", "s-1"): 2,
        ("ListarSuscripciones", ""): 1,
    }


def test_lo_que_no_es_un_id_no_se_repite_y_no_se_guarda_sin_fin(broker, negados, pedir):
    antes = SIN_CONTAR._value.get()
    for n in range(MAXIMO + 5):
        pedir("/suscripciones/a%20b", Quien(id=f"q-{n}"))
    negados.contar()
    assert len(broker.dichos) == MAXIMO
    assert {h.recurso for _, h in broker.dichos} == {""}
    assert SIN_CONTAR._value.get() - antes == 5


def test_se_dice_sin_que_nadie_lo_pida(broker, negados, pedir):
    pliegue = negados._pliegue
    pliegue._cada_s = 0.0
    pedir("/suscripciones")
    assert pliegue._reloj is not None or broker.dichos
    while pliegue._reloj is not None:
        pliegue._reloj.join(5.0)
    assert [h.accion for _, h in broker.dichos] == ["ListarSuscripciones"]
