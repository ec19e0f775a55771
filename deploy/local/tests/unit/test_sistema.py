"""What a killed run leaves behind does not mislead the next one."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from plataforma.errores import ErrorPlataforma
from plataforma.sistema import CERROJO, REGISTRO, cerrojo, registrar, solo_para_su_dueno, terminar_restos


@pytest.fixture
def resto() -> Iterator[subprocess.Popen[bytes]]:
    """A process that waits until it is ended."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as proceso:
        yield proceso
        proceso.kill()


def test_lo_que_quedo_se_termina_y_deja_de_nombrarse(tmp_path: Path, resto: subprocess.Popen[bytes]) -> None:
    muerto = subprocess.Popen([sys.executable, "-c", ""])
    muerto.wait()
    registrar(tmp_path, {"pulsar": resto.pid, "bff": muerto.pid})
    terminar_restos(tmp_path)
    assert not psutil.pid_exists(resto.pid)
    assert json.loads((tmp_path / REGISTRO).read_text()) == {}


def test_un_numero_que_se_dio_a_otro_despues_no_es_un_resto(tmp_path: Path, resto: subprocess.Popen[bytes]) -> None:
    registrar(tmp_path, {"bff": resto.pid})
    antes = time.time() - 3600
    os.utime(tmp_path / REGISTRO, (antes, antes))
    terminar_restos(tmp_path)
    assert resto.poll() is None


def test_sin_registro_no_hay_restos(tmp_path: Path) -> None:
    terminar_restos(tmp_path)
    assert not (tmp_path / REGISTRO).exists()


def test_un_cerrojo_que_nadie_tiene_no_estorba(tmp_path: Path) -> None:
    """Its file may name whoever had it when it was killed."""
    (tmp_path / CERROJO).write_text("1")
    with cerrojo(tmp_path), pytest.raises(ErrorPlataforma, match="already runs"), cerrojo(tmp_path):
        pass


def test_lo_que_una_corrida_hace_es_de_su_dueno_nada_mas(tmp_path: Path) -> None:
    """Also what the processes make that it starts; whether all of them keep to it, a live run tells (largo)."""
    estado = tmp_path / ".local"
    estado.mkdir(mode=0o755)
    mascara = os.umask(0o022)
    try:
        with solo_para_su_dueno(), cerrojo(estado):
            subprocess.run([sys.executable, "-c", "open('hecho', 'w')"], cwd=estado, check=True)
        (tmp_path / "despues").touch()
    finally:
        os.umask(mascara)
    assert [r.stat().st_mode & 0o777 for r in (estado, estado / CERROJO, estado / "hecho")] == [0o700, 0o600, 0o600]
    assert (tmp_path / "despues").stat().st_mode & 0o777 == 0o644
