"""ObtenerCorreoDeNotificacion: a notification's letter, rendered anew."""

from contratos.consultas.notificaciones import CorreoDeNotificacion, ObtenerCorreoDeNotificacion
from notificaciones.aplicacion.lectura import Lectura
from seedwork.aplicacion.consultas import Solicitante

AVISO = (
    "Vuelta a componer sin el nombre ni la dirección de la persona, que no se conservan, y con la plantilla de hoy; "
    "(…) está por lo que entonces no se guardaba."
)


def obtener_correo_de_notificacion(
    consulta: ObtenerCorreoDeNotificacion, lectura: Lectura, solicitante: Solicitante
) -> CorreoDeNotificacion | None:
    """The letter without whom it was to, which it says; None where there is no such notification."""
    correo = lectura.correo(consulta.id_notificacion, solicitante.acceso)
    if correo is None:
        return None
    asunto, texto = correo
    return CorreoDeNotificacion(id_notificacion=consulta.id_notificacion, asunto=asunto, texto=texto, aviso=AVISO)
