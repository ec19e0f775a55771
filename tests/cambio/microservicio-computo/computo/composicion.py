"""Where everything is put together: what knows all layers."""

from functools import cache
from pathlib import Path

import flask
import sqlalchemy as sa

from computo.aplicacion.manejadores import MANEJADORES
from computo.aplicacion.traducciones import TRADUCCIONES
from computo.config import Config
from computo.entrada.http import registrar_rutas
from computo.infraestructura.consultas import LecturaComputo
from computo.infraestructura.existencias import ExistenciasSQL, sincronizar
from computo.infraestructura.repositorio import UnidadComputo
from computo.infraestructura.tablas import METADATOS
from seedwork.aplicacion.bus import Bus
from seedwork.aplicacion.entorno import EntornoReal
from seedwork.aplicacion.espera import Paciencia
from seedwork.aplicacion.traducciones import verificar_traducciones
from seedwork.aplicacion.unidad import abridor
from seedwork.entrada.config import cargar
from seedwork.entrada.servicio import Servicio
from seedwork.infraestructura.transaccion_sql import transacciones


@cache
def servicio() -> Servicio:
    """This service, put together from its settings."""
    config = cargar(Config)
    verificar_traducciones("computo", TRADUCCIONES)
    entorno = EntornoReal()

    def bus(motor: sa.Engine, _paciencia: Paciencia) -> Bus:
        abrir = abridor(transacciones(motor, METADATOS, entorno), lambda t: UnidadComputo(t, ExistenciasSQL))
        return Bus("computo", abrir, MANEJADORES)

    def sembrar(motor: sa.Engine) -> None:
        sincronizar(motor, config.computo_capacidad)

    def api(app: flask.Flask, motor: sa.Engine) -> None:
        registrar_rutas(app, LecturaComputo(motor))

    return Servicio(
        nombre="computo",
        config=config,
        migraciones=Path(__file__).parent.parent / "migraciones",
        bus=bus,
        sembrar=sembrar,
        api=api,
    )


def crear_api() -> flask.Flask:
    """For the WSGI server."""
    return servicio().crear_api()
