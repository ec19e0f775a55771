"""The catalogue's file: what is included, and how a wrong one is told."""

import pytest

from seedwork.infraestructura.catalogos import CatalogoInvalido
from servicio_datos.infraestructura.catalogo import INCLUIDO, leer_catalogo


def test_el_incluido_alcanza_para_diez_mil_suscripciones():
    catalogo = leer_catalogo()

    assert sum(e.capacidad for e in catalogo.expertos) >= 10_000
    assert catalogo.nubes
    assert catalogo.datasets


def test_el_de_la_demostracion_tiene_un_solo_lugar():
    catalogo = leer_catalogo(INCLUIDO.with_name("catalogo-demo.toml"))

    assert [e.capacidad for e in catalogo.expertos] == [1]
    assert len(catalogo.nubes) == len(catalogo.datasets) == 1


def test_un_dataset_dice_de_que_imagenes_es_o_no_lo_dice(tmp_path):
    archivo = tmp_path / "catalogo.toml"
    archivo.write_text(DATASET + 'modalidad = "Ecografía"\n' + DATASET.replace("d1", "d2"), encoding="utf-8")

    assert [d.modalidad for d in leer_catalogo(archivo).datasets] == ["ecografia", None]


def test_los_incluidos_dicen_de_que_imagenes_son():
    for archivo in (INCLUIDO, INCLUIDO.with_name("catalogo-demo.toml")):
        modalidades = [d.modalidad for d in leer_catalogo(archivo).datasets]
        assert None not in modalidades
        assert len(set(modalidades)) == len(modalidades)
        assert "rayos x" in modalidades, "the one that the examples send"


def test_el_que_se_llama_por_una_region_es_de_ella():
    regiones = {d.codigo: d.region for d in leer_catalogo().datasets}
    assert regiones == {
        "rayos-x-torax": "torax",
        "resonancia-craneo": "craneo",
        "tomografia-abdomen": "abdomen",
        "mamografia": None,
        "ecografia": None,
    }
    assert [d.region for d in leer_catalogo(INCLUIDO.with_name("catalogo-demo.toml")).datasets] == ["torax"]


DATASET = '[[datasets]]\ncodigo = "d1"\nnombre = "D"\n'
EXPERTO = '[[expertos]]\ncodigo = "e1"\nnombres = "Ana"\napellidos = "Ruiz"\ncapacidad = 3\n'


@pytest.mark.parametrize(
    ("texto", "queja"),
    [
        (EXPERTO.replace("3", '"3"'), r"expertos\[1\]\.capacidad"),
        (EXPERTO.replace("3", "-1"), r"expertos\[1\]\.capacidad"),
        (EXPERTO + EXPERTO.replace("e1", "con espacio"), r"expertos\[2\]\.codigo"),
        (EXPERTO + EXPERTO, "expertos: código repetido: e1"),
        ('[[nubes]]\ncodigo = "n1"\nnombre = "N"\n', r"nubes\[1\]\.tipo"),
        (DATASET + 'modalidad = ""\n', r"datasets\[1\]\.modalidad: .*de 1 a 200"),
        (DATASET + f'modalidad = "{"ß" * 101}"\n', r"datasets\[1\]\.modalidad: .*de 1 a 200"),
        ('[[servidores]]\ncodigo = "s1"\n', "servidores"),
        ("[[expertos", "no es TOML"),
    ],
)
def test_uno_equivocado_dice_donde(tmp_path, texto, queja):
    archivo = tmp_path / "catalogo.toml"
    archivo.write_text(texto, encoding="utf-8")

    with pytest.raises(CatalogoInvalido, match=queja) as error:
        leer_catalogo(archivo)
    assert str(archivo) in str(error.value)


def test_uno_que_no_existe_lo_dice(tmp_path):
    with pytest.raises(CatalogoInvalido, match=r"falta\.toml: No such file"):
        leer_catalogo(tmp_path / "falta.toml")
