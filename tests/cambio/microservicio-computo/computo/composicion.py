"""Where everything is put together: what knows all layers."""

from functools import cache, partial
from pathlib import Path

import sqlalchemy as sa

import reglas_computo
from computo import NOMBRE
from computo.aplicacion.manejadores import MANEJADORES
from computo.aplicacion.traducciones import TRADUCCIONES
from computo.config import Config
from computo.entrada.http import registrar_rutas
from computo.infraestructura.consultas import LecturaComputo
from computo.infraestructura.existencias import ExistenciasSQL, sincronizar
from computo.infraestructura.repositorio import UnidadComputo
from computo.infraestructura.tablas import METADATOS
from seedwork.entrada.config import cargar
from seedwork.entrada.http import App
from seedwork.entrada.servicio import Servicio


@cache
def servicio() -> Servicio:
    """This service, put together from its settings."""
    reglas_computo.declarar()
    config = cargar(Config)
    unidad = partial(UnidadComputo, existencias=ExistenciasSQL)

    def sembrar(motor: sa.Engine) -> None:
        sincronizar(motor, config.computo_capacidad)

    def api(app: App, motor: sa.Engine) -> None:
        registrar_rutas(app, LecturaComputo(motor))

    return Servicio(
        nombre=NOMBRE,
        config=config,
        migraciones=Path(__file__).parent.parent / "migraciones",
        manejadores=MANEJADORES,
        traducciones=TRADUCCIONES,
        tablas=METADATOS,
        unidad=lambda: unidad,
        sembrar=sembrar,
        api=api,
    )


def crear_api() -> App:
    """For the HTTP server's processes."""
    return servicio().crear_api()
