"""Who is greeted by name: whoever was given one that looks like one."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notificaciones.dominio.persona import MAXIMO_NOMBRE, nombre_de_persona


@pytest.mark.parametrize(
    "nombre",
    [
        "Íñigo Zuluaga Ñáñez",
        "J.R.R. Tolkien",
        "María d'Alençon-O’Neil",
        "Kahaleʼa",
        "李 小龍",
        "محمد",
        "दीपा",
        "Nguyễn Văn A",
        "José Ma. Pérez",
        "A" * 60,
    ],
)
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
        "entre en mal.co",
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


def test_los_blancos_se_hacen_uno_y_las_partes_caben_juntas():
    assert nombre_de_persona("  Ana \u00a0María ", " Paz\u3000") == "Ana María Paz"
    assert nombre_de_persona("Ana", "") == "Ana"
    assert nombre_de_persona("A" * 30, "B" * 30) == ""


@given(st.text(), st.text())
def test_de_lo_demas_no_queda_nada(nombres, apellidos):
    nombre = nombre_de_persona(nombres, apellidos)
    assert len(nombre) <= MAXIMO_NOMBRE
    assert all(unicodedata.category(c)[0] in "LM" or c in " -.'’ʼ" for c in nombre)
