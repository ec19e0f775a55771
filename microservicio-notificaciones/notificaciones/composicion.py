"""Where everything is put together; the one place that knows all layers."""

from functools import cache, partial
from pathlib import Path

import flask
import sqlalchemy as sa

from contratos.notificaciones import TIPOS
from notificaciones.aplicacion.manejadores import MANEJADORES
from notificaciones.config import Config
from notificaciones.entrada.enviador import Enviador
from notificaciones.entrada.http import registrar_rutas
from notificaciones.infraestructura.consultas import Consultas
from notificaciones.infraestructura.correo import CanalCorreo
from notificaciones.infraestructura.despachadores import DESPACHADORES
from notificaciones.infraestructura.plantillas import Plantillas
from notificaciones.infraestructura.repositorio import UnidadNotificaciones
from seedwork.aplicacion.bus import Bus
from seedwork.entrada.config import cargar
from seedwork.entrada.servicio import Conexion, Servicio, Tarea
from seedwork.infraestructura.bd import crear_motor
from seedwork.infraestructura.unidad_sql import abridor, verificar_despachadores


@cache
def servicio() -> Servicio:
    """This service, put together from its settings."""
    config = cargar(Config)
    plantillas = Plantillas(TIPOS)
    canal = CanalCorreo(config.correo)
    verificar_despachadores("notificaciones", DESPACHADORES)
    fabrica = partial(UnidadNotificaciones, asuntos=plantillas.asuntos, canal=canal.nombre, politica=config.politica)

    def bus(motor: sa.Engine) -> Bus:
        return Bus("notificaciones", abridor(motor, fabrica), MANEJADORES)

    def tareas(_motor: sa.Engine, _conexion: Conexion) -> dict[str, Tarea]:
        # One to listen on, one to note outcomes with: the consumer's are the consumer's.
        propio = crear_motor(config.database_url, pool_size=2, nombre="notificaciones-envios")
        enviador = Enviador(
            propio, abridor(propio, fabrica), canal, plantillas, config.politica, hilos=config.envio_hilos
        )
        return {"enviador": enviador.correr}

    def api(app: flask.Flask, motor: sa.Engine) -> None:
        registrar_rutas(app, Consultas(motor))

    return Servicio(
        nombre="notificaciones",
        config=config,
        migraciones=Path(__file__).parent.parent / "migraciones",
        bus=bus,
        tareas=tareas,
        api=api,
    )


def crear_api() -> flask.Flask:
    """For the WSGI server."""
    return servicio().crear_api()
