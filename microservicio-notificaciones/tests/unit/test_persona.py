"""Who is greeted by name: whoever was given one that looks like one."""

import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from notificaciones.dominio.persona import MAXIMO_NOMBRE, nombre_de_persona

NOMBRES = [
    "Pablo Perez Prieto",
    "pablo perez",
    "MARÍA PÉREZ",
    "María de los Ángeles",
    "María de los Ángeles García de la Torre",
    "Ana María del Pilar García-Márquez y Torres",
    "José Ma. de la O",
    "Mª. Carmen Ruiz",
    "M.ª José",
    "Dra. Ana María Paz",
    "Fco. Javier Sáez",
    "Íñigo Zuluaga Ñáñez",
    "Núñez-Ortega",
    "J. R. R.",
    "J.R.R. Tolkien",
    "J.-P. Sartre",
    "Sammy Davis Jr.",
    "Dr. O'Neill",
    "María d'Alençon-O’Neil",
    "João da Silva dos Santos",
    "Ludwig van Beethoven",
    "Jean-Luc de La Fontaine",
    "Ben",
    "Le",
    "Þórður Guðmundsson",
    "Łukasz Żółć",
    "Dvořák",
    "Şükrü İnönü",
    "Nguyễn Văn A",
    "Kahaleʼa",
    "Αλέξανδρος Παπαδόπουλος",
    "Лев Николаевич Толстой",
    "Գևորգ Հակոբյան",
    "გიორგი ბერიძე",
    "דוד בן-גוריון",
    "محمد",
    "عبد الله بن محمد بن سعود آل سعود",
    "مُحَمَّد",
    "दीपा",
    "श्री कृष्ण",
    "রবীন্দ্রনাথ ঠাকুর",
    "ஆறுமுகம்",
    "สมชาย ใจดี",
    "ကျော်စွာ",
    "አበበ ቢቂላ",
    "李 小龍",
    "王伟",
    "山田 太郎",
    "김철수",
    "A" * 60,
]


@pytest.mark.parametrize("nombre", NOMBRES)
def test_lo_que_parece_un_nombre(nombre):
    assert nombre_de_persona(nombre) == unicodedata.normalize("NFC", nombre)


@pytest.mark.parametrize(
    "nombre",
    [
        "",
        "...",
        "- ' -",
        "Su cuenta fue suspendida; entre en https://mal.example",
        "Su cuenta: entre en mal",
        "Su cuenta fue suspendida llame ya al banco",
        "Su-cuenta-fue-suspendida-llame-ya-al-banco",
        "Su'cuenta'fue'suspendida'llame'ya'al'banco",
        "Su\u3164cuenta\u3164fue\u3164suspendida",
        "entre en mal.co",
        "Entre en mal. co",
        "Entre en mal .co",
        "Entre en mal . co",
        "www. mal. co",
        "mal.c-o",
        "mal.'co",
        "mal'. co",
        "mal.\u0301com",
        "mal\u0301. com",
        "mal.\ufe0fcom",
        "mal\ua4f8com",
        "m.co",
        "ma.co.",
        "m.a.l.c.o",
        "Ana 2",
        "Ana <b>",
        "Ana\nBcc x",
        "Ana\tMaría",
        "Ana\u2028María",
        "Ana\u202eairaM",
        "Ana\x00",
        "{{ nombre }}",
        "Ana🌵",
        "A" * 61,
    ],
)
def test_lo_que_no_lo_parece(nombre):
    assert nombre_de_persona(nombre) == ""


def test_nombres_y_apellidos_se_leen_juntos():
    """Each might be a name."""
    assert nombre_de_persona("Su cuenta fue suspendida llame ya al", "banco") == ""
    assert nombre_de_persona("Entre en mal.", "co") == ""


LETRAS = st.text("abcdeñéİк中", min_size=1, max_size=6)
NADA = st.text("\u0301\u034f\ufe0f", max_size=2)


@given(LETRAS, NADA, st.sampled_from(["", " ", "-", "'", "’"]), NADA, st.sampled_from(["co", "com", "example"]))
def test_de_un_dominio_no_se_hace_un_nombre_se_escriba_como_se_escriba(dominio, antes, corte, despues, ultimo):
    assume(len(dominio) > 2)
    assert nombre_de_persona(f"Entre en {dominio}{antes}.{despues}{corte}{ultimo}") == ""


def test_los_blancos_se_hacen_uno_y_las_partes_caben_juntas():
    assert nombre_de_persona("  Ana \u00a0María ", " Paz\u3000") == "Ana María Paz"
    assert nombre_de_persona("Ana", "") == "Ana"
    assert nombre_de_persona("A" * 30, "B" * 30) == ""


@given(st.text(), st.text())
def test_de_lo_demas_no_queda_nada(nombres, apellidos):
    nombre = nombre_de_persona(nombres, apellidos)
    assert len(nombre) <= MAXIMO_NOMBRE
    assert all(unicodedata.category(c)[0] in "LM" or c in " -.'’ʼ" for c in nombre)
