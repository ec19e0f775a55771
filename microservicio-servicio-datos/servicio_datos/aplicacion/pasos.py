"""What several handlers do alike: start and end a data service, and say so."""

from contratos import sagas
from seedwork.aplicacion.saga import Saga, publicar_paso
from servicio_datos.aplicacion.puertos import Unidad
from servicio_datos.dominio.servicio_datos import ServicioDatos

RECURSO = "servicio_datos"
"""The resource that this service provides, as plans name it."""


def iniciar(unidad: Unidad, servicio: ServicioDatos, saga: Saga) -> None:
    """Put a reserved data service to work."""
    if servicio.iniciar(saga.id):
        publicar_paso(unidad, saga, sagas.INICIAR, recurso=RECURSO)


def terminar(unidad: Unidad, servicio: ServicioDatos, saga: Saga, motivo: str) -> None:
    """End a data service, and give its expert's place back, once."""
    if servicio.terminar(saga.id, motivo):
        unidad.recursos.devolver_experto(servicio.experto_codigo)
