"""What operators ask of each context's dead letters, and what it answers: two queries each, all alike (contract §9).

What they may have done to one is :mod:`contratos.ordenes`.
"""

from contratos.consultas.base import (
    COMANDO,
    PAGINA,
    REGISTRO,
    SUSCRIPCION,
    Consulta,
    Cursor,
    Id,
    Pagina,
    Respuesta,
    Texto,
    campo,
    filtro,
)

CARTA = "41:7:-1"
"""The letter that examples are about."""


class CartaMuerta(Respuesta):
    """Una carta muerta: el sobre de un mensaje que no se pudo atender, y por qué. Su contenido no se muestra."""

    id_carta: str = campo("Su identificador: el lugar en el que está, entre las de su servicio.", CARTA)
    servicio: str = campo("El servicio que la guarda.", "suscripciones")
    consumidor: str | None = campo("Quién no pudo atenderla; nulo si no lo dice.", "suscripciones")
    tipo: str | None = campo(
        "El tipo del mensaje; nulo si no es de los del contrato.", "co.saludtech.suscripciones.CrearSuscripcion.v1"
    )
    clave: str | None = campo("Con qué se ordena: un identificador, o nulo si no lo es.", SUSCRIPCION)
    momento: str = campo("Cuándo se apartó, en UTC (RFC 3339).", "2026-02-01T09:10:01.702Z")
    error: str | None = campo("Qué fue mal; no cita ningún valor.", "DataError en sqlalchemy.engine.default:1192")
    intentos: int = campo("Cuántas veces se intentó; 0 si no se pudo leer.", 4)
    topico: str | None = campo(
        "De qué tópico vino; nulo si no lo dice.", "persistent://saludtech/suscripciones/comando-crear-suscripcion.v1"
    )
    id_mensaje: str | None = campo("El identificador del mensaje (`ce_id`); nulo si no tiene.", COMANDO)
    correlacion: str | None = campo("El identificador que une lo que se hizo por una misma petición.", COMANDO)
    octetos: int = campo("Cuántos octetos tiene su contenido.", 412)


class PaginaCartas(Pagina):
    """Una página de cartas muertas. Una puede traer menos de las que caben, o ninguna, y tener siguiente."""

    elementos: list[CartaMuerta] = campo("Las de esta página, la más antigua primero.")


class ConsultaDeCartas(Consulta):
    """What all lists of them have in common."""

    consumidor: Texto | None = filtro("Quién no pudo atenderlas.")
    tipo: Texto | None = filtro("El tipo del mensaje, o su nombre.")
    cursor: Cursor | None = filtro(PAGINA)


class ConsultaDeCarta(Consulta):
    """Likewise, all that ask for one."""

    id_carta: Id = campo("La carta.")


class ListarCartasDeSuscripciones(
    ConsultaDeCartas, contexto="suscripciones", ruta="/suscripciones/cartas", respuesta=PaginaCartas
):
    """Las cartas muertas de suscripciones."""


class ObtenerCartaDeSuscripciones(
    ConsultaDeCarta, contexto="suscripciones", ruta="/suscripciones/cartas/{id_carta}", respuesta=CartaMuerta
):
    """Una carta muerta de suscripciones."""


class ListarCartasDeServiciosDatos(
    ConsultaDeCartas, contexto="servicio-datos", ruta="/servicios-datos/cartas", respuesta=PaginaCartas
):
    """Las cartas muertas de servicios de datos."""


class ObtenerCartaDeServiciosDatos(
    ConsultaDeCarta, contexto="servicio-datos", ruta="/servicios-datos/cartas/{id_carta}", respuesta=CartaMuerta
):
    """Una carta muerta de servicios de datos."""


class ListarCartasDeProcesamiento(
    ConsultaDeCartas, contexto="procesamiento", ruta="/procesar/cartas", respuesta=PaginaCartas
):
    """Las cartas muertas de procesamiento."""


class ObtenerCartaDeProcesamiento(
    ConsultaDeCarta, contexto="procesamiento", ruta="/procesar/cartas/{id_carta}", respuesta=CartaMuerta
):
    """Una carta muerta de procesamiento."""


class ListarCartasDeNotificaciones(
    ConsultaDeCartas, contexto="notificaciones", ruta="/notificaciones/cartas", respuesta=PaginaCartas
):
    """Las cartas muertas de notificaciones."""


class ObtenerCartaDeNotificaciones(
    ConsultaDeCarta, contexto="notificaciones", ruta="/notificaciones/cartas/{id_carta}", respuesta=CartaMuerta
):
    """Una carta muerta de notificaciones."""


def cartas_de(contexto: str) -> tuple[type[ConsultaDeCartas], type[ConsultaDeCarta]] | None:
    """The queries of a context's dead letters, the list's and that of one; None where it has declared none."""
    lista = next((c for c in REGISTRO if c.contexto == contexto and issubclass(c, ConsultaDeCartas)), None)
    una = next((c for c in REGISTRO if c.contexto == contexto and issubclass(c, ConsultaDeCarta)), None)
    return None if lista is None or una is None else (lista, una)
