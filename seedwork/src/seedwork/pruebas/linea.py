"""The verbs on dead letters, as an operator uses them, on a workbench's notebook."""

import json
from collections.abc import Callable
from typing import Any

from typer.testing import CliRunner, Result

from seedwork.entrada.cli import crear_cli
from seedwork.pruebas import cuaderno

Cli = Callable[..., Result]


def linea_de_cartas(contexto: str) -> Cli:
    """``python -m cuaderno cartas …``, in this process; it goes by the environment's settings."""
    app = crear_cli(lambda: cuaderno.servicio(contexto), "cuaderno")
    return lambda *orden: CliRunner().invoke(app, ["cartas", *orden])


def lineas(resultado: Result) -> list[dict[str, Any]]:
    """What was answered: a JSON object a line."""
    return [json.loads(linea) for linea in resultado.stdout.splitlines()]
