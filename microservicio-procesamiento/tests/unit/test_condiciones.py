"""What is recognised in a history, and what is not the patient's."""

import pytest

from procesamiento.infraestructura.catalogo import leer_condiciones
from procesamiento.pruebas.historias import ESCRITAS
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
        ("Diabético, usa insulina 10-0-12", {DIABETES}),
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
    assert set(reconocedor.reconocer(texto, ESCRITAS)) == codigos


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
    assert reconocedor.reconocer(texto, ESCRITAS) == ()


@pytest.mark.parametrize(
    ("texto", "codigos"),
    [
        ("- HTA 12 años\n- DM2.\n- Alergias: no", {HTA, DIABETES_2}),
        ("Antecedentes:\n1. HTA\n2. Asma", {HTA, ASMA}),
        # A sign, a list that is not one in whole, one that goes on, and what nobody understands.
        ("-HTA\n-Asma", set()),
        ("- HTA\n+ Asma", set()),
        ("- HTA\n* Asma", set()),
        ("- HTA", set()),
        ("Sin:\n- HTA\n- Asma", set()),
        ("Sin\n- HTA\n- Asma", set()),
        ("- HTA,\n- Asma", set()),
        ("- HTA\n- Asma\n- no", set()),
        ("- HTA\nno\n- Asma", set()),
        ("2. HTA\n3. Asma", set()),
    ],
)
def test_una_lista_se_entiende_entera_o_no_dice_nada(reconocedor, texto, codigos):
    assert set(reconocedor.reconocer(texto, ESCRITAS)) == codigos


@pytest.mark.parametrize(
    ("texto", "codigos"),
    [
        ("HTA (+), asma (+)", {HTA, ASMA}),
        ("HTA (+) losartán 50 c/12 h. Asma (+)", {HTA, ASMA}),
        ("HTA (+), asma", set()),
        ("Asma. HTA (+)", set()),
        ("(+) HTA, asma", set()),
        ("HTA (+), asma (-)", set()),
    ],
)
def test_de_una_lista_con_marcas_las_lleva_todo_o_nada(reconocedor, texto, codigos):
    """Those without may be the ones that are not so."""
    assert set(reconocedor.reconocer(texto, ESCRITAS)) == codigos


@pytest.mark.parametrize(
    ("texto", "codigos"),
    [
        ("Diabetes tipo 2 hace 5 años. HTA. Asma.", {DIABETES_2, HTA, ASMA}),
        ("Padre con asma. Antecedentes personales: HTA", set()),
        # Whatever is not understood may be about its neighbours: no list of words says how it is put.
        ("Hipertenso. Padre con asma", set()),
        # What is denied says it itself, where it is no condition: it denies nothing before, and may go on behind.
        ("Hipertenso en tratamiento con losartán. Niega alergias.", {HTA}),
        ("HTA. Niega cirugías, transfusiones y alergias. Sin traumatismos. Qx: apendicectomía", {HTA}),
        ("HTA. Niega alergias\nQx: apendicectomía", {HTA}),
        ("HTA. Niega.", set()),
        ("HTA. Niega\nalergias.", set()),
        ("HTA. Alergias niega.", set()),
        ("Niega alergias. HTA. Asma.", set()),
        ("HTA. Niega alergias, asma.", set()),
        ("HTA y asma,\nalergias: niega", set()),
        ("Consulta hoy por dolor de rodilla de tres días. Hipertenso en tratamiento.", set()),
        ("Antecedentes: HTA. Comentario: no corresponde", set()),
        ("HTA. Corrección:", set()),
        ("Padre con asma. Antecedentes: HTA", set()),
        ("Diabetes mellitus tipo 2 desde 2010. Descartada", set()),
        ("Tiene VIH desde 2010. No se confirmó.", set()),
        ("Tiene VIH desde 2010. ¿Verdad?", set()),
        ("Tiene diabetes. (-)", set()),
        ("Padece asma. 0.", set()),
        ("El yerno que la trajo a urgencias contesta. Es diabético desde 2010.", set()),
    ],
)
def test_hasta_donde_llega_una_oracion_que_no_se_entiende(reconocedor, texto, codigos):
    """From the heading before it to the next one of the patient's own."""
    assert set(reconocedor.reconocer(texto, ESCRITAS)) == codigos


