"""What the contract takes for an id, a number, a date and money."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedwork.dominio.reglas import (
    FECHA_MINIMA,
    es_id,
    es_moneda,
    es_monto,
    es_numero,
    leer_fecha,
    leer_numero,
)


@pytest.mark.parametrize("texto", ["a", "...", "..a", ".a", "A.b_c:d-9", "x" * 128])
def test_lo_que_es_un_id(texto: str) -> None:
    assert es_id(texto)


@pytest.mark.parametrize("texto", ["", ".", "..", "a/b", "a b", "a\n", "ñ", "a\0", "x" * 129])
def test_lo_que_no_es_un_id(texto: str) -> None:
    assert not es_id(texto)


@pytest.mark.parametrize(
    ("escrito", "guardado"),
    [
        ("00123", "00123"),
        ("12.345.678-k", "12345678K"),
        (" 1-9 ", "19"),
        ("AB 123", "AB123"),
        (123457890, "123457890"),
        (0, "0"),
        (10**20 - 1, "9" * 20),
        (Decimal("425.0"), "425"),
        (Decimal("12345678901234567.0"), "12345678901234567"),
        (Decimal("1e3"), "1000"),
    ],
)
def test_el_numero_de_un_documento_se_guarda_sin_puntos_guiones_ni_blancos(
    escrito: str | int | Decimal, guardado: str
) -> None:
    assert leer_numero(escrito) == guardado
    assert es_numero(guardado)


@pytest.mark.parametrize(
    "escrito",
    [
        *("", "12", "...", "1" * 21, "12,3", "12_3", "ñ123", "١٢٣", "123\n", "12\u00a03", -1, 10**20, 10**36),
        *map(Decimal, ("1.5", "1e20", "Infinity", "1e-999999")),
    ],
)
def test_lo_que_no_es_el_numero_de_un_documento_no_se_cita(escrito: str | int | Decimal) -> None:
    with pytest.raises(ValueError) as error:
        leer_numero(escrito)
    assert not escrito or str(escrito) not in str(error.value)


def test_un_mensaje_no_lleva_un_numero_como_se_escribe() -> None:
    assert not any(map(es_numero, ["", "-1", "1.0", "12.345.678-K", "12a", "١٢", "1\n", "1" * 21]))


def test_el_dinero_es_un_decimal_de_dos_cifras_en_una_moneda() -> None:
    assert all(map(es_monto, ["0.00", "49.90", "9" * 12 + ".99"]))
    assert not any(map(es_monto, ["", "49", "49.9", "49,90", "-1.00", "1.00\n", "٤٩.٩٠", "9" * 13 + ".00"]))
    assert es_moneda("USD")
    assert not any(map(es_moneda, ["", "usd", "US", "USDT", "ÚSD", "USD\n"]))


@pytest.mark.parametrize(
    ("texto", "leida"),
    [
        ("2024-02-01 09:10:00", "2024-02-01T09:10:00"),
        ("2024-02-29T09:10:59Z", "2024-02-29T09:10:59+00:00"),
        ("2024-02-01T09:10:00.5-05:00", "2024-02-01T09:10:00.500000-05:00"),
        ("2024-02-01T09:10:00.123456789+23:59", "2024-02-01T09:10:00.123456+23:59"),
        ("0003-01-01 00:00:00", "0003-01-01T00:00:00"),
    ],
)
def test_una_fecha(texto: str, leida: str) -> None:
    assert leer_fecha(texto) == datetime.fromisoformat(leida)


@pytest.mark.parametrize(
    "texto",
    [
        *("", "ayer", "2024", "2024-02-01", "20240201", "2024-W05-4", "2024-02-30 00:00:00", "2023-02-29 00:00:00"),
        *("1900-02-29 00:00:00", "2024-02-01x09:10:00", "2024-02-01 25:10:00", "2024-02-01 24:00:00"),
        *("2024-02-01 09:10", "2024-02-01 09:10:60", "2024-02-01 09:10:00.5", "2024-02-01 09:10:00Z"),
        *("2024-02-01T09:10:00", "2024-02-01t09:10:00Z", "2024-02-01T09:10:00z", "2024-02-01T09:10:60Z"),
        *("2024-02-01T09:10:00.Z", "2024-02-01T09:10:00,5Z", "2024-02-01T09:10:00+24:00", "2024-02-01T09:10:00+05"),
        *("2024-02-01T09:10:00+0500", "2024-02-01 09:10:00\n", " 2024-02-01 09:10:00", "٢٠٢٤-02-01 09:10:00"),
        *("0002-12-31 23:59:59", "0000-02-29 00:00:00", f"2024-02-01T09:10:00.{'1' * 64}Z"),
    ],
)
def test_lo_que_no_es_una_fecha_no_se_cita(texto: str) -> None:
    with pytest.raises(ValueError) as error:
        leer_fecha(texto)
    assert not texto or texto not in str(error.value)
    assert error.value.__cause__ is None


@given(st.integers(0, 9999), st.integers(0, 99), st.integers(0, 99))
def test_los_dias_son_los_del_calendario(ano: int, mes: int, dia: int) -> None:
    try:
        hay = date(ano, mes, dia) >= FECHA_MINIMA
    except ValueError:
        hay = False
    try:
        leida = leer_fecha(f"{ano:04}-{mes:02}-{dia:02} 00:00:00")
    except ValueError:
        assert not hay
    else:
        assert hay
        assert leida.date() - date(ano, mes, dia) == timedelta()
