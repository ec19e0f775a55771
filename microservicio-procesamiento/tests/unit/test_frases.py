"""How phrases are found whose parts are named, or too many to be written out."""

import pytest

from procesamiento.dominio.frases import Frases, fichas

LAPSO = ["# {años|meses}", "varios años"]


def frases(*aprendidas: str) -> Frases[str]:
    """Phrases that stand for what they are."""
    de: Frases[str] = Frases(clases={"lapso": LAPSO, "desde": ["hace <lapso>", "siempre"]})
    for frase in aprendidas:
        de.aprender(frase, frase)
    return de


@pytest.mark.parametrize(
    ("texto", "hallada"),
    [
        ("asma hace 3 años", ("asma <desde>", 4)),
        ("asma hace varios años y más", ("asma <desde>", 4)),
        ("asma siempre leve", ("asma <desde> leve", 3)),
        ("asma hace 3 años leve", ("asma <desde> leve", 5)),
        ("asma hace 3", None),
        ("asma hace 0 años", None),
    ],
)
def test_una_clase_vale_por_cualquiera_de_sus_frases(texto, hallada):
    assert frases("asma <desde>", "asma <desde> leve").buscar(fichas(texto), 0) == hallada


def test_muchas_alternativas_se_hallan_como_si_estuvieran_escritas():
    muchas = "{a|b|c|d|e f|g} {|h|i|j|k|l|m} {x|y}{1|2|3|4|5|6}"
    de = frases(muchas)
    assert de.buscar(["e", "f", "y6"], 0) == (muchas, 3)
    assert de.buscar(["g", "m", "x1"], 0) == (muchas, 3)
    assert de.buscar(["e", "h", "x1"], 0) is None
    assert de.buscar(["g", "m", "m", "x1"], 0) is None


def test_de_dos_de_un_largo_vale_la_que_no_toma_un_numero_y_si_no_la_primera():
    assert frases("grado #", "grado 2").buscar(["grado", "2"], 0) == ("grado 2", 2)
    assert frases("# años", "<lapso>").buscar(["3", "anos"], 0) == ("# años", 2)
    assert frases("<lapso>", "# años").buscar(["3", "anos"], 0) == ("<lapso>", 2)


def test_una_clase_que_no_hay_no_se_nombra():
    with pytest.raises(KeyError):
        frases("asma <nada>")
