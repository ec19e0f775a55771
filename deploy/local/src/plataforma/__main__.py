"""`python -m plataforma`: the commands behind `make run`, `make demo`, `make operar` and `make clean`."""

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from plataforma import operacion as operaciones
from plataforma.ajustes import Ajustes, leer_ajustes
from plataforma.corrida import correr
from plataforma.demo import demostrar
from plataforma.errores import ErrorPlataforma, Interrumpida
from plataforma.sistema import cerrojo, senales_que_detienen

app = typer.Typer(add_completion=False, no_args_is_help=True, help=__doc__)
consola = Console(highlight=False)
RAIZ = Path.cwd()
ESTADO = RAIZ / ".local"


@contextmanager
def _contando_errores(al_interrumpir: int = 0) -> Iterator[None]:
    """End with exit code 1 and the reason in words, or with the given code when a signal asked for the end."""
    try:
        with senales_que_detienen():
            yield
    except Interrumpida:
        consola.print("Stopped.")
        sys.exit(al_interrumpir)
    except ErrorPlataforma as error:
        consola.print(f"[bold red]Error:[/] {escape(str(error))}", soft_wrap=True)
        sys.exit(1)


@app.command()
def run() -> None:
    """Start everything and stay up until Ctrl-C; state and logs are kept in .local/."""
    with _contando_errores():
        consola.print("Starting SaludTech de los Alpes (logs in .local/logs/)")
        ajustes = leer_ajustes(RAIZ)
        with correr(ajustes, RAIZ, ESTADO, consola) as corrida:
            puerto = ajustes.puerto("bff_puerto").numero
            bff = f"http://127.0.0.1:{puerto}"
            consola.print(
                f"\n[bold green]Ready.[/] The BFF is at [bold]{bff}[/], its console at {bff}/consola, "
                f"its API's page at {bff}/docs.\n"
                f"Pulsar: {corrida.plano.conexiones.pulsar_url}, admin {corrida.plano.conexiones.pulsar_admin_url}. "
                "E-mails: .local/correo/new/. Processes: .local/procesos.json.\nCtrl-C stops everything.",
                soft_wrap=True,
            )
            if puerto != Ajustes.model_fields["bff_puerto"].default:
                consola.print(f"For the command line: [bold]export SALUDTECH_URL={bff}[/]", soft_wrap=True)
            if ajustes.autenticacion == "desarrollo":
                consola.print(
                    "Callers are asked who they are. A token, for eight hours:\n"
                    "[bold]export SALUDTECH_TOKEN=$(.venv/bin/saludtech token --rol cliente --cliente 0001)[/]\n"
                    'curl takes it with -H "Authorization: Bearer $SALUDTECH_TOKEN". Others: --rol clinica --clinica '
                    "norte, --rol investigador, --rol operador.",
                    soft_wrap=True,
                )
            try:
                corrida.vigilar()
            except Interrumpida:
                consola.print("\nStopping: BFF, services, broker, PostgreSQL …")
                raise


@app.command()
def demo() -> None:
    """Play a PRO subscription, an image and a refused subscription on a platform of its own (.local/demo/)."""
    with _contando_errores(al_interrumpir=1):
        demostrar(RAIZ, ESTADO / "demo", consola)


@app.command(context_settings={"ignore_unknown_options": True})
def operar(servicio: str, orden: Annotated[list[str] | None, typer.Argument()] = None) -> None:
    """Run a service's command (cartas list, say) with the databases and keys of the latest `make run`."""
    with _contando_errores():
        operaciones.operar(RAIZ, ESTADO, servicio, orden or [])


@app.command()
def clean() -> None:
    """Remove .local/: the state, the logs, everything that a run keeps here."""
    with _contando_errores():
        for estado in (ESTADO, ESTADO / "demo"):
            if estado.exists():
                with cerrojo(estado):
                    pass
        shutil.rmtree(ESTADO, ignore_errors=True)


if __name__ == "__main__":
    app()
