"""The table of abuses in docs/seguridad.md: each row has tests, which exist, and answers as the door titles them."""

import ast
import re
from functools import cache

import pytest
from tests.arquitectura.codigo import RAIZ

from seedwork.entrada.problemas import problema

PAGINA = (RAIZ / "docs/seguridad.md").read_text(encoding="utf-8")
FILAS = [
    [celda.strip() for celda in linea.strip("|").split("|")]
    for linea in PAGINA.partition("## Abuse\n")[2].partition("\n## ")[0].splitlines()
    if linea.startswith("| ") and not linea.startswith("| Abuse ")
]


@cache
def pruebas_de(archivo: str) -> set[str]:
    arbol = ast.parse((RAIZ / archivo).read_text(encoding="utf-8"))
    return {nodo.name for nodo in ast.walk(arbol) if isinstance(nodo, ast.FunctionDef)}


@pytest.mark.parametrize("fila", FILAS, ids=[fila[0] for fila in FILAS])
def test_cada_abuso_tiene_pruebas_que_existen(fila: list[str]) -> None:
    _, _, _, pruebas = fila
    dichas = re.findall(r"`([^`]+\.py)::(test_\w+)`", pruebas)
    assert dichas
    for archivo, prueba in dichas:
        assert prueba in pruebas_de(archivo), f"{archivo}::{prueba}"


def test_cada_respuesta_se_titula_como_en_la_puerta() -> None:
    dichas = {dicha for _, _, respuesta, _ in FILAS if not respuesta.startswith("–") for dicha in respuesta.split(", ")}
    for dicha in dichas:
        estado, _, titulo = dicha.partition(" ")
        assert problema(int(estado)).json["title"] == titulo, dicha
    assert {"401", "404", "408", "413", "414", "415", "422", "429", "431", "503"} <= {d[:3] for d in dichas}
