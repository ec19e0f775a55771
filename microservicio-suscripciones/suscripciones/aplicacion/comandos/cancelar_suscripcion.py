"""CancelarSuscripcion: a client ends a subscription."""

from contratos import motivos, sagas
from contratos.suscripciones import CancelarSuscripcion
from seedwork.aplicacion.peticiones import Reglas, rechazable
from seedwork.aplicacion.saga import publicar_paso
from seedwork.dominio.reglas import es_texto
from suscripciones.aplicacion.pasos import avisar_rechazo, pedida, saga_de
from suscripciones.aplicacion.puertos import Unidad

_REGLAS: Reglas = {"motivo": es_texto}


@rechazable(avisar_rechazo)
def cancelar_suscripcion(comando: CancelarSuscripcion, unidad: Unidad) -> None:
    """End it at once, at whatever step its saga is; what is owed for it is annulled."""
    suscripcion = pedida(comando, unidad, _REGLAS)
    suscripcion.exigir_vigente()
    motivo, saga = motivos.CANCELADA_POR_CLIENTE, saga_de(suscripcion)
    if suscripcion.saga.cambio_indeciso:
        publicar_paso(unidad, saga, sagas.RECHAZAR, motivo=motivo)
    publicar_paso(unidad, saga, sagas.CANCELAR, motivo=motivo)
    suscripcion.cancelar(motivo, comando.motivo, unidad.clientes.leer(suscripcion.cliente_codigo))
    for factura in unidad.facturas.de(suscripcion.id):
        factura.anular()
