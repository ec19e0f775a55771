"""What a rule of who may what is made of: roles, how far each reaches, the scope besides (contract §9).

The rules themselves, one for each command, query and order, are in :mod:`contratos.permisos`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Literal, get_args

from contratos.base import Mensaje
from contratos.consultas.base import Consulta
from contratos.ordenes import Orden

Rol = Literal["cliente", "clinica", "investigador", "operador"]
"""What a caller may be; whoever is several may what any of them may."""
ROLES: tuple[Rol, ...] = get_args(Rol)


class Alcance(IntEnum):
    """How far a role reaches with a command, a query or an order."""

    NADA = 0
    """Not at all."""
    PROPIO = 1
    """What is its own: a client's is what bears its code, a clinic's what it sent, a researcher's what was released to
    it. All else is as unknown to it."""
    TODO = 2
    """Whatever there is."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Permiso:
    """A command's, a query's or an order's rule.

    Attributes:
        ambito: the scope that a token needs besides; empty for none.
        cliente, clinica, investigador, operador: how far each role reaches.
    """

    ambito: str
    cliente: Alcance
    clinica: Alcance
    investigador: Alcance
    operador: Alcance

    def alcance(self, rol: Rol) -> Alcance:
        """How far a role reaches."""
        de_rol: Alcance = getattr(self, rol)
        return de_rol


Asunto = type[Mensaje] | type[Consulta] | type[Orden]

_REGLAS: dict[Asunto, Permiso] = {}


def declarar(reglas: Mapping[Asunto, Permiso]) -> Mapping[Asunto, Permiso]:
    """Make these the rules; answers them.

    Raises:
        ValueError: one of them has a rule already.
    """
    if repetidos := reglas.keys() & _REGLAS.keys():
        raise ValueError(f"ya tienen regla: {', '.join(sorted(t.__name__ for t in repetidos))}")
    _REGLAS.update(reglas)
    return reglas


PAGINAS: Mapping[str, str] = {"salud.metricas": "/metrics", "panorama": "/panorama"}
"""The door's own pages that operators alone may see: the address of each, by its route's name."""


def es_accion(nombre: str) -> bool:
    """Whether it is something that a caller may be refused: a command, a query or an order with a rule, or one of
    :data:`PAGINAS`."""
    return nombre in PAGINAS or any(asunto.__name__ == nombre for asunto in _REGLAS)


class SinPermiso(Exception):
    """A command, a query or an order has no rule; whoever would take it must not start."""


def permiso(de: Asunto) -> Permiso:
    """The rule of a command, a query or an order.

    Raises:
        SinPermiso: it has none.
    """
    try:
        return _REGLAS[de]
    except KeyError:
        raise SinPermiso(f"{de.__name__} no tiene regla en contratos/permisos.py: nadie sabría quién puede") from None
