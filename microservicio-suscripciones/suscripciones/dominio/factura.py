"""Invoices: exact money that is due."""

from dataclasses import dataclass
from datetime import datetime

from seedwork.dominio.agregado import Agregado
from seedwork.dominio.dinero import Dinero

EMITIDA = "EMITIDA"
PAGADA = "PAGADA"
ANULADA = "ANULADA"


@dataclass(kw_only=True)
class Factura(Agregado):
    """What a subscription owes for one period."""

    id_suscripcion: str
    importe: Dinero
    emitida: datetime
    estado: str = EMITIDA
    medio: str | None = None
