"""What a command answers: one JSON document for a script, or a view for a person. Errors go to standard error."""

import sys
from typing import Any

from rich.console import Console, RenderableType
from rich.measure import Measurement
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

import json_estricto
from saludtech_cli.fallos import Fallo

_ANCHO_SIN_TERMINAL = 160


def consola() -> Console:
    """Standard output as it is now; wide enough for two ids in a row where it is no terminal."""
    consola = Console(highlight=False)
    if not consola.is_terminal:
        consola.width = _ANCHO_SIN_TERMINAL
    return consola


def consola_de_errores() -> Console:
    """Standard error as it is now."""
    return Console(stderr=True, highlight=False)


def barra(que: str, *, octetos: bool = False) -> Progress:
    """How far something has come, on standard error while it runs.

    Args:
        que: what is done, as its first word.
        octetos: it is counted in octets.
    """
    return Progress(
        TextColumn(que),
        BarColumn(),
        DownloadColumn() if octetos else MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=consola_de_errores(),
        transient=True,
    )


def mostrar(datos: Any, vista: RenderableType, *, en_json: bool) -> None:
    """Answer with the data, or with the view of them."""
    if en_json:
        # Escapes where the output has no UTF-8: a letter that it lacks would be lost.
        utf8 = getattr(sys.stdout, "encoding", "").lower().startswith("utf")
        print(json_estricto.escribir(datos, ascii=not utf8, sangria=2))
    else:
        donde = consola()
        # A narrow terminal breaks the lines: an id or an instant with an ellipsis in it is of no use to anybody.
        entera = Measurement.get(donde, donde.options.update(width=_ANCHO_SIN_TERMINAL), vista).maximum
        donde.width = max(donde.width, entera)
        donde.print(vista)


def contar(fallo: Fallo) -> None:
    """Tell what went wrong, field by field where it is about fields."""
    errores = consola_de_errores()
    errores.print(Text.assemble(("Error: ", "bold red"), fallo.texto), soft_wrap=True)
    for error in fallo.errores:
        errores.print(Text.assemble("  ", (error["campo"], "bold"), ": ", error["motivo"]), soft_wrap=True)
