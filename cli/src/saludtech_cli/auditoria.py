"""`saludtech auditoria`: who did, saw or was refused what; for operators."""

from enum import StrEnum
from typing import Annotated

import typer

from saludtech_cli import opciones, ordenes, vistas


class De(StrEnum):
    """Whose trail."""

    SUSCRIPCION = "suscripcion"
    SERVICIO = "servicio"
    IMAGEN = "imagen"
    NOTIFICACION = "notificacion"


_RUTAS = {
    De.SUSCRIPCION: "/suscripciones/auditoria",
    De.SERVICIO: "/servicios-datos/auditoria",
    De.IMAGEN: "/procesar/auditoria",
    De.NOTIFICACION: "/notificaciones/auditoria",
}


def auditoria(
    contexto: typer.Context,
    de: Annotated[De, typer.Argument(help="De qué. Lo que la puerta negó está con las suscripciones.")],
    quien: Annotated[str | None, typer.Option(metavar="SUB", help="Solo lo de este: el `sub` de su token.")] = None,
    recurso: Annotated[str | None, typer.Option(metavar="ID", help="Solo lo que trató de este.")] = None,
    cursor: opciones.Cursor = None,
    todas: opciones.Todas = False,
    en_json: opciones.EnJson = False,
) -> None:
    """Muestra quién hizo o vio qué, y qué se le negó, lo más reciente primero."""
    filtros = {"quien": quien, "recurso": recurso, "cursor": cursor}
    ordenes.listar(contexto, _RUTAS[de], vistas.AUDITORIA, filtros, todas=todas, en_json=en_json)
