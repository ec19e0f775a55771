"""What becomes of a command that is refused, whoever refused it."""

from dataclasses import replace

from contratos import Mensaje, sagas
from contratos.suscripciones import ComandoSuscripcionRechazado, CrearSuscripcion
from saga.pasos import publicar_paso
from seedwork.aplicacion.validez import invalidos
from suscripciones.aplicacion.comandos.crear_suscripcion import REGLAS, cliente_de
from suscripciones.aplicacion.decision import saga_de
from suscripciones.aplicacion.puertos import Unidad
from suscripciones.dominio.suscripcion import Suscripcion


def rechazar_comando(comando: Mensaje, unidad: Unidad, motivo: str) -> None:
    """Tell that the command took no effect; where it would have made a subscription, a refused one is kept.

    Args:
        motivo: a code of :mod:`contratos.motivos`.
    """
    sobre = unidad.sobre
    if isinstance(comando, CrearSuscripcion) and unidad.suscripciones.obtener(sobre.sujeto) is None:
        _guardar_rechazada(comando, unidad, motivo)
        return
    unidad.publicar(
        ComandoSuscripcionRechazado(
            id_comando=sobre.id, comando=type(comando).__name__, id_suscripcion=sobre.sujeto, motivo=motivo
        ),
        sujeto=sobre.sujeto,
    )


def _guardar_rechazada(comando: CrearSuscripcion, unidad: Unidad, motivo: str) -> None:
    """Keep the refused subscription.

    It changes nothing about a client who is known; it answers whoever asked.
    What breaks a rule may be what no row can hold, or no letter: it is kept nowhere, and its field is empty. Without a
    client's code, it is nobody's.
    """
    sobre = unidad.sobre
    comando = replace(comando, **dict.fromkeys(invalidos(comando, REGLAS), ""))
    cliente = cliente_de(comando)
    if cliente.id and unidad.clientes.obtener(cliente.id) is None:
        unidad.clientes.agregar(cliente)
    suscripcion = Suscripcion.crear_rechazada(
        sobre.sujeto, cliente, comando.plan_codigo, comando.plan_nombre, sobre.id, unidad.reloj(), motivo
    )
    unidad.suscripciones.agregar(suscripcion)
    saga = saga_de(suscripcion)
    publicar_paso(unidad, saga, sagas.CREAR, sagas.RECHAZADO, motivo=motivo)
    publicar_paso(unidad, saga, sagas.RECHAZAR, motivo=motivo)
