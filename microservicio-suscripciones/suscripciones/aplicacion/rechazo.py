"""What becomes of a command that is refused, whoever refused it."""

from dataclasses import replace

from contratos import Mensaje, motivos, sagas
from contratos.suscripciones import (
    ComandoClienteRechazado,
    ComandoSuscripcionRechazado,
    CrearSuscripcion,
    ExportarCliente,
    SuprimirCliente,
)
from saga.pasos import publicar_paso
from seedwork.aplicacion.validez import invalidos
from suscripciones.aplicacion.comandos.crear_suscripcion import REGLAS
from suscripciones.aplicacion.decision import saga_de
from suscripciones.aplicacion.puertos import Unidad
from suscripciones.dominio.cliente import Cliente
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
    if isinstance(comando, ExportarCliente | SuprimirCliente):
        unidad.publicar(
            ComandoClienteRechazado(
                id_comando=sobre.id, comando=type(comando).__name__, cliente_codigo=sobre.sujeto, motivo=motivo
            ),
            sujeto=sobre.sujeto,
        )
        return
    unidad.publicar(
        ComandoSuscripcionRechazado(
            id_comando=sobre.id, comando=type(comando).__name__, id_suscripcion=sobre.sujeto, motivo=motivo
        ),
        sujeto=sobre.sujeto,
    )


def _de_quien(comando: CrearSuscripcion, unidad: Unidad, motivo: str) -> str:
    """Whose a refused subscription is: a client's own, and an operator's whom the command named. Of one that nobody may
    ask for it is nobody's: operators alone see it."""
    propio = unidad.acceso.propio("cliente")
    if propio is not None:
        return propio
    return "" if motivo == motivos.NO_AUTORIZADO else comando.cliente_codigo


def _guardar_rechazada(comando: CrearSuscripcion, unidad: Unidad, motivo: str) -> None:
    """Keep the refused subscription, which answers whoever asked.

    Of its client and its plan there are the codes alone, here and in what is told of it: a command without effect makes
    nobody known, and nobody vouches for what it says. What breaks a rule may be what no row can hold: it is kept
    nowhere, and its field is empty. It is its caller's, whomever the command named (contract §9).
    """
    sobre = unidad.sobre
    comando = replace(comando, **dict.fromkeys(invalidos(comando, REGLAS), ""))
    cliente = Cliente.sin_datos(_de_quien(comando, unidad, motivo))
    plan = unidad.planes.get(comando.plan_codigo)
    nombre = comando.plan_codigo if plan is None else plan.nombre
    suscripcion = Suscripcion.crear_rechazada(
        sobre.sujeto, cliente, comando.plan_codigo, nombre, sobre.id, unidad.reloj(), motivo
    )
    unidad.suscripciones.agregar(suscripcion)
    saga = saga_de(suscripcion)
    publicar_paso(unidad, saga, sagas.CREAR, sagas.RECHAZADO, motivo=motivo)
    publicar_paso(unidad, saga, sagas.RECHAZAR, motivo=motivo)
