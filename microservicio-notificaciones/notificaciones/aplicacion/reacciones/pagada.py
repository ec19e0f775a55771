"""SuscripcionPagada: an invoice is paid."""

from contratos.notificaciones import PAGO_RECIBIDO
from contratos.suscripciones import SuscripcionPagada
from notificaciones.aplicacion.encargo import encargar, id_notificacion
from notificaciones.aplicacion.puertos import Unidad


def notificar_pago_recibido(hecho: SuscripcionPagada, unidad: Unidad) -> None:
    """Tell the client, once per invoice, whatever became of the subscription: the payment was received."""
    id = id_notificacion(PAGO_RECIBIDO, hecho.id_factura)
    if unidad.notificaciones.obtener(id) is None:
        datos = {"factura": hecho.id_factura, "monto": hecho.monto, "moneda": hecho.moneda}
        encargar(unidad, id, PAGO_RECIBIDO, hecho, datos=datos)
