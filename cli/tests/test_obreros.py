"""Who has work done by processes that may be kept from it, on one that is none. Milliseconds."""

import errno
from collections.abc import Iterator
from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any

import pytest

from anonimizacion.empleado import Impedido, Lento, Perdido
from saludtech_cli import limpieza, obreros


class Guion:
    """A process that does, piece by piece, what was written for it; then it answers.

    Args:
        fallos: what it raises, by piece.
    """

    def __init__(self, fallos: dict[str, list[type[Exception]]]) -> None:
        self.fallos = fallos
        self.pedidas: list[str] = []

    def pedir(self, pieza: str, *_: Any, **__: Any) -> Iterator[str]:
        self.pedidas.append(pieza)
        if self.fallos.get(pieza):
            raise self.fallos[pieza].pop(0)
        yield pieza.upper()

    def despedir(self) -> None:
        pass


def hacer(monkeypatch: pytest.MonkeyPatch, guion: Guion, piezas: str) -> dict[str, Any]:
    monkeypatch.setattr(obreros, "Empleado", lambda *_: guion)
    monkeypatch.setattr(obreros, "PAUSA_S", 0.0)
    suyos: Any = obreros.Obreros(1, SimpleNamespace(memoria=0), "", {}, 1.0)
    return dict(suyos.hacer(piezas))


def test_un_impedimento_no_es_un_intento(monkeypatch: pytest.MonkeyPatch) -> None:
    guion = Guion({"a": [Impedido, Impedido, Perdido, Impedido, Impedido, Impedido]})
    assert hacer(monkeypatch, guion, "ab") == {"a": "A", "b": "B"}
    # What died waits behind the others; what this machine kept it from is done first.
    assert "".join(guion.pedidas) == "aaabaaaa"


def test_lo_que_no_puede_ser_aqui_se_dice_asi(monkeypatch: pytest.MonkeyPatch) -> None:
    veces = obreros.IMPEDIMENTOS
    guion = Guion({"a": [Impedido] * veces, "b": [Impedido], "d": [Impedido], "e": [Perdido, Lento]})
    assert hacer(monkeypatch, guion, "abcde") == {
        "a": obreros.Perdida("IMPEDIDO"),
        "b": obreros.Perdida("IMPEDIDO"),
        "c": "C",
        "d": "D",
        "e": obreros.Perdida("LENTO"),
    }
    assert "".join(guion.pedidas) == "a" * veces + "bcddee"


@pytest.mark.parametrize(("numero", "pasa"), [(errno.ENOSPC, True), (errno.EACCES, False)])
def test_que_no_haya_sitio_no_es_culpa_del_archivo(monkeypatch: pytest.MonkeyPatch, numero: int, pasa: bool) -> None:
    def sin_sitio(*_: Any) -> Any:
        raise OSError(numero, "x")

    monkeypatch.setattr(limpieza, "_limpiar", sin_sitio)
    taller: Any = SimpleNamespace(
        remitentes={}, remitente=None, originales=SimpleNamespace(abrir=lambda _: nullcontext(b""))
    )
    original: Any = SimpleNamespace(nombre="n")
    with pytest.raises(OSError, match="x") if pasa else nullcontext():
        (hecho,) = limpieza.Encargo(original).hacer(taller)
        assert isinstance(hecho, limpieza.Hecho)
        assert hecho.motivo == "NO_SE_PUDO_LEER_O_ESCRIBIR"
