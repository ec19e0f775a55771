"""The HTTP API: the table of queries."""

from flask import Flask

from computo.aplicacion.consultas import CONSULTAS
from computo.aplicacion.lectura import Lectura
from seedwork.entrada.consultas import registrar


def registrar_rutas(app: Flask, lectura: Lectura) -> None:
    """Add this service's routes."""
    registrar(app, CONSULTAS, lectura)
