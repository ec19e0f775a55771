"""What each domain event is called outside: its published message."""

from typing import Any

from contratos import notificaciones as contrato
from notificaciones.dominio import eventos
from seedwork.aplicacion.unidad import Traducciones


def _comunes(evento: eventos.EventoNotificacion) -> dict[str, Any]:
    return {
        "id_notificacion": evento.id_notificacion,
        "id_suscripcion": evento.id_suscripcion,
        "id_saga": evento.id_saga,
        "cliente_codigo": evento.cliente_codigo,
        "tipo_notificacion": evento.tipo,
        "canal": evento.canal,
    }


def _enviada(evento: eventos.Enviada) -> contrato.NotificacionEnviada:
    return contrato.NotificacionEnviada(**_comunes(evento), intentos=evento.intentos)


def _fallida(evento: eventos.Fallida) -> contrato.ErrorProcesamientoNotificacion:
    return contrato.ErrorProcesamientoNotificacion(**_comunes(evento), intentos=evento.intentos, motivo=evento.motivo)


TRADUCCIONES: Traducciones = {
    eventos.Creada: lambda e: contrato.NotificacionCreada(**_comunes(e)),
    eventos.Enviada: _enviada,
    eventos.Confirmada: lambda e: contrato.ConfirmacionNotificacion(**_comunes(e)),
    eventos.Fallida: _fallida,
    # Nobody waits for it: what annulled it is a fact that everyone has heard.
    eventos.Anulada: None,
}
