"""Where everything is put together; the one place that knows all layers."""

from functools import cache, partial
from pathlib import Path

import flask
import pulsar
import sqlalchemy as sa

from procesamiento.aplicacion.comandos.anonimizar_imagen import rechazar_comando
from procesamiento.aplicacion.manejadores import MANEJADORES
from procesamiento.config import Config
from procesamiento.dominio.anonimizacion import Anonimizador
from procesamiento.dominio.condiciones import Reconocedor
from procesamiento.dominio.seudonimos import Seudonimizador
from procesamiento.entrada.http import registrar_rutas
from procesamiento.infraestructura.catalogo import leer_condiciones
from procesamiento.infraestructura.consultas import Consultas
from procesamiento.infraestructura.despachadores import DESPACHADORES
from procesamiento.infraestructura.repositorio import UnidadProcesamiento
from seedwork.aplicacion.bus import Bus
from seedwork.entrada.config import cargar
from seedwork.entrada.servicio import Servicio
from seedwork.infraestructura.unidad_sql import abridor, verificar_despachadores


@cache
def servicio() -> Servicio:
    """This service, put together from its settings."""
    config = cargar(Config)
    condiciones = leer_condiciones(config.catalogo_condiciones)
    verificar_despachadores("procesamiento", DESPACHADORES)
    claves = {**config.seudonimo_claves_anteriores, config.seudonimo_version: config.seudonimo_clave}
    seudonimizadores = {v: Seudonimizador(c.get_secret_value(), v) for v, c in claves.items()}
    anonimizador = Anonimizador(seudonimizadores, Reconocedor(condiciones.values()))
    fabrica = partial(UnidadProcesamiento, anonimizador=anonimizador)

    def bus(motor: sa.Engine) -> Bus:
        return Bus("procesamiento", abridor(motor, fabrica), MANEJADORES, rechazar_comando)

    def api(app: flask.Flask, motor: sa.Engine) -> None:
        registrar_rutas(app, Consultas(motor, condiciones))

    return Servicio(
        nombre="procesamiento",
        config=config,
        migraciones=Path(__file__).parent.parent / "migraciones",
        bus=bus,
        api=api,
        tipo_consumidor=pulsar.ConsumerType.Shared,
    )


def crear_api() -> flask.Flask:
    """For the WSGI server."""
    return servicio().crear_api()
