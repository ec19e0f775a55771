"""What is recognised in a history, and what is not the patient's."""

import pytest

from procesamiento.infraestructura.catalogo import leer_condiciones
from seedwork.infraestructura.catalogos import CatalogoInvalido

DIABETES, DIABETES_2, HTA, ASMA, EPOC, PREDIABETES, EX_FUMADOR = "E14", "E11", "I10", "J45", "J44", "R73.0", "Z86.4"


@pytest.mark.parametrize(
    ("texto", "codigos"),
    [
        ("Diabético", {DIABETES}),
        ("DIABETICA", {DIABETES}),
        ("Diabe\u0301tico", {DIABETES}),  # a combining accent
        ("Diabe\u00adtico", {DIABETES}),  # a soft hyphen
        ("D.M. tipo 2 y H.T.A.", {DIABETES_2, HTA}),
        ("Pte. hipertenso", {HTA}),
        ("diabetes mellitus tipo 2, HTA, EPOC", {DIABETES_2, HTA, EPOC}),
        ("hipertensión arterial no controlada", {HTA}),
        ("prediabetes", {PREDIABETES}),
        ("Ex fumador con diabetes", {EX_FUMADOR, DIABETES}),
        ("Paciente con hipertensión\narterial y asma", {HTA, ASMA}),
        ("antidiabéticos orales", set()),
        ("gotas para los ojos", set()),
        ("Sano", set()),
        ("", set()),
    ],
)
def test_palabras_enteras_sin_mirar_acentos_ni_genero(reconocedor, texto, codigos):
    assert set(reconocedor.reconocer(texto)) == codigos


@pytest.mark.parametrize(
    "texto",
    [
        "Diabético Juan Pérez CC 123",
        "Hipertenso, niega diabetes",
        "Niega diabetes pero es hipertensa",
        "No fumador, diabético",
        "asmático/diabético",
        "Hermana con asma, paciente diabética",
        "diabéticos",
        "Diabético?",
        "VIH",
        "Sr. Hashimoto",
        "D\u0336i\u0336a\u0336b\u0336é\u0336t\u0336i\u0336c\u0336o\u0336",  # struck out
    ],
)
def test_de_una_oracion_que_no_se_entiende_no_sale_nada(reconocedor, texto):
    assert reconocedor.reconocer(texto) == ()


@pytest.mark.parametrize(
    ("texto", "codigos"),
    [
        ("Hipertenso. Padre con asma", {HTA}),
        ("Hipertenso en tratamiento con losartán. Niega alergias.", {HTA}),
        ("Consulta hoy por dolor de rodilla de tres días. Hipertenso en tratamiento.", {HTA}),
        ("Diabetes tipo 2 hace 5 años. HTA. Asma.", {DIABETES_2, HTA, ASMA}),
        # It only lists names, and a neighbour may tell what of.
        ("HTA. Niega alergias.", set()),
        ("Diabetes. HTA: no", set()),
        ("Diabetes mellitus tipo 2 desde 2010. Descartada", set()),
        ("Asma desde la infancia. Información no confirmada", set()),
        ("HTA desde 2010. Corresponde a otro paciente.", set()),
        ("Niega diabetes. Asma desde la infancia", set()),
        ("Padre. Diabético", set()),
    ],
)
def test_hasta_donde_llega_una_oracion_que_no_se_entiende(reconocedor, texto, codigos):
    assert set(reconocedor.reconocer(texto)) == codigos


@pytest.mark.parametrize(
    ("texto", "codigos"),
    [
        ("Antecedentes personales: HTA, asma", {HTA, ASMA}),
        ("Antecedentes familiares: HTA. Diabetes. Personales: asma.", {ASMA}),
        ("Madre: diabetes.\nAP: asma desde niño", {ASMA}),
        ("Antecedentes: HTA; alergias: penicilina", {HTA}),
        ("Alergias: ninguna. Antecedentes: HTA", {HTA}),
        # Whose?
        ("Antecedentes familiares: HTA. Comorbilidades: asma", set()),
        ("Familiares: alergias: no. Enfermedades: asma", set()),
        ("Descartar: asma; HTA en tratamiento", set()),
    ],
)
def test_un_encabezado_gobierna_hasta_el_siguiente(reconocedor, texto, codigos):
    assert set(reconocedor.reconocer(texto)) == codigos


@pytest.mark.parametrize(
    ("texto", "codigos"),
    [
        ("VIH en tratamiento con dolutegravir", {"B24"}),
        ("VIH en 2019", set()),
        ("Hepatitis B desde 2010", {"B18.1"}),
        ("Hepatitis B, 3 dosis", set()),
        ("HTA, VIH", set()),
    ],
)
def test_lo_que_tambien_nombra_una_prueba_o_una_vacuna_necesita_mas(reconocedor, texto, codigos):
    assert set(reconocedor.reconocer(texto)) == codigos


@pytest.mark.parametrize("texto", ["Gestante con hipertensión", "Embarazada, síndrome de Down", "Várices y cirrosis"])
def test_lo_que_junto_a_otra_palabra_seria_otra_cosa_no_se_entiende(reconocedor, texto):
    assert reconocedor.reconocer(texto) == ()


def test_un_catalogo_con_un_codigo_dos_veces_no_se_acepta(tmp_path):
    entrada = '[[condicion]]\ncodigo = "J45"\nnombre = "Asma"\nterminos = ["{}"]\n'
    archivo = tmp_path / "condiciones.toml"
    archivo.write_text(entrada.format("asma") + entrada.format("asmático/a"), encoding="utf-8")
    with pytest.raises(CatalogoInvalido, match="J45"):
        leer_condiciones(archivo)
