"""TerminarServicioDatos: somebody ends a data service by hand."""

from contratos import motivos
from contratos.servicio_datos import TerminarServicioDatos
from seedwork.aplicacion.validez import exigir, opcional
from seedwork.dominio.errores import ReglaViolada
from seedwork.dominio.textos import PARRAFO
from servicio_datos.aplicacion.peticiones import servicio_datos_pedido
from servicio_datos.aplicacion.puertos import Unidad
from servicio_datos.dominio.servicio_datos import ServicioDatos


def terminar_servicio_datos(comando: TerminarServicioDatos, unidad: Unidad) -> None:
    """End it, and give its expert's place back, unless a plan or an undecided saga needs it."""
    exigir(comando, {"motivo": opcional(PARRAFO.es)})
    servicio_datos = servicio_datos_pedido(unidad)
    servicio_datos.terminar("", motivos.TERMINADO_A_PETICION, comando.motivo)
    if _se_requiere(servicio_datos, unidad):
        raise ReglaViolada(motivos.SERVICIO_REQUERIDO_POR_PLAN)
    unidad.recursos.devolver_experto(servicio_datos.experto_codigo)


def _se_requiere(servicio_datos: ServicioDatos, unidad: Unidad) -> bool:
    conocida = unidad.suscripciones.obtener(servicio_datos.id_suscripcion)
    if conocida is not None and conocida.requiere_servicio:
        return True
    participacion = None if servicio_datos.a_mano else unidad.participaciones.obtener(servicio_datos.id_saga)
    return participacion is not None and participacion.indecisa
