"""``python -m suscripciones <verb>``."""

from seedwork.entrada.cli import crear_cli

from suscripciones.composicion import servicio

cli = crear_cli(servicio, "suscripciones")

if __name__ == "__main__":
    cli()
