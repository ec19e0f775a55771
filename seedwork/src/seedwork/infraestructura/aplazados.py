"""A command that waits, on its way to the waiting topic and back: what it was is in properties of its own."""

from collections.abc import Mapping
from dataclasses import dataclass

from seedwork.aplicacion.espera import Aplazado
from seedwork.aplicacion.recibido import Original
from seedwork.infraestructura import cloudevents

_PREFIJO = "espera_"
_TOPICO, _ESQUEMA, _VUELTA = f"{_PREFIJO}topico", f"{_PREFIJO}esquema", f"{_PREFIJO}vuelta"

_PROPIEDADES_MAXIMAS = 64 * 1024
"""Characters in the properties of a command that waits; with the largest payload, it fits into what a broker takes."""


def propiedades(aplazado: Aplazado) -> dict[str, str]:
    """What it travels with, both ways."""
    original = aplazado.recibido.original
    return {
        **_que_caben(original.propiedades),
        _TOPICO: original.topico,
        _ESQUEMA: str(original.esquema),
        _VUELTA: str(aplazado.vuelta),
    }


def _que_caben(todas: Mapping[str, str]) -> Mapping[str, str]:
    """What nobody knows travels along while it is no burden: one row that can't be sent would hold all others up."""
    peso = sum(len(n) + len(v) for n, v in todas.items())
    return todas if peso <= _PROPIEDADES_MAXIMAS else cloudevents.propias(todas)


@dataclass(frozen=True, slots=True)
class Devuelto:
    """A command that waited, as it travelled before it did.

    Attributes:
        vuelta: how often it was made to wait.
        lugar: where it lies on the waiting topic.
        publicado: when it was made to wait.
    """

    topico: str
    clave: str
    carga: bytes
    propiedades: Mapping[str, str]
    esquema: int
    vuelta: int
    lugar: str
    publicado: float

    @classmethod
    def de(cls, llegado: Original) -> "Devuelto":
        """What a message of the waiting topic was; what somebody else wrote there is one of no topic."""
        todas = llegado.propiedades
        return cls(
            topico=todas.get(_TOPICO, ""),
            clave=llegado.clave,
            carga=llegado.carga,
            propiedades={n: v for n, v in todas.items() if not n.startswith(_PREFIJO)},
            esquema=cloudevents.entero(todas.get(_ESQUEMA), -1),
            vuelta=cloudevents.entero(todas.get(_VUELTA), 0),
            lugar=llegado.lugar,
            publicado=llegado.publicado,
        )
