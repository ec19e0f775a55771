"""``python -m procesamiento <verb>``."""

from procesamiento.composicion import servicio
from seedwork.entrada.cli import crear_cli, ejecutar

cli = crear_cli(servicio, "procesamiento")

if __name__ == "__main__":
    ejecutar(cli)
