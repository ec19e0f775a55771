"""The envelope: CloudEvents in message properties, both ways."""

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

    assert de_propiedades(a_propiedades(raiz, MENSAJE.topico)) == raiz
    assert de_propiedades(a_propiedades(hijo, MENSAJE.topico)) == hijo
    assert (hijo.causa, hijo.correlacion, hijo.traza) == (raiz.id, raiz.correlacion, raiz.traza)


def test_lo_que_no_hay_no_viaja():
    propiedades = a_propiedades(sobre(), MENSAJE.topico)

    assert not {"ce_sequence", "ce_causationid", "ce_idempotencykey", "ce_traceparent"} & set(propiedades)
    assert propiedades["content-type"] == "application/avro"
    assert all(isinstance(v, str) for v in propiedades.values())


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
        de_propiedades({k: v for k, v in propiedades.items() if v is not None})

    assert not [v for v in cambio.values() if v and len(v) > 2 and v in str(error.value)]
