"""``python -m procesamiento <verb>``."""

from seedwork.entrada.cli import crear_cli

from procesamiento.composicion import servicio

cli = crear_cli(servicio, "procesamiento")

if __name__ == "__main__":
    cli()
