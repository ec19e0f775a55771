"""What a setting lets pass of a history's words, and what of it stays behind."""

import pytest

from anonimizacion.seudonimos import Seudonimizador
from contratos.ejemplos import ANONIMIZAR_IMAGEN
from procesamiento.dominio.anonimizacion import Anonimizador
from procesamiento.dominio.condiciones import Reconocedor
from procesamiento.dominio.depuracion import Depurador
from procesamiento.infraestructura.catalogo import leer_depurador
from seedwork.dominio.textos import PARRAFO

from .conftest import CLAVE, EnMemoria


@pytest.fixture(scope="module")
def depurador(reconocedor: Reconocedor) -> Depurador:
    return leer_depurador(reconocedor)


@pytest.mark.parametrize(
    ("historia", "queda"),
    [
        ("Asmático severo, con hipertensión.", "asmático severo, con hipertensión."),
        ("Asma desde abril de 2010, tres crisis en verano y cesfam", "asma desde […] de […] crisis en […] y […]"),
        ("asma en 2010-04-03, c.c. 79.123.456, ana@x.co", "asma en […]"),
        ("asma. Es de lima, de la calle 13", "asma. es de […] de la […]"),
        ("Sufre de asma su vecina Juana Pérez", "sufre de asma su […]"),
        # Names that are words of the lexicon, or of no list, however they are written.
        ("paciente rosa dolores cruz con asma", "paciente […] con asma"),
        ("Rosa tiene asma. Cruz tiene asma", "[…] tiene asma. […] tiene asma"),
        ("asma, la cuida Severa", "asma, la […]"),
        ("Severo, con asma severo", "[…] con asma severo"),
        ("Asma Familiar tiene asma", "[…] tiene asma"),
        ("asma. Dra. Familiar la trata", "asma. […] la trata"),
        ("ASMA y EPOC", "[…] y […]"),
        ("j m a tiene asma", "[…] a tiene asma"),
        ("a\u0073ma/rosa asma\u200b \uff41sma asma", "[…] asma"),
        # What is denied is not affirmed by what is taken out.
        ("Refiere HTA. Niega asma. SIN epoc", "[…] niega asma. sin epoc"),
        ("Juana Pérez, 1980", ""),
    ],
)
def test_quedan_las_palabras_de_la_lista_y_ningun_nombre_fecha_ni_numero(
    depurador: Depurador, historia: str, queda: str
) -> None:
    assert depurador.depurar(historia) == queda


def test_no_es_mas_larga_que_un_texto(depurador: Depurador) -> None:
    texto = depurador.depurar("1 y " * 1000)
    assert PARRAFO.es(texto)


def test_solo_si_se_ajusta_lo_dice_el_evento_y_no_queda_en_ninguna_tabla(
    reconocedor: Reconocedor, depurador: Depurador, servicio: EnMemoria
) -> None:
    servicio.mandar("c-1")
    servicio.usar(Anonimizador({2: Seudonimizador(CLAVE, 2)}, reconocedor, depurador))
    servicio.mandar("c-2", id_imagen="otra", antecedentes="Diabético, de Tunja")
    servicio.mandar("c-3", id_imagen="otra", antecedentes="Diabético, de Tunja")
    servicio.mandar("c-4", id_imagen="mas", antecedentes="eva tiene asma familiar", id_paciente="ASMA^Familiar")
    eventos = [dicho.mensaje for dicho in servicio.publicado]
    assert [evento.antecedentes_con_riesgo_residual for evento in eventos] == ["", "diabético, de […]", "[…] tiene […]"]
    assert "diabético" not in repr(eventos)
    assert servicio.imagenes["otra"].datos.antecedentes_con_riesgo_residual == ""
    assert "antecedentes_con_riesgo_residual" not in servicio.almacen.tablas["imagenes"][ANONIMIZAR_IMAGEN.id_imagen]
