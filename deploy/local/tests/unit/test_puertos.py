import socket

import pytest

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
