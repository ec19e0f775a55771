"""ListarSagasRecientes: all sagas, the one that began last first."""

from typing import cast

from contratos.consultas import suscripciones as contrato
from contratos.consultas.suscripciones import ListarSagasRecientes, PaginaSagasRecientes, SagaReciente
from seedwork.aplicacion.consultas import Solicitante
from seedwork.aplicacion.sobre import en_texto
from suscripciones.aplicacion.consultas.listar_sagas import mostrar_paso
from suscripciones.aplicacion.lectura import Lectura


def listar_sagas_recientes(
    consulta: ListarSagasRecientes, lectura: Lectura, solicitante: Solicitante
) -> PaginaSagasRecientes:
    """A page of those that it asks for."""
    sagas, siguiente = lectura.sagas_recientes(consulta, solicitante.acceso)
    return PaginaSagasRecientes(
        elementos=[
            SagaReciente(
                id_saga=saga.ultimo.id_saga,
                id_suscripcion=saga.id_suscripcion,
                cliente_codigo=saga.cliente_codigo,
                estado=cast(contrato.EstadoSaga, saga.estado),
                comenzada=en_texto(saga.comenzada),
                terminada=en_texto(saga.terminada) if saga.terminada else None,
                ultimo_paso=mostrar_paso(saga.ultimo),
            )
            for saga in sagas
        ],
        siguiente=siguiente,
    )
