"""The reading side on PostgreSQL: the view, and the history behind it."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from contratos import motivos
from contratos.acceso import Alcance
from contratos.consultas.notificaciones import (
    EventoNotificacion,
    ListarNotificaciones,
    Notificacion,
    PaginaNotificaciones,
)
from notificaciones.aplicacion.lectura import Lectura
from notificaciones.dominio.eventos import Creada
from notificaciones.infraestructura import tablas
from notificaciones.infraestructura.candado import CandadoDeCliente, leer_claves
from notificaciones.infraestructura.eventos_guardados import CATALOGO
from notificaciones.infraestructura.plantillas import Plantillas
from seedwork.aplicacion.identidad import Acceso
from seedwork.aplicacion.sobre import en_texto
from seedwork.infraestructura.almacen_eventos import abiertas, eventos
from seedwork.infraestructura.consultas import Lista

_V = tablas.vista.c

_UNA = sa.select(tablas.vista).where(_V.id == sa.bindparam("id"))
_PRIMERO = sa.select(eventos).where(eventos.c.flujo == sa.bindparam("id"), eventos.c.version == 1)
_HISTORIA = sa.select(eventos).where(eventos.c.flujo == sa.bindparam("id")).order_by(eventos.c.version)

_LISTA = Lista(
    ListarNotificaciones,
    sa.select(tablas.vista),
    _V.orden,
    {
        "cliente": _V.cliente_codigo,
        "suscripcion": _V.id_suscripcion,
        "estado": _V.estado,
    },
    dueno=_V.cliente_codigo,
)


class LecturaNotificaciones(Lectura):
    """Reads on a connection of their own; they lock nothing.

    Args:
        plantillas: what letters are rendered from.
    """

    def __init__(self, motor: sa.Engine, plantillas: Plantillas) -> None:
        self._motor = motor
        self._plantillas = plantillas

    def notificacion(self, id: str, acceso: Acceso) -> Notificacion | None:
        """One notification."""
        with self._motor.connect() as conexion:
            fila = _suya(conexion, id, acceso)
        return None if fila is None else _mostrar(fila)

    def notificaciones(self, consulta: ListarNotificaciones, acceso: Acceso) -> PaginaNotificaciones:
        """A page of notifications."""
        with self._motor.connect() as conexion:
            filas, siguiente = _LISTA.pagina(conexion, consulta, acceso.propio("cliente"))
        return PaginaNotificaciones(elementos=[_mostrar(fila) for fila in filas], siguiente=siguiente)

    def correo(self, id_notificacion: str, acceso: Acceso) -> tuple[str, str] | None:
        """The subject and the text of a notification's letter, from its first event."""
        with self._motor.connect() as conexion:
            if _suya(conexion, id_notificacion, acceso) is None:
                return None
            fila = conexion.execute(_PRIMERO, {"id": id_notificacion}).mappings().one()
        creada = CATALOGO.leer(fila["tipo"], fila["esquema"], fila["datos"])
        if not isinstance(creada, Creada):
            raise TypeError(f"{id_notificacion}: su primer evento no es que se creó")
        datos = {**creada.datos, "suscripcion": creada.id_suscripcion}
        return creada.asunto, self._plantillas.cuerpo_sin_nombre(creada.tipo, datos)

    def eventos(self, id_notificacion: str, acceso: Acceso) -> Sequence[EventoNotificacion]:
        """The full history of a notification."""
        with self._motor.connect() as conexion:
            # The view says whose it is; it is written together with the events.
            if acceso.alcance is not Alcance.TODO and _suya(conexion, id_notificacion, acceso) is None:
                return []
            historia = conexion.execute(_HISTORIA, {"id": id_notificacion}).mappings()
            return [_evento(fila) for fila in abiertas(historia, CandadoDeCliente(leer_claves(conexion)))]


def _suya(conexion: sa.Connection, id: str, acceso: Acceso) -> sa.RowMapping | None:
    """The view's row, where it is within reach."""
    fila = conexion.execute(_UNA, {"id": id}).mappings().one_or_none()
    return fila if fila is not None and acceso.alcanza("cliente", fila["cliente_codigo"]) else None


def _mostrar(fila: sa.RowMapping) -> Notificacion:
    return Notificacion(
        id_notificacion=fila["id"],
        estado=fila["estado"],
        motivo=motivos.texto(fila["motivo"]),
        tipo=fila["tipo"],
        canal=fila["canal"],
        asunto=fila["asunto"],
        id_suscripcion=fila["id_suscripcion"],
        id_saga=fila["id_saga"],
        cliente_codigo=fila["cliente_codigo"],
        creada=en_texto(fila["creada"]),
        actualizada=en_texto(fila["actualizada"]),
    )


def _evento(fila: Mapping[str, Any]) -> EventoNotificacion:
    return EventoNotificacion(
        tipo=fila["tipo"],
        version=fila["version"],
        ocurrido=en_texto(fila["ocurrido"]),
        datos=fila["datos"],
    )
