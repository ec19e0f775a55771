"""What operators ask each context's audit trail, and what it answers: one query each, all alike (contract §9)."""

from contratos.consultas.base import (
    COMANDO,
    MOTIVO,
    PAGINA,
    REGISTRO,
    SUSCRIPCION,
    Consulta,
    Cursor,
    Id,
    Pagina,
    Respuesta,
    Sujeto,
    campo,
    filtro,
)


class NotaDeAuditoria(Respuesta):
    """Lo que alguien hizo, vio o se le negó: identificadores y códigos, y de una carta muerta, por qué se decidió."""

    ocurrido: str = campo("Cuándo, en UTC (RFC 3339).", "2026-02-01T09:10:01.312Z")
    quien: str = campo("El `sub` de su token; de quien usó la línea de comandos, el nombre que dijo.", "ana")
    titular: str = campo("En calidad de qué: un papel, y su código o identificador en él.", "cliente:0001")
    accion: str = campo("El comando o la consulta.", "CancelarSuscripcion")
    recurso: str | None = campo(
        "De qué trataba; nulo si de una lista, o si de muchas cosas que no se hallaron o se negaron. De una consulta "
        "de varios hay una nota por cada uno.",
        SUSCRIPCION,
    )
    resultado: str = campo(
        "Qué fue de ello: un comando, HECHO o RECHAZADO; una consulta, VISTO, o NO_HALLADO si no mostró nada, porque "
        "no lo hay o porque es de otro; lo que se negó sin mirarlo, NEGADO; una carta muerta, ATENDIDA, "
        "EN_ESPERA, REENVIADA, DESCARTADA, RECHAZADA, YA_ATENDIDA o SE_QUEDA.",
        "HECHO",
    )
    motivo: str | None = campo(f"{MOTIVO} De una carta muerta, lo que dijo el operador, en sus palabras.")
    correlacion: str = campo("El identificador que une lo que se hizo por una misma petición.", COMANDO)
    veces: int = campo(
        "Cuántas, si se contaron juntas varias iguales: las que la puerta negó seguidas, o las consultas que siguieron "
        "en un minuto a una que tiene su propia nota, con la misma hora.",
        1,
    )


class PaginaAuditoria(Pagina):
    """Una página de la auditoría."""

    elementos: list[NotaDeAuditoria] = campo("Lo de esta página, lo más reciente primero.")


class ConsultaDeAuditoria(Consulta):
    """What all of them have in common."""

    quien: Sujeto | None = filtro("Quién: el `sub` de su token.")
    recurso: Id | None = filtro("De qué trataba.")
    cursor: Cursor | None = filtro(PAGINA)


class ListarAuditoriaDeSuscripciones(
    ConsultaDeAuditoria, contexto="suscripciones", ruta="/suscripciones/auditoria", respuesta=PaginaAuditoria
):
    """La auditoría de suscripciones, y lo que la puerta negó."""


class ListarAuditoriaDeServiciosDatos(
    ConsultaDeAuditoria, contexto="servicio-datos", ruta="/servicios-datos/auditoria", respuesta=PaginaAuditoria
):
    """La auditoría de servicios de datos."""


class ListarAuditoriaDeProcesamiento(
    ConsultaDeAuditoria, contexto="procesamiento", ruta="/procesar/auditoria", respuesta=PaginaAuditoria
):
    """La auditoría de procesamiento."""


class ListarAuditoriaDeNotificaciones(
    ConsultaDeAuditoria, contexto="notificaciones", ruta="/notificaciones/auditoria", respuesta=PaginaAuditoria
):
    """La auditoría de notificaciones."""


def auditoria_de(contexto: str) -> type[ConsultaDeAuditoria] | None:
    """The query of a context's trail; None where it has declared none."""
    suyas = (c for c in REGISTRO if c.contexto == contexto and issubclass(c, ConsultaDeAuditoria))
    return next(suyas, None)
