"""What the service's commands are about. What is another's waits, and is refused, as what is unknown (contract §9)."""

from contratos import motivos
from contratos.servicio_datos import CrearServicioDatos
from contratos.suscripciones import CrearSuscripcion, SuscripcionActivada, SuscripcionCreada
from seedwork.aplicacion.espera import Creacion, PorConocer
from seedwork.dominio.errores import ReglaViolada
from servicio_datos import NOMBRE
from servicio_datos.aplicacion.puertos import Unidad
from servicio_datos.dominio.servicio_datos import ServicioDatos
from servicio_datos.dominio.suscripcion_conocida import ACTIVA, PENDIENTE, SuscripcionConocida

_HASTA_ACTIVA = (
    (Creacion(CrearSuscripcion, "suscripciones"),),
    (Creacion(SuscripcionCreada, NOMBRE), Creacion(SuscripcionActivada, NOMBRE)),
)
_HASTA_CREADO = (Creacion(CrearServicioDatos, NOMBRE),)


def servicio_datos_pedido(unidad: Unidad) -> ServicioDatos:
    """The data service that a command is about, alive or not.

    Raises:
        PorConocer: there is none, or not yet, or it is another's.
    """
    servicio_datos = unidad.servicios_datos.obtener(unidad.sobre.sujeto)
    if servicio_datos is None or not unidad.acceso.alcanza("cliente", servicio_datos.cliente_codigo):
        raise PorConocer(motivos.SERVICIO_DESCONOCIDO, _HASTA_CREADO)
    return servicio_datos


def exigir_activa(id_suscripcion: str, unidad: Unidad, *, de: str = "") -> SuscripcionConocida:
    """The subscription, where it is ACTIVA.

    Args:
        de: whose the command says that it is; empty where it does not say, or nobody is asked who they are.

    Raises:
        ReglaViolada: it is over.
        PorConocer: it is not known, or not ACTIVA yet, or it is another's.
    """
    conocida = unidad.suscripciones.obtener(id_suscripcion)
    if (
        conocida is None
        or not unidad.acceso.alcanza("cliente", conocida.cliente_codigo)
        or de not in ("", conocida.cliente_codigo)
    ):
        raise PorConocer(motivos.SUSCRIPCION_DESCONOCIDA, *_HASTA_ACTIVA)
    if conocida.estado == PENDIENTE:
        raise PorConocer(motivos.SUSCRIPCION_NO_ACTIVA, *_HASTA_ACTIVA)
    if conocida.estado != ACTIVA:
        raise ReglaViolada(motivos.SUSCRIPCION_NO_ACTIVA)
    return conocida
