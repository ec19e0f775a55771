"""Tests in several processes: what shares fixtures stays together, and each process has ports of its own."""

import subprocess
import sys

import pytest

CONFTEST = """
import os
from pathlib import Path
import pytest
from plataforma.puertos import libres

pytest_plugins = ["plataforma.pruebas"]

@pytest.fixture(autouse=True)
def apuntar(request):
    with Path("apuntes").open("a") as apuntes:
        print(os.environ["PYTEST_XDIST_WORKER"], request.node.nodeid, *libres(50), file=apuntes)
"""
INI = "[pytest]\njuntas = una\nmarkers = integracion\n"
PRUEBAS = "import pytest\n@pytest.mark.parametrize('n', range(4))\ndef test(n): pass\n"


# In the long tier: it runs another pytest, with processes of its own.
pytestmark = pytest.mark.largo


@pytest.fixture(scope="module")
def apuntes(tmp_path_factory: pytest.TempPathFactory) -> list[list[str]]:
    """Of each test, in the order in which they ran: its process, its name, and the ports that it found free."""
    carpeta = tmp_path_factory.mktemp("pruebas")
    (carpeta / "pytest.ini").write_text(INI)
    (carpeta / "conftest.py").write_text(CONFTEST)
    for ruta in ("otra/test_a.py", "otra/test_b.py", "una/test_c.py", "una/test_d.py"):
        (carpeta / ruta).parent.mkdir(exist_ok=True)
        (carpeta / ruta).write_text(PRUEBAS)
    orden = [sys.executable, "-m", "pytest", "-n", "2", "-q", "--import-mode=importlib"]
    hecho = subprocess.run(orden, cwd=carpeta, capture_output=True, text=True, check=False)
    assert "16 passed" in hecho.stdout, hecho.stdout + hecho.stderr
    assert "servers: none" in hecho.stdout
    return [linea.split() for linea in (carpeta / "apuntes").read_text().splitlines()]


def test_lo_que_comparte_va_junto(apuntes: list[list[str]]) -> None:
    quienes: dict[str, set[str]] = {}
    for proceso, prueba, *_ in apuntes:
        carpeta, _, resto = prueba.partition("/")
        grupo = carpeta if carpeta == "una" else f"{carpeta}/{resto.partition('::')[0]}"
        quienes.setdefault(grupo, set()).add(proceso)
    assert set(quienes) == {"una", "otra/test_a.py", "otra/test_b.py"}
    assert [len(procesos) for procesos in quienes.values()] == [1, 1, 1]
    assert len(set.union(*quienes.values())) == 2, "each process had something"


def test_la_carpeta_que_va_junta_es_lo_primero_de_su_proceso(apuntes: list[list[str]]) -> None:
    (quien,) = {proceso for proceso, prueba, *_ in apuntes if prueba.startswith("una/")}
    suyas = [prueba for proceso, prueba, *_ in apuntes if proceso == quien]
    assert all(prueba.startswith("una/") for prueba in suyas[:8])


def test_ningun_proceso_halla_libre_el_puerto_de_otro(apuntes: list[list[str]]) -> None:
    hallados: dict[str, set[str]] = {}
    for proceso, _, *puertos in apuntes:
        hallados.setdefault(proceso, set()).update(puertos)
    uno, otro = hallados.values()
    assert not uno & otro
