"""The one message in which every participant of a saga tells its steps (contract §4)."""

from contratos.base import Mensaje, campo, mensaje

CREAR = "CREAR"
RESERVAR = "RESERVAR"
NOTIFICAR = "NOTIFICAR"
ACTIVAR = "ACTIVAR"
INICIAR = "INICIAR"
RECHAZAR = "RECHAZAR"
LIBERAR = "LIBERAR"
AVISAR = "AVISAR"
CAMBIAR = "CAMBIAR"
CANCELAR = "CANCELAR"
PASOS = frozenset({CREAR, CAMBIAR, RESERVAR, NOTIFICAR, ACTIVAR, INICIAR, RECHAZAR, CANCELAR, LIBERAR, AVISAR})
COMPENSACIONES = frozenset({LIBERAR, AVISAR})
"""The steps that undo something."""

NOTIFICADOR = "notificaciones"
"""The context whose step NOTIFICAR is; RESERVAR is a provider's (:data:`contratos.base.PROVEEDORES`)."""

HECHO = "HECHO"
RECHAZADO = "RECHAZADO"
FALLIDO = "FALLIDO"
OMITIDO = "OMITIDO"
RESULTADOS = frozenset({HECHO, RECHAZADO, FALLIDO, OMITIDO})


@mensaje("sagas", "evento", sujeto="id_suscripcion", topico="saga-suscripciones.v1")
class TransicionSaga(Mensaje):
    """One step of a participant in a saga. Kept for ever, so it carries ids and codes only.

    ``recurso`` is empty where the step is about none; ``ocurrido`` is ISO 8601 in UTC with microseconds.
    """

    id_saga: str = campo(requerido=True)
    id_suscripcion: str = ""
    participante: str = campo(requerido=True, forma="id")
    paso: str = campo(de=PASOS)
    recurso: str = campo(forma="id")
    recursos_requeridos: tuple[str, ...] = ()
    recursos_liberados: tuple[str, ...] = ()
    resultado: str = campo(de=RESULTADOS)
    motivo: str = campo(forma="codigo")
    compensacion: bool = False
    ocurrido: str = campo(requerido=True, forma="instante")
