"""The published messages, one module per context: the only thing that services know of each other."""

from contratos import notificaciones, procesamiento, sagas, servicio_datos, suscripciones
from contratos.base import INQUILINO, REGISTRO, Mensaje, a_dict, de_dict, mensaje

__all__ = [
    "INQUILINO",
    "REGISTRO",
    "Mensaje",
    "a_dict",
    "de_dict",
    "mensaje",
    "notificaciones",
    "procesamiento",
    "sagas",
    "servicio_datos",
    "suscripciones",
]
