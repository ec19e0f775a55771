"""Where everything is put together: what knows all layers."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache, partial
from pathlib import Path

import flask
import sqlalchemy as sa

from anonimizacion.seudonimos import Seudonimizador
from contratos.procesamiento import AnonimizarArchivo, AnonimizarPaquete
from procesamiento import NOMBRE
from procesamiento.aplicacion.manejadores import MANEJADORES
from procesamiento.aplicacion.rechazo import rechazar_comando
from procesamiento.aplicacion.traducciones import TRADUCCIONES
from procesamiento.config import Config
from procesamiento.dominio.anonimizacion import Anonimizador
from procesamiento.entrada.archivos import Escoba, Mano
from procesamiento.entrada.http import registrar_rutas
from procesamiento.entrada.limpieza import Taller
from procesamiento.entrada.paquetes import Desempacador
from procesamiento.infraestructura.archivos import ColaArchivosSQL
from procesamiento.infraestructura.catalogo import leer_condiciones, leer_reconocedor
from procesamiento.infraestructura.consultas import LecturaProcesamiento
from procesamiento.infraestructura.medidas import medir
from procesamiento.infraestructura.paquetes import ColaPaquetesSQL
from procesamiento.infraestructura.repositorio import UnidadProcesamiento
from procesamiento.infraestructura.tablas import METADATOS, archivos, miembros, paquetes
from seedwork.aplicacion.almacen import comprobar
from seedwork.entrada.config import cargar
from seedwork.entrada.consumidores import Consumidores
from seedwork.entrada.http import App
from seedwork.entrada.proceso import Parte, Periodica
from seedwork.entrada.servicio import Servicio
from seedwork.infraestructura.almacen import AlmacenDeObjetos
from seedwork.infraestructura.avance import AtrasosPulsar
from seedwork.infraestructura.topicos import SUBSCRIPTION_CARTAS, topico_cartas
from seedwork.infraestructura.transaccion_sql import TransaccionSQL

_ARCHIVOS = "archivos"
ESCOBA_S = 2.0
"""Seconds between two looks for originals that are to go: whoever discards one is to see it gone."""


@cache
def servicio() -> Servicio:
    """This service, put together from its settings."""
    config = cargar(Config)
    condiciones = leer_condiciones(config.catalogo_condiciones)
    seudonimizadores = {v: Seudonimizador(c, v) for v, c in config.claves.items()}
    taller = Taller(
        almacen=config.almacen_url,
        referencias=config.referencias,
        clave=config.claves[config.seudonimo_version],
        version=config.seudonimo_version,
        memoria=config.archivo_memoria * 1024**2,
        maximo=config.archivo_maximo,
        leer_texto=config.archivo_ocr,
    )

    @cache
    def unidad() -> Callable[[TransaccionSQL], UnidadProcesamiento]:
        return partial(
            UnidadProcesamiento,
            anonimizador=Anonimizador(seudonimizadores, leer_reconocedor(condiciones)),
            admite=taller.admite,
        )

    def partes(este: Servicio, motor: sa.Engine, _consumidores: Consumidores) -> list[Parte]:
        propio, almacen = este.motor(de=_ARCHIVOS), AlmacenDeObjetos(config.almacen_url)
        cola, atrasos = ColaArchivosSQL(propio), AtrasosPulsar(config.pulsar_admin_url, config.token)
        mano = Mano(
            cola,
            este.abrir(propio),
            almacen,
            taller,
            intentos=config.archivo_intentos,
            plazo_s=config.archivo_plazo_s,
            conservar=timedelta(days=config.cuarentena_dias),
        )

        def oido(ahora: datetime) -> datetime:
            # A dead letter names its file for as long as it can be replayed.
            cartas = atrasos.mirar(topico_cartas(NOMBRE), SUBSCRIPTION_CARTAS).entradas
            de_archivos = [atrasos.mirar(tipo.topico, NOMBRE) for tipo in (AnonimizarArchivo, AnonimizarPaquete)]
            primero = min((atraso.mas_antiguo or ahora for atraso in de_archivos), default=ahora)
            # Of what waits, the age may be untold.
            seguro = cartas or any(atraso.entradas and atraso.mas_antiguo is None for atraso in de_archivos)
            return min(primero, ahora - timedelta(days=config.cartas_dias)) if seguro else primero

        desempacador = Desempacador(
            ColaPaquetesSQL(propio),
            este.abrir(propio),
            almacen,
            taller,
            intentos=config.archivo_intentos,
            plazo_s=config.paquete_plazo_s,
            maximo=config.paquete_maximo,
        )
        escoba = Escoba(cola, almacen, oido)
        return [
            Parte(nombre="archivos", tarea=mano.correr, informativas={"almacen": partial(comprobar, almacen)}),
            Parte(nombre="paquetes", tarea=desempacador.correr),
            Parte(nombre="escoba", tarea=Periodica(ESCOBA_S, escoba.vuelta).correr),
            Parte(nombre="medidas", medir=partial(medir, motor)),
        ]

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
        colas={
            archivos.name: ("metadatos", "sobre"),
            paquetes.name: ("sobre",),
            miembros.name: ("metadatos",),
        },
        unidad=unidad,
        partes=partes,
        sesiones={_ARCHIVOS: 3},
        api=api,
    )


def crear_api() -> App:
    """For the HTTP server's processes."""
    return servicio().crear_api()
