"""SuscripcionPlanModificado: what the change reserved goes to work, what the new plan does not require ends."""

from contratos import motivos
from contratos.suscripciones import SuscripcionPlanModificado
from saga.pasos import Saga
from servicio_datos.aplicacion.puertos import Unidad
from servicio_datos.aplicacion.reserva import RECURSO, conocer, iniciar_reservado, liberar, terminar


def aplicar_plan(hecho: SuscripcionPlanModificado, unidad: Unidad) -> None:
    """Start or end the subscription's data service, as the new plan in force says."""
    conocida = conocer(hecho, unidad)
    saga, secuencia = Saga.de(hecho), unidad.sobre.secuencia or 0
    if RECURSO in hecho.recursos_requeridos:
        conocida.requerir(True, secuencia)
        iniciar_reservado(saga, unidad, conocida)
    elif RECURSO in hecho.recursos_liberados:
        conocida.requerir(False, secuencia)
        _liberar(hecho, unidad, saga)


def _liberar(hecho: SuscripcionPlanModificado, unidad: Unidad, saga: Saga) -> None:
    """End what an earlier saga reserved, once: what comes to this subscription after that is another saga's."""
    if unidad.participaciones.de_saga(saga).cerrada:
        return
    servicio_datos = unidad.servicios_datos.vivo_de(hecho.id_suscripcion)
    devuelto = servicio_datos is not None and not servicio_datos.a_mano
    if servicio_datos is not None and devuelto:
        terminar(unidad, servicio_datos, saga.id, motivos.PLAN_MODIFICADO)
    liberar(unidad, saga, devuelto=devuelto)
