"""`make test-contenedores` is a tier of its own: no other runs its tests, and without an engine it says so."""

import os
import re
import subprocess
import sys

import pytest
from tests.arquitectura.codigo import RAIZ


def test_ningun_otro_nivel_corre_los_contenedores() -> None:
    texto = (RAIZ / "Makefile").read_text(encoding="utf-8")
    hallados = re.findall(r'^([a-z-]+): .*\n(?:\t.*\n)*?\t.* -m pytest.* -m (?:"([a-z ]+)"|(\S+))', texto, re.MULTILINE)
    niveles = {nivel: larga or corta for nivel, larga, corta in hallados}
    assert set(niveles) == {"check", "test", "test-largo", "test-contenedores"}
    # pytest's expressions are Python's.
    marcas = {"integracion": False, "largo": False, "contenedores": True}
    assert [nivel for nivel, expresion in niveles.items() if eval(expresion, {}, marcas)] == ["test-contenedores"]


@pytest.mark.largo  # a pytest of its own, which loads all there is
def test_sin_motor_lo_dice_a_gritos() -> None:
    orden = [sys.executable, "-m", "pytest", "-n0", "-m", "contenedores", "tests/contenedores"]
    entorno = os.environ | {"DOCKER": "/no/hay/docker"}
    hecho = subprocess.run(orden, cwd=RAIZ, env=entorno, capture_output=True, text=True, check=False)
    assert hecho.returncode == 0, hecho.stdout
    assert "NO CONTAINER ENGINE: NOTHING OF THE CONTAINERS WAS TRIED" in hecho.stdout
    assert "/no/hay/docker: No such file or directory" in hecho.stdout
    assert " passed" not in hecho.stdout.splitlines()[-1]
