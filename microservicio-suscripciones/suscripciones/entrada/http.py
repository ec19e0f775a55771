"""The HTTP API: the table of queries, as the BFF hands them on."""

from seedwork.entrada.consultas import registrar
from seedwork.entrada.http import App
from suscripciones.aplicacion.consultas import CONSULTAS
from suscripciones.aplicacion.lectura import Lectura


def registrar_rutas(app: App, lectura: Lectura) -> None:
    """Add this service's routes."""
    registrar(app, CONSULTAS, lectura)
