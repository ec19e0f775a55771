"""How many connections our processes may open to a database, all of them together (contract §7)."""

from seedwork.entrada.config import ConfigServicio
from seedwork.entrada.servidor import Ajustes

OTRAS = 10
"""Besides our processes': the server's own reserve, and whoever looks into it."""


def por_proceso() -> int:
    """All of a process's pools together: BD_CONEXIONES where it is not set."""
    return int(ConfigServicio.model_fields["bd_conexiones"].default)


def procesos_de_api() -> int:
    """How many server processes a service's API has."""
    return Ajustes.trabajadores
