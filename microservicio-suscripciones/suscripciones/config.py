"""This service's settings."""

from pathlib import Path

from seedwork.entrada.config import ConfigServicio
from suscripciones.infraestructura.catalogo import INCLUIDOS


class Config(ConfigServicio):
    """What every service is told, and where the plans are.

    Attributes:
        catalogo_planes: a folder with one TOML file per plan.
    """

    catalogo_planes: Path = INCLUIDOS
