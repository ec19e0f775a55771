"""`saludtech auditoria`: who did, saw or was refused what; for operators."""

from typing import Annotated

import typer

from saludtech_cli import opciones, ordenes, vistas


def auditoria(
    contexto: typer.Context,
    de: Annotated[
        opciones.De, typer.Argument(help="De qué servicio. Lo que la puerta negó está con las suscripciones.")
    ],
    quien: Annotated[str | None, typer.Option(metavar="SUB", help="Solo lo de este: el `sub` de su token.")] = None,
    recurso: Annotated[str | None, typer.Option(metavar="ID", help="Solo lo que trató de este.")] = None,
    cursor: opciones.Cursor = None,
    todas: opciones.Todas = False,
    en_json: opciones.EnJson = False,
) -> None:
    """Muestra quién hizo o vio qué, y qué se le negó, lo más reciente primero."""
    filtros = {"quien": quien, "recurso": recurso, "cursor": cursor}
    ordenes.listar(contexto, f"{opciones.RUTAS[de]}/auditoria", vistas.AUDITORIA, filtros, todas=todas, en_json=en_json)
