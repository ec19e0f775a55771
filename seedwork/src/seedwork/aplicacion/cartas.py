"""What is asked of a service's dead letters: the same respondedores in every service."""

from typing import Protocol

from contratos.consultas.cartas import CartaMuerta, ConsultaDeCarta, ConsultaDeCartas, PaginaCartas
from seedwork.aplicacion.consultas import Solicitante


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
