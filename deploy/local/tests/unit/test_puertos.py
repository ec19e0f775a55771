import socket
import subprocess
import sys

import pytest

from plataforma import puertos
from plataforma.errores import ErrorPlataforma
from plataforma.puertos import Puerto, comprobar, libres


def test_un_puerto_ocupado_se_nombra_con_su_parte_y_su_variable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as ocupante:
        numero = ocupante.getsockname()[1]
        with pytest.raises(ErrorPlataforma) as error:
            comprobar([Puerto(numero, "bff", "BFF_PUERTO")])
    assert f"port {numero} for bff is taken" in str(error.value)
    assert "BFF_PUERTO" in str(error.value)


def test_todos_los_puertos_ocupados_se_dicen_de_una_vez() -> None:
    with socket.create_server(("127.0.0.1", 0)) as uno, socket.create_server(("127.0.0.1", 0)) as otro:
        numeros = [s.getsockname()[1] for s in (uno, otro)]
        with pytest.raises(ErrorPlataforma) as error:
            comprobar(Puerto(numero, "parte", "VARIABLE") for numero in numeros)
    assert all(str(numero) in str(error.value) for numero in numeros)


def test_dos_partes_con_un_mismo_puerto_se_rechazan() -> None:
    (numero,) = libres(1)
    with pytest.raises(ErrorPlataforma, match=f"port {numero} for correo is also the port for bff: set CORREO_PUERTO"):
        comprobar([Puerto(numero, "bff", "BFF_PUERTO"), Puerto(numero, "correo", "CORREO_PUERTO")])


def test_los_puertos_libres_son_distintos() -> None:
    numeros = libres(20)
    assert len(set(numeros)) == 20
    comprobar(Puerto(numero, "parte", "VARIABLE") for numero in numeros)


HALLAR = "import sys, plataforma.puertos as p; print(*p.libres(50), flush=True); sys.stdin.read()"


def test_lo_que_un_proceso_hallo_libre_no_lo_halla_otro_mientras_viva(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody listens there yet: of two that looked at the same time and took the same port, one did not start."""
    with subprocess.Popen(
        [sys.executable, "-c", HALLAR], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as otro:
        assert otro.stdout
        suyos = [int(numero) for numero in otro.stdout.readline().split()]
        monkeypatch.setattr(puertos, "_RANGO_LIBRE", range(min(suyos), min(suyos) + 1))
        with pytest.raises(ErrorPlataforma, match="There are no 1 free ports"):
            libres(1)
        otro.communicate("")
    assert libres(1) == [min(suyos)]
