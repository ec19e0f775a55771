"""What a run has: each draws its own faults, topics that are slow, processes and clients (swarm testing).

A run that has every fault at once finds less than many that have a few each: one fault hides what another would show.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from contratos import REGISTRO, Mensaje

SERVICIOS = ("suscripciones", "servicio-datos", "procesamiento", "notificaciones")

PROPIOS: list[type[Mensaje]] = sorted(
    (t for t in REGISTRO.values() if t.__module__.startswith("contratos.")), key=lambda t: t.topico
)
"""The platform's messages, whatever else the process has made: a run must not change with it."""

ENTRE_HECHOS: Mapping[str, float] = {
    "caida": 0.012,
    "congelar": 0.008,
    "base_ausente": 0.006,
    "broker_ausente": 0.004,
    "desalojo": 0.006,
    "expulsion": 0.006,
    "repetir": 0.04,
    "olvidar_acuses": 0.004,
    "salto": 0.002,
    "cartas": 0.004,
    "retirar_plan": 0.001,
}
"""Faults that strike while nothing is being done, and how often: of all deeds."""

EN_MEDIO: Mapping[str, float] = {
    "muerte": 0.01,
    "confirmacion_fallida": 0.01,
    "confirmacion_incierta": 0.01,
    "acuse_perdido": 0.05,
    "publicacion_rechazada": 0.02,
    "publicacion_incierta": 0.02,
    "manejador_falla": 0.02,
    "manejador_no_puede": 0.008,
    "manejador_mata": 0.008,
    "correo_ausente": 0.15,
    "correo_rechaza": 0.05,
    "correo_entrega_y_cae": 0.05,
}
"""Faults in the middle of a deed, and how often: of all port calls, commits, acknowledgements, publications, handled
messages, letters."""

USOS: Mapping[str, float] = {
    "cancelar": 0.8,
    "cancelar_antes": 0.2,
    "cambiar": 0.8,
    "pagar": 0.6,
    "a_mano": 0.4,
    "repetir": 0.8,
    "clave": 0.5,
    "ajeno": 0.15,
    "meses": 0.5,
    "insistir": 0.3,
    "prisa": 0.2,
    "sobre_lo_reservado": 0.2,
    "torcer": 0.1,
}
"""What clients do besides subscribing, and how many of them at most."""


@dataclass(frozen=True)
class Enjambre:
    """One run's draw.

    Attributes:
        faltas: how often each fault that it has strikes.
        lentos: pairs of a topic and a subscription on it that is held up most of the time.
        instancias: how many processes each service has.
        clientes: subscriptions that clients ask for.
        capacidad: places of all experts together.
        lote: most messages in one transaction.
        ronda: most messages that a relay sends in one round.
        falta_en_catalogo: what servicio-datos has none of: "nubes", "datasets", or empty.
        arribo_s: seconds within which the clients come.
        imagenes: images that are sent.
        usos: what clients do besides, and how likely each of them.
        trabajo_s: seconds that each message takes, by who handles it; "correo" for each letter.
    """

    faltas: Mapping[str, float]
    lentos: tuple[tuple[str, str], ...]
    instancias: Mapping[str, int]
    clientes: int
    capacidad: int
    lote: int
    ronda: int
    falta_en_catalogo: str
    arribo_s: float
    imagenes: int = 0
    usos: Mapping[str, float] = field(default_factory=dict)
    trabajo_s: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def sortear(cls, azar: random.Random) -> "Enjambre":
        """A draw."""
        todas = {**ENTRE_HECHOS, **EN_MEDIO}
        presencia = azar.choice((0.0, 0.15, 0.3, 0.3, 0.5))
        faltas = {f: p * azar.choice((0.5, 1, 2)) for f, p in todas.items() if azar.random() < presencia}
        lentitud = azar.choice((0, 0.05, 0.15, 0.3))
        lentos = tuple(
            (tipo.topico, oyente)
            for tipo in PROPIOS
            for oyente in SERVICIOS
            if tipo.contexto in (*SERVICIOS, "sagas") and azar.random() < lentitud
        )
        clientes = azar.choice((1, 2, 3, 5, 8, 13, 20))
        return cls(
            faltas=faltas,
            lentos=lentos,
            instancias={s: azar.choice((1, 1, 2)) for s in SERVICIOS},
            clientes=clientes,
            capacidad=azar.choice((0, 1, clientes // 2, 2 * clientes, 100)),
            lote=azar.choice((1, 2, 10, 500, 500, 500)),
            falta_en_catalogo=azar.choice(("",) * 18 + ("nubes", "datasets")),
            ronda=azar.choice((1, 3, 1000, 1000, 1000)),
            arribo_s=azar.choice((0.0, 0.5, 5.0, 60.0)),
            imagenes=azar.choice((0, 0, 1, 4)),
            usos={u: p * (0.2 + 0.8 * azar.random()) for u, p in USOS.items() if azar.random() < 0.5},
        )

    @classmethod
    def de(cls, datos: Mapping[str, Any]) -> "Enjambre":
        """One that was written down."""
        return cls(**{**datos, "lentos": tuple((topico, oyente) for topico, oyente in datos["lentos"])})

    def probabilidad(self, falta: str) -> float:
        """How often it strikes; 0 where this run does not have it."""
        return self.faltas.get(falta, 0.0)
