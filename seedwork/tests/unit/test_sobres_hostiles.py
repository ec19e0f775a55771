"""An envelope that would break what lies behind it is no envelope: such a message is parked, at once."""

import pytest

from contratos.suscripciones import CrearSuscripcion
from seedwork.aplicacion.tratamiento import Ilegible
from seedwork.infraestructura.cloudevents import MensajeIlegible, a_propiedades, de_propiedades
from seedwork.infraestructura.decodificador import Decodificador
from seedwork.pruebas.broker import BrokerEnMemoria, EsquemasEnMemoria
from seedwork.pruebas.sobres import Viajado, sobre_nuevo


@pytest.mark.parametrize(
    ("atributo", "valor"),
    [
        ("ce_sequence", "9" * 5000),
        ("ce_sequence", "-1"),
        ("ce_sequence", "\u0663"),
        ("ce_id", "a\0b"),
        ("ce_id", "x" * 9000),
        ("ce_id", "con espacio"),
        ("ce_subject", "../x\n"),
        ("ce_subject", "x" * 129),
        ("ce_correlationid", "a\0b"),
        ("ce_idempotencykey", "\ud800"),
        ("ce_traceparent", "x" * 9000),
        ("ce_source", "/saludtech/\x07"),
        ("ce_time", "\u00f1"),
    ],
)
def test_un_atributo_hostil_es_ilegible_y_su_valor_no_se_cita(atributo: str, valor: str) -> None:
    sobre = sobre_nuevo(CrearSuscripcion, fuente="/saludtech/bff", sujeto="s-1")
    propiedades = a_propiedades(sobre, CrearSuscripcion.topico)
    assert de_propiedades(propiedades, "") == sobre
    with pytest.raises(MensajeIlegible, match=atributo) as error:
        de_propiedades(propiedades | {atributo: valor}, "s-1")
    assert valor not in str(error.value)


@pytest.mark.parametrize(("id", "fila"), [("a\0b", ""), ("x" * 9000, ""), ("", ""), ("c-1", "c-1")])
def test_lo_que_otro_escribio_en_la_espera_no_nombra_mas_fila_que_la_de_un_id(id: str, fila: str) -> None:
    decodificador = Decodificador(EsquemasEnMemoria(BrokerEnMemoria()), [CrearSuscripcion])
    leido = decodificador.leer_en_espera(Viajado("en-espera", "s-1", b"", {"ce_id": id}))
    assert isinstance(leido, Ilegible)
    assert leido.en_espera == fila
