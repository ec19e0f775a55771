"""What the computo context is asked, and what it answers."""

from typing import Literal

from contratos.consultas.auditoria import ConsultaDeAuditoria, PaginaAuditoria
from contratos.consultas.base import PAGINA, SUSCRIPCION, Consulta, Cursor, Id, Pagina, Respuesta, campo, filtro


class ReservaComputo(Respuesta):
    """Una cuota de cómputo de una suscripción."""

    id_reserva: str = campo("Su identificador.", "0191e9d0-8a6c-7b52-8f6a-0c1d2e3f4a5b")
    id_suscripcion: str = campo("La suscripción que la tiene.", SUSCRIPCION)
    estado: Literal["NUEVA", "RESERVADA", "RECHAZADA", "INICIADA", "TERMINADA"] = campo("Cómo está.", "RESERVADA")


class PaginaReservas(Pagina):
    """Una página de reservas."""

    elementos: list[ReservaComputo] = campo("Las de esta página, la más reciente primero.")


class ExistenciasComputo(Respuesta):
    """Cuántas cuotas hay."""

    capacidad: int = campo("Todas.", 6)
    usados: int = campo("Las que alguien tiene.", 2)


class ListarReservas(Consulta, contexto="computo", ruta="/computo", respuesta=PaginaReservas):
    """Reservas de cómputo, por páginas."""

    suscripcion: Id | None = filtro("La suscripción que las tiene.")
    cursor: Cursor | None = filtro(PAGINA)


class ObtenerExistencias(Consulta, contexto="computo", ruta="/computo/existencias", respuesta=ExistenciasComputo):
    """Cuántas cuotas hay, y cuántas quedan."""


class ListarAuditoriaDeComputo(
    ConsultaDeAuditoria, contexto="computo", ruta="/computo/auditoria", respuesta=PaginaAuditoria
):
    """La auditoría de cómputo."""
