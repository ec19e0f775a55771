"""``python -m notificaciones <verb>``."""

import typer

from notificaciones.composicion import servicio
from notificaciones.infraestructura.vistas import atrasadas, reconstruir
from seedwork.entrada.cli import crear_cli, ejecutar
from seedwork.infraestructura.almacen_eventos import verificar

cli = crear_cli(servicio, "notificaciones")
vistas = typer.Typer(no_args_is_help=True)
eventos = typer.Typer(no_args_is_help=True)
cli.add_typer(vistas, name="vistas", help="The views, which follow from the events.")
cli.add_typer(eventos, name="eventos", help="The event store.")


@vistas.command("reconstruir")
def reconstruir_vistas() -> None:
    """Make the view anew from the events, beside the live one, then swap."""
    typer.echo(f"vista reconstruida de {reconstruir(servicio().motor_de_mantenimiento())} eventos")


@eventos.command("verificar")
def verificar_eventos() -> None:
    """Check that every event is as it was appended, and that none is missing. Exit code 1 if not."""
    with servicio().motor_de_mantenimiento().connect() as conexion:
        problemas = [f"{a.flujo} versión {a.version}: {a.problema}" for a in verificar(conexion)]
        problemas += [f"{id}: la vista no está en la última versión de sus eventos" for id in atrasadas(conexion)]
    for problema in problemas:
        typer.echo(problema, err=True)
    if problemas:
        raise typer.Exit(1)
    typer.echo("el almacén de eventos está íntegro")


if __name__ == "__main__":
    ejecutar(cli)
