"""The verification, and that it can fail. In make check: each kind of canary once. In make test-largo (`largo`): all of
them, and the engine with each of its rules taken out, which runs the short form once per rule."""

import base64
from datetime import date
from functools import cache

import pytest
from tests.anonimizacion import canarios, publicos, verificacion
from tests.anonimizacion.busqueda import Pajar, de_fecha, de_nombre, de_octetos, de_texto
from tests.anonimizacion.canarios import Archivo
from tests.anonimizacion.quitadas import QUITADAS

CLAVE = verificacion.clave_nueva()


@cache
def pocos() -> list[Archivo]:
    return list(canarios.pocos())


def test_no_queda_ningun_canario() -> None:
    acta = verificacion.revisar_canarios(pocos(), CLAVE)
    assert acta.hallazgos == []
    assert acta.buscados["tabla"] > 1200
    assert acta.buscados["estructura"] > 500
    assert acta.limpios > 40


def test_cada_canario_esta_en_su_archivo() -> None:
    """What is not there before is not missed afterwards; a deflated data set is opened by its reader alone."""
    for archivo in pocos():
        pajar = Pajar(archivo.octetos, dicom=True)
        assert [aguja.nombre for aguja in archivo.agujas if not pajar.tiene(aguja)] == [], archivo.nombre


@pytest.mark.largo  # a dozen seconds of processor; each kind of canary is looked for in every run
def test_ningun_archivo_de_muestra_conserva_un_identificador() -> None:
    """The smallest of the reader's own samples, which are read in no time; `make verificar-anonimizacion` has all."""
    chicos = [
        p
        for p in publicos.todos()
        if p.nombre.startswith("pydicom/") and len(p.octetos) < 1 << 16 and p.leido.get("Rows", 0) <= 1 << 7
    ]
    acta, _ = verificacion.revisar_publicos(chicos, CLAVE)
    assert acta.hallazgos == []
    assert acta.limpios > 20


@pytest.mark.parametrize(
    "escondido",
    [
        "Núñez Peña".encode(),
        b"NUNEZ^PENA",
        b"pena, nunez",
        "PEÑA_NÚÑEZ".encode("latin-1"),
        "Núñez".encode("utf-16-le"),
        "NÚÑEZ".encode("utf-16-be"),
        b"xx " + base64.b64encode("de Núñez".encode()) + b" xx",
        b"4e554e455a",
        b"ZENUN",
    ],
)
def test_un_nombre_se_halla_en_cualquiera_de_sus_formas(escondido: bytes) -> None:
    assert Pajar(b"\x00\x01abc " + escondido + b" def").tiene(de_nombre("x", "Núñez^Peña"))


@pytest.mark.parametrize("escondido", ["19790403", "1979-04-03", "03/04/1979", "04-03-1979", "1979.04.03101530"])
def test_un_dia_se_halla_en_cualquiera_de_sus_formas(escondido: str) -> None:
    aguja = de_fecha("x", date(1979, 4, 3))
    assert Pajar(f"a {escondido}".encode()).tiene(aguja)
    assert not Pajar(f"a 7{escondido}".encode()).tiene(aguja)


def test_un_numero_se_halla_sin_sus_signos_y_unos_octetos_al_reves() -> None:
    assert Pajar(b"id=79448812;").tiene(de_texto("x", "79-448.812"))
    assert Pajar(b"\0\2\1\4\3\0").tiene(de_octetos("x", b"\1\2\3\4"))
    assert not Pajar(b"nada").tiene(de_texto("x", "79-448.812"))


@pytest.mark.largo
def test_no_queda_ningun_canario_en_ninguna_sintaxis() -> None:
    assert verificacion.revisar_canarios(canarios.todos(), CLAVE).hallazgos == []


@pytest.mark.largo
def test_la_orden_no_dice_nada_ni_en_nombres_ni_en_informes() -> None:
    acta = verificacion.revisar_la_orden(pocos())
    assert acta.hallazgos == []
    assert acta.limpios > 40


@pytest.mark.largo
@pytest.mark.parametrize("regla", QUITADAS)
def test_sin_una_regla_se_nota(regla: str) -> None:
    with pytest.MonkeyPatch.context() as parche:
        QUITADAS[regla](parche)
        assert verificacion.revisar_canarios(pocos(), CLAVE).hallazgos
