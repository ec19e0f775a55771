"""What is believed of a process that reads others' files: here it is a pipe in which all that it says lies already.

In make check, as no process is made; the real ones are in procesamiento's tests and the command line's.
"""

import json
import pickle
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from anonimizacion import empleado
from anonimizacion.empleado import Empleado, Impedido, Lento, Perdido

Pedir = Callable[..., list[Any]]


@dataclass
class _Proceso:
    """One that lives until it is ended."""

    fin: int | None = None

    def poll(self) -> int | None:
        return self.fin

    def kill(self) -> None:
        self.fin = -9

    def wait(self) -> None:
        assert self.fin is not None


@dataclass(frozen=True)
class _Bomba:
    """Whoever makes it an object again is its victim."""

    donde: Path

    def __reduce__(self) -> Any:
        return Path.touch, (self.donde,)


@pytest.fixture
def alla(monkeypatch: pytest.MonkeyPatch) -> Connection:
    """The process's end of the way."""
    aqui, alla = Pipe()
    monkeypatch.setattr(empleado, "_emplear", lambda *_: (_Proceso(), aqui))
    return alla


@pytest.fixture
def pedir() -> Pedir:
    def pedir(plazo_s: float = 60.0, parada: threading.Event | None = None, **resto: Any) -> list[Any]:
        quien: Any = Empleado(None)  # type: ignore[arg-type]
        suyo = {"lectores": {"Hecho": json.loads}, "parada": parada or threading.Event(), **resto}
        return list(quien.pedir("x", plazo_s=plazo_s, **suyo))

    return pedir


def _decir(alla: Connection, *dichos: bytes) -> None:
    for dicho in (b"listo", *dichos):
        alla.send_bytes(dicho)


def test_lo_que_puede_decirse_se_lee(alla: Connection, pedir: Pedir) -> None:
    _decir(alla, b"Hecho\n1", b'Hecho\n["a"]', b"acabado")
    assert pedir() == [1, ["a"]]


def test_a_un_proceso_que_es_de_otro_no_se_le_cree_nada(alla: Connection, pedir: Pedir, tmp_path: Path) -> None:
    marca = tmp_path / "marca"
    _decir(alla, pickle.dumps(_Bomba(marca)), b"acabado")
    with pytest.raises(Perdido):
        pedir()
    assert not marca.exists()


@pytest.mark.parametrize("dicho", [b"Otra\n{}", b"Hecho\n{", b"\xff\n{}", b""])
def test_ni_lo_que_no_puede_ser_respuesta(alla: Connection, pedir: Pedir, dicho: bytes) -> None:
    _decir(alla, dicho, b"acabado")
    with pytest.raises(Perdido):
        pedir()


def test_quien_tarda_demas_se_corta(alla: Connection, pedir: Pedir) -> None:
    _decir(alla, b"Hecho\n1")
    with pytest.raises(Lento):
        pedir(plazo_s=-1.0)


def test_quien_muere_antes_de_empezar_no_muere_de_su_encargo(alla: Connection, pedir: Pedir) -> None:
    alla.close()
    with pytest.raises(Impedido):
        pedir()


def test_quien_muere_despues_si(alla: Connection, pedir: Pedir) -> None:
    def leer(cuerpo: bytes) -> None:
        alla.close()

    _decir(alla, b"Hecho\n1")
    with pytest.raises(Perdido):
        pedir(lectores={"Hecho": leer})


def test_al_parar_se_deja_por_deprisa_que_hable(alla: Connection, pedir: Pedir) -> None:
    _decir(alla, *[b"Hecho\n1"] * 3, b"acabado")
    parada = threading.Event()
    parada.set()
    with pytest.raises(Perdido):
        pedir(parada=parada)


def test_sin_arriendo_se_deja(alla: Connection, pedir: Pedir, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(empleado, "LATIDO_S", -1.0)
    _decir(alla, b"Hecho\n1", b"acabado")
    with pytest.raises(Perdido):
        pedir(renovar=lambda: False)


def test_lo_que_json_no_tiene_se_dice_llano() -> None:
    @dataclass(slots=True)
    class Dicho:
        dias: timedelta

    assert json.dumps(Dicho(timedelta(days=-10)), default=empleado._llano) == '{"dias": "-PT864000.000000S"}'
