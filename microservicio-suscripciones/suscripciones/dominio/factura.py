"""Invoices: exact money that is due."""

from dataclasses import dataclass
from datetime import datetime

from seedwork.dominio.agregado import Agregado
from seedwork.dominio.dinero import Dinero
from seedwork.dominio.errores import ReglaViolada

EMITIDA = "EMITIDA"
PAGADA = "PAGADA"
ANULADA = "ANULADA"


@dataclass(kw_only=True)
class Factura(Agregado):
    """What a subscription owes for one period.

    Attributes:
        emitida: when it was issued.
        periodo: when the period that it is for began; one invoice per subscription and period.
        medio: how it was paid; None until it is, and once its client is forgotten.
    """

    id_suscripcion: str
    importe: Dinero
    emitida: datetime
    periodo: datetime
    estado: str = EMITIDA
    medio: str | None = None

    def pagar(self, importe: Dinero, medio: str) -> None:
        """Take a payment of exactly what is due.

        Raises:
            ReglaViolada: it is paid or annulled already (FACTURA_PAGADA, FACTURA_ANULADA), or owes another amount, or
                in another currency (MONTO_DISTINTO).
        """
        if self.estado == PAGADA:
            raise ReglaViolada("FACTURA_PAGADA")
        if self.estado == ANULADA:
            raise ReglaViolada("FACTURA_ANULADA")
        if importe != self.importe:
            raise ReglaViolada("MONTO_DISTINTO")
        self.estado = PAGADA
        self.medio = medio

    def olvidar_medio(self) -> None:
        """How it was paid is its client's own; what was owed and paid stays."""
        self.medio = None

    def anular(self) -> None:
        """Nobody owes it any more; what is paid stays paid."""
        if self.estado == EMITIDA:
            self.estado = ANULADA
