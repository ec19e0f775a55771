"""`saludtech notificacion`: what clients were told."""

from enum import StrEnum
from typing import Annotated

import typer

from saludtech_cli import opciones, ordenes, vistas
from saludtech_cli.puerta import segmento

app = typer.Typer(no_args_is_help=True, help="Notificaciones: qué se dijo a los clientes, y qué fue de ello.")


class EstadoDeNotificacion(StrEnum):
    """A notification's states."""

    CREADA = "CREADA"
    ENVIADA = "ENVIADA"
    CONFIRMADA = "CONFIRMADA"
    FALLIDA = "FALLIDA"
    ANULADA = "ANULADA"


Id = Annotated[str, typer.Argument(metavar="ID_NOTIFICACION", help="La notificación.")]


@app.command()
def ver(contexto: typer.Context, id: Id, en_json: opciones.EnJson = False) -> None:
    """Muestra una notificación."""
    ordenes.ver(contexto, f"/notificaciones/{segmento(id)}", en_json=en_json)


@app.command()
def carta(contexto: typer.Context, id: Id, en_json: opciones.EnJson = False) -> None:
    """Muestra su carta, vuelta a componer sin el nombre de la persona."""
    ordenes.ver(contexto, f"/notificaciones/{segmento(id)}/carta", en_json=en_json)


@app.command()
def listar(
    contexto: typer.Context,
    cliente: Annotated[str | None, typer.Option(metavar="CODIGO", help="Solo las de este cliente.")] = None,
    suscripcion: Annotated[str | None, typer.Option(metavar="ID_SUSCRIPCION", help="Solo las de esta.")] = None,
    estado: Annotated[EstadoDeNotificacion | None, typer.Option(help="Solo las que están así.")] = None,
    cursor: opciones.Cursor = None,
    todas: opciones.Todas = False,
    en_json: opciones.EnJson = False,
) -> None:
    """Lista notificaciones, las más nuevas primero."""
    filtros = {"cliente": cliente, "suscripcion": suscripcion, "estado": estado, "cursor": cursor}
    ordenes.listar(contexto, "/notificaciones", vistas.NOTIFICACIONES, filtros, todas=todas, en_json=en_json)


@app.command()
def eventos(contexto: typer.Context, id: Id, en_json: opciones.EnJson = False) -> None:
    """Muestra la historia completa de una notificación."""
    ordenes.listar(contexto, f"/notificaciones/{segmento(id)}/eventos", vistas.EVENTOS, en_json=en_json)
