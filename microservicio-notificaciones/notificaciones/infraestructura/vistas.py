"""The view of the notifications: a projection of their events, and its rebuilding."""

from collections.abc import Iterable

import sqlalchemy as sa

from notificaciones.dominio import eventos
from notificaciones.dominio.notificacion import ESTADO_TRAS
from notificaciones.infraestructura import tablas
from notificaciones.infraestructura.candado import CandadoDeCliente, leer_claves
from notificaciones.infraestructura.eventos_guardados import CATALOGO
from seedwork.infraestructura import recambio
from seedwork.infraestructura.almacen_eventos import EventoGuardado, guardados
from seedwork.infraestructura.almacen_eventos import eventos as tabla_eventos
from seedwork.infraestructura.tabla import Fila, Tabla
from seedwork.infraestructura.transaccion_sql import TablaSQL

_NUEVA = "vista_notificaciones_nueva"


def proyectar(vista: Tabla, guardados: Iterable[EventoGuardado]) -> None:
    """Take events into the view. Those of a stream come in their order, each once."""
    nuevas: dict[str, Fila] = {}
    cambiadas: dict[str, Fila] = {}
    for guardado in guardados:
        id, evento = guardado.flujo, guardado.evento
        cambios: Fila = {
            "version": guardado.version,
            "estado": ESTADO_TRAS[type(evento)],
            "motivo": evento.motivo if isinstance(evento, eventos.Fallida | eventos.Anulada) else None,
            "actualizada": guardado.ocurrido,
        }
        if isinstance(evento, eventos.Creada):
            nuevas[id] = {
                "id": id,
                "orden": guardado.orden,
                "id_suscripcion": evento.id_suscripcion,
                "id_saga": evento.id_saga,
                "cliente_codigo": evento.cliente_codigo,
                "tipo": evento.tipo,
                "canal": evento.canal,
                "asunto": evento.asunto,
                "creada": guardado.ocurrido,
            } | cambios
        elif id in nuevas:
            nuevas[id] |= cambios
        else:
            cambiadas[id] = {"id": id, **cambios}
    if nuevas:
        vista.insertar(list(nuevas.values()))
    if cambiadas:
        vista.actualizar(list(cambiadas.values()))


def reconstruir(motor: sa.Engine) -> int:
    """Make the view anew from the events, beside the live one, then swap. Answers how many events it is made of.

    Whoever reads or writes meanwhile goes on; writers wait only for what was appended during the first pass.
    """
    nueva = tablas.vista_notificaciones(_NUEVA, sa.MetaData())
    with motor.begin() as conexion:
        recambio.preparar(conexion, tablas.vista.name, _NUEVA)
        leidos = _ponerse_al_dia(conexion, nueva)
    with motor.begin() as conexion:
        # Appending takes a lock that this one excludes: from here on, the store stands still until the swap is done.
        conexion.execute(sa.text(f"LOCK TABLE {tabla_eventos.name} IN SHARE MODE"))
        leidos += _ponerse_al_dia(conexion, nueva)
        recambio.relevar(conexion, tablas.vista.name, _NUEVA)
    return leidos


def atrasadas(conexion: sa.Connection) -> list[str]:
    """The notifications whose view does not stand at the last version of their stream."""
    ultimas = (
        sa.select(tabla_eventos.c.flujo, sa.func.max(tabla_eventos.c.version).label("version"))
        .group_by(tabla_eventos.c.flujo)
        .subquery()
    )
    vista = tablas.vista
    consulta = (
        sa.select(sa.func.coalesce(vista.c.id, ultimas.c.flujo))
        .select_from(vista.join(ultimas, ultimas.c.flujo == vista.c.id, full=True))
        .where(vista.c.version.is_distinct_from(ultimas.c.version))
    )
    return list(conexion.execute(consulta).scalars())


def _ponerse_al_dia(conexion: sa.Connection, tabla: sa.Table) -> int:
    """Take in the events that the table does not hold yet. Answers how many."""
    consulta = (
        sa.select(tabla_eventos)
        .outerjoin(tabla, tabla.c.id == tabla_eventos.c.flujo)
        .where(tabla_eventos.c.version > sa.func.coalesce(tabla.c.version, 0))
        .order_by(tabla_eventos.c.orden)
    )
    leidos = 0
    filas = conexion.execute(consulta, execution_options={"yield_per": 1000})
    candado = CandadoDeCliente(leer_claves(conexion))
    for parte in filas.mappings().partitions():
        proyectar(TablaSQL(conexion, tabla), guardados(parte, CATALOGO, candado))
        leidos += len(parte)
    return leidos
