"""The table of contents: what this service hears, who handles it, and which notifications come of it."""

from collections.abc import Mapping

from contratos import Mensaje
from contratos.suscripciones import SuscripcionActivada, SuscripcionAprovisionada, SuscripcionRechazada
from notificaciones.aplicacion.reacciones import activada, aprovisionada, rechazada
from seedwork.aplicacion.bus import Manejador

MANEJADORES: Mapping[type[Mensaje], Manejador] = {
    SuscripcionAprovisionada: aprovisionada.notificar_servicio_listo,
    SuscripcionActivada: activada.notificar_suscripcion_activa,
    SuscripcionRechazada: rechazada.notificar_suscripcion_rechazada,
}

TIPOS = frozenset({aprovisionada.TIPO, activada.TIPO, rechazada.TIPO})
"""The types of notification; each has a template of its name."""
