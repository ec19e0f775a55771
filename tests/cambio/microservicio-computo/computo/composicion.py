"""Where everything is put together; the one place that knows all layers."""

from functools import cache
from pathlib import Path

import flask
import sqlalchemy as sa

from computo.aplicacion.manejadores import MANEJADORES
from computo.config import Config
from computo.entrada.http import registrar_rutas
from computo.infraestructura.consultas import Consultas
from computo.infraestructura.despachadores import DESPACHADORES
from computo.infraestructura.existencias import sincronizar
from computo.infraestructura.repositorio import UnidadComputo
from seedwork.aplicacion.bus import Bus
from seedwork.entrada.config import cargar
from seedwork.entrada.servicio import Servicio
from seedwork.infraestructura.unidad_sql import abridor, verificar_despachadores


@cache
def servicio() -> Servicio:
    """This service, put together from its settings."""
    config = cargar(Config)
    verificar_despachadores("computo", DESPACHADORES)

    def bus(motor: sa.Engine) -> Bus:
        return Bus("computo", abridor(motor, UnidadComputo), MANEJADORES)

    def sembrar(motor: sa.Engine) -> None:
        sincronizar(motor, config.computo_capacidad)

    def api(app: flask.Flask, motor: sa.Engine) -> None:
        registrar_rutas(app, Consultas(motor))

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
