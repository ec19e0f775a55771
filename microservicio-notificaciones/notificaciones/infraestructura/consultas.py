"""The query side: the view, and the history behind it."""

from typing import Any

import sqlalchemy as sa

from contratos import motivos
from notificaciones.infraestructura import tablas
from seedwork.aplicacion.sobre import en_texto
from seedwork.infraestructura.almacen_eventos import eventos
from seedwork.infraestructura.consultas import pagina

_V = tablas.vista.c


class Consultas:
    """Reads on a connection of their own; they lock nothing."""

    def __init__(self, motor: sa.Engine) -> None:
        self._motor = motor

    def notificacion(self, id: str) -> dict[str, Any] | None:
        """One notification."""
        with self._motor.connect() as conexion:
            fila = conexion.execute(sa.select(tablas.vista).where(_V.id == id)).mappings().one_or_none()
        return None if fila is None else _mostrar(fila)

    def notificaciones(self, cliente: str | None, suscripcion: str | None, cursor: str | None) -> dict[str, Any]:
        """A page of notifications, newest first."""
        filtros = {_V.cliente_codigo: cliente, _V.id_suscripcion: suscripcion}
        with self._motor.connect() as conexion:
            return pagina(conexion, sa.select(tablas.vista), _V.orden, filtros, cursor, _mostrar)

    def eventos(self, id: str) -> dict[str, Any] | None:
        """The full history of a notification, oldest first; None where there is no such notification."""
        consulta = sa.select(eventos).where(eventos.c.flujo == id).order_by(eventos.c.version)
        with self._motor.connect() as conexion:
            elementos = [_evento(f) for f in conexion.execute(consulta).mappings()]
        return {"elementos": elementos, "siguiente": None} if elementos else None


def _mostrar(fila: Any) -> dict[str, Any]:
    return {
        "id_notificacion": fila["id"],
        "estado": fila["estado"],
        "motivo": motivos.texto(fila["motivo"]),
        "tipo": fila["tipo"],
        "canal": fila["canal"],
        "asunto": fila["asunto"],
        "id_suscripcion": fila["id_suscripcion"],
        "id_saga": fila["id_saga"],
        "cliente_codigo": fila["cliente_codigo"],
        "creada": en_texto(fila["creada"]),
        "actualizada": en_texto(fila["actualizada"]),
    }


def _evento(fila: Any) -> dict[str, Any]:
    return {
        "tipo": fila["tipo"],
        "version": fila["version"],
        "ocurrido": en_texto(fila["ocurrido"]),
        "datos": fila["datos"],
    }
