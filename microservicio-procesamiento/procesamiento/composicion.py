"""Where everything is put together: what knows all layers."""

from collections.abc import Callable
from functools import cache, partial
from pathlib import Path

import flask
import sqlalchemy as sa

from anonimizacion.seudonimos import Seudonimizador
from procesamiento import NOMBRE
from procesamiento.aplicacion.manejadores import MANEJADORES
from procesamiento.aplicacion.rechazo import rechazar_comando
from procesamiento.aplicacion.traducciones import TRADUCCIONES
from procesamiento.config import Config
from procesamiento.dominio.anonimizacion import Anonimizador
from procesamiento.entrada.http import registrar_rutas
from procesamiento.infraestructura.catalogo import leer_condiciones, leer_reconocedor
from procesamiento.infraestructura.consultas import LecturaProcesamiento
from procesamiento.infraestructura.repositorio import UnidadProcesamiento
from procesamiento.infraestructura.tablas import METADATOS
from seedwork.entrada.config import cargar
from seedwork.entrada.http import App
from seedwork.entrada.servicio import Servicio
from seedwork.infraestructura.transaccion_sql import TransaccionSQL


@cache
def servicio() -> Servicio:
    """This service, put together from its settings."""
    config = cargar(Config)
    condiciones = leer_condiciones(config.catalogo_condiciones)
    seudonimizadores = {v: Seudonimizador(c, v) for v, c in config.claves.items()}

    @cache
    def unidad() -> Callable[[TransaccionSQL], UnidadProcesamiento]:
        return partial(UnidadProcesamiento, anonimizador=Anonimizador(seudonimizadores, leer_reconocedor(condiciones)))

    def api(app: flask.Flask, motor: sa.Engine) -> None:
        registrar_rutas(app, LecturaProcesamiento(motor, condiciones))

    return Servicio(
        nombre=NOMBRE,
        config=config,
        migraciones=Path(__file__).parent.parent / "migraciones",
        manejadores=MANEJADORES,
        rechazar=rechazar_comando,
        traducciones=TRADUCCIONES,
        tablas=METADATOS,
        unidad=unidad,
        api=api,
    )


def crear_api() -> App:
    """For the HTTP server's processes."""
    return servicio().crear_api()
