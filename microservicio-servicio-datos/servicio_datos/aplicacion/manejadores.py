"""The table of contents: what this service hears, and who handles it."""

from collections.abc import Mapping

from contratos import Mensaje
from contratos.suscripciones import SuscripcionActivada, SuscripcionCreada, SuscripcionRechazada
from seedwork.aplicacion.bus import Manejador
from servicio_datos.aplicacion.reacciones.activacion import activar
from servicio_datos.aplicacion.reacciones.compensacion import compensar
from servicio_datos.aplicacion.reacciones.reserva import reservar

MANEJADORES: Mapping[type[Mensaje], Manejador] = {
    SuscripcionCreada: reservar,
    SuscripcionActivada: activar,
    SuscripcionRechazada: compensar,
}
