"""``python -m servicio_datos <verb>``."""

from seedwork.entrada.cli import crear_cli, ejecutar
from servicio_datos.composicion import servicio

cli = crear_cli(servicio, "servicio_datos")

if __name__ == "__main__":
    ejecutar(cli)
