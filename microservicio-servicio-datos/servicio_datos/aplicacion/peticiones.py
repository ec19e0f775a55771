"""What the service's commands are about."""

from contratos import motivos
from contratos.servicio_datos import CrearServicioDatos
from contratos.suscripciones import CrearSuscripcion, SuscripcionActivada, SuscripcionCreada
from seedwork.aplicacion.espera import Creacion, PorConocer
from seedwork.dominio.errores import ReglaViolada
from servicio_datos import NOMBRE
from servicio_datos.aplicacion.puertos import Unidad
from servicio_datos.dominio.servicio_datos import ServicioDatos
from servicio_datos.dominio.suscripcion_conocida import ACTIVA, PENDIENTE

_HASTA_ACTIVA = (
    (Creacion(CrearSuscripcion, "suscripciones"),),
    (Creacion(SuscripcionCreada, NOMBRE), Creacion(SuscripcionActivada, NOMBRE)),
)
_HASTA_CREADO = (Creacion(CrearServicioDatos, NOMBRE),)


def servicio_datos_pedido(unidad: Unidad) -> ServicioDatos:
    """The data service that a command is about, alive or not.

    Raises:
        PorConocer: there is none, or not yet.
    """
    servicio_datos = unidad.servicios_datos.obtener(unidad.sobre.sujeto)
    if servicio_datos is None:
        raise PorConocer(motivos.SERVICIO_DESCONOCIDO, _HASTA_CREADO)
    return servicio_datos


def exigir_activa(id_suscripcion: str, unidad: Unidad) -> None:
    """Pass where the subscription is ACTIVA.

    Raises:
        ReglaViolada: it is over.
        PorConocer: it is not known, or not ACTIVA yet.
    """
    conocida = unidad.suscripciones.obtener(id_suscripcion)
    if conocida is None:
        raise PorConocer(motivos.SUSCRIPCION_DESCONOCIDA, *_HASTA_ACTIVA)
    if conocida.estado == PENDIENTE:
        raise PorConocer(motivos.SUSCRIPCION_NO_ACTIVA, *_HASTA_ACTIVA)
    if conocida.estado != ACTIVA:
        raise ReglaViolada(motivos.SUSCRIPCION_NO_ACTIVA)
