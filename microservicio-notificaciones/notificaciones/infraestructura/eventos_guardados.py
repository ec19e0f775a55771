"""How this service's domain events are kept: their names in the store, for ever, and the way up from older schemas."""

from notificaciones.dominio import eventos
from seedwork.infraestructura.almacen_eventos import CatalogoEventos, Forma

CATALOGO = CatalogoEventos(
    Forma(nombre="NotificacionCreada", clase=eventos.Creada, esquema=2, subidas={1: lambda d: {**d, "datos": {}}}),
    Forma(nombre="NotificacionEnviada", clase=eventos.Enviada),
    Forma(nombre="NotificacionConfirmada", clase=eventos.Confirmada),
    Forma(nombre="NotificacionFallida", clase=eventos.Fallida),
    Forma(nombre="NotificacionAnulada", clase=eventos.Anulada),
)
