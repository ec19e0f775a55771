"""The one message in which every participant of a saga tells its steps (contract §4)."""

from contratos.base import Mensaje, mensaje

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

HECHO = "HECHO"
RECHAZADO = "RECHAZADO"
FALLIDO = "FALLIDO"
OMITIDO = "OMITIDO"
RESULTADOS = frozenset({HECHO, RECHAZADO, FALLIDO, OMITIDO})


@mensaje("sagas", "evento", topico="saga-suscripciones.v1")
class TransicionSaga(Mensaje):
    """One step of a participant in a saga. Kept for ever, so it carries ids and codes only.

    ``recurso`` is empty where the step is about none; ``ocurrido`` is ISO 8601 in UTC with microseconds.
    """

    id_saga: str = ""
    id_suscripcion: str = ""
    participante: str = ""
    paso: str = ""
    recurso: str = ""
    recursos_requeridos: tuple[str, ...] = ()
    recursos_liberados: tuple[str, ...] = ()
    resultado: str = ""
    motivo: str = ""
    compensacion: bool = False
    ocurrido: str = ""
