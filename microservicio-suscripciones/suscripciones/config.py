"""This service's settings."""

from pathlib import Path

from seedwork.entrada.config import ConfigServicio, Puerto
from suscripciones.infraestructura.catalogo import INCLUIDOS


class Config(ConfigServicio):
    """What every service is told, and where the plans are."""

    http_puerto: Puerto = 5011
    salud_puerto: Puerto = 5021
    catalogo_planes: Path = INCLUIDOS
    """A folder with one TOML file per plan; the package's own by default."""
