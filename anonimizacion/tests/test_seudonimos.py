"""Pseudonyms, offsets and fingerprints come from the key alone, each for its own use."""

from datetime import timedelta

import pytest

from anonimizacion.paciente import Paciente
from anonimizacion.seudonimos import DESPLAZAMIENTO_MAXIMO, Seudonimizador

CLAVE = bytes(range(32))


def paciente(numero: str, emisor: str = "Hospital del norte") -> Paciente:
    return Paciente(emisor, numero)


def test_el_mismo_paciente_es_el_mismo_en_cada_trabajador():
    uno, otro = Seudonimizador(CLAVE, 2), Seudonimizador(CLAVE, 2)
    quien = paciente("CC-79123456")
    assert uno.paciente(quien) == otro.paciente(quien)
    assert uno.desplazamiento(quien) == otro.desplazamiento(quien)
    # Written down, so that no change of the code parts a patient's images from the older ones.
    assert uno.paciente(quien) == "v2:5e7266a259738048bf5b57aab2dc3f9b"
    assert uno.paciente(quien) != uno.paciente(paciente("CC-79123457"))


def test_un_numero_es_de_quien_lo_expide():
    clave = Seudonimizador(CLAVE, 2)
    norte, sur = paciente("1024"), paciente("1024", "Hospital del sur")
    assert clave.paciente(norte) != clave.paciente(sur)
    assert clave.desplazamiento(norte) != clave.desplazamiento(sur)


def test_sin_la_clave_no_se_adivina():
    assert Seudonimizador(CLAVE, 2).paciente(paciente("1")) != Seudonimizador(CLAVE[::-1], 2).paciente(paciente("1"))
    with pytest.raises(ValueError, match="32 bytes"):
        Seudonimizador(CLAVE[:31], 2)


def test_cada_uso_tiene_su_etiqueta():
    clave, quien = Seudonimizador(CLAVE, 2), paciente("p")
    assert clave.paciente(quien).removeprefix("v2:") not in clave.huella(quien.canonico).hex()


def test_las_fechas_se_mueven_dias_enteros_hacia_atras_y_nunca_cero():
    clave = Seudonimizador(CLAVE, 2)
    movimientos = {clave.desplazamiento(paciente(f"p-{i}")) for i in range(5000)}
    assert max(movimientos) == timedelta(days=-1)
    assert min(movimientos) == timedelta(days=-DESPLAZAMIENTO_MAXIMO)
