"""Images: which modality they count for, and nothing else comes of them."""

import pytest

from servicio_datos.dominio.catalogo import MAXIMO_CLAVE, clave


def test_una_imagen_anonimizada_cuenta_y_no_dice_nada(casa, imagen):
    casa.recibir(imagen(1, "Rayos X"), imagen(2, "Ecografía"))

    assert casa.filas("imagenes_por_modalidad") == [
        {"modalidad": "rayos x", "cuantas": 1, "con_archivo": 0},
        {"modalidad": "ecografia", "cuantas": 1, "con_archivo": 0},
    ]
    assert casa.dichos == []
    assert casa.filas("suscripciones_conocidas") == []


@pytest.mark.parametrize("texto", ["Tomografía", "TOMOGRAFIA", "tomografi\u0301a", "tOMOGRAFÍA"])
def test_una_modalidad_es_la_misma_con_otras_mayusculas_y_tildes(texto):
    assert clave(texto) == "tomografia"


def test_dos_modalidades_no_se_confunden():
    assert clave("Rayos X") != clave("Rayos Y")


@pytest.mark.parametrize(
    "texto", ["", "\u0301", "x" * (MAXIMO_CLAVE + 1), "ß" * MAXIMO_CLAVE, "Rayos\x00X", "Rayos\nX"]
)
def test_lo_que_ningun_dataset_puede_nombrar_no_tiene_clave(texto):
    assert clave(texto) is None
