"""The topics that every service has for itself, besides one for each message type."""

from contratos.base import INQUILINO

SUBSCRIPTION_CARTAS = "cartas"
"""The subscription that keeps the dead letters."""


def topico_cartas(contexto: str) -> str:
    """The one dead-letter topic of a service."""
    return f"persistent://{INQUILINO}/{contexto}/cartas-muertas"


def topico_espera(contexto: str) -> str:
    """The one topic of a service on which its commands wait."""
    return f"persistent://{INQUILINO}/{contexto}/en-espera"
