"""What the door itself answers: what happens, as it happens (ADR 53)."""

from contratos.consultas.base import Consulta, Cursor, Id, filtro

PUERTA = "bff"
"""Who answers: no service is asked."""


class VerEventos(Consulta, contexto=PUERTA, ruta="/eventos"):
    """Lo que pasa, según pasa."""

    comando: Id | None = filtro("Lo que viene de este comando, también lo de los últimos minutos.")
    suscripcion: Id | None = filtro("Lo de esta suscripción, también lo de los últimos minutos.")
    cliente: Id | None = filtro("Lo de las suscripciones de este cliente.")
    saga: Id | None = filtro("Lo de esta saga, también lo de los últimos minutos.")
    paquete: Id | None = filtro("Lo de este paquete, también lo de los últimos minutos.")
    imagen: Id | None = filtro("Lo de esta imagen, también lo de los últimos minutos.")
    ultimo: Cursor | None = filtro("Como `Last-Event-ID`, para quien no puede enviar esa cabecera, que manda si viene.")
