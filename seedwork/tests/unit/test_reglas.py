"""What the contract takes for an id, a text, a number, an address, a date and money."""

from datetime import date, datetime

import email_validator
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedwork.dominio.reglas import es_correo, es_id, es_medio, es_moneda, es_monto, es_numero, es_texto, leer_fecha


@pytest.mark.parametrize("texto", ["a", "...", "..a", ".a", "A.b_c:d-9", "x" * 128])
def test_lo_que_es_un_id(texto: str) -> None:
    assert es_id(texto)


@pytest.mark.parametrize("texto", ["", ".", "..", "a/b", "a b", "a\n", "ñ", "a\0", "x" * 129])
def test_lo_que_no_es_un_id(texto: str) -> None:
    assert not es_id(texto)


def test_un_texto_no_tiene_fin_ni_controles() -> None:
    assert es_texto("")
    assert es_texto("Ñandú 🌵" * 500)
    assert not es_texto("x" * 4001)
    assert not any(es_texto(f"a{c}b") for c in "\0\t\r\n\x1f\x7f\x85\x9f")


def test_un_numero_son_sus_digitos() -> None:
    assert es_numero("00123")
    assert not any(map(es_numero, ["", "-1", "1.0", "12a", "١٢", "1\n", "1" * 21]))


def test_el_dinero_es_un_decimal_de_dos_cifras_en_una_moneda() -> None:
    assert all(map(es_monto, ["0.00", "49.90", "9" * 12 + ".99"]))
    assert not any(map(es_monto, ["", "49", "49.9", "49,90", "-1.00", "1.00\n", "٤٩.٩٠", "9" * 13 + ".00"]))
    assert es_moneda("USD")
    assert not any(map(es_moneda, ["", "usd", "US", "USDT", "ÚSD", "USD\n"]))


def test_un_medio_de_pago_dice_algo_en_cuarenta_caracteres() -> None:
    assert all(map(es_medio, ["tarjeta", "x" * 40, " PSE — débito "]))
    assert not any(map(es_medio, ["", " ", "\u00a0\u2003", "x" * 41, "a\tb", "x\n"]))


@pytest.mark.parametrize("texto", ["pperez@domain.com", "a.b+c@peñalosa.co", "o'neil@d-e.f"])
def test_una_direccion(texto: str) -> None:
    assert es_correo(texto)


@pytest.mark.parametrize(
    "texto",
    [
        "",
        "nadie",
        "@domain.com",
        "a@",
        "a@b@c",
        "a@x.com,b@x.com",
        "Ana <a@x.com>",
        "a@x.com\r\nBcc: b@x.com",
        "a@x.com\n",
        "a b@x.com",
        "a..b@x.com",
        "a@x..com",
        "pérez@domain.com",
        '"a"@x.com',
        "a\0@x.com",
        f"a@{'b' * 300}.com",
    ],
)
def test_lo_que_no_es_una_direccion(texto: str) -> None:
    assert not es_correo(texto)


@given(st.emails())
def test_lo_que_acepta_la_puerta_lo_acepta_el_dueno(direccion: str) -> None:
    try:
        email_validator.validate_email(direccion, check_deliverability=False)
    except email_validator.EmailNotValidError:
        return
    assert es_correo(direccion)


def test_una_fecha() -> None:
    assert leer_fecha("2024-02-01 09:10:00") == datetime(2024, 2, 1, 9, 10)
    assert leer_fecha("2024-02-01") == date(2024, 2, 1)
    assert leer_fecha("20240201") == date(2024, 2, 1)


@pytest.mark.parametrize(
    "texto", ["", "ayer", "2024-02-30", "2024-02-01x09:10:00", "2024-02-01 25:10:00", "0002-12-31 23:59:59", "2024\n"]
)
def test_lo_que_no_es_una_fecha_no_se_cita(texto: str) -> None:
    with pytest.raises(ValueError) as error:
        leer_fecha(texto)
    assert not texto or texto not in str(error.value)
    assert error.value.__cause__ is None
