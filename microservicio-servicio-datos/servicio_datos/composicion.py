"""Where everything is put together; the one place that knows all layers."""

from functools import cache
from pathlib import Path

import flask
import sqlalchemy as sa

from seedwork.aplicacion.bus import Bus
from seedwork.entrada.config import cargar
from seedwork.entrada.servicio import Servicio
from seedwork.infraestructura.unidad_sql import abridor, verificar_despachadores
from servicio_datos.aplicacion.manejadores import MANEJADORES
from servicio_datos.aplicacion.peticiones import rechazar_comando
from servicio_datos.config import Config
from servicio_datos.entrada.http import registrar_rutas
from servicio_datos.infraestructura.catalogo import leer_catalogo
from servicio_datos.infraestructura.consultas import Consultas
from servicio_datos.infraestructura.despachadores import DESPACHADORES
from servicio_datos.infraestructura.existencias import sincronizar
from servicio_datos.infraestructura.repositorio import UnidadServicioDatos


@cache
def servicio() -> Servicio:
    """This service, put together from its settings."""
    config = cargar(Config)
    catalogo = leer_catalogo(config.catalogo_recursos)
    verificar_despachadores("servicio_datos", DESPACHADORES)

    def bus(motor: sa.Engine) -> Bus:
        return Bus("servicio-datos", abridor(motor, UnidadServicioDatos), MANEJADORES, rechazar_comando)

    def sembrar(motor: sa.Engine) -> None:
        sincronizar(motor, catalogo)

    def api(app: flask.Flask, motor: sa.Engine) -> None:
        registrar_rutas(app, Consultas(motor))

    return Servicio(
        nombre="servicio-datos",
        config=config,
        migraciones=Path(__file__).parent.parent / "migraciones",
        bus=bus,
        sembrar=sembrar,
        api=api,
    )


def crear_api() -> flask.Flask:
    """For the WSGI server."""
    return servicio().crear_api()
