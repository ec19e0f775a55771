"""Where everything is put together: what knows all layers."""

from functools import cache, partial
from pathlib import Path

import sqlalchemy as sa

from contratos import PROVEEDORES
from seedwork.entrada.config import cargar
from seedwork.entrada.consumidores import Consumidores
from seedwork.entrada.http import App
from seedwork.entrada.proceso import Parte, Periodica
from seedwork.entrada.servicio import Servicio
from seedwork.infraestructura.avance import AvancePulsar
from suscripciones import NOMBRE
from suscripciones.aplicacion.manejadores import MANEJADORES
from suscripciones.aplicacion.rechazo import rechazar_comando
from suscripciones.aplicacion.traducciones import TRADUCCIONES
from suscripciones.config import Config
from suscripciones.entrada.http import registrar_rutas
from suscripciones.entrada.temporizadores import (
    PLAZOS_S,
    RENOVACIONES_S,
    PlazoDeSaga,
    VigilantePlazos,
    VigilanteRenovaciones,
)
from suscripciones.infraestructura.catalogo import leer_planes
from suscripciones.infraestructura.consultas import LecturaSuscripciones
from suscripciones.infraestructura.medidas import contar, medir
from suscripciones.infraestructura.repositorio import UnidadSuscripciones
from suscripciones.infraestructura.tablas import METADATOS, PROPIAS, clientes
from suscripciones.infraestructura.vencimientos import VencimientosSQL


@cache
def servicio() -> Servicio:
    """This service, put together from its settings."""
    config = cargar(Config)
    planes = leer_planes(config.catalogo_planes)
    unidad = partial(UnidadSuscripciones, planes=planes, plazo_s=config.saga_plazo_s)

    def partes(este: Servicio, motor: sa.Engine, consumidores: Consumidores) -> list[Parte]:
        vencimientos, abrir_una = VencimientosSQL(motor), este.abrir(motor)
        plazos = VigilantePlazos(
            vencimientos,
            abrir_una,
            consumidores,
            AvancePulsar(config.pulsar_admin_url, config.credencial),
            PlazoDeSaga(plazo_s=config.saga_plazo_s, tope_s=config.saga_tope_s, proveedores=PROVEEDORES),
        )
        renovaciones = VigilanteRenovaciones(vencimientos, planes, abrir_una)
        return [
            Parte(nombre="plazos", tarea=Periodica(PLAZOS_S, plazos.vuelta).correr),
            Parte(nombre="renovaciones", tarea=Periodica(RENOVACIONES_S, renovaciones.vuelta).correr),
            Parte(nombre="medidas", medir=partial(medir, motor, config.saga_tope_s)),
        ]

    def api(app: App, motor: sa.Engine) -> None:
        registrar_rutas(app, LecturaSuscripciones(motor, planes, config.plazos_de_olvido, config.enlace_traza))

    return Servicio(
        nombre=NOMBRE,
        config=config,
        migraciones=Path(__file__).parent.parent / "migraciones",
        manejadores=MANEJADORES,
        rechazar=rechazar_comando,
        traducciones=TRADUCCIONES,
        tablas=METADATOS,
        colas={clientes.name: PROPIAS[clientes.name]},
        propias=PROPIAS,
        unidad=lambda: unidad,
        partes=partes,
        api=api,
        figuras=partial(contar, tope_s=config.saga_tope_s),
    )


def crear_api() -> App:
    """For the HTTP server's processes."""
    return servicio().crear_api()
