"""Invoices: exact money that is due."""

import re
from dataclasses import dataclass
from datetime import datetime

from seedwork.dominio.agregado import Agregado
from seedwork.dominio.dinero import Dinero
from seedwork.dominio.errores import ReglaViolada
from seedwork.dominio.reglas import es_texto

EMITIDA = "EMITIDA"
PAGADA = "PAGADA"
ANULADA = "ANULADA"

MAXIMO_MEDIO = 40
PATRON_MONTO = r"^[0-9]{1,12}\.[0-9]{2}$"
PATRON_MONEDA = r"^[A-Z]{3}$"

_MONTO = re.compile(PATRON_MONTO)
_MONEDA = re.compile(PATRON_MONEDA)


def es_monto(texto: str) -> bool:
    """Whether it is an amount as messages tell it: up to 12 digits, and two decimal places."""
    return _MONTO.fullmatch(texto) is not None


def es_moneda(texto: str) -> bool:
    """Whether it has the form of an ISO 4217 code."""
    return _MONEDA.fullmatch(texto) is not None


def es_medio(texto: str) -> bool:
    """Whether it can tell how somebody paid: a text of 1 to 40 characters."""
    return 1 <= len(texto) <= MAXIMO_MEDIO and es_texto(texto)


@dataclass(kw_only=True)
class Factura(Agregado):
    """What a subscription owes for one period.

    Attributes:
        emitida: when it was issued.
        periodo: when the period that it is for began; one invoice per subscription and period.
        medio: how it was paid; None until it is.
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

    def anular(self) -> None:
        """Nobody owes it any more; what is paid stays paid."""
        if self.estado == EMITIDA:
            self.estado = ANULADA
