"""SuscripcionRechazada: there will be no subscription."""

from contratos import motivos
from contratos.notificaciones import SUSCRIPCION_RECHAZADA
from contratos.suscripciones import SuscripcionRechazada
from notificaciones.aplicacion.encargo import avisar_del_fin
from notificaciones.aplicacion.puertos import Unidad


def notificar_suscripcion_rechazada(hecho: SuscripcionRechazada, unidad: Unidad) -> None:
    """Undo, and tell the client why; where the creation itself was refused, nobody vouches for the address: no letter.

    It was refused at once where its saga requires nothing: a plan without resources is in force at once.
    """
    if not hecho.recursos_requeridos:
        unidad.cierres.cerrar_suscripcion(hecho.id_suscripcion)
        return
    avisar_del_fin(
        unidad, SUSCRIPCION_RECHAZADA, hecho, datos={"motivo": motivos.texto(motivos.de_la_lista(hecho.motivo)) or ""}
    )
