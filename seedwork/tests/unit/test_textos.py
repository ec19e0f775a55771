"""Texts: how they are taken, what of them is kept, and that the owner knows what the door made of them."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedwork.dominio.textos import MEDIO, PACIENTE, PARRAFO, PUBLICADO, TEXTO, TipoTexto

TIPOS = [TEXTO, PARRAFO, PUBLICADO, PACIENTE, MEDIO]
BLANCOS = [chr(c) for c in range(0x110000) if unicodedata.category(chr(c)) == "Zs"]
RAROS = st.text(
    st.one_of(st.characters(), st.sampled_from("aé e\u0301\u00a0\u3000\n\t\r\0\x85\u200b\u2028ª°≥'’<>_")), max_size=60
)


def vale(tipo: TipoTexto, texto: str) -> bool:
    try:
        tipo.leer(texto)
    except ValueError as error:
        assert str(error) == tipo.descripcion
        assert error.__cause__ is None
        return False
    return True


@pytest.mark.parametrize(
    ("tipo", "llega", "queda"),
    [
        (TEXTO, "Neumoni\u0301a", "Neumonía"),
        (TEXTO, "\u00a0 Ana  María\u3000", "Ana  María"),
        (TEXTO, "<b>🌵</b>", "<b>🌵</b>"),
        (PARRAFO, "\n\tDiabético.\r\n\tFumador.\n", "Diabético.\r\n\tFumador."),
        (PUBLICADO, "Rayos \u2003 X", "Rayos X"),
        (
            PUBLICADO,
            "Tórax, 2.º; ≥50 % (AP/PA) +/-1° #3 'x' ’y’ 3ª–4ª: a&b",
            "Tórax, 2.º; ≥50 % (AP/PA) +/-1° #3 'x' ’y’ 3ª–4ª: a&b",
        ),
        (PUBLICADO, "胸部Χ光٣ Грудь", "胸部Χ光٣ Грудь"),
        (PACIENTE, " Pen\u0303a^Ana / 3  b ", "Peña^Ana / 3  b"),
        (MEDIO, " PSE — débito ", "PSE — débito"),
    ],
)
def test_lo_que_queda_de_un_texto(tipo: TipoTexto, llega: str, queda: str) -> None:
    assert tipo.leer(llega) == queda
    assert tipo.es(queda)


@pytest.mark.parametrize("tipo", TIPOS, ids=lambda t: t.descripcion[:40])
def test_un_texto_tiene_de_uno_a_su_maximo(tipo: TipoTexto) -> None:
    assert vale(tipo, "x" * tipo.maximo)
    assert vale(tipo, f" {'x' * tipo.maximo} ")
    assert vale(tipo, "e\u0301" * tipo.maximo), "counted as it is kept"
    for no_vale in ("", " ", "".join(BLANCOS), "x" * (tipo.maximo + 1), "\ud800", "a\0b", "a\x1fb", "a\x7fb", "a\x85b"):
        assert not vale(tipo, no_vale)
        assert not tipo.es(no_vale)


def test_cada_tipo_tiene_sus_signos() -> None:
    assert not any(vale(TEXTO, f"a{c}b") or vale(MEDIO, f"a{c}b") or vale(PACIENTE, f"a{c}b") for c in "\t\n\r")
    assert not any(vale(PARRAFO, f"a{c}b") for c in "\0\x08\x0b\x0c\x0e\x85")
    assert not any(vale(PUBLICADO, f"a{c}b") for c in '<>_@"!?=*\t\n\u200b\u2028😀½²')
    assert not any(vale(PACIENTE, f"a{c}b") for c in "\u200b\u202e\ue000\u2028\u2029\U0010ffff")


@pytest.mark.parametrize("tipo", TIPOS, ids=lambda t: t.descripcion[:40])
@given(texto=RAROS | st.text("aÑ- 9é\u0301", max_size=8))
def test_lo_que_la_puerta_guarda_es_lo_que_el_dueno_conoce(tipo: TipoTexto, texto: str) -> None:
    if vale(tipo, texto):
        queda = tipo.leer(texto)
        assert tipo.es(queda)
        assert tipo.leer(queda) == queda
        assert unicodedata.is_normalized("NFC", queda)
        assert queda[0] not in BLANCOS
        assert queda[-1] not in BLANCOS
        assert tipo.leer(unicodedata.normalize("NFD", texto)) == queda
    assert tipo.es(texto) == (vale(tipo, texto) and tipo.leer(texto) == texto)


@pytest.mark.parametrize("tipo", [TEXTO, PARRAFO, MEDIO], ids=lambda t: t.descripcion[:40])
@given(texto=RAROS.filter(str.isprintable) | st.text("\n\t a", max_size=5))
def test_el_patron_que_se_publica_dice_lo_que_se_toma(tipo: TipoTexto, texto: str) -> None:
    """Those that Python's own regular expressions can read: they know no Unicode properties."""
    patron = tipo.patron.replace("$", r"\Z")  # which in ECMA-262 is the end alone
    assert bool(re.search(patron, texto)) == vale(tipo, texto) or len(texto) > tipo.maximo


@pytest.mark.parametrize("tipo", TIPOS, ids=lambda t: t.descripcion[:40])
@pytest.mark.parametrize(
    "texto", ["a" + "\u0345" * 250_000 + "\u0334" * 250_000, f"a{' ' * 1_000_000}b", "\n\t " * 300_000]
)
def test_lo_que_ordenar_costaria_minutos_no_se_ordena(tipo: TipoTexto, texto: str) -> None:
    """Unicode's normalisation takes the square of the marks in a row: it would not end before the tests do."""
    assert vale(tipo, texto) == (tipo is PUBLICADO and texto[1] == " ")
    assert not tipo.es(texto)
