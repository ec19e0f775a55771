"""What each domain event is called outside: its published message."""

from typing import Any

from contratos import suscripciones as contrato
from seedwork.aplicacion.unidad import Traducciones
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


def _cambio(evento: eventos.EventoCambioPlan) -> dict[str, Any]:
    return {
        "plan_anterior_codigo": evento.plan_anterior_codigo,
        "plan_anterior_nombre": evento.plan_anterior_nombre,
    }


def _factura(evento: eventos.EventoFactura) -> dict[str, Any]:
    return {"id_factura": evento.id_factura, "monto": evento.monto, "moneda": evento.moneda}


def _rechazada(evento: eventos.Rechazada) -> contrato.SuscripcionRechazada:
    return contrato.SuscripcionRechazada(**_para_el_cliente(evento), motivo=evento.motivo)


def _cancelada(evento: eventos.Cancelada) -> contrato.SuscripcionCancelada:
    return contrato.SuscripcionCancelada(
        **_para_el_cliente(evento),
        recursos_en_poder=evento.recursos_en_poder,
        motivo=evento.motivo,
        detalle=evento.detalle,
    )


def _cambio_rechazado(evento: eventos.CambioPlanRechazado) -> contrato.CambioPlanRechazado:
    return contrato.CambioPlanRechazado(**_para_el_cliente(evento), **_cambio(evento), motivo=evento.motivo)


def _pagada(evento: eventos.FacturaPagada) -> contrato.SuscripcionPagada:
    return contrato.SuscripcionPagada(**_para_el_cliente(evento), **_factura(evento), medio=evento.medio)


TRADUCCIONES: Traducciones = {
    eventos.Creada: lambda e: contrato.SuscripcionCreada(**_comunes(e)),
    eventos.Aprovisionada: lambda e: contrato.SuscripcionAprovisionada(**_para_el_cliente(e)),
    eventos.Activada: lambda e: contrato.SuscripcionActivada(**_para_el_cliente(e)),
    eventos.Rechazada: _rechazada,
    eventos.Cancelada: _cancelada,
    eventos.CambioPlanIniciado: lambda e: contrato.CambioPlanIniciado(**_comunes(e), **_cambio(e)),
    eventos.PlanModificado: lambda e: contrato.SuscripcionPlanModificado(**_para_el_cliente(e), **_cambio(e)),
    eventos.CambioPlanRechazado: _cambio_rechazado,
    eventos.FacturaEmitida: lambda e: contrato.FacturaEmitida(**_comunes(e), **_factura(e)),
    eventos.FacturaPagada: _pagada,
    eventos.ClienteSuprimido: lambda e: contrato.ClienteSuprimido(id_suscripcion=e.id_suscripcion),
}
