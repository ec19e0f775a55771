"""CrearServicioDatos: somebody makes a data service by hand, of what they chose in the catalogue."""

from contratos import motivos
from contratos.servicio_datos import CrearServicioDatos
from seedwork.aplicacion.validez import Reglas, exigir, opcional
from seedwork.dominio.correo import es_correo
from seedwork.dominio.errores import ReglaViolada
from seedwork.dominio.reglas import es_id, es_numero
from seedwork.dominio.textos import TEXTO
from servicio_datos.aplicacion.peticiones import exigir_activa
from servicio_datos.aplicacion.puertos import Unidad
from servicio_datos.dominio.servicio_datos import Asignacion, ServicioDatos

_REGLAS: Reglas = {
    "suscripcion.codigo": es_id,
    "experto_codigo": es_id,
    "nube.codigo": es_id,
    "dataset.codigo": es_id,
    "cliente_codigo": opcional(es_id),
    "cliente_nombres": opcional(TEXTO.es),
    "cliente_apellidos": opcional(TEXTO.es),
    "cliente_usuario": opcional(TEXTO.es),
    "plan_codigo": opcional(es_id),
    "plan_nombre": opcional(TEXTO.es),
    "experto_nombres": opcional(TEXTO.es),
    "experto_apellidos": opcional(TEXTO.es),
    "experto_usuario": opcional(TEXTO.es),
    "experto_cedula": opcional(es_numero),
    "experto_email": opcional(es_correo),
    "nube.nombre": opcional(TEXTO.es),
    "nube.tipo": opcional(TEXTO.es),
    "dataset.nombre": opcional(TEXTO.es),
}
"""What each field must be. Those that are not stored may be left out."""


def crear_servicio_datos(comando: CrearServicioDatos, unidad: Unidad) -> None:
    """Make the data service CREADO; it takes no part in any saga."""
    exigir(comando, _REGLAS)
    id, id_suscripcion = unidad.sobre.sujeto, comando.suscripcion.codigo
    if unidad.servicios_datos.obtener(id) is not None:
        raise ReglaViolada(motivos.SERVICIO_EXISTENTE)
    # Where nobody is asked who they are, whom a command names counts for nothing, as it always did.
    nombrado = "" if unidad.sobre.quien is None else comando.cliente_codigo
    conocida = exigir_activa(id_suscripcion, unidad, de=nombrado)
    if unidad.servicios_datos.vivo_de(id_suscripcion) is not None:
        raise ReglaViolada(motivos.YA_TIENE_SERVICIO)
    asignacion = _asignar(comando, unidad)
    unidad.servicios_datos.agregar(ServicioDatos.crear(id, id_suscripcion, "", asignacion, conocida.cliente_codigo))


def _asignar(comando: CrearServicioDatos, unidad: Unidad) -> Asignacion:
    """Raise ReglaViolada where something is missing; the expert comes last, since only that takes anything away."""
    recursos = unidad.recursos
    if not recursos.tiene_experto(comando.experto_codigo):
        raise ReglaViolada(motivos.EXPERTO_DESCONOCIDO)
    if not recursos.tiene_nube(comando.nube.codigo):
        raise ReglaViolada(motivos.NUBE_DESCONOCIDA)
    if not recursos.tiene_dataset(comando.dataset.codigo):
        raise ReglaViolada(motivos.DATASET_DESCONOCIDO)
    if not recursos.tomar_a(comando.experto_codigo):
        raise ReglaViolada(motivos.SIN_CAPACIDAD)
    return Asignacion(
        experto_codigo=comando.experto_codigo, nube_codigo=comando.nube.codigo, dataset_codigo=comando.dataset.codigo
    )
