"""``python -m computo <verb>``."""

from computo.composicion import servicio
from seedwork.entrada.cli import crear_cli, ejecutar

cli = crear_cli(servicio, "computo")

if __name__ == "__main__":
    ejecutar(cli)
