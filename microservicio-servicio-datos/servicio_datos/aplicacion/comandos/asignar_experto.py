"""AsignarExperto: another expert takes a data service over."""

from contratos import motivos
from contratos.servicio_datos import AsignarExperto
from seedwork.aplicacion.validez import exigir
from seedwork.dominio.errores import ReglaViolada
from seedwork.dominio.reglas import es_id
from servicio_datos.aplicacion.peticiones import exigir_activa, servicio_datos_pedido
from servicio_datos.aplicacion.puertos import Unidad


def asignar_experto(comando: AsignarExperto, unidad: Unidad) -> None:
    """Take the new expert's place, and give the old one's back, for an ACTIVA subscription."""
    exigir(comando, {"experto_codigo": es_id})
    servicio_datos = servicio_datos_pedido(unidad)
    anterior = servicio_datos.asignar_experto(comando.experto_codigo)
    exigir_activa(servicio_datos.id_suscripcion, unidad)
    if not unidad.recursos.tiene_experto(comando.experto_codigo):
        raise ReglaViolada(motivos.EXPERTO_DESCONOCIDO)
    if not unidad.recursos.tomar_a(comando.experto_codigo):
        raise ReglaViolada(motivos.SIN_CAPACIDAD)
    unidad.recursos.devolver_experto(anterior)
