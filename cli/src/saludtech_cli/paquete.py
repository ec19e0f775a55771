"""`saludtech paquete`: many images at once, as a zip or as the files of a folder."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from saludtech_cli import opciones, ordenes, originales, vistas
from saludtech_cli.fallos import Codigo, Fallo
from saludtech_cli.formulario import Archivo, Formulario, del_disco
from saludtech_cli.imagen import Estado as EstadoDeImagen
from saludtech_cli.puerta import segmento

app = typer.Typer(no_args_is_help=True, help="Paquetes: enviar muchas imágenes a la vez, y ver qué fue de ellas.")

Id = Annotated[str, typer.Argument(metavar="ID_PAQUETE", help="El paquete.")]
RUTA = "/procesar/paquetes"
PLAZO_S = 3600.0
MAXIMO_ARCHIVOS = 10_000
"""How many the door takes that are in no zip."""


class Estado(StrEnum):
    """A package's states."""

    RECIBIDO = "RECIBIDO"
    EN_CURSO = "EN_CURSO"
    COMPLETADO = "COMPLETADO"
    RECHAZADO = "RECHAZADO"


@app.command()
def enviar(
    contexto: typer.Context,
    ruta: Annotated[Path, typer.Argument(metavar="RUTA", help="Un zip, o una carpeta.")],
    metadatos: Annotated[
        Path | None,
        typer.Option("--metadatos", metavar="ARCHIVO", help="Un CSV o un JSON con los campos de cada imagen."),
    ] = None,
    clave: opciones.Clave = None,
    esperar: Annotated[bool, typer.Option("--esperar", help="Espera a que esté decidida cada una.")] = False,
    plazo: opciones.Plazo = PLAZO_S,
    en_json: opciones.EnJson = False,
) -> None:
    """Pide que se anonimicen todas las imágenes de un zip, o de una carpeta con las que tenga dentro.

    Los archivos de una carpeta se llaman como su ruta dentro de ella, y así los nombran los metadatos.
    """
    archivos = [del_disco("metadatos", metadatos)] if metadatos is not None else []
    archivos += _de_la_carpeta(ruta) if ruta.is_dir() else [del_disco("paquete", ruta)]
    formulario = Formulario({}, archivos)
    su_paquete = ordenes.su_paquete if esperar else None
    ordenes.mandar(
        contexto, RUTA, formulario, clave=clave, esperar=esperar, seguir=su_paquete, plazo=plazo, en_json=en_json
    )


@app.command()
def ver(contexto: typer.Context, id: Id, en_json: opciones.EnJson = False) -> None:
    """Muestra cómo está un paquete, y cuántas de sus imágenes están decididas."""
    ordenes.ver(contexto, f"{RUTA}/{segmento(id)}", en_json=en_json)


@app.command()
def listar(
    contexto: typer.Context,
    estado: Annotated[Estado | None, typer.Option(help="Solo los que están así.")] = None,
    cursor: opciones.Cursor = None,
    todas: opciones.Todas = False,
    en_json: opciones.EnJson = False,
) -> None:
    """Lista paquetes, los más nuevos primero."""
    filtros = {"estado": estado, "cursor": cursor}
    ordenes.listar(contexto, RUTA, vistas.PAQUETES, filtros, todas=todas, en_json=en_json)


@app.command()
def imagenes(
    contexto: typer.Context,
    id: Id,
    estado: Annotated[EstadoDeImagen | None, typer.Option(help="Solo las que están así.")] = None,
    cursor: opciones.Cursor = None,
    todas: opciones.Todas = False,
    en_json: opciones.EnJson = False,
) -> None:
    """Lista las imágenes de un paquete."""
    filtros = {"estado": estado, "cursor": cursor}
    ruta = f"{RUTA}/{segmento(id)}/imagenes"
    ordenes.listar(contexto, ruta, vistas.IMAGENES_DE_PAQUETE, filtros, todas=todas, en_json=en_json)


def _de_la_carpeta(carpeta: Path) -> list[Archivo]:
    """By name, so that the same folder is the same package."""
    nombres = [original.nombre for original in originales.en(carpeta).listar()]
    if len(nombres) > MAXIMO_ARCHIVOS:
        raise Fallo(
            Codigo.USO, f"La carpeta tiene {len(nombres)} archivos, y se admiten {MAXIMO_ARCHIVOS}: envíela en un zip."
        )
    return [del_disco("archivos", carpeta / nombre, nombre) for nombre in nombres]
