"""The HTTP API: the table of queries."""

from computo.aplicacion.consultas import CONSULTAS
from computo.aplicacion.lectura import Lectura
from seedwork.entrada.consultas import registrar
from seedwork.entrada.http import App


def registrar_rutas(app: App, lectura: Lectura) -> None:
    """Add this service's routes."""
    registrar(app, CONSULTAS, lectura)
