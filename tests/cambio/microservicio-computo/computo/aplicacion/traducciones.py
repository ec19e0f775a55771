"""What each domain event is called outside: its published message."""

from computo.dominio import eventos
from contrato_computo import ComputoReservado
from seedwork.aplicacion.unidad import Traducciones


def _reservada(evento: eventos.Reservada) -> ComputoReservado:
    return ComputoReservado(
        id_reserva=evento.id_reserva, id_suscripcion=evento.id_suscripcion, id_saga=evento.id_reserva
    )


TRADUCCIONES: Traducciones = {
    eventos.Reservada: _reservada,
    eventos.Iniciada: None,
    eventos.Terminada: None,
}
