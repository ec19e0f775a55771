"""What becomes of a command that is refused, whoever refused it."""

from contratos import Mensaje, motivos
from contratos.servicio_datos import ComandoServicioDatosRechazado, CrearServicioDatos
from seedwork.dominio.reglas import es_id
from servicio_datos.aplicacion.puertos import Unidad


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
            id_suscripcion=_suscripcion_de(comando, unidad, motivo),
            motivo=motivo,
        ),
        sujeto=id,
    )


def _suscripcion_de(comando: Mensaje, unidad: Unidad, motivo: str) -> str:
    """The subscription that a refused command is about, as far as it can be told: nothing of what is another's."""
    if isinstance(comando, CrearServicioDatos):
        return comando.suscripcion.codigo if es_id(comando.suscripcion.codigo) else ""
    servicio_datos = None if motivo == motivos.NO_AUTORIZADO else unidad.servicios_datos.obtener(unidad.sobre.sujeto)
    if servicio_datos is None or not unidad.acceso.alcanza("cliente", servicio_datos.cliente_codigo):
        return ""
    return servicio_datos.id_suscripcion
