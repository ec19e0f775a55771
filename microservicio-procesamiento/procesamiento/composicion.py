"""Where everything is put together: what knows all layers."""

from collections.abc import Callable
from datetime import timedelta
from functools import cache, partial
from pathlib import Path

import sqlalchemy as sa

from anonimizacion.seudonimos import Seudonimizador
from procesamiento import NOMBRE
from procesamiento.aplicacion.manejadores import MANEJADORES
from procesamiento.aplicacion.rechazo import rechazar_comando
from procesamiento.aplicacion.traducciones import TRADUCCIONES
from procesamiento.config import Config
from procesamiento.dominio.anonimizacion import Anonimizador
from procesamiento.entrada.archivos import Mano
from procesamiento.entrada.escoba import Escoba, Sobrantes, oido
from procesamiento.entrada.http import registrar_rutas
from procesamiento.entrada.limpieza import Taller
from procesamiento.entrada.paquetes import Desempacador
from procesamiento.infraestructura.archivos import ColaArchivosSQL
from procesamiento.infraestructura.catalogo import leer_condiciones, leer_depurador, leer_reconocedor
from procesamiento.infraestructura.consultas import LecturaProcesamiento
from procesamiento.infraestructura.medidas import contar, debido
from procesamiento.infraestructura.paquetes import ColaPaquetesSQL
from procesamiento.infraestructura.repositorio import UnidadProcesamiento
from procesamiento.infraestructura.tablas import COLAS, METADATOS, PROPIAS
from seedwork.aplicacion.almacen import comprobar
from seedwork.entrada.config import cargar
from seedwork.entrada.consumidores import Consumidores
from seedwork.entrada.http import App
from seedwork.entrada.proceso import Parte, Periodica
from seedwork.entrada.servicio import Servicio
from seedwork.infraestructura.almacen import AlmacenDeObjetos
from seedwork.infraestructura.avance import AtrasosPulsar
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
        peso_y_talla=config.archivo_peso_y_talla,
    )

    sobrantes = Sobrantes()

    @cache
    def unidad() -> Callable[[TransaccionSQL], UnidadProcesamiento]:
        reconocedor = leer_reconocedor(condiciones)
        depurador = leer_depurador(reconocedor) if config.antecedentes_con_riesgo_residual else None
        return partial(
            UnidadProcesamiento,
            anonimizador=Anonimizador(seudonimizadores, reconocedor, depurador),
            admite=taller.admite,
        )

    def partes(este: Servicio, motor: sa.Engine, _consumidores: Consumidores) -> list[Parte]:
        propio, almacen = este.motor(de=_ARCHIVOS), AlmacenDeObjetos(config.almacen_url)
        cola = ColaArchivosSQL(propio)
        mano = Mano(
            cola,
            este.abrir(propio),
            almacen,
            taller,
            intentos=config.archivo_intentos,
            plazo_s=config.archivo_plazo_s,
            conservar=timedelta(days=config.cuarentena_dias),
        )

        desempacador = Desempacador(
            ColaPaquetesSQL(propio),
            este.abrir(propio),
            almacen,
            taller,
            intentos=config.archivo_intentos,
            plazo_s=config.paquete_plazo_s,
            maximo=config.paquete_maximo,
        )
        atrasos = AtrasosPulsar(config.pulsar_admin_url, config.credencial)
        escoba = Escoba(cola, almacen, sobrantes, oido(atrasos, timedelta(days=config.cartas_dias)))
        return [
            Parte(nombre="archivos", tarea=mano.correr, informativas={"almacen": partial(comprobar, almacen)}),
            Parte(nombre="paquetes", tarea=desempacador.correr),
            Parte(nombre="escoba", tarea=Periodica(ESCOBA_S, escoba.vuelta).correr),
            Parte(nombre="medidas", medir=partial(contar, motor)),
        ]

    def api(app: App, motor: sa.Engine) -> None:
        registrar_rutas(app, LecturaProcesamiento(motor, condiciones))

    return Servicio(
        nombre=NOMBRE,
        config=config,
        migraciones=Path(__file__).parent.parent / "migraciones",
        manejadores=MANEJADORES,
        rechazar=rechazar_comando,
        traducciones=TRADUCCIONES,
        tablas=METADATOS,
        colas=COLAS,
        propias=PROPIAS,
        unidad=unidad,
        tras=sobrantes.oir,
        debido=debido,
        figuras=contar,
        partes=partes,
        sesiones={_ARCHIVOS: 3},
        api=api,
    )


def crear_api() -> App:
    """For the HTTP server's processes."""
    return servicio().crear_api()
