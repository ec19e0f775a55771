"""Dates moved by whole days into the past; what is not whole and valid is none (PS3.5 6.2; PS3.15 E.3.6)."""

import re
from datetime import date, timedelta

_DIA = re.compile(rb"([0-9]{4})([.]?)([0-9]{2})\2([0-9]{2})")
_HORA = rb"(?:[01][0-9]|2[0-3])(?:[0-5][0-9](?:(?:[0-5][0-9]|60)(?:\.[0-9]{1,6})?)?)?"
_DESFASE = rb"[+-](?:0[0-9]|1[0-4])[0-5][0-9]"
_TM = re.compile(_HORA)
_ZONA = re.compile(_DESFASE)
_DT = re.compile(rb"[0-9]{8}(?:" + _HORA + rb")?(?:" + _DESFASE + rb")?")
_AS = re.compile(rb"([0-9]{3})([DWMY])")
_POR_ANO = {b"D": 365.2425, b"W": 365.2425 / 7, b"M": 12.0, b"Y": 1.0}
EDAD_MAXIMA = 89
"""Years; above, all ages are one."""


def dia(valor: bytes) -> date | None:
    """The day that a DA says, also as ACR-NEMA wrote it (``1993.08.22``); None if it is no whole and valid day."""
    hallado = _DIA.fullmatch(valor.strip(b" \0"))
    if hallado is None:
        return None
    try:
        return date(int(hallado[1]), int(hallado[3]), int(hallado[4]))
    except ValueError:
        return None


def mover(vr: str, valor: bytes, desplazamiento: timedelta) -> bytes | None:
    """A temporal value moved, each of its parts; None where one of them is no whole and valid value.

    Args:
        vr: DA, DT, TM, or SH for an offset from UTC; times and offsets stay as they are, so that distances do.
        valor: as it stands in the file.
        desplazamiento: whole days.
    """
    if not valor.strip(b" \0"):
        return None
    movidos = [_MOVER[vr](parte.strip(b" \0"), desplazamiento) for parte in valor.split(b"\\")]
    return None if None in movidos else b"\\".join(m for m in movidos if m is not None)


def _mover_da(valor: bytes, desplazamiento: timedelta) -> bytes | None:
    cuando = dia(valor)
    return None if cuando is None else _desplazada(cuando, desplazamiento)


def _mover_dt(valor: bytes, desplazamiento: timedelta) -> bytes | None:
    hallado = _DT.fullmatch(valor)
    if hallado is None:
        return None
    cuando = dia(valor[:8])
    movida = None if cuando is None else _desplazada(cuando, desplazamiento)
    return None if movida is None else movida + valor[8:]


def _desplazada(cuando: date, desplazamiento: timedelta) -> bytes | None:
    try:
        return (cuando + desplazamiento).isoformat().replace("-", "").encode()
    except OverflowError:
        return None


def _mover_tm(valor: bytes, _: timedelta) -> bytes | None:
    return valor if _TM.fullmatch(valor) else None


def _mover_zona(valor: bytes, _: timedelta) -> bytes | None:
    return valor if _ZONA.fullmatch(valor) else None


_MOVER = {"DA": _mover_da, "DT": _mover_dt, "TM": _mover_tm, "SH": _mover_zona}


def anos(edad: bytes) -> int | None:
    """Whole years of an AS; None where it is none."""
    hallado = _AS.fullmatch(edad.strip(b" \0"))
    return None if hallado is None else int(int(hallado[1]) / _POR_ANO[hallado[2]])


def edad_conservable(edad: bytes) -> bytes | None:
    """An AS that may stay: above 89 years 090Y; None where it is no age."""
    cuantos = anos(edad)
    return None if cuantos is None else b"090Y" if cuantos > EDAD_MAXIMA else edad.strip(b" \0")


def anos_entre(nacimiento: date, despues: date) -> int:
    """Birthdays passed between two days."""
    return despues.year - nacimiento.year - ((despues.month, despues.day) < (nacimiento.month, nacimiento.day))
