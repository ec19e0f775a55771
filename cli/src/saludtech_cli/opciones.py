"""The options that several commands share."""

from enum import StrEnum
from typing import Annotated

import typer


class De(StrEnum):
    """A service, by its name."""

    SUSCRIPCIONES = "suscripciones"
    SERVICIO_DATOS = "servicio-datos"
    PROCESAMIENTO = "procesamiento"
    NOTIFICACIONES = "notificaciones"


RUTAS = {
    De.SUSCRIPCIONES: "/suscripciones",
    De.SERVICIO_DATOS: "/servicios-datos",
    De.PROCESAMIENTO: "/procesar",
    De.NOTIFICACIONES: "/notificaciones",
}
"""Where each answers, at the door."""

EnJson = Annotated[bool, typer.Option("--json", help="Responde con un solo documento JSON.")]
Archivo = Annotated[
    str | None,
    typer.Option("--archivo", "-f", metavar="ARCHIVO", help="Lee el cuerpo, en JSON; - es la entrada estándar."),
]
Clave = Annotated[
    str | None,
    typer.Option("--clave", metavar="CLAVE", help="Idempotency-Key: repetido con ella, el comando es el mismo."),
]
Esperar = Annotated[bool, typer.Option("--esperar", help="Espera a saber qué fue del comando.")]
Seguir = Annotated[bool, typer.Option("--seguir", help="Sigue la saga en vivo hasta que acabe.")]
Plazo = Annotated[float, typer.Option("--plazo", metavar="SEGUNDOS", min=0, help="Lo más que espera.")]
Cursor = Annotated[str | None, typer.Option("--cursor", metavar="CURSOR", help="Dónde empieza la página.")]
Todas = Annotated[bool, typer.Option("--todas", help="Recorre todas las páginas.")]
Motivo = Annotated[str | None, typer.Option("--motivo", metavar="TEXTO", help="Por qué, en sus palabras.")]
