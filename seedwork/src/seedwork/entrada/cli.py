"""The command line that every service has: ``python -m <service> <verb>``."""

import dataclasses
import json
import sys
from collections.abc import Callable, Iterator

import pulsar
import typer

from seedwork.entrada.gunicorn import servir
from seedwork.entrada.registro import apartar_salida
from seedwork.entrada.servicio import Servicio
from seedwork.infraestructura.cartas import Carta, leer_cartas
from seedwork.infraestructura.catalogos import CatalogoInvalido
from seedwork.infraestructura.pulsar import crear_cliente


def crear_cli(servicio: Callable[[], Servicio], paquete: str) -> typer.Typer:
    """The verbs of every service; a service adds its own to what this returns."""
    servicio = _claro(servicio)
    cli = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)

    @cli.command()
    def api() -> None:
        """Serve the HTTP API."""
        config = servicio().config
        servir(f"{paquete}.composicion:crear_api()", f"--bind={config.http_host}:{config.http_puerto}")

    @cli.command()
    def trabajador() -> None:
        """Consume, relay (unless RELAY_APARTE) and keep the timers, until SIGTERM."""
        raise typer.Exit(servicio().trabajar())

    @cli.command()
    def relay() -> None:
        """Relay alone, until SIGTERM; for workers with RELAY_APARTE."""
        raise typer.Exit(servicio().relevar())

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

    cli.add_typer(_cartas(servicio), name="cartas")
    return cli


def ejecutar(cli: typer.Typer) -> None:
    """Run the process's command line: what it answers is all that standard output gets."""
    apartar_salida()
    cli()


def _cartas(servicio: Callable[[], Servicio]) -> typer.Typer:
    """The verbs on dead letters. None of them shows a payload: it may hold what is a person's."""
    cartas = typer.Typer(no_args_is_help=True, help="Dead letters: messages that could not be handled.")

    def leer() -> Iterator[Carta]:
        propio = servicio()
        cliente = crear_cliente(propio.config.pulsar_url)
        try:
            yield from leer_cartas(cliente, propio.nombre)
        except pulsar.PulsarException as error:
            print(f"las cartas no se pueden leer ahora: {type(error).__name__}", file=sys.stderr)
            raise typer.Exit(1) from None
        finally:
            cliente.shutdown()

    @cartas.command("list")
    def listar() -> None:
        """One JSON object a line for each that is parked, oldest first."""
        for carta in leer():
            resumen = dataclasses.asdict(carta)
            del resumen["propiedades"]
            print(json.dumps(resumen, ensure_ascii=False))

    @cartas.command("show")
    def mostrar(id: str) -> None:
        """All that is known of one message, by its id; as often as it was parked."""
        halladas = [c for c in leer() if c.id == id]
        for carta in halladas:
            print(json.dumps(dataclasses.asdict(carta), ensure_ascii=False, indent=2))
        if not halladas:
            print(f"no hay ninguna carta {id}", file=sys.stderr)
            raise typer.Exit(1)

    return cartas


def _claro(servicio: Callable[[], Servicio]) -> Callable[[], Servicio]:
    """A wrong catalogue ends the process as a wrong setting does: with what to mend, not with a stack trace."""

    def armar() -> Servicio:
        try:
            return servicio()
        except CatalogoInvalido as error:
            typer.echo(f"catálogo: {error}", err=True)
            raise typer.Exit(2) from None

    return armar
