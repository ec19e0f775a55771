"""What a rule of who may say and who may hear a message is made of (contract §9).

The rules themselves, one for each message, are in :mod:`contratos.canales`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from contratos.base import REGISTRO, Mensaje

OPERADOR = "operador"
"""Whoever works dead letters by the command line, or rebuilds a view. No process that stays has its token; what runs
to its end has it, as compose's ``…-preparar``."""


@dataclass(frozen=True, slots=True)
class Canal:
    """A message's rule.

    Attributes:
        dice: the roles that may publish it.
        oye: those that may subscribe to it, each under its own name.
        mira: those that read it without taking it from anybody, or must know how far others have heard it. The broker
            tells that to whoever may publish or subscribe, and to nobody else: they are let subscribe, the lesser of
            the two.
    """

    dice: frozenset[str]
    oye: frozenset[str]
    mira: frozenset[str]


_REGLAS: dict[type[Mensaje], Canal] = {}


def agregar(reglas: Mapping[type[Mensaje], Canal]) -> Mapping[type[Mensaje], Canal]:
    """Add these rules, and answer them; a message that has one gets these roles besides, as where a context comes
    later."""
    for tipo, nueva in reglas.items():
        vieja = _REGLAS.get(tipo, Canal(frozenset(), frozenset(), frozenset()))
        _REGLAS[tipo] = Canal(vieja.dice | nueva.dice, vieja.oye | nueva.oye, vieja.mira | nueva.mira)
    return reglas


def canal(dice: str = "", oye: str = "", mira: str = "") -> Canal:
    """A rule; roles with a space between."""
    return Canal(frozenset(dice.split()), frozenset(oye.split()), frozenset(mira.split()))


class SinCanal(Exception):
    """A role would say or hear what it has no rule for; whoever would must not start."""


def canal_de(tipo: type[Mensaje]) -> Canal:
    """A message's rule.

    Raises:
        SinCanal: it has none.
    """
    try:
        return _REGLAS[tipo]
    except KeyError:
        raise SinCanal(f"{tipo.__name__} no tiene regla en contratos/canales.py") from None


def comprobar(rol: str, *, oye: Iterable[type[Mensaje]] = (), dice: Iterable[type[Mensaje]] = ()) -> None:
    """See that a role may hear and say all of these.

    Raises:
        SinCanal: not all; the text names them.
    """
    sobran = [f"oye {tipo.__name__}" for tipo in oye if rol not in canal_de(tipo).oye]
    sobran += [f"dice {tipo.__name__}" for tipo in dice if rol not in canal_de(tipo).dice]
    if sobran:
        raise SinCanal(f"{rol} no puede, según contratos/canales.py: {', '.join(sorted(sobran))}")


def oyentes() -> Mapping[str, list[type[Mensaje]]]:
    """Of each role that hears something, what."""
    todos = sorted({rol for tipo in REGISTRO.values() if tipo in _REGLAS for rol in _REGLAS[tipo].oye})
    return {rol: [t for t in REGISTRO.values() if t in _REGLAS and rol in _REGLAS[t].oye] for rol in todos}
