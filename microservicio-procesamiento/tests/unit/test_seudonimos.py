"""Pseudonyms, offsets and fingerprints come from the key alone, each for its own use."""

from datetime import date, timedelta

import pytest

from procesamiento.dominio.seudonimos import DESPLAZAMIENTO_MAXIMO, Seudonimizador
from seedwork.dominio.reglas import FECHA_MINIMA

CLAVE = bytes(range(32))


def test_el_mismo_paciente_es_el_mismo_en_cada_trabajador():
    uno, otro = Seudonimizador(CLAVE, 1), Seudonimizador(CLAVE, 1)
    assert uno.paciente("CC-79123456") == otro.paciente("CC-79123456")
    assert uno.desplazamiento("CC-79123456") == otro.desplazamiento("CC-79123456")
    # Written down, so that no change of the code parts a patient's images from the older ones.
    assert uno.paciente("CC-79123456") == "v1:50d20c5a547d992007292aa229270726"
    assert uno.paciente("CC-79123456") != uno.paciente("CC-79123457")


def test_sin_la_clave_no_se_adivina():
    assert Seudonimizador(CLAVE, 1).paciente("1") != Seudonimizador(CLAVE[::-1], 1).paciente("1")
    with pytest.raises(ValueError, match="32 bytes"):
        Seudonimizador(CLAVE[:31], 1)


def test_cada_uso_tiene_su_etiqueta():
    clave = Seudonimizador(CLAVE, 1)
    assert clave.paciente("p").removeprefix("v1:") not in clave.huella("p").hex()


def test_las_fechas_se_mueven_dias_enteros_hacia_atras_y_nunca_cero():
    clave = Seudonimizador(CLAVE, 1)
    movimientos = {clave.desplazamiento(f"p-{i}") for i in range(5000)}
    assert max(movimientos) == timedelta(days=-1)
    assert min(movimientos) == timedelta(days=-DESPLAZAMIENTO_MAXIMO)


def test_la_primera_fecha_que_se_admite_se_puede_desplazar_siempre() -> None:
    """No valid date is refused for where a patient's own offset would take it."""
    assert FECHA_MINIMA - timedelta(days=DESPLAZAMIENTO_MAXIMO) >= date.min