@pytest.mark.parametrize(
    ("texto", "codigos"),
    [
        ("Antecedentes personales: HTA, asma", {HTA, ASMA}),
        ("Antecedentes familiares: HTA. Diabetes. Personales: asma.", set()),
        ("Madre: diabetes.\nAP: asma desde niño", set()),
        ("Antecedentes: HTA; alergias: penicilina", {HTA}),
        ("Alergias: ninguna. Antecedentes: HTA", {HTA}),
        ("Asma desde niño\nAntecedentes personales: HTA", {ASMA, HTA}),
        ("Antecedentes personales: HTA\nAlergias: penicilina\nCirugías: apendicectomía", {HTA}),
        ("Antecedentes personales: HTA\nAlergias: al polvo\nCirugías: cesárea", set()),
        ("Antecedentes familiares: no. Antecedentes personales: HTA", {HTA}),
        ("HTA, no\nAlergias: penicilina", set()),
        # Wrapped.
        ("ANTECEDENTES FAMILIARES Y\nPERSONALES: HTA", set()),
        ("Sin\nantecedentes personales: HTA", set()),
        ("HTA,\npersonales: asma", set()),
        # Whose?
        ("Antecedentes familiares: HTA. Comorbilidades: asma", set()),
        ("Familiares: alergias: no. Enfermedades: asma", set()),
        ("Descartar: asma; HTA en tratamiento", set()),
        ("Madre: 28 años. AP: HTA", set()),
        ("Madre: AP: HTA", set()),
        ("Familiares: padre. Personales: HTA", set()),
        ("No presenta ninguno de los siguientes.\nAntecedentes personales: HTA, asma", set()),
        # What stands under another heading may be of what stood before.
        ("HTA. Alergias: no es hipertensa", set()),
        ("HTA. Cirugías: ninguna, y no es diabético", set()),
        ("HTA. Motivo de consulta: falso positivo", set()),
        ("HTA. Enfermedad actual: se descartó HTA", set()),
        ("HTA. Familiares: todos los anteriores", set()),
        ("HTA. Padre: él la padece", set()),
        ("Asma. Madre: sí. Padre: no.", set()),
        ("HTA. Alergias:", set()),
    ],
)
def test_un_encabezado_gobierna_hasta_el_siguiente(reconocedor, texto, codigos):
    assert set(reconocedor.reconocer(texto, ESCRITAS)) == codigos


@pytest.mark.parametrize(
    ("texto", "codigos"),
    [
        ("VIH en tratamiento con dolutegravir", {"B24"}),
        ("VIH en 2019", set()),
        ("Hepatitis B desde 2010", {"B18.1"}),
        ("Hepatitis B, 3 dosis", set()),
        ("HTA, VIH", set()),
        # Treated, since when and by what are another's, or of nobody.
        ("Hepatitis B operada", set()),
        ("VIH con paracetamol", set()),
        ("Hepatitis B en 2010, recibió paracetamol", set()),
        ("VIH en tratamiento con tenofovir, emtricitabina", set()),
        ("VIH con carga viral indetectable", set()),
    ],
)
def test_lo_que_tambien_nombra_una_prueba_o_una_vacuna_necesita_mas(reconocedor, texto, codigos):
    assert set(reconocedor.reconocer(texto, ESCRITAS)) == codigos


@pytest.mark.parametrize(
    ("texto", "codigos"),
    [
        ("ACV lacunar, infarto anterior", {"I64", "I25.2"}),
        ("Bilateral, glaucoma", {"H40"}),
        ("Mastectomía izquierda por cáncer de mama", {"C50"}),
        ("ACV, infarto lacunar", set()),
        ("Infarto, ACV anterior", set()),
        ("Artritis reumatoide, VIH seronegativa", set()),
        ("Lacunar, infarto y ACV", set()),
        ("Glaucoma, HTA bilateral", set()),
        ("Tabaquismo, anterior", set()),
        ("Mastectomía lacunar", set()),
        ("HTA. Lacunar", set()),
    ],
)
def test_una_palabra_de_algunas_condiciones_se_dice_de_la_mas_cercana(reconocedor, texto, codigos):
    assert set(reconocedor.reconocer(texto, ESCRITAS)) == codigos


@pytest.mark.parametrize(
    ("texto", "codigos"),
    [
        ("Epilepsia sin crisis", {"G40"}),
        ("Sin crisis, secuelas, epilepsia", set()),
        ("Diabetes sin complicaciones, asma", set()),
    ],
)
def test_tras_un_sin_nada_se_afirma(reconocedor, texto, codigos):
    assert set(reconocedor.reconocer(texto, ESCRITAS)) == codigos


