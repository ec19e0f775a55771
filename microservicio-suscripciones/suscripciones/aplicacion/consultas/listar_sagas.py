"""ListarSagas: the timelines of all sagas of a subscription."""

from collections.abc import Sequence
from typing import cast

from contratos import PROVEEDORES, motivos, sagas
from contratos.consultas import suscripciones as contrato
from contratos.consultas.suscripciones import ListarSagas, PaginaSagas, Saga
from saga.fin import Debido, estado, faltan
from seedwork.aplicacion import trazas
from seedwork.aplicacion.consultas import Solicitante
from suscripciones import NOMBRE
from suscripciones.aplicacion.decision import traza
from suscripciones.aplicacion.lectura import Lectura
from suscripciones.dominio.linea import Paso


def listar_sagas(consulta: ListarSagas, lectura: Lectura, solicitante: Solicitante) -> PaginaSagas | None:
    """All of them, the latest last; None where there is no such subscription."""
    sagas = lineas_de_tiempo(consulta.id_suscripcion, lectura, solicitante)
    return PaginaSagas(elementos=sagas, siguiente=None) if sagas else None


def lineas_de_tiempo(id_suscripcion: str, lectura: Lectura, solicitante: Solicitante) -> list[Saga]:
    """Each saga of a subscription with the state that follows from its steps, the latest last."""
    return [
        Saga(
            id_saga=id_saga,
            estado=estado(pasos),
            pasos=[mostrar_paso(p) for p in pasos],
            faltan=[_mostrar_debido(d) for d in faltan(pasos)],
            **_traza(pasos, lectura),
        )
        for id_saga, pasos in lectura.sagas(id_suscripcion, solicitante.acceso).items()
    ]


def _traza(pasos: Sequence[Paso], lectura: Lectura) -> dict[str, str | None]:
    """The trace that the saga began in, and where that can be looked at, if it is kept."""
    contexto = traza(pasos)
    return {"traza": trazas.id_de(contexto), "enlace_traza": lectura.enlace_traza(contexto)}


def _mostrar_debido(debido: Debido) -> contrato.PasoDebido:
    """A step that is awaited, with who is to tell it: of a resource that nobody provides any more, suscripciones."""
    quien = sagas.NOTIFICADOR if debido.paso == sagas.NOTIFICAR else PROVEEDORES.get(debido.recurso, NOMBRE)
    return contrato.PasoDebido(paso=debido.paso, servicio=quien, recurso=debido.recurso or None)


def mostrar_paso(paso: Paso) -> contrato.Paso:
    """A step as it is shown."""
    return contrato.Paso(
        paso=paso.paso,
        servicio=paso.servicio,
        recurso=paso.recurso or None,
        resultado=cast(contrato.ResultadoPaso, paso.resultado),
        motivo=motivos.texto(paso.motivo),
        ocurrido=paso.ocurrido,
        compensacion=paso.compensacion,
    )
