"""The dates that the contract takes, and how far a patient's are moved."""

from datetime import date, timedelta

from anonimizacion.seudonimos import DESPLAZAMIENTO_MAXIMO
from seedwork.dominio.reglas import FECHA_MINIMA


def test_la_primera_fecha_que_se_admite_se_puede_desplazar_siempre() -> None:
    """No valid date is refused for where a patient's own offset would take it."""
    assert FECHA_MINIMA - timedelta(days=DESPLAZAMIENTO_MAXIMO) >= date.min
