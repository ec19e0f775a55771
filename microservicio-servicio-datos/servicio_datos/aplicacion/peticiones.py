"""What the commands do alike: find what was asked for, and refuse it."""

from contratos import Mensaje, motivos
from contratos.servicio_datos import (
    AsignarExperto,
    ComandoServicioDatosRechazado,
    CrearServicioDatos,
    IniciarServicioDatos,
    TerminarServicioDatos,
)
from contratos.suscripciones import CrearSuscripcion, SuscripcionActivada, SuscripcionCreada
from seedwork.aplicacion.espera import Creacion, PorConocer
from seedwork.dominio.errores import ReglaViolada
from seedwork.dominio.reglas import es_id
from servicio_datos.aplicacion.puertos import Unidad
from servicio_datos.dominio.servicio_datos import ServicioDatos
from servicio_datos.dominio.suscripcion_conocida import ACTIVA, PENDIENTE

_HASTA_ACTIVA = (
    (Creacion(CrearSuscripcion, "suscripciones"),),
    (Creacion(SuscripcionCreada, "servicio-datos"), Creacion(SuscripcionActivada, "servicio-datos")),
)
_HASTA_CREADO = (Creacion(CrearServicioDatos, "servicio-datos"),)


def rechazar_comando(comando: Mensaje, unidad: Unidad, motivo: str) -> None:
    """Tell that a command took no effect. It has no sequence: it is no event of the data service, which may not exist.

    Args:
        motivo: a code of :mod:`contratos.motivos`.
    """
    id = unidad.sobre.sujeto
    unidad.publicar(
        ComandoServicioDatosRechazado(
            id_comando=unidad.sobre.id,
            comando=type(comando).__name__,
            id_servicio_datos=id,
            id_suscripcion=_suscripcion_de(comando, unidad),
            motivo=motivo,
        ),
        sujeto=id,
    )


def servicio_pedido(
    comando: IniciarServicioDatos | AsignarExperto | TerminarServicioDatos, unidad: Unidad
) -> ServicioDatos:
    """The data service that a command is about, alive or not.

    Raises:
        ReglaViolada: payload and envelope name different ones.
        PorConocer: there is none, or not yet.
    """
    if comando.id_servicio_datos != unidad.sobre.sujeto:
        raise ReglaViolada(motivos.DATOS_INVALIDOS)
    servicio = unidad.servicios.obtener(comando.id_servicio_datos)
    if servicio is None:
        raise PorConocer(motivos.SERVICIO_DESCONOCIDO, _HASTA_CREADO)
    return servicio


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


def _suscripcion_de(comando: Mensaje, unidad: Unidad) -> str:
    """The subscription that a refused command is about, as far as it can be told."""
    if isinstance(comando, CrearServicioDatos):
        return comando.suscripcion.codigo if es_id(comando.suscripcion.codigo) else ""
    servicio = unidad.servicios.obtener(unidad.sobre.sujeto)
    return "" if servicio is None else servicio.id_suscripcion
