"""TerminarServicioDatos: somebody ends a data service by hand."""

from contratos import motivos
from contratos.servicio_datos import TerminarServicioDatos
from seedwork.aplicacion.peticiones import exigir, rechazable
from seedwork.dominio.errores import ReglaViolada
from seedwork.dominio.reglas import es_texto
from servicio_datos.aplicacion.pasos import terminar
from servicio_datos.aplicacion.peticiones import rechazar_comando, servicio_pedido
from servicio_datos.aplicacion.puertos import Unidad
from servicio_datos.dominio.servicio_datos import ServicioDatos


@rechazable(rechazar_comando)
def terminar_servicio_datos(comando: TerminarServicioDatos, unidad: Unidad) -> None:
    """End it, and give its expert's place back, unless a plan or an undecided saga needs it."""
    exigir(comando, {"motivo": es_texto})
    servicio = servicio_pedido(comando, unidad)
    servicio.exigir_vivo()
    if _se_requiere(servicio, unidad):
        raise ReglaViolada(motivos.SERVICIO_REQUERIDO_POR_PLAN)
    terminar(unidad, servicio, "", motivos.TERMINADO_A_PETICION, comando.motivo)


def _se_requiere(servicio: ServicioDatos, unidad: Unidad) -> bool:
    conocida = unidad.suscripciones.obtener(servicio.id_suscripcion)
    if conocida is not None and conocida.requiere_servicio:
        return True
    participacion = None if servicio.a_mano else unidad.participaciones.obtener(servicio.id_saga)
    return participacion is not None and participacion.indecisa
