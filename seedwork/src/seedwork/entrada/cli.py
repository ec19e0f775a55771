"""The command line that every service has: ``python -m <service> <verb>``."""

import os
import sys
from collections.abc import Callable

import typer

from seedwork.entrada.servicio import Servicio
from seedwork.infraestructura.catalogos import CatalogoInvalido


def crear_cli(servicio: Callable[[], Servicio], paquete: str) -> typer.Typer:
    """The verbs of every service; a service adds its own to what this returns."""
    servicio = _claro(servicio)
    cli = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)

    @cli.command()
    def api() -> None:
        """Serve the HTTP API."""
        config = servicio().config
        opciones = [
            f"--bind={config.http_host}:{config.http_puerto}",
            "--config=python:seedwork.entrada.gunicorn",
            f"{paquete}.composicion:crear_api()",
        ]
        os.execv(sys.executable, [sys.executable, "-m", "gunicorn", *opciones])

    @cli.command()
    def trabajador() -> None:
        """Consume, relay and keep the timers, until SIGTERM."""
        raise typer.Exit(servicio().trabajar())

    @cli.command()
    def migrar() -> None:
        """Bring the database's schema up to date."""
        servicio().migrar()

    @cli.command()
    def provisionar() -> None:
        """Make topics, policies, schemas and subscriptions on the broker. Idempotent."""
        servicio().aprovisionar()

    @cli.command()
    def preparar() -> None:
        """Migrate, then provision: what must be done before the first start."""
        servicio().migrar()
        servicio().aprovisionar()

    return cli


def _claro(servicio: Callable[[], Servicio]) -> Callable[[], Servicio]:
    """A wrong catalogue ends the process as a wrong setting does: with what to mend, not with a stack trace."""

    def armar() -> Servicio:
        try:
            return servicio()
        except CatalogoInvalido as error:
            typer.echo(f"catálogo: {error}", err=True)
            raise typer.Exit(2) from None

    return armar
