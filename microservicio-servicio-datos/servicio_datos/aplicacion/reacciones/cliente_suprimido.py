"""ClienteSuprimido: whose a subscription was is forgotten."""

from contratos.suscripciones import ClienteSuprimido
from servicio_datos.aplicacion.puertos import Unidad


def olvidar_cliente(hecho: ClienteSuprimido, unidad: Unidad) -> None:
    """What it held stays as nobody's, without anybody's words; facts of it that come later tell no more of whom."""
    unidad.suscripciones.de(hecho.id_suscripcion).olvidar_cliente()
    for servicio_datos in unidad.servicios_datos.todos_de(hecho.id_suscripcion):
        servicio_datos.olvidar_cliente()
