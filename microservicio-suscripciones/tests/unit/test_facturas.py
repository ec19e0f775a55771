"""Invoices: issued once per period, paid once, with exact money."""

from datetime import timedelta
from typing import Any

import pytest

from contratos import suscripciones as contrato

Casa = Any


def facturas(casa: Casa) -> list[tuple[str, str, int]]:
    """State, amount, and the day of each invoice's period, counted from the first."""
    suyas = casa.facturas()
    return [(f.estado, str(f.importe), (f.periodo - suyas[0].periodo).days) for f in suyas]


def test_se_paga_una_vez(casa: Casa) -> None:
    secuencia = casa.activa("pro").secuencia
    assert casa.pagar() is None
    assert casa.eventos() == ["SuscripcionPagada"]
    (factura,) = casa.facturas()
    assert (factura.estado, factura.medio) == ("PAGADA", "tarjeta")
    (pagada,) = casa.de_tipo(contrato.SuscripcionPagada)
    assert (pagada.id_factura, pagada.monto, pagada.moneda, pagada.medio) == (factura.id, "49.90", "USD", "tarjeta")
    assert (pagada.id_saga, pagada.plan_codigo, pagada.cliente_email) == ("g-1", "pro", "pperez@domain.com")
    assert casa.dichos[-1].sobre.secuencia == secuencia + 1

    assert casa.pagar("p-2", medio="efectivo") == "FACTURA_PAGADA"
    assert casa.facturas() == [factura]


@pytest.mark.parametrize(
    ("campos", "motivo"),
    [
        ({"monto": "49.89"}, "MONTO_DISTINTO"),
        ({"monto": "499.00"}, "MONTO_DISTINTO"),
        ({"moneda": "EUR"}, "MONTO_DISTINTO"),
        ({"id_factura": "f-ajena"}, "FACTURA_DESCONOCIDA"),
        ({"monto": "49.9"}, "DATOS_INVALIDOS"),
        ({"monto": "-49.90"}, "DATOS_INVALIDOS"),
        ({"monto": "4٩.90"}, "DATOS_INVALIDOS"),
        ({"monto": "49.90\n"}, "DATOS_INVALIDOS"),
        ({"monto": "1234567890123.00"}, "DATOS_INVALIDOS"),
        ({"moneda": "usd"}, "DATOS_INVALIDOS"),
        ({"medio": ""}, "DATOS_INVALIDOS"),
        ({"medio": "x" * 41}, "DATOS_INVALIDOS"),
        ({"medio": "a\0b"}, "DATOS_INVALIDOS"),
        ({"id_factura": ""}, "DATOS_INVALIDOS"),
        ({"id_suscripcion": "s-2"}, "DATOS_INVALIDOS"),
    ],
)
def test_un_pago_que_no_es_el_debido_se_rechaza(casa: Casa, campos: dict[str, str], motivo: str) -> None:
    casa.activa("pro")
    assert casa.pagar(**campos) == motivo
    assert casa.eventos() == ["ComandoSuscripcionRechazado"]
    assert facturas(casa) == [("EMITIDA", "49.90", 0)]


def test_ceros_a_la_izquierda_son_el_mismo_monto(casa: Casa) -> None:
    casa.activa("pro")
    assert casa.pagar(monto="0049.90", medio="x" * 40) is None


def test_lo_anulado_no_se_paga(casa: Casa) -> None:
    casa.activa("pro")
    casa.cancelar()
    assert casa.pagar() == "FACTURA_ANULADA"


def test_la_factura_de_otra_suscripcion_no_se_paga_aqui(casa: Casa) -> None:
    casa.crear("basico", id="s-2", id_comando="g-9")
    (ajena,) = casa.facturas("s-2")
    casa.activa("basico")
    assert casa.pagar(id_factura=ajena.id, monto="19.90") == "FACTURA_DESCONOCIDA"


def test_cada_periodo_tiene_su_factura(casa: Casa) -> None:
    suscripcion = casa.activa("pro")
    assert suscripcion.renueva == casa.ahora + timedelta(days=30)
    assert casa.renovar(days=29, hours=23) == []
    assert casa.renovar(hours=1) == ["FacturaEmitida"]
    assert casa.renovar() == []
    assert facturas(casa) == [("EMITIDA", "49.90", 0), ("EMITIDA", "49.90", 30)]
    emitida = casa.de_tipo(contrato.FacturaEmitida)[-1]
    assert (emitida.id_factura, emitida.monto, emitida.moneda) == (casa.facturas()[-1].id, "49.90", "USD")


def test_los_periodos_perdidos_se_facturan_uno_tras_otro(casa: Casa) -> None:
    casa.activa("pro")
    activada = casa.ahora
    assert casa.renovar(days=100) == ["FacturaEmitida"] * 3
    assert [dia for _, _, dia in facturas(casa)] == [0, 30, 60, 90]
    assert casa.suscripcion().renueva == activada + timedelta(days=120)
    assert {f.emitida for f in casa.facturas()[1:]} == {casa.ahora}


def test_la_renovacion_es_al_precio_del_plan_en_vigor(casa: Casa) -> None:
    casa.activa("pro")
    casa.cambiar("doble")
    assert casa.suscripcion().renueva == casa.ahora + timedelta(days=30)
    casa.renovar(days=30)
    assert facturas(casa)[-1] == ("EMITIDA", "49.90", 30), "the change is not in force yet"
    casa.completar()
    casa.renovar(days=30)
    assert facturas(casa)[-1] == ("EMITIDA", "99.00", 60)


def test_un_cambio_entre_planes_de_pago_no_mueve_la_proxima_factura(casa: Casa) -> None:
    vence = casa.activa("basico").renueva
    casa.avanzar(days=10)
    casa.cambiar("pro")
    casa.completar()
    assert casa.suscripcion().renueva == vence


def test_un_plan_sin_precio_deja_de_facturarse_y_uno_con_precio_empieza(casa: Casa) -> None:
    vence = casa.activa("basico").renueva
    casa.cambiar("free")
    casa.completar()
    assert casa.suscripcion().renueva == vence, "what was paid for is not lost by going back and forth"
    casa.eventos()
    assert casa.renovar(days=31) == []
    assert casa.suscripcion().renueva is None
    casa.cambiar("pro", "g-3")
    casa.completar()
    assert casa.suscripcion().renueva == casa.ahora + timedelta(days=30)
    assert facturas(casa) == [("EMITIDA", "19.90", 0)]


@pytest.mark.parametrize(("codigo", "renueva"), [("free", False), ("unico", False), ("basico", True)])
def test_solo_se_renueva_lo_que_tiene_precio_y_periodo(casa: Casa, codigo: str, renueva: bool) -> None:
    casa.planes["unico"] = type(casa.planes["pro"])(
        codigo="unico", nombre="Único", recursos=(), precio=casa.planes["pro"].precio, periodo_dias=0
    )
    assert (casa.activa(codigo).renueva is not None) == renueva
    assert len(casa.facturas()) == (codigo != "free")


def test_un_plan_que_no_esta_en_el_catalogo_queda_por_facturar(casa: Casa) -> None:
    vencida = casa.activa("pro").renueva
    plan = casa.planes.pop("pro")
    assert casa.renovar(days=31) == []
    assert casa.suscripcion().renueva == vencida
    casa.planes["pro"] = plan
    assert casa.renovar() == ["FacturaEmitida"]
