"""The project's own code as syntax trees."""

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path

from pydantic_settings import BaseSettings

RAIZ = Path(__file__).parents[2]
SERVICIOS = {ruta.parents[1].name: ruta.parent.name for ruta in sorted(RAIZ.glob("microservicio-*/*/composicion.py"))}
"""Each service's package by its folder."""
PAQUETES = [RAIZ / carpeta / paquete for carpeta, paquete in SERVICIOS.items()]
TODO = [
    *PAQUETES,
    *(
        RAIZ / carpeta / "src"
        for carpeta in ("json-estricto", "anonimizacion", "seedwork", "bff_web", "deploy/local", "cli")
    ),
]


def configuraciones() -> dict[str, type[BaseSettings]]:
    """Each service's settings, and the door's, by its name."""
    paquetes = {paquete.replace("_", "-"): paquete for paquete in SERVICIOS.values()} | {"bff": "bff_web"}
    return {nombre: importlib.import_module(f"{paquete}.config").Config for nombre, paquete in paquetes.items()}


def arboles(*carpetas: Path) -> Iterator[tuple[str, ast.Module]]:
    """Each module beneath the folders, with its path from the project's root."""
    for carpeta in carpetas:
        for archivo in sorted(carpeta.rglob("*.py")):
            yield str(archivo.relative_to(RAIZ)), ast.parse(archivo.read_text(encoding="utf-8"))


def textos(nodo: ast.AST) -> Iterator[str]:
    """Every string beneath a node, docstrings included."""
    for hijo in ast.walk(nodo):
        if isinstance(hijo, ast.Constant) and isinstance(hijo.value, str):
            yield hijo.value
