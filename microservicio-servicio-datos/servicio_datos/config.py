"""This service's settings."""

from pathlib import Path

from pydantic import Field, PositiveFloat

from seedwork.entrada.config import ConfigServicio, Puerto
from servicio_datos.dominio.publicacion import K_MINIMA
from servicio_datos.infraestructura.catalogo import INCLUIDO


class Config(ConfigServicio):
    """What every service is told, and where the catalogue is."""

    http_puerto: Puerto = 5012
    salud_puerto: Puerto = 5022
    catalogo_recursos: Path = INCLUIDO
    """A TOML file with the experts, clouds and data sets; the package's own by default."""
    dataset_k: int = Field(5, ge=K_MINIMA)
    """The fewest patients of a class that a data set may tell from the others, and by which its versions may differ."""
    dataset_cada_s: PositiveFloat = 3600.0
    """Seconds between two looks for what data sets may release; the first is when the worker starts."""
