"""A service's dead letters: what becomes of one, and the respondedores that are the same in every service."""

from typing import Protocol

from contratos.consultas.cartas import CartaMuerta, ConsultaDeCarta, ConsultaDeCartas, PaginaCartas
from seedwork.aplicacion.consultas import Solicitante

REENVIADA = "REENVIADA"
ATENDIDA = "ATENDIDA"
EN_ESPERA = "EN_ESPERA"
DESCARTADA = "DESCARTADA"
RECHAZADA = "RECHAZADA"
YA_ATENDIDA = "YA_ATENDIDA"
SE_QUEDA = "SE_QUEDA"
"""What becomes of a letter; with SE_QUEDA, nothing."""


class LecturaDeCartas(Protocol):
    """Their reading side: it takes none in hand."""

    def cartas(self, consulta: ConsultaDeCartas) -> PaginaCartas:
        """A page of them, oldest first."""
        ...

    def carta(self, id_carta: str) -> CartaMuerta | None:
        """One of them."""
        ...


def listar_cartas(consulta: ConsultaDeCartas, lectura: LecturaDeCartas, solicitante: Solicitante) -> PaginaCartas:
    """A page of them. Who may ask, the rule says: operators alone."""
    return lectura.cartas(consulta)


def obtener_carta(consulta: ConsultaDeCarta, lectura: LecturaDeCartas, solicitante: Solicitante) -> CartaMuerta | None:
    """The one of that id; None where there is none any more."""
    return lectura.carta(consulta.id_carta)