@pytest.mark.parametrize(
    ("texto", "codigos"),
    [
        ("Paciente VIH positivo", {"B24"}),
        ("Mujer, es VIH positiva desde 2010", {"B24"}),
        ("Paciente portador de fibrosis pulmonar", {"J84.1"}),
        ("Vive con VIH positivo", set()),
        ("Vive con paciente VIH positivo", set()),
        ("Vive con portador de fibrosis pulmonar", set()),
        ("Hombre de 40 años, vive con operada de cáncer de mama", set()),
    ],
)
def test_con_quien_vive_el_paciente_no_es_el(reconocedor, texto, codigos):
    assert set(reconocedor.reconocer(texto, ESCRITAS)) == codigos


@pytest.mark.parametrize(
    ("texto", "codigos"),
    [
        ("Mujer hipertensa y asmática, cáncer de cuello uterino", {HTA, ASMA, "C53"}),
        ("Señora hipertensa. Es alcohólico.", set()),
        ("Niño, VIH positiva en TARV", set()),
        ("Hipertensa, cáncer de próstata", set()),
        ("Endometriosis. Adenoma prostático.", set()),
    ],
)
def test_de_una_historia_de_ella_y_de_el_no_sale_nada(reconocedor, texto, codigos):
    assert set(reconocedor.reconocer(texto, ESCRITAS)) == codigos


@pytest.mark.parametrize(
    "texto",
    [
        "Fuma 0 cigarrillos al día",
        "VIH desde hace 0,0 años",
        "Asma desde hace 00 años",
        "VIH desde @",
        "Asma hace # años",
    ],
)
def test_cero_no_es_un_numero_ni_lo_es_el_signo_que_vale_por_uno(reconocedor, texto):
    assert reconocedor.reconocer(texto, ESCRITAS) == ()


def test_nada_es_desde_un_ano_que_no_ha_llegado(reconocedor):
    assert reconocedor.reconocer("Diabetes desde 2024", 2024) == (DIABETES,)
    assert reconocedor.reconocer("Diabetes desde 2024", 2023) == ()
    assert reconocedor.reconocer("HTA. Diabetes desde 03/2039", 2023) == ()


@pytest.mark.parametrize("mama", ["mamá", "MAMÁ", "mama\u0301", "ma\u00admá", "ｍａｍá"])
def test_mama_con_acento_es_la_madre(reconocedor, mama):
    assert reconocedor.reconocer(f"Cáncer de {mama}", ESCRITAS) == ()
    assert reconocedor.reconocer("Cáncer de mama", ESCRITAS) == ("C50",)


@pytest.mark.parametrize(
    ("texto", "codigos"),
    [
        ("HTA no controlada con\nlosartán", {HTA}),
        ("Diabetes mellitus\ntipo 2", {DIABETES_2}),
        ("Diabetes no\nControlado con losartán", set()),
        ("Asma sin\nTratamiento con salbutamol", set()),
        ("Asma sin buen\ncontrol", set()),
    ],
)
def test_una_negacion_no_pasa_de_una_linea_a_otra(reconocedor, texto, codigos):
    assert set(reconocedor.reconocer(texto, ESCRITAS)) == codigos


@pytest.mark.parametrize(
    "texto",
    [
        "Gestante con hipertensión",
        "Embarazada, síndrome de Down",
        "Embarazada. Hipertensión.",
        "Cesárea por hipertensión",
        "Asma, usa salbutamol\nCesárea por hipertensión",
        "Mujer con hiperplasia prostática",
        "Mujer de 16 sem, síndrome de Down",
        "Várices y cirrosis",
        "Lupus, anticoagulante",
        "Glaucoma, gota nocturna",
        "Tabaquismo, fumó 20 cigarrillos al día",
    ],
)
def test_lo_que_junto_a_otra_palabra_seria_otra_cosa_no_se_entiende(reconocedor, texto):
    assert reconocedor.reconocer(texto, ESCRITAS) == ()


def test_un_catalogo_con_un_codigo_dos_veces_no_se_acepta(tmp_path):
    entrada = '[[condicion]]\ncodigo = "J45"\nnombre = "Asma"\nterminos = ["{}"]\n'
    archivo = tmp_path / "condiciones.toml"
    archivo.write_text(entrada.format("asma") + entrada.format("asmático/a"), encoding="utf-8")
    with pytest.raises(CatalogoInvalido, match="J45"):
        leer_condiciones(archivo)
