"""What each domain event is called outside: its published message."""

from collections.abc import Mapping

from computo.dominio import eventos
from contrato_computo import ComputoReservado
from seedwork.dominio.agregado import EventoDominio
from seedwork.infraestructura.unidad_sql import Despachador


def _reservada(evento: eventos.Reservada) -> ComputoReservado:
    return ComputoReservado(
        id_reserva=evento.id_reserva, id_suscripcion=evento.id_suscripcion, id_saga=evento.id_reserva
    )


DESPACHADORES: Mapping[type[EventoDominio], Despachador] = {
    eventos.Reservada: _reservada,
    eventos.Iniciada: None,
    eventos.Terminada: None,
}
