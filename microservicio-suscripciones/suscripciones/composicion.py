"""Where everything is put together; the one place that knows all layers."""

from functools import cache, partial
from pathlib import Path

import flask
import sqlalchemy as sa

from seedwork.aplicacion.bus import Bus
from seedwork.entrada.config import cargar
from seedwork.entrada.servicio import Conexion, Servicio, Tarea
from seedwork.infraestructura.unidad_sql import abridor, verificar_despachadores
from suscripciones.aplicacion.manejadores import MANEJADORES
from suscripciones.aplicacion.rechazo import rechazar_comando
from suscripciones.config import Config
from suscripciones.entrada.http import registrar_rutas
from suscripciones.entrada.temporizadores import vigilar_plazos, vigilar_renovaciones
from suscripciones.infraestructura.catalogo import leer_planes
from suscripciones.infraestructura.consultas import Consultas
from suscripciones.infraestructura.despachadores import DESPACHADORES
from suscripciones.infraestructura.medidas import medir
from suscripciones.infraestructura.repositorio import (
    UnidadSuscripciones,
    planes_sin_renovar,
    plazos_vencidos,
    renovaciones_vencidas,
)


@cache
def servicio() -> Servicio:
    """This service, put together from its settings."""
    config = cargar(Config)
    planes = leer_planes(config.catalogo_planes)
    verificar_despachadores("suscripciones", DESPACHADORES)
    fabrica = partial(UnidadSuscripciones, planes=planes, plazo_s=config.saga_plazo_s)

    def bus(motor: sa.Engine) -> Bus:
        return Bus("suscripciones", abridor(motor, fabrica), MANEJADORES, rechazar_comando)

    def tareas(motor: sa.Engine, conexion: Conexion) -> dict[str, Tarea]:
        abrir = abridor(motor, fabrica)
        return {
            "plazos": vigilar_plazos(partial(plazos_vencidos, motor), abrir, conexion),
            "renovaciones": vigilar_renovaciones(
                partial(renovaciones_vencidas, motor, planes), partial(planes_sin_renovar, motor, planes), abrir
            ),
        }

    def api(app: flask.Flask, motor: sa.Engine) -> None:
        registrar_rutas(app, Consultas(motor), planes)

    return Servicio(
        nombre="suscripciones",
        config=config,
        migraciones=Path(__file__).parent.parent / "migraciones",
        bus=bus,
        tareas=tareas,
        medir=medir,
        api=api,
    )


def crear_api() -> flask.Flask:
    """For the WSGI server."""
    return servicio().crear_api()
