"""The saga's deadline: whoever is silent for too long is taken for a refusal."""

from contratos import motivos
from suscripciones.aplicacion.decision import rechazar
from suscripciones.aplicacion.puertos import Unidad


def vencer_plazo(unidad: Unidad, id_suscripcion: str, id_saga: str) -> None:
    """Refuse what the saga asks for if its deadline has passed, under the same row lock as success takes."""
    suscripcion = unidad.suscripciones.obtener(id_suscripcion)
    if suscripcion is None or suscripcion.plazo is None or suscripcion.plazo > unidad.reloj():
        return
    rechazar(unidad, suscripcion, id_saga, motivos.PLAZO_VENCIDO)
