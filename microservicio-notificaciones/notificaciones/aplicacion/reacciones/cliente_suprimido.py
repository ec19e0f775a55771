"""ClienteSuprimido: whose a subscription was is forgotten."""

from contratos.suscripciones import ClienteSuprimido
from notificaciones.aplicacion.encargo import cancelar
from notificaciones.aplicacion.puertos import Unidad


def olvidar_cliente(hecho: ClienteSuprimido, unidad: Unidad) -> None:
    """Destroy the client's key, call off what was not sent yet, and show no more whose the notifications are.

    Facts of the subscription that come later find the key destroyed: nothing is written to anybody for them.
    """
    unidad.claves.de(hecho.id_suscripcion).destruir()
    for envio in unidad.envios.de_suscripcion(hecho.id_suscripcion):
        cancelar(unidad, envio)
    unidad.olvidadas.olvidar(hecho.id_suscripcion)
