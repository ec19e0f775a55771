"""Dates move by whole days, and what is not whole and valid is none."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anonimizacion.dicom import fechas

AYER = timedelta(days=-1)


@pytest.mark.parametrize(
    ("vr", "valor", "movido"),
    [
        ("DA", b"20100301", b"20100228"),
        ("DA", b"20120301 ", b"20120229"),
        ("DA", b"1993.08.22", b"19930821"),
        ("DA", b"20100101\\20100102", b"20091231\\20100101"),
        ("DT", b"20100301", b"20100228"),
        ("DT", b"2010030112", b"2010022812"),
        ("DT", b"20100301235959.123456-0500", b"20100228235959.123456-0500"),
        ("DT", b"20100301+0545", b"20100228+0545"),
        ("TM", b"101530.25", b"101530.25"),
        ("TM", b"12", b"12"),
        ("SH", b"-0500", b"-0500"),
    ],
)
def test_se_mueven_y_guardan_su_precision(vr: str, valor: bytes, movido: bytes) -> None:
    assert fechas.mover(vr, valor, AYER) == movido


@pytest.mark.parametrize(
    ("vr", "valor"),
    [
        *(("DA", v) for v in (b"", b"2010", b"201003", b"20100230", b"20101301", b"00000000", b"20100301120000")),
        *(("DA", v) for v in (b"2010-03-01", b"20100101-20100201", b"00010101", b"20100301\\", b"GARCIA  ")),
        *(("DT", v) for v in (b"2010", b"201003", b"2010030125", b"20100301.5", b"20100301120000.1234567")),
        *(("TM", v) for v in (b"24", b"240000", b"1", b"10:15", b"1015.5", b"GARCIA")),
        *(("SH", v) for v in (b"0500", b"-05", b"GMT", b"-1500")),
    ],
)
def test_lo_que_no_es_entero_y_valido_no_es_nada(vr: str, valor: bytes) -> None:
    assert fechas.mover(vr, valor, AYER) is None


@given(st.dates(date(3, 1, 1)), st.integers(1, 730))
def test_la_distancia_entre_dos_dias_se_guarda(dia: date, dias: int) -> None:
    movida = fechas.mover("DA", dia.isoformat().replace("-", "").encode(), timedelta(days=-dias))
    assert movida is not None
    assert dia - (fechas.dia(movida) or dia) == timedelta(days=dias)


@pytest.mark.parametrize(
    ("edad", "queda"),
    [(b"089Y", b"089Y"), (b"090Y", b"090Y"), (b"093Y", b"090Y"), (b"999M", b"999M"), (b"012W", b"012W"), (b"93", None)],
)
def test_sobre_89_anos_todas_las_edades_son_una(edad: bytes, queda: bytes | None) -> None:
    assert fechas.edad_conservable(edad) == queda


def test_los_anos_de_una_edad() -> None:
    assert [fechas.anos(e) for e in (b"012M", b"011M", b"053W", b"365D", b"366D", b"040Y", b"")] == [
        *(1, 0, 1, 0, 1, 40, None)
    ]
