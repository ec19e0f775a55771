"""``python -m suscripciones <verb>``."""

import typer

from seedwork.entrada.cli import crear_cli, ejecutar
from suscripciones.composicion import servicio
from suscripciones.infraestructura.reconstruccion import reconstruir

cli = crear_cli(servicio, "suscripciones")
saga = typer.Typer(no_args_is_help=True, help="The saga's view.")
cli.add_typer(saga, name="saga")


@saga.callback()
def _saga() -> None:
    """Keep ``reconstruir`` a verb of its own, though it is the only one so far."""


@saga.command("reconstruir")
def reconstruir_saga() -> None:
    """Rebuild the saga's view from its topic, beside the live one, then swap."""
    pasos = reconstruir(servicio().motor(), servicio().config.pulsar_url)
    typer.echo(f"{pasos} pasos reconstruidos desde el tópico de la saga")


if __name__ == "__main__":
    ejecutar(cli)
