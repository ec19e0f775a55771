"""What each domain event is called outside: its published message."""

from collections.abc import Mapping
from typing import Any

from contratos import suscripciones as contrato
from seedwork.dominio.agregado import EventoDominio
from seedwork.infraestructura.unidad_sql import Despachador
from suscripciones.dominio import eventos


def _comunes(evento: eventos.EventoSuscripcion) -> dict[str, Any]:
    return {
        "id_suscripcion": evento.id_suscripcion,
        "id_saga": evento.saga.id,
        "recursos_requeridos": evento.saga.requeridos,
        "recursos_liberados": evento.saga.liberados,
        "cliente_codigo": evento.cliente.id,
        "plan_codigo": evento.plan_codigo,
        "plan_nombre": evento.plan_nombre,
    }


def _para_el_cliente(evento: eventos.EventoSuscripcion) -> dict[str, Any]:
    return {
        **_comunes(evento),
        "cliente_nombres": evento.cliente.nombres,
        "cliente_apellidos": evento.cliente.apellidos,
        "cliente_email": evento.cliente.email,
    }


def _rechazada(evento: eventos.Rechazada) -> contrato.SuscripcionRechazada:
    return contrato.SuscripcionRechazada(**_para_el_cliente(evento), motivo=evento.motivo)


def _factura(evento: eventos.FacturaEmitida) -> contrato.FacturaEmitida:
    return contrato.FacturaEmitida(
        **_comunes(evento), id_factura=evento.id_factura, monto=evento.monto, moneda=evento.moneda
    )


DESPACHADORES: Mapping[type[EventoDominio], Despachador] = {
    eventos.Creada: lambda e: contrato.SuscripcionCreada(**_comunes(e)),
    eventos.Aprovisionada: lambda e: contrato.SuscripcionAprovisionada(**_para_el_cliente(e)),
    eventos.Activada: lambda e: contrato.SuscripcionActivada(**_para_el_cliente(e)),
    eventos.Rechazada: _rechazada,
    eventos.FacturaEmitida: _factura,
}
