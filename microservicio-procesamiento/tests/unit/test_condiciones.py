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
        ("diabéticos", {DIABETES}),
        ("Diabe\u0301tico", {DIABETES}),  # a combining accent
        ("diabetes mellitus tipo 2, HTA, EPOC", {DIABETES_2, HTA, EPOC}),
        ("asmático/diabético", {ASMA, DIABETES}),
        ("hipertensión arterial no controlada", {HTA}),
        ("prediabetes", {PREDIABETES}),
        ("Ex fumador con diabetes", {EX_FUMADOR, DIABETES}),
        ("Diabético Juan Pérez CC 123", {DIABETES}),
        ("antidiabéticos orales", set()),
        ("gotas para los ojos", set()),
        ("Sano", set()),
        ("", set()),
    ],
)
def test_palabras_enteras_sin_mirar_acentos_ni_genero(reconocedor, texto, codigos):
    assert set(reconocedor.reconocer(texto)) == codigos


@pytest.mark.parametrize(
    ("texto", "codigos"),
    [
        ("Niega diabetes", set()),
        ("No diabético", set()),
        ("No refiere diabetes", set()),
        ("Niega diabetes, hipertensión y asma", set()),
        ("Sin diabetes ni asma", set()),
        ("Se descarta asma", set()),
        ("Diabetes descartada", set()),
        ("Sospecha de asma", set()),
        ("Hipertenso, niega diabetes", {HTA}),
        ("No fumador, diabético", {DIABETES}),
        ("Niega diabetes. Asma desde la infancia", {ASMA}),
        ("Niega diabetes pero es hipertensa", {HTA}),
        ("Sin alergias, presenta diabetes", {DIABETES}),
    ],
)
def test_lo_negado_no_es_del_paciente(reconocedor, texto, codigos):
    assert set(reconocedor.reconocer(texto)) == codigos


@pytest.mark.parametrize(
    ("texto", "codigos"),
    [
        ("Madre diabética", set()),
        ("Su madre tiene diabetes", set()),
        ("Madre del paciente con diabetes", set()),
        ("Diabetes en la madre", set()),
        ("Madre diabética, hipertensa", set()),
        ("Antecedentes familiares de asma", set()),
        ("Hipertenso. Padre con asma", {HTA}),
        ("Hipertenso, padre con asma", {HTA}),
        ("Hermana con asma, paciente diabética", {DIABETES}),
    ],
)
def test_lo_de_un_pariente_no_es_del_paciente(reconocedor, texto, codigos):
    assert set(reconocedor.reconocer(texto)) == codigos


def test_un_catalogo_con_un_codigo_dos_veces_no_se_acepta(tmp_path):
    entrada = '[[condicion]]\ncodigo = "J45"\nnombre = "Asma"\nterminos = ["{}"]\n'
    archivo = tmp_path / "condiciones.toml"
    archivo.write_text(entrada.format("asma") + entrada.format("asmático/a"), encoding="utf-8")
    with pytest.raises(CatalogoInvalido, match="J45"):
        leer_condiciones(archivo)
