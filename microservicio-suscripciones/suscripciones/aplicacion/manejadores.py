"""The table of contents: what this service hears, and who handles it."""

from collections.abc import Mapping

from contratos import Mensaje
from contratos.bff import AccesoNegado
from contratos.sagas import TransicionSaga
from contratos.suscripciones import (
    CambiarPlanSuscripcion,
    CancelarSuscripcion,
    CrearSuscripcion,
    ExportarCliente,
    PagarSuscripcion,
    SuprimirCliente,
)
from seedwork.aplicacion.bus import Manejador
from suscripciones.aplicacion.comandos.cambiar_plan_suscripcion import cambiar_plan_suscripcion
from suscripciones.aplicacion.comandos.cancelar_suscripcion import cancelar_suscripcion
from suscripciones.aplicacion.comandos.crear_suscripcion import crear_suscripcion
from suscripciones.aplicacion.comandos.exportar_cliente import exportar_cliente
from suscripciones.aplicacion.comandos.pagar_suscripcion import pagar_suscripcion
from suscripciones.aplicacion.comandos.suprimir_cliente import suprimir_cliente
from suscripciones.aplicacion.reacciones.acceso_negado import anotar_acceso_negado
from suscripciones.aplicacion.reacciones.transicion import tomar_transicion

MANEJADORES: Mapping[type[Mensaje], Manejador] = {
    CrearSuscripcion: crear_suscripcion,
    CambiarPlanSuscripcion: cambiar_plan_suscripcion,
    CancelarSuscripcion: cancelar_suscripcion,
    PagarSuscripcion: pagar_suscripcion,
    ExportarCliente: exportar_cliente,
    SuprimirCliente: suprimir_cliente,
    TransicionSaga: tomar_transicion,
    AccesoNegado: anotar_acceso_negado,
}
