"""What is tracked is portable: it names neither a package registry nor anybody's machine."""

import json
import re
import subprocess
from pathlib import Path

import pytest

RAIZ = Path(__file__).parents[2]
AJENO = re.compile(
    r"pypi[.]org|pythonhosted[.]org|repo1?[.]maven|maven[.]org|npmjs[.]|proxy[.]golang|quay[.]io|ghcr[.]io"
    r"|(?<![\w.}])/(root|work|home/\w+|Users/\w+)/"
)
LOCKS = (*RAIZ.glob("*.lock"), *RAIZ.glob("tests/**/*.lock"))
_REQUISITO = re.compile(r"^\S+==\S+( ; .+)? \\$")


def test_ningun_archivo_nombra_un_registro_ni_una_ruta_de_una_maquina() -> None:
    rastreados = subprocess.run(["git", "ls-files", "-z"], cwd=RAIZ, capture_output=True, text=True, check=True).stdout
    hallados = {
        f"{nombre}:{numero}: {linea.strip()}"
        for nombre in rastreados.split("\0")
        if nombre and (RAIZ / nombre).is_file() and nombre != str(Path(__file__).relative_to(RAIZ))
        for numero, linea in enumerate((RAIZ / nombre).read_text("utf-8", "replace").splitlines(), 1)
        if AJENO.search(linea)
    }
    assert hallados == set()


@pytest.mark.parametrize("lock", sorted(str(ruta.relative_to(RAIZ)) for ruta in LOCKS))
def test_cada_dependencia_esta_fijada_con_su_huella(lock: str) -> None:
    lineas = (RAIZ / lock).read_text(encoding="utf-8").splitlines()
    requisitos = [linea for linea in lineas if linea and linea[0] not in " #"]
    assert requisitos
    for linea in requisitos:
        assert _REQUISITO.match(linea), f"{linea}: a pinned version, with its hashes"
        siguiente = lineas[lineas.index(linea) + 1]
        assert siguiente.lstrip().startswith("--hash=sha256:"), linea
    assert not [linea for linea in lineas if "://" in linea or "index" in linea.split("#")[0]]


def test_cada_dependencia_de_node_esta_fijada_con_su_huella() -> None:
    carpeta = RAIZ / "tests/documento/herramientas"
    pedidas = json.loads((carpeta / "package.json").read_text(encoding="utf-8"))["dependencies"]
    assert [nombre for nombre, version in pedidas.items() if not version[0].isdigit()] == []
    paquetes = json.loads((carpeta / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    propio = paquetes.pop("")
    assert propio["dependencies"] == pedidas
    assert [nombre for nombre, paquete in paquetes.items() if "integrity" not in paquete] == []
    assert [nombre for nombre, paquete in paquetes.items() if "resolved" in paquete] == []


@pytest.mark.parametrize("programa", ["apache-pulsar-4.0.7", "apache-jmeter-5.6.3"])
def test_cada_jar_esta_fijado_con_su_huella(programa: str) -> None:
    lista = RAIZ / f"deploy/local/src/plataforma/{programa}.jars"
    filas = [f for f in lista.read_text(encoding="utf-8").splitlines() if f and not f.startswith("#")]
    assert filas
    assert [f for f in filas if not re.search(r"\b[0-9a-f]{64}\b", f)] == []
