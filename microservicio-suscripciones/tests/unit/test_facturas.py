"""Invoices: issued once per period, paid once, with exact money."""

from datetime import timedelta
from typing import Any

import pytest

from contratos import suscripciones as contrato

Unidad = Any


def facturas(unidad: Unidad) -> list[tuple[str, str, int]]:
    """State, amount, and the day of each invoice's period, counted from the first."""
    suyas = list(unidad.facturas.todos.values())
    return [(f.estado, str(f.importe), (f.periodo - suyas[0].periodo).days) for f in suyas]


def test_se_paga_una_vez(unidad: Unidad) -> None:
    suscripcion = unidad.activa("pro")
    secuencia = suscripcion.secuencia
    assert unidad.pagar() is None
    assert unidad.eventos() == ["SuscripcionPagada"]
    (factura,) = unidad.facturas.todos.values()
    assert (factura.estado, factura.medio) == ("PAGADA", "tarjeta")
    (pagada,) = unidad.de_tipo(contrato.SuscripcionPagada)
    assert (pagada.id_factura, pagada.monto, pagada.moneda, pagada.medio) == (factura.id, "49.90", "USD", "tarjeta")
    assert (pagada.id_saga, pagada.plan_codigo, pagada.cliente_email) == ("g-1", "pro", "pperez@domain.com")
    assert unidad.publicado[-1].secuencia == secuencia + 1

    assert unidad.pagar(medio="efectivo") == "FACTURA_PAGADA"
    assert factura.medio == "tarjeta"


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
def test_un_pago_que_no_es_el_debido_se_rechaza(unidad: Unidad, campos: dict[str, str], motivo: str) -> None:
    unidad.activa("pro")
    assert unidad.pagar(**campos) == motivo
    assert unidad.eventos() == ["ComandoSuscripcionRechazado"]
    assert facturas(unidad) == [("EMITIDA", "49.90", 0)]


def test_ceros_a_la_izquierda_son_el_mismo_monto(unidad: Unidad) -> None:
    unidad.activa("pro")
    assert unidad.pagar(monto="0049.90", medio="x" * 40) is None


def test_lo_anulado_no_se_paga(unidad: Unidad) -> None:
    unidad.activa("pro")
    unidad.cancelar()
    assert unidad.pagar() == "FACTURA_ANULADA"


def test_la_factura_de_otra_suscripcion_no_se_paga_aqui(unidad: Unidad) -> None:
    unidad.crear("basico", id="s-2", id_comando="g-9")
    (ajena,) = unidad.facturas.todos
    unidad.activa("basico")
    assert unidad.pagar(id_factura=ajena, monto="19.90") == "FACTURA_DESCONOCIDA"


def test_cada_periodo_tiene_su_factura(unidad: Unidad) -> None:
    suscripcion = unidad.activa("pro")
    assert suscripcion.renueva == unidad.ahora + timedelta(days=30)
    assert unidad.renovar(days=29, hours=23) == []
    assert unidad.renovar(hours=1) == ["FacturaEmitida"]
    assert unidad.renovar() == []
    assert facturas(unidad) == [("EMITIDA", "49.90", 0), ("EMITIDA", "49.90", 30)]
    emitida = unidad.de_tipo(contrato.FacturaEmitida)[-1]
    assert (emitida.id_factura, emitida.monto, emitida.moneda) == ([*unidad.facturas.todos][-1], "49.90", "USD")


def test_los_periodos_perdidos_se_facturan_uno_tras_otro(unidad: Unidad) -> None:
    suscripcion = unidad.activa("pro")
    activada = unidad.ahora
    assert unidad.renovar(days=100) == ["FacturaEmitida"] * 3
    assert [dia for _, _, dia in facturas(unidad)] == [0, 30, 60, 90]
    assert suscripcion.renueva == activada + timedelta(days=120)
    assert {f.emitida for f in list(unidad.facturas.todos.values())[1:]} == {unidad.ahora}


def test_la_renovacion_es_al_precio_del_plan_en_vigor(unidad: Unidad) -> None:
    unidad.activa("pro")
    unidad.cambiar("doble")
    assert unidad.suscripciones.todos["s-1"].renueva == unidad.ahora + timedelta(days=30)
    unidad.renovar(days=30)
    assert facturas(unidad)[-1] == ("EMITIDA", "49.90", 30), "the change is not in force yet"
    unidad.completar()
    unidad.renovar(days=30)
    assert facturas(unidad)[-1] == ("EMITIDA", "99.00", 60)


def test_un_plan_sin_precio_deja_de_facturarse_y_uno_con_precio_empieza(unidad: Unidad) -> None:
    suscripcion = unidad.activa("basico")
    vence = suscripcion.renueva
    unidad.cambiar("free")
    unidad.completar()
    assert suscripcion.renueva == vence, "what was paid for is not lost by going back and forth"
    unidad.eventos()
    assert unidad.renovar(days=31) == []
    assert suscripcion.renueva is None
    unidad.cambiar("pro", "g-3")
    unidad.completar()
    assert suscripcion.renueva == unidad.ahora + timedelta(days=30)
    assert facturas(unidad) == [("EMITIDA", "19.90", 0)]


@pytest.mark.parametrize(("codigo", "renueva"), [("free", False), ("unico", False), ("basico", True)])
def test_solo_se_renueva_lo_que_tiene_precio_y_periodo(unidad: Unidad, codigo: str, renueva: bool) -> None:
    unidad.planes["unico"] = type(unidad.planes["pro"])(
        codigo="unico", nombre="Único", recursos=(), precio=unidad.planes["pro"].precio, periodo_dias=0
    )
    assert (unidad.activa(codigo).renueva is not None) == renueva
    assert len(unidad.facturas.todos) == (codigo != "free")


def test_un_plan_que_no_esta_en_el_catalogo_queda_por_facturar(unidad: Unidad) -> None:
    suscripcion = unidad.activa("pro")
    plan = unidad.planes.pop("pro")
    vencida = suscripcion.renueva
    assert unidad.renovar(days=31) == []
    assert suscripcion.renueva == vencida
    unidad.planes["pro"] = plan
    assert unidad.renovar() == ["FacturaEmitida"]
