"""Images: which modality they count for, and nothing else comes of them."""

import pytest

from servicio_datos.dominio.catalogo import MAXIMO_CLAVE, clave, clave_de_modalidad, clave_de_region
from servicio_datos.dominio.sinonimos import MODALIDADES, REGIONES


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


@pytest.mark.parametrize("sinonimos", [MODALIDADES, REGIONES])
def test_los_sinonimos_estan_como_los_deja_la_clave_y_no_hacen_cadenas(sinonimos):
    for palabra, suya in sinonimos.items():
        assert (clave(palabra), clave(suya)) == (palabra, suya)
        assert suya not in sinonimos


@pytest.mark.parametrize(
    ("dicom", "dicha"),
    [
        ("CR", "Rayos X"),
        ("DX ", "rayos  x"),
        ("CT", "Tomografía"),
        ("MR", "Resonancia magnética"),
        ("US", "Ecografía"),
        ("MG", "Mamografía"),
        ("OT", "Otra"),
    ],
)
def test_la_modalidad_que_dice_un_dicom_es_la_del_catalogo(dicom, dicha):
    assert clave_de_modalidad(dicom) == clave_de_modalidad(dicha) == clave(" ".join(dicha.split()))


@pytest.mark.parametrize(("dicom", "dicha"), [("CHEST", "Tórax"), ("BRAIN", "cabeza"), ("ABDOMEN", "Abdomen")])
def test_la_region_que_dice_un_dicom_es_la_que_se_escribe(dicom, dicha):
    assert clave_de_region(dicom) == clave_de_region(dicha)


def test_lo_que_no_tiene_sinonimo_es_como_se_escribe():
    assert clave_de_modalidad("Elastografía") == "elastografia"
    assert clave_de_region("CT") == "ct"


@pytest.mark.parametrize(
    "texto", ["", "\u0301", "x" * (MAXIMO_CLAVE + 1), "ß" * MAXIMO_CLAVE, "Rayos\x00X", "Rayos\nX"]
)
def test_lo_que_ningun_dataset_puede_nombrar_no_tiene_clave(texto):
    assert clave(texto) is None
