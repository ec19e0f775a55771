"""`saludtech cartas`: dead letters, each service's; for operators."""

from typing import Annotated

import typer

from saludtech_cli import opciones, ordenes, vistas
from saludtech_cli.puerta import segmento

app = typer.Typer(no_args_is_help=True, help="Cartas muertas: mensajes que no se pudieron atender. De operadores.")


Servicio = Annotated[opciones.De, typer.Option("--servicio", help="El servicio que no las pudo atender.")]
Id = Annotated[str, typer.Argument(metavar="ID_CARTA", help="La carta, como la nombra la lista.")]
Motivo = Annotated[
    str, typer.Option("--motivo", metavar="TEXTO", help="Por qué; queda en la auditoría: no nombre a nadie.")
]


@app.command()
def listar(
    contexto: typer.Context,
    servicio: Servicio,
    consumidor: Annotated[str | None, typer.Option(metavar="NOMBRE", help="Solo las de este consumidor.")] = None,
    tipo: Annotated[str | None, typer.Option(metavar="TIPO", help="Solo las de este tipo de mensaje.")] = None,
    cursor: opciones.Cursor = None,
    todas: opciones.Todas = False,
    en_json: opciones.EnJson = False,
) -> None:
    """Lista las cartas de un servicio, las más antiguas primero."""
    filtros = {"consumidor": consumidor, "tipo": tipo, "cursor": cursor}
    ordenes.listar(contexto, _ruta(servicio), vistas.CARTAS, filtros, todas=todas, en_json=en_json)


@app.command()
def ver(contexto: typer.Context, id: Id, servicio: Servicio, en_json: opciones.EnJson = False) -> None:
    """Muestra una carta; nunca su contenido."""
    ordenes.ver(contexto, f"{_ruta(servicio)}/{segmento(id)}", en_json=en_json)


@app.command()
def reproducir(
    contexto: typer.Context, id: Id, servicio: Servicio, motivo: Motivo, en_json: opciones.EnJson = False
) -> None:
    """Hace que su mensaje se atienda otra vez, una vez remediada la causa."""
    ruta = f"{_ruta(servicio)}/{segmento(id)}/reproduccion-comando"
    ordenes.cumplir(contexto, ruta, {"motivo": motivo}, en_json=en_json)


@app.command()
def descartar(
    contexto: typer.Context, id: Id, servicio: Servicio, motivo: Motivo, en_json: opciones.EnJson = False
) -> None:
    """La da por perdida: si era un comando, queda rechazado."""
    ruta = f"{_ruta(servicio)}/{segmento(id)}/descarte-comando"
    ordenes.cumplir(contexto, ruta, {"motivo": motivo}, en_json=en_json)


def _ruta(servicio: opciones.De) -> str:
    return f"{opciones.RUTAS[servicio]}/cartas"
