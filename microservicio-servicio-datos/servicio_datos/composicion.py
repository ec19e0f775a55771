"""Where everything is put together: what knows all layers."""

import threading
from functools import cache, partial
from pathlib import Path

import sqlalchemy as sa

from seedwork.entrada.config import cargar
from seedwork.entrada.consumidores import Consumidores
from seedwork.entrada.http import App
from seedwork.entrada.proceso import Parte, Periodica
from seedwork.entrada.servicio import Servicio
from servicio_datos import NOMBRE
from servicio_datos.aplicacion.manejadores import MANEJADORES
from servicio_datos.aplicacion.rechazo import rechazar_comando
from servicio_datos.aplicacion.traducciones import TRADUCCIONES
from servicio_datos.config import Config
from servicio_datos.entrada.http import registrar_rutas
from servicio_datos.infraestructura.catalogo import leer_catalogo
from servicio_datos.infraestructura.consultas import LecturaServicioDatos
from servicio_datos.infraestructura.existencias import RecursosSQL, sincronizar
from servicio_datos.infraestructura.imagenes import ImagenesSQL
from servicio_datos.infraestructura.publicacion import PublicadorSQL
from servicio_datos.infraestructura.repositorio import UnidadServicioDatos
from servicio_datos.infraestructura.tablas import METADATOS, PROPIAS

_DATASETS = "datasets"


@cache
def servicio() -> Servicio:
    """This service, put together from its settings."""
    config = cargar(Config)
    catalogo = leer_catalogo(config.catalogo_recursos)
    unidad = partial(UnidadServicioDatos, recursos=RecursosSQL, imagenes=ImagenesSQL)

    def sembrar(motor: sa.Engine) -> None:
        sincronizar(motor, catalogo)

    def partes(este: Servicio, _motor: sa.Engine, _consumidores: Consumidores) -> list[Parte]:
        propio = este.motor(config.plazos_de_mantenimiento, de=_DATASETS)
        publicador = PublicadorSQL(propio, config.dataset_k)

        def editar(parada: threading.Event) -> None:
            vuelta = partial(publicador.publicar, lambda: not parada.is_set())
            Periodica(config.dataset_cada_s, vuelta, al_empezar=True).correr(parada)

        return [Parte(nombre="editor", tarea=editar)]

    def api(app: App, motor: sa.Engine) -> None:
        registrar_rutas(app, LecturaServicioDatos(motor))

    return Servicio(
        nombre=NOMBRE,
        config=config,
        migraciones=Path(__file__).parent.parent / "migraciones",
        manejadores=MANEJADORES,
        rechazar=rechazar_comando,
        traducciones=TRADUCCIONES,
        tablas=METADATOS,
        propias=PROPIAS,
        unidad=lambda: unidad,
        sembrar=sembrar,
        partes=partes,
        sesiones={_DATASETS: 1},
        api=api,
    )


def crear_api() -> App:
    """For the HTTP server's processes."""
    return servicio().crear_api()
