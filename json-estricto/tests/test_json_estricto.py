"""The strict reader: what it takes, what it refuses and why, and that nothing else ever comes of any bytes."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from json_estricto import MAXIMO_BYTES, MAXIMO_HONDURA, DemasiadoGrande, NoEsObjeto, escribir, leer

VALORES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda v: st.lists(v, max_size=4) | st.dictionaries(st.text(), v, max_size=4),
    max_leaves=12,
)
OBJETOS = st.dictionaries(st.text(), VALORES, max_size=5)


def hondo(niveles: int, abre: str = "[", cierra: str = "]") -> bytes:
    """An object that goes so many levels deep."""
    return f'{{"a": {abre * (niveles - 1)}1{cierra * (niveles - 1)}}}'.encode()


@given(OBJETOS)
def test_lee_lo_que_json_escribe_y_escribe_lo_que_lee(objeto: dict[str, Any]) -> None:
    for escrito in (json.dumps(objeto), json.dumps(objeto, ensure_ascii=False, indent=2)):
        leido = leer(escrito.encode("utf-8", "surrogatepass")) if "\ud800" <= max(escrito) <= "\udfff" else None
        leido = leido or leer(escrito.encode())
        assert escribir(leido) == json.dumps(objeto, separators=(",", ":"))
        assert escribir(leido, ascii=False, sangria=2) == json.dumps(objeto, ensure_ascii=False, indent=2)


@given(st.binary(max_size=200) | st.text('[]{}",:\\0123456789.eE+-tfnrulasNI \ufeff', max_size=40).map(str.encode))
def test_de_lo_que_sea_salen_un_objeto_o_su_error(octetos: bytes) -> None:
    try:
        objeto = leer(octetos)
    except NoEsObjeto as error:
        assert str(error)
    else:
        assert objeto == json.loads(octetos.decode("utf-8-sig"), parse_float=Decimal), "as any other reader has it"


@pytest.mark.parametrize(
    ("octetos", "dice"),
    [
        (b"", "no es JSON (línea 1, columna 1)"),
        (b" ", "no es JSON (línea 1, columna 2)"),
        (b'{"a": 1,\n}', "no es JSON (línea 2, columna 1)"),
        (b"{} {}", "no es JSON (línea 1, columna 4)"),
        (b'{"a": "\t"}', "no es JSON (línea 1, columna 8)"),
        (b'{"a": 01}', "no es JSON (línea 1, columna 8)"),
        (b"{'a': 1}", "no es JSON (línea 1, columna 2)"),
        (b'{"a": 1} // x', "no es JSON (línea 1, columna 10)"),
        (b'{"a": NaN}', "no es JSON: NaN no es un número"),
        (b'{"a": -Infinity}', "no es JSON: -Infinity no es un número"),
        (b"[]", "no es un objeto JSON"),
        (b'"a"', "no es un objeto JSON"),
        (b"null", "no es un objeto JSON"),
        (b"9" * 5000, "no es un objeto JSON"),
        (b'{"a": 1, "a": 1}', "repite una clave"),
        (b'{"b": [{"a": 1, "\\u0061": 2}]}', "repite una clave"),
        (b'{"a": "\xff"}', "no es texto UTF-8"),
        (b'{"a": "\xed\xa0\x80"}', "no es texto UTF-8"),
        ('{"a": 1}'.encode("utf-16"), "no es texto UTF-8"),
        (b"\xef\xbb\xbf\xef\xbb\xbf{}", "no es JSON (línea 1, columna 1)"),
        (hondo(MAXIMO_HONDURA + 1), "está anidado en más de 32 niveles"),
        (hondo(MAXIMO_HONDURA + 1, '{"a":', "}"), "está anidado en más de 32 niveles"),
        (b"[" * 100_000, "está anidado en más de 32 niveles"),
        (b'{"a":' * 10_000, "está anidado en más de 32 niveles"),
        (b'{"a":"' + b"x" * MAXIMO_BYTES, "tiene más de 1048576 bytes"),
    ],
)
def test_lo_que_no_es_un_objeto_dice_por_que(octetos: bytes, dice: str) -> None:
    with pytest.raises(NoEsObjeto) as error:
        leer(octetos)
    assert str(error.value) == dice
    assert isinstance(error.value, DemasiadoGrande) == (len(octetos) > MAXIMO_BYTES)


def test_lo_que_cabe_se_lee() -> None:
    assert leer(b"\xef\xbb\xbf {}\r\n") == {}
    assert leer(b"{}".ljust(MAXIMO_BYTES)) == {}
    assert leer(b"{}".ljust(MAXIMO_BYTES + 1), maximo=None) == {}
    assert leer(hondo(MAXIMO_HONDURA))["a"]
    assert leer(b'{"a": "\\ud800"}') == {"a": "\ud800"}


NUMEROS = [
    ("-0", 0, "0"),
    ("9" * 40, int("9" * 40), "9" * 40),
    ("425.0", Decimal("425.0"), "425.0"),
    ("1e2", Decimal(100), "1E+2"),
    ("49.90", Decimal("49.90"), "49.90"),
    # A float takes each of these for the whole number beside it.
    ("12345678901234567.0", Decimal("12345678901234567.0"), "12345678901234567.0"),
    ("123457890.00000000000000000001", Decimal("123457890.00000000000000000001"), "123457890.00000000000000000001"),
    ("0.99999999999999999999", Decimal("0.99999999999999999999"), "0.99999999999999999999"),
    ("1e-400", Decimal("1e-400"), "1E-400"),
    ("1e400", Decimal("1e400"), "1E+400"),
    ("1" + "0" * 60, Decimal(10**60), "1" + "0" * 60),
    ("9" * 5000, Decimal("9" * 5000), "9" * 5000),
    # A million digits would keep an `int` busy for a minute; from 4,300 on it refuses them.
    ("9" * 1_000_000, Decimal("9" * 1_000_000), "9" * 1_000_000),
]


@pytest.mark.parametrize(("escrito", "es", "se_escribe"), NUMEROS, ids=[n[0][:32] for n in NUMEROS])
def test_un_numero_es_el_que_se_escribio(escrito: str, es: int | Decimal, se_escribe: str) -> None:
    leido = leer(f'{{"n": {escrito}}}'.encode(), maximo=None)
    assert (leido["n"], type(leido["n"])) == (es, type(es))
    assert escribir(leido) == f'{{"n":{se_escribe}}}'


@given(st.from_regex(r"\A-?(0|[1-9][0-9]{0,45})(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,4})?\Z"))
def test_lo_que_se_escribe_se_lee_igual(escrito: str) -> None:
    leido = leer(f'{{"n": {escrito}}}'.encode())
    otra_vez = leer(escribir(leido).encode())
    assert otra_vez == leido


@pytest.mark.parametrize("escrito", ["1e999999999999999999999", "1e-999999999999999999999"])
def test_un_exponente_que_nadie_distingue_de_otro_no_se_escribe(escrito: str) -> None:
    leido = leer(f'{{"n": {escrito}}}'.encode())
    assert isinstance(leido["n"], Decimal)
    with pytest.raises(OverflowError):
        escribir(leido)


@pytest.mark.parametrize(
    "cuerpo",
    [
        "{" + ",".join(f'"k{n}":1' for n in range(90_000)) + "}",
        "{" + ",".join(f'"k{n}"\t : 1' for n in range(1_001)) + "}",
        '{"a": [' + ",".join(["{}"] * 40_000) + "]}",
        '{"a": [' + ",".join(["1e1"] * 60_000) + "]}",
    ],
    ids=["nombres", "campos", "objetos", "números"],
)
def test_una_parte_pequena_un_millon_de_veces_no_se_lee(cuerpo: str) -> None:
    """It would keep its reader, and who waits for it, busy for a second."""
    with pytest.raises(NoEsObjeto, match=r"demasiadas partes|más de 1000 campos"):
        leer(cuerpo.encode())


def test_un_texto_largo_de_cualesquiera_signos_no_son_partes() -> None:
    textos = {f"t{n}": signo * 4_000 for n, signo in enumerate(('":', "[", ",", "{", '"'))}
    assert leer(json.dumps(textos).encode()) == textos
