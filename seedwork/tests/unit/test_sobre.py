"""The envelope: CloudEvents in message properties, both ways."""

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from contratos import suscripciones
from seedwork.aplicacion.entorno import EntornoReal
from seedwork.aplicacion.sobre import Sobre, en_texto
from seedwork.infraestructura.cloudevents import MensajeIlegible, a_propiedades, de_propiedades
from seedwork.pruebas.sobres import sobre_nuevo

MENSAJE = suscripciones.SuscripcionCreada()


def sobre(**cambios) -> Sobre:
    return sobre_nuevo(MENSAJE, fuente="/saludtech/suscripciones", sujeto="s-1", **cambios)


@pytest.mark.parametrize("horas", [0, -5])
def test_un_instante_se_dice_en_utc_y_con_z(horas):
    local = datetime(2026, 1, 2, 3, 4, 5, 600, tzinfo=timezone(timedelta(hours=horas)))
    texto = en_texto(local)
    assert texto.endswith(".000600Z")
    assert datetime.fromisoformat(texto) == local


def test_ida_y_vuelta():
    raiz = sobre(clave_idempotencia="k", traza="00-aa-bb-01")
    hijo = raiz.consecuencia(
        MENSAJE, fuente="/saludtech/suscripciones", sujeto="s-1", secuencia=3, entorno=EntornoReal()
    )

    assert de_propiedades(a_propiedades(raiz, MENSAJE.topico), "") == raiz
    assert de_propiedades(a_propiedades(hijo, MENSAJE.topico), "") == hijo
    assert (hijo.causa, hijo.correlacion, hijo.traza) == (raiz.id, raiz.correlacion, raiz.traza)


def test_lo_que_no_hay_no_viaja():
    propiedades = a_propiedades(sobre(), MENSAJE.topico)

    assert not {"ce_sequence", "ce_sequencetype", "ce_causationid", "ce_idempotencykey", "ce_traceparent"} & set(
        propiedades
    )
    assert propiedades["content-type"] == "application/avro"
    assert all(isinstance(v, str) for v in propiedades.values())


def test_una_secuencia_dice_que_es_un_entero():
    """Else the extension takes it for a text, and 10 comes before 9."""
    propiedades = a_propiedades(replace(sobre(), secuencia=10), MENSAJE.topico)
    assert (propiedades["ce_sequence"], propiedades["ce_sequencetype"]) == ("10", "Integer")


def test_bastan_los_cuatro_atributos_que_exige_cloudevents_si_la_clave_dice_de_quien_es():
    propiedades = {"ce_specversion": "1.0", "ce_id": "m-1", "ce_source": "/otro/origen", "ce_type": MENSAJE.tipo}

    assert de_propiedades(propiedades, "s-1") == Sobre(
        id="m-1", tipo=MENSAJE.tipo, fuente="/otro/origen", sujeto="s-1", tiempo="", correlacion="m-1"
    )
    assert de_propiedades({**propiedades, "ce_subject": "s-2"}, "s-1").sujeto == "s-2"
    for clave in ("", "con espacio", "../x"):
        with pytest.raises(MensajeIlegible, match="falta ce_subject"):
            de_propiedades(propiedades, clave)


@pytest.mark.parametrize(
    "cambio",
    [
        {"ce_specversion": "0.3"},
        {"ce_specversion": None},
        {"ce_id": ""},
        {"ce_id": None},
        {"ce_type": None},
        {"ce_source": None},
        {"ce_subject": None},
        {"ce_sequence": "-1"},
        {"ce_sequence": "1.5"},
        {"ce_sequence": "Ana"},
        {"ce_sequence": "²"},
    ],
)
def test_las_propiedades_malformadas_no_se_leen_y_no_se_citan(cambio):
    propiedades = {**a_propiedades(sobre(), MENSAJE.topico), **cambio}

    with pytest.raises(MensajeIlegible) as error:
        de_propiedades({k: v for k, v in propiedades.items() if v is not None}, "")

    assert not [v for v in cambio.values() if v and len(v) > 2 and v in str(error.value)]
