"""``python -m suscripciones <verb>``."""

import json
from typing import Annotated

import typer

from seedwork.entrada.cli import crear_cli, ejecutar
from seedwork.entrada.config import cargar
from suscripciones.composicion import servicio
from suscripciones.config import Config
from suscripciones.infraestructura.abiertas import abiertas
from suscripciones.infraestructura.reconstruccion import reconstruir

cli = crear_cli(servicio, "suscripciones")
saga = typer.Typer(no_args_is_help=True, help="The saga's view.")
cli.add_typer(saga, name="saga")


@saga.command("reconstruir")
def reconstruir_saga() -> None:
    """Rebuild the saga's view from its topic, beside the live one, then swap."""
    config = servicio().config
    pasos = reconstruir(servicio().motor_de_mantenimiento(), config.pulsar_url, config.credencial)
    typer.echo(f"{pasos} pasos reconstruidos desde el tópico de la saga")


@saga.command("abiertas")
def sagas_abiertas(
    segundos: Annotated[
        float | None, typer.Option(min=0, help="How long ago they began, at least; SAGA_TOPE_S by default.")
    ] = None,
) -> None:
    """List the sagas that have not ended, the oldest first, one JSON object a line: whose, since when, their steps."""
    config = cargar(Config)
    for abierta in abiertas(servicio().motor(), config.saga_tope_s if segundos is None else segundos):
        typer.echo(json.dumps(abierta, ensure_ascii=False))


if __name__ == "__main__":
    ejecutar(cli)
