"""CancelarSuscripcion: a client ends a subscription."""

from contratos import motivos, sagas
from contratos.suscripciones import CancelarSuscripcion
from saga.pasos import publicar_paso
from seedwork.aplicacion.validez import Reglas, exigir, opcional
from seedwork.dominio.textos import PARRAFO
from suscripciones.aplicacion.decision import responder_por_nadie, saga_de
from suscripciones.aplicacion.peticiones import suscripcion_pedida
from suscripciones.aplicacion.puertos import Unidad

_REGLAS: Reglas = {"motivo": opcional(PARRAFO.es)}


def cancelar_suscripcion(comando: CancelarSuscripcion, unidad: Unidad) -> None:
    """End it at once, at whatever step its saga is; what is owed for it is annulled."""
    exigir(comando, _REGLAS)
    suscripcion = suscripcion_pedida(unidad)
    motivo, saga = motivos.CANCELADA_POR_CLIENTE, saga_de(suscripcion)
    if suscripcion.saga.cambio_indeciso:
        publicar_paso(unidad, saga, sagas.RECHAZAR, motivo=motivo)
    publicar_paso(unidad, saga, sagas.CANCELAR, motivo=motivo)
    # What a refused change required was answered when that was told.
    pedidos = () if suscripcion.saga.decidida else suscripcion.saga.requeridos
    responder_por_nadie(unidad, saga, (*pedidos, *suscripcion.recursos))
    suscripcion.cancelar(motivo, comando.motivo, unidad.clientes.leer(suscripcion.cliente_codigo))
    for factura in unidad.facturas.de(suscripcion.id):
        factura.anular()
