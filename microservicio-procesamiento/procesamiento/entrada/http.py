"""The HTTP API: the table of queries, as the BFF hands them on."""

from flask import Flask

from procesamiento.aplicacion.consultas import CONSULTAS
from procesamiento.aplicacion.lectura import Lectura
from seedwork.entrada.consultas import registrar


def registrar_rutas(app: Flask, lectura: Lectura) -> None:
    """Add this service's routes."""
    registrar(app, CONSULTAS, lectura)
