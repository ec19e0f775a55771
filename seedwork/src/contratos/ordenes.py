"""What a service is told to do at once: no message of the broker's, an HTTP request that the door hands on to it.

A command is durable before it is answered, and its fate is asked for later. An order is about what a service alone has
in hand, its dead letters, and is answered with what became of it (docs/adr/0057-cartas-por-la-puerta.md).
"""

from typing import ClassVar

from contratos.consultas.base import COMANDO, Id, Respuesta, Texto, _Declarada, campo
from contratos.consultas.cartas import CARTA


class CartaAtendida(Respuesta):
    """Qué fue de una carta muerta; ya no está."""

    id_carta: str = campo("La carta.", CARTA)
    id_mensaje: str | None = campo("El identificador de su mensaje; nulo si no tiene.", COMANDO)
    resultado: str = campo(
        "ATENDIDA si su mensaje se atendió ahora, como si llegara otra vez; EN_ESPERA si es un comando que espera a lo "
        "que nombra, y se atenderá entonces; DESCARTADA si se dio por perdido un hecho, o lo que nadie puede leer; "
        "RECHAZADA si era un comando, que queda RECHAZADO; YA_ATENDIDA si su mensaje se había atendido antes.",
        "ATENDIDA",
    )


class Orden(_Declarada):
    """An order: what an operator decides of a dead letter. Its docstring is its title to web clients.

    The first two are given to the subclass; one without them is what several have in common.

    Attributes:
        contexto: who carries it out.
        ruta: its address, at the door and at its owner, ids in braces.
        respuesta: what it is answered once it is done.
    """

    contexto: ClassVar[str]
    ruta: ClassVar[str]
    respuesta: ClassVar[type[Respuesta]] = CartaAtendida

    id_carta: Id = campo("La carta.")
    motivo: Texto = campo(
        "Por qué, en palabras del operador: queda en la auditoría, así que no ha de nombrar a nadie.",
        "La causa se remedió.",
    )

    def __init_subclass__(cls, *, contexto: str = "", ruta: str = "") -> None:
        super().__init_subclass__()
        if contexto:
            cls.contexto, cls.ruta = contexto, ruta
            REGISTRO.append(cls)


REGISTRO: list[type[Orden]] = []
"""Every order, in the order of its declaration."""


class ReproducirCarta(Orden):
    """What has a message handled after all."""


class DescartarCarta(Orden):
    """What gives one up."""


class ReproducirCartaDeSuscripciones(
    ReproducirCarta, contexto="suscripciones", ruta="/suscripciones/cartas/{id_carta}/reproduccion-comando"
):
    """Atender otra vez el mensaje de una carta muerta de suscripciones."""


class DescartarCartaDeSuscripciones(
    DescartarCarta, contexto="suscripciones", ruta="/suscripciones/cartas/{id_carta}/descarte-comando"
):
    """Dar por perdido el mensaje de una carta muerta de suscripciones."""


class ReproducirCartaDeServiciosDatos(
    ReproducirCarta, contexto="servicio-datos", ruta="/servicios-datos/cartas/{id_carta}/reproduccion-comando"
):
    """Atender otra vez el mensaje de una carta muerta de servicios de datos."""


class DescartarCartaDeServiciosDatos(
    DescartarCarta, contexto="servicio-datos", ruta="/servicios-datos/cartas/{id_carta}/descarte-comando"
):
    """Dar por perdido el mensaje de una carta muerta de servicios de datos."""


class ReproducirCartaDeProcesamiento(
    ReproducirCarta, contexto="procesamiento", ruta="/procesar/cartas/{id_carta}/reproduccion-comando"
):
    """Atender otra vez el mensaje de una carta muerta de procesamiento."""


class DescartarCartaDeProcesamiento(
    DescartarCarta, contexto="procesamiento", ruta="/procesar/cartas/{id_carta}/descarte-comando"
):
    """Dar por perdido el mensaje de una carta muerta de procesamiento."""


class ReproducirCartaDeNotificaciones(
    ReproducirCarta, contexto="notificaciones", ruta="/notificaciones/cartas/{id_carta}/reproduccion-comando"
):
    """Atender otra vez el mensaje de una carta muerta de notificaciones."""


class DescartarCartaDeNotificaciones(
    DescartarCarta, contexto="notificaciones", ruta="/notificaciones/cartas/{id_carta}/descarte-comando"
):
    """Dar por perdido el mensaje de una carta muerta de notificaciones."""


def ordenes_de(contexto: str) -> tuple[type[Orden], ...]:
    """The orders that a context carries out."""
    return tuple(orden for orden in REGISTRO if orden.contexto == contexto)
