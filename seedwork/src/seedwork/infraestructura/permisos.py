"""What the broker is told of who may do what: by namespace, its topics' roles and its subscriptions'.

The messages' own rules are :mod:`contratos.canales`. Besides, a service has its dead letters and its waiting commands
for itself; and whoever operates may take a dead letter, and put it back where it came from.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

from contratos import REGISTRO
from contratos.canal import OPERADOR, canal_de, oyentes
from seedwork.infraestructura.topicos import SUBSCRIPTION_CARTAS, topico_cartas, topico_espera

Accion = Literal["produce", "consume"]
"""What the broker knows that a role may do with a topic; either lets it see how far its consumers have come."""


@dataclass(frozen=True, slots=True)
class Permisos:
    """What a namespace's topics and subscriptions may be used for, and by whom.

    Attributes:
        topicos: of each topic, the roles with what each may do.
        subscriptions: of each subscription's name, the roles that may use it.
    """

    topicos: Mapping[str, Mapping[str, frozenset[Accion]]]
    subscriptions: Mapping[str, frozenset[str]]


def permisos_de(contexto: str) -> Permisos:
    """All that is allowed in a context's namespace.

    Raises:
        SinCanal: a message of the context has no rule.
    """
    topicos: dict[str, Mapping[str, frozenset[Accion]]] = {}
    subscriptions: dict[str, frozenset[str]] = {}
    for tipo in (t for t in REGISTRO.values() if t.contexto == contexto):
        suya = canal_de(tipo)
        dicen = suya.dice | ({OPERADOR} if suya.oye else set())
        topicos[tipo.topico] = _por_rol(dicen, suya.oye | suya.mira)
        subscriptions |= {rol: frozenset({rol}) for rol in suya.oye}
    if oidos := oyentes().get(contexto):
        topicos[topico_cartas(contexto)] = _por_rol({contexto}, {contexto, OPERADOR})
        subscriptions[SUBSCRIPTION_CARTAS] = frozenset({contexto, OPERADOR})
        if any(tipo.clase == "comando" for tipo in oidos):
            topicos[topico_espera(contexto)] = _por_rol({contexto}, {contexto})
            subscriptions[contexto] = frozenset({contexto})
    return Permisos(topicos, subscriptions)


def _por_rol(dicen: Collection[str], oyen: Collection[str]) -> dict[str, frozenset[Accion]]:
    acciones: dict[str, set[Accion]] = {rol: set() for rol in sorted({*dicen, *oyen})}
    for rol in dicen:
        acciones[rol].add("produce")
    for rol in oyen:
        acciones[rol].add("consume")
    return {rol: frozenset(suyas) for rol, suyas in acciones.items()}
