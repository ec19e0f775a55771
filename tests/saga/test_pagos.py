"""A client pays: exact money, once; what is not owed is refused."""

from datetime import datetime, timedelta

import pytest
from tests.saga.bases import ejecutar
from tests.saga.espera import hasta
from tests.saga.negocio import Negocio
from tests.saga.plataforma_viva import Plataforma
from tests.saga.test_planes import suscrita

pytestmark = pytest.mark.integracion


def test_pagar_la_factura_la_deja_pagada_y_se_agradece(negocio: Negocio) -> None:
    cliente = suscrita(negocio, "pro")
    (factura,) = cliente.vista()["facturas"]
    assert (factura["estado"], factura["monto"], factura["moneda"], factura["medio"]) == (
        "EMITIDA",
        "49.90",
        "USD",
        None,
    )

    assert cliente.paga(factura).queda("APLICADO") is None

    (pagada,) = cliente.vista()["facturas"]
    assert pagada == {**factura, "estado": "PAGADA", "medio": "tarjeta"}
    cliente.su_notificacion_queda("PAGO_RECIBIDO", "CONFIRMADA")
    assert cliente.paga(factura).queda("RECHAZADO") == "La factura ya está pagada."
    # What was paid stays so.
    cliente.cancela().queda("APLICADO")
    assert [f["estado"] for f in cliente.vista()["facturas"]] == ["PAGADA"]


@pytest.mark.parametrize(
    ("cambios", "motivo"),
    [
        ({"monto": "49.91"}, "El monto o la moneda no son los de la factura."),
        ({"moneda": "EUR"}, "El monto o la moneda no son los de la factura."),
        ({"id_factura": "otra"}, "La suscripción no tiene esa factura."),
    ],
)
def test_lo_que_no_se_debe_se_rechaza(negocio: Negocio, cambios: dict[str, str], motivo: str) -> None:
    cliente = suscrita(negocio, "basico")
    (factura,) = cliente.vista()["facturas"]
    assert cliente.paga(factura, **cambios).queda("RECHAZADO") == motivo
    assert cliente.vista()["facturas"] == [factura]


def test_la_factura_de_otra_suscripcion_no_es_suya(negocio: Negocio) -> None:
    una, otra = suscrita(negocio, "basico"), suscrita(negocio, "basico")
    (ajena,) = otra.vista()["facturas"]
    assert una.paga(ajena).queda("RECHAZADO") == "La suscripción no tiene esa factura."


def test_cada_periodo_vencido_trae_su_factura_y_ninguna_despues_de_cancelar(
    negocio: Negocio, plataforma: Plataforma
) -> None:
    cliente, que_se_fue = suscrita(negocio, "pro"), suscrita(negocio, "pro")
    que_se_fue.cancela().queda("APLICADO")

    # Two periods and a half of PRO's 30 days go by, as far as the database can tell.
    ejecutar(
        plataforma.bases["suscripciones"],
        "UPDATE suscripciones SET renueva = renueva - interval '75 days'"
        f" WHERE id IN ('{cliente.id}', '{que_se_fue.id}')",
    )

    facturas = hasta(lambda: (f := cliente.vista()["facturas"]) and len(f) == 3 and f, "dos renovaciones", segundos=30)
    assert [(f["estado"], f["monto"]) for f in facturas] == [("EMITIDA", "49.90")] * 3
    for factura in facturas:
        cliente.paga(factura).queda("APLICADO")
    assert len(cliente.vista()["facturas"]) == 3
    assert [f["estado"] for f in que_se_fue.vista()["facturas"]] == ["ANULADA"]
    assert datetime.fromisoformat(facturas[0]["emitida"]) > datetime.now().astimezone() - timedelta(hours=1)
