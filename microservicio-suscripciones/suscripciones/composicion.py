"""Where everything is put together; the one place that knows all layers."""

import time
from functools import cache, partial
from pathlib import Path

import flask
import sqlalchemy as sa

from seedwork.aplicacion.bus import Bus
from seedwork.entrada.config import cargar
from seedwork.entrada.servicio import Conexion, Servicio, Tarea, periodica
from seedwork.infraestructura.unidad_sql import abridor, verificar_despachadores
from suscripciones.aplicacion.comandos.crear_suscripcion import rechazar_comando
from suscripciones.aplicacion.manejadores import MANEJADORES
from suscripciones.aplicacion.reacciones.plazo import vencer_plazo
from suscripciones.config import Config
from suscripciones.entrada.http import registrar_rutas
from suscripciones.infraestructura.catalogo import leer_planes
from suscripciones.infraestructura.consultas import Consultas
from suscripciones.infraestructura.despachadores import DESPACHADORES
from suscripciones.infraestructura.repositorio import UnidadSuscripciones, plazos_vencidos

GRACIA_S = 10.0
"""Seconds that the deadline holds back after its own broker connection was down (contract §4)."""


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
        return {"plazos": _vigilar_plazos(motor, fabrica, conexion)}

    def api(app: flask.Flask, motor: sa.Engine) -> None:
        registrar_rutas(app, Consultas(motor), planes)

    return Servicio(
        nombre="suscripciones",
        config=config,
        migraciones=Path(__file__).parent.parent / "migraciones",
        bus=bus,
        tareas=tareas,
        api=api,
    )


def crear_api() -> flask.Flask:
    """For the WSGI server."""
    return servicio().crear_api()


def _vigilar_plazos(motor: sa.Engine, fabrica: partial[UnidadSuscripciones], conexion: Conexion) -> Tarea:
    """The timer of the saga's deadlines. It holds back while the broker is away: then silence proves nothing."""
    abrir = abridor(motor, fabrica)
    ultima_caida = time.monotonic()

    def revisar() -> None:
        nonlocal ultima_caida
        if not conexion.conectado():
            ultima_caida = time.monotonic()
        if time.monotonic() - ultima_caida < GRACIA_S:
            return
        for id, id_saga in plazos_vencidos(motor):
            with abrir() as unidad:
                unidad.por_cuenta_propia("co.saludtech.suscripciones.plazo", sujeto=id, correlacion=id_saga)
                vencer_plazo(unidad, id, id_saga)
                unidad.recolectar()

    return periodica(0.5, revisar)
