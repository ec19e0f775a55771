"""Where everything is put together: what knows all layers."""

from functools import cache, partial
from pathlib import Path

import sqlalchemy as sa

from contratos.notificaciones import TIPOS
from notificaciones import NOMBRE
from notificaciones.aplicacion.manejadores import MANEJADORES
from notificaciones.aplicacion.traducciones import TRADUCCIONES
from notificaciones.config import Config
from notificaciones.entrada.enviador import Enviador
from notificaciones.entrada.http import registrar_rutas
from notificaciones.entrada.vigia import Vigia
from notificaciones.infraestructura.consultas import LecturaNotificaciones
from notificaciones.infraestructura.correo import CanalCorreo
from notificaciones.infraestructura.envios import CierresSQL, ColaEnviosSQL, EnviosSQL
from notificaciones.infraestructura.plantillas import Plantillas
from notificaciones.infraestructura.repositorio import UnidadNotificaciones
from notificaciones.infraestructura.tablas import METADATOS, claves, envios
from seedwork.aplicacion.entorno import EntornoReal
from seedwork.entrada.config import cargar
from seedwork.entrada.consumidores import Consumidores
from seedwork.entrada.http import App
from seedwork.entrada.proceso import Parte
from seedwork.entrada.servicio import Servicio
from seedwork.infraestructura.almacen_eventos import FlujosSQL
from seedwork.infraestructura.transaccion_sql import TransaccionSQL

_ENVIOS = "envios"


@cache
def servicio() -> Servicio:
    """This service, put together from its settings."""
    config = cargar(Config)
    plantillas = Plantillas(TIPOS)
    entorno = EntornoReal()
    canal = CanalCorreo(config.correo, entorno)
    unidad = partial(
        UnidadNotificaciones,
        flujos=_flujos,
        cierres=CierresSQL,
        envios=EnviosSQL,
        asuntos=plantillas.asuntos,
        canal=canal.nombre,
        politica=config.politica,
    )

    def partes(este: Servicio, _motor: sa.Engine, _consumidores: Consumidores) -> list[Parte]:
        # One to listen on, and one to lease and to note outcomes with: the consumer's are the consumer's.
        propio = este.motor(de=_ENVIOS)
        vigia = Vigia(canal, config.politica, entorno)
        enviador = Enviador(
            propio,
            ColaEnviosSQL(propio),
            este.abrir(propio),
            canal,
            vigia,
            plantillas,
            config.politica,
            hilos=config.envio_hilos,
        )
        return [
            Parte(nombre="enviador", tarea=enviador.correr),
            Parte(nombre="correo", tarea=vigia.correr, decisivas={"correo": vigia.motivo}, medir=vigia.medir),
        ]

    def api(app: App, motor: sa.Engine) -> None:
        registrar_rutas(app, LecturaNotificaciones(motor, plantillas))

    return Servicio(
        nombre=NOMBRE,
        config=config,
        entorno=entorno,
        migraciones=Path(__file__).parent.parent / "migraciones",
        manejadores=MANEJADORES,
        traducciones=TRADUCCIONES,
        tablas=METADATOS,
        colas={envios.name: ("nombre", "direccion", "datos"), claves.name: ("clave",)},
        unidad=lambda: unidad,
        partes=partes,
        sesiones={_ENVIOS: 2},
        api=api,
    )


def _flujos(transaccion: TransaccionSQL) -> FlujosSQL:
    return FlujosSQL(transaccion.conexion)


def crear_api() -> App:
    """For the HTTP server's processes."""
    return servicio().crear_api()
