"""The table of contents: what this service hears, and who handles it."""

from collections.abc import Mapping

from contratos import Mensaje
from contratos.sagas import TransicionSaga
from contratos.suscripciones import CrearSuscripcion
from seedwork.aplicacion.bus import Manejador
from suscripciones.aplicacion.comandos.crear_suscripcion import crear_suscripcion
from suscripciones.aplicacion.reacciones.transicion import tomar_transicion

MANEJADORES: Mapping[type[Mensaje], Manejador] = {
    CrearSuscripcion: crear_suscripcion,
    TransicionSaga: tomar_transicion,
}
