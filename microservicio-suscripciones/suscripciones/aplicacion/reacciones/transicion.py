"""TransicionSaga: a participant told one of its steps."""

from contratos import motivos, sagas
from contratos.sagas import TransicionSaga
from saga.fin import EN_CURSO, estado
from seedwork.aplicacion.sobre import Sobre
from seedwork.aplicacion.trazas import leida
from suscripciones.aplicacion.decision import activar, rechazar
from suscripciones.aplicacion.puertos import Unidad
from suscripciones.dominio.linea import Paso


def tomar_transicion(transicion: TransicionSaga, unidad: Unidad) -> None:
    """Take the step into the timeline, and do what follows from it for a saga that is still undecided."""
    unidad.linea.apuntar(transicion.id_suscripcion, paso_de(transicion, unidad.sobre))
    suscripcion = unidad.suscripciones.obtener(transicion.id_suscripcion)
    if suscripcion is None:
        return
    if suscripcion.espera_a(transicion.id_saga):
        match transicion.paso, transicion.resultado:
            case sagas.RESERVAR, sagas.HECHO:
                cliente = unidad.clientes.leer(suscripcion.cliente_codigo)
                suscripcion.anotar_reserva(transicion.id_saga, transicion.recurso, cliente)
            case sagas.RESERVAR, sagas.RECHAZADO | sagas.FALLIDO:
                rechazar(unidad, suscripcion, transicion.id_saga, motivos.de_la_lista(transicion.motivo))
            case sagas.NOTIFICAR, sagas.HECHO:
                activar(unidad, suscripcion, unidad.clientes.leer(suscripcion.cliente_codigo))
            case sagas.NOTIFICAR, sagas.FALLIDO | sagas.RECHAZADO:
                rechazar(unidad, suscripcion, transicion.id_saga, motivos.NOTIFICACION_FALLIDA)
    saga = suscripcion.saga
    if saga.decidida and saga.en_curso and estado(unidad.linea.de_saga(saga.id)) != EN_CURSO:
        suscripcion.cerrar_saga()


def paso_de(transicion: TransicionSaga, sobre: Sobre) -> Paso:
    """The step that a transition tells, in an envelope."""
    return Paso(
        id=sobre.id,
        id_saga=transicion.id_saga,
        paso=transicion.paso,
        servicio=transicion.participante,
        recurso=transicion.recurso,
        requeridos=transicion.recursos_requeridos,
        liberados=transicion.recursos_liberados,
        resultado=transicion.resultado,
        motivo=transicion.motivo,
        compensacion=transicion.compensacion,
        ocurrido=transicion.ocurrido,
        traza=leida(sobre.traza),
    )
