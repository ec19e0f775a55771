"""This service's settings."""

from pydantic import NonNegativeInt

from seedwork.entrada.config import ConfigServicio, Puerto


class Config(ConfigServicio):
    """What every service is told, and how much there is to give."""

    http_puerto: Puerto = 5015
    salud_puerto: Puerto = 5025
    computo_capacidad: NonNegativeInt = 10_000
    """How many quotas there are to give at a time."""
