"""The notification: its state is the fold of its events."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from notificaciones.dominio import eventos
from seedwork.dominio.agregado import EventoDominio
from seedwork.dominio.agregado_eventos import AgregadoEventos

CREADA = "CREADA"
ENVIADA = "ENVIADA"
CONFIRMADA = "CONFIRMADA"
FALLIDA = "FALLIDA"
ANULADA = "ANULADA"

ESTADO_TRAS: Mapping[type[EventoDominio], str] = {
    eventos.Creada: CREADA,
    eventos.Enviada: ENVIADA,
    eventos.Confirmada: CONFIRMADA,
    eventos.Fallida: FALLIDA,
    eventos.Anulada: ANULADA,
}
"""The state that each event leaves a notification in."""


@dataclass(kw_only=True)
class Notificacion(AgregadoEventos):
    """One fact told to one client through one channel.

    Attributes:
        tipo: which kind of fact it tells.
        estado: empty before its first event.
        motivo: why it failed or was annulled (a code of :mod:`contratos.motivos`).
    """

    id_suscripcion: str = ""
    id_saga: str = ""
    cliente_codigo: str = ""
    tipo: str = ""
    canal: str = ""
    asunto: str = ""
    estado: str = ""
    motivo: str | None = None

    @classmethod
    def crear(
        cls,
        id: str,
        *,
        id_suscripcion: str,
        id_saga: str,
        cliente_codigo: str,
        tipo: str,
        canal: str,
        asunto: str,
        datos: Mapping[str, str],
    ) -> "Notificacion":
        """A new one, due at once.

        Args:
            datos: what its letter tells; it is kept for ever, so nobody's name is in it.
        """
        nueva = cls(id=id)
        nueva.registrar(
            eventos.Creada(
                id_notificacion=id,
                id_suscripcion=id_suscripcion,
                id_saga=id_saga,
                cliente_codigo=cliente_codigo,
                tipo=tipo,
                canal=canal,
                asunto=asunto,
                datos=datos,
            )
        )
        return nueva

    def confirmar(self, intentos: int) -> bool:
        """Its channel took charge of it, at this attempt. False if its end was decided before."""
        if self.estado != CREADA:
            return False
        self._contar(eventos.Enviada, intentos=intentos)
        self._contar(eventos.Confirmada)
        return True

    def fallar(self, intentos: int, motivo: str) -> bool:
        """It will not be sent: no attempt is left. False if its end was decided before."""
        if self.estado != CREADA:
            return False
        self._contar(eventos.Fallida, intentos=intentos, motivo=motivo)
        return True

    def anular(self, motivo: str) -> bool:
        """It must not be sent any more. False if its end was decided before."""
        if self.estado != CREADA:
            return False
        self._contar(eventos.Anulada, motivo=motivo)
        return True

    def aplicar(self, evento: EventoDominio) -> None:
        """Fold one event into the state."""
        match evento:
            case eventos.Creada():
                self.id_suscripcion = evento.id_suscripcion
                self.id_saga = evento.id_saga
                self.cliente_codigo = evento.cliente_codigo
                self.tipo = evento.tipo
                self.canal = evento.canal
                self.asunto = evento.asunto
            case eventos.Fallida() | eventos.Anulada():
                self.motivo = evento.motivo
        self.estado = ESTADO_TRAS[type(evento)]

    def _contar(self, evento: type[eventos.EventoNotificacion], **propios: Any) -> None:
        self.registrar(
            evento(
                id_notificacion=self.id,
                id_suscripcion=self.id_suscripcion,
                id_saga=self.id_saga,
                cliente_codigo=self.cliente_codigo,
                tipo=self.tipo,
                canal=self.canal,
                **propios,
            )
        )
