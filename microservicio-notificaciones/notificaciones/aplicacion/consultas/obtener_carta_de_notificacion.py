"""ObtenerCartaDeNotificacion: a notification's letter, rendered anew."""

from contratos.consultas.notificaciones import CartaDeNotificacion, ObtenerCartaDeNotificacion
from notificaciones.aplicacion.lectura import Lectura
from seedwork.aplicacion.consultas import Solicitante

AVISO = (
    "Vuelta a componer sin el nombre ni la dirección de la persona, que no se conservan, y con la plantilla de hoy; "
    "(…) está por lo que entonces no se guardaba."
)


def obtener_carta_de_notificacion(
    consulta: ObtenerCartaDeNotificacion, lectura: Lectura, solicitante: Solicitante
) -> CartaDeNotificacion | None:
    """The letter without whom it was to, which it says; None where there is no such notification."""
    carta = lectura.carta(consulta.id_notificacion, solicitante.acceso)
    if carta is None:
        return None
    asunto, texto = carta
    return CartaDeNotificacion(id_notificacion=consulta.id_notificacion, asunto=asunto, texto=texto, aviso=AVISO)
