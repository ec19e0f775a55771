"""This service's settings."""

from pathlib import Path

from seedwork.entrada.config import ConfigServicio, Puerto
from servicio_datos.infraestructura.catalogo import INCLUIDO


class Config(ConfigServicio):
    """What every service is told, and where the catalogue is."""

    http_puerto: Puerto = 5012
    salud_puerto: Puerto = 5022
    catalogo_recursos: Path = INCLUIDO
    """A TOML file with the experts, clouds and data sets; the package's own by default."""
