"""The topics that every service has for itself, besides one for each message type; and what all are called in short."""

from contratos.base import INQUILINO

SUBSCRIPTION_CARTAS = "cartas"
"""The subscription that keeps the dead letters."""


def topico_cartas(contexto: str) -> str:
    """The one dead-letter topic of a service."""
    return f"persistent://{INQUILINO}/{contexto}/cartas-muertas"


def es_de_cartas(topico: str) -> bool:
    """Whether a topic is some service's for dead letters."""
    return topico == topico_cartas(topico.split("/")[-2])


def topico_espera(contexto: str) -> str:
    """The one topic of a service on which its commands wait."""
    return f"persistent://{INQUILINO}/{contexto}/en-espera"


def nombre_corto(topico: str) -> str:
    """A topic's name without tenant and namespace, as metrics and people are told it."""
    return topico.rsplit("/", 1)[-1]
