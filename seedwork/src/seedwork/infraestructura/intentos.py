"""What the consumer keeps of its deliveries in the service's own database: batches begun, and attempts."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from seedwork.aplicacion.recibido import Original
from seedwork.infraestructura import bd

# The ids travel once: there may be 500 of them, and this is done before every batch.
_EMPEZAR_LOTE = sa.text("""
    WITH nuevo AS (
        INSERT INTO lotes (id, consumidor, ce_ids)
        SELECT :lote, :consumidor, CAST(:ids AS text[])
        ON CONFLICT (id) DO UPDATE SET ce_ids = excluded.ce_ids, iniciado = clock_timestamp()
        RETURNING ce_ids
    )
    SELECT suyo FROM nuevo, lotes, unnest(lotes.ce_ids) AS suyo
    WHERE consumidor = :consumidor AND id <> :lote AND lotes.ce_ids && nuevo.ce_ids AND suyo = ANY(nuevo.ce_ids)
    UNION ALL
    SELECT ce_id FROM nuevo, intentos WHERE consumidor = :consumidor AND ce_id = ANY(nuevo.ce_ids)
""")
# A batch that vanished ends here: what it counts is counted message by message from now on. One whose transaction is at
# its end right now is left to that.
_ACABAR_PERDIDOS = sa.text("""
    WITH perdidos AS (
        DELETE FROM lotes WHERE id IN (
            SELECT id FROM lotes WHERE consumidor = :consumidor AND id <> :lote AND ce_ids && CAST(:ids AS text[])
            FOR UPDATE SKIP LOCKED
        )
        RETURNING ce_ids
    )
    INSERT INTO intentos (consumidor, ce_id, tipo, intentos)
    SELECT DISTINCT :consumidor, suyo, '', 0 FROM perdidos, unnest(ce_ids) AS suyo
    WHERE NOT EXISTS (SELECT FROM inbox WHERE consumidor = :consumidor AND ce_id = suyo)
        AND NOT EXISTS (SELECT FROM comandos WHERE id_comando = suyo)
    ORDER BY suyo
    ON CONFLICT DO NOTHING
""")


DE_NOTAS = 1
"""Connections of :func:`motor_de_notas`."""


def motor_de_notas(motor: sa.Engine) -> sa.Engine:
    """An engine on the same database whose single statements do not wait for the disk; one serves a whole process."""
    sin_disco = {"synchronous_commit": "off"}
    return bd.motor_aparte(motor, conexiones=DE_NOTAS, isolation_level="AUTOCOMMIT", ajustes=sin_disco)


def _sena(llegado: Original) -> str:
    """What an unread message is known again by, since it has no id to trust: where it lies, and what it is.

    Its place alone would not do: a broker that was made anew numbers its ledgers from the start again. Nor would its
    content: two of the same are two.
    """
    partes = [llegado.topico, llegado.lugar, llegado.clave, *map(str, sorted(llegado.propiedades.items()))]
    resumen = hashlib.sha256("\0".join(partes).encode())
    resumen.update(b"\0" + llegado.carga)
    return f"@{resumen.hexdigest()}"


class IntentosSQL:
    """Durable memory of what was tried (:class:`seedwork.aplicacion.tratamiento.Intentos`).

    Its notes on batches and attempts are single statements on a connection of its own that does not wait for the disk:
    one that is lost with the database's own crash loses nothing, since no process of ours died of a message then. What
    becomes of a parked message is a transaction like any other.

    Args:
        motor: the service's own database.
        consumidor: the inbox's first key; several consumers of a process may share it.
        lote: an id of this consumer's own, in this process.
        notas: see :func:`motor_de_notas`; without one, notes wait for the disk, which who makes few does not mind.
    """

    def __init__(self, motor: sa.Engine, consumidor: str, lote: str, *, notas: sa.Engine | None = None) -> None:
        self._motor = motor
        self._notas = notas or motor.execution_options(isolation_level="AUTOCOMMIT")
        self._consumidor = consumidor
        self.lote = lote

    def empezar_lote(self, ids: Collection[str]) -> set[str]:
        """See the port. A batch that is still at work elsewhere counts as one that vanished."""
        valores = {"lote": self.lote, "consumidor": self._consumidor, "ids": sorted(ids)}
        solas = {id for (id,) in self._anotar(_EMPEZAR_LOTE, valores)}
        if solas:
            self._anotar(_ACABAR_PERDIDOS, {**valores, "ids": sorted(solas)})
        return solas

    def terminar_lote(self) -> None:
        """See the port."""
        self._anotar(sa.delete(bd.lotes).where(bd.lotes.c.id == self.lote))

    def empezar_intento(self, ce_id: str, tipo: str, maximo: int, *, vuelta: int = 0) -> tuple[int, str | None]:
        """See the port.

        Were what somebody else has handled meanwhile counted, and this process gone before it finds out, nobody would
        ever forget it: it does not come again. An older copy's attempts are those of the copy that counts.
        """
        quedan = bd.intentos.c.intentos < maximo
        conocido = sa.exists().where(bd.inbox.c.consumidor == self._consumidor, bd.inbox.c.ce_id == ce_id)
        espera = bd.esperas.c
        anterior = sa.exists().where(
            espera.consumidor == self._consumidor, espera.ce_id == ce_id, espera.vuelta > vuelta
        )
        columnas = {"consumidor": self._consumidor, "ce_id": ce_id, "tipo": tipo, "intentos": 1}
        nuevo = sa.select(*(sa.literal(v) for v in columnas.values())).where(~conocido, ~anterior)
        sentencia = insert(bd.intentos).from_select(list(columnas), nuevo)
        sentencia = sentencia.on_conflict_do_update(
            index_elements=["consumidor", "ce_id"],
            set_={
                "tipo": tipo,
                "intentos": bd.intentos.c.intentos + 1,
                "ultimo": bd.AHORA,
                "error": sa.case((quedan, None), else_=bd.intentos.c.error),
            },
        )
        filas = self._anotar(sentencia.returning(bd.intentos.c.intentos, bd.intentos.c.error))
        return (filas[0].intentos, filas[0].error) if filas else (1, None)

    def anotar_error(self, ce_id: str, error: str) -> None:
        """See the port."""
        self._anotar(self._de(sa.update(bd.intentos).values(error=error), ce_id))

    def aparcar(self, ce_id: str, intentos: int) -> None:
        """See the port: it stands in the inbox, marked, so that a late repeat of it is not tried again.

        Where its attempts are gone already, somebody has replayed its letter meanwhile: it must be tried again. In
        either case those that wait behind it, if it is a command that waited, go on.
        """
        valores = {"consumidor": self._consumidor, "ce_id": ce_id, "aparcado": bd.AHORA}
        agotados = self._de(sa.delete(bd.intentos), ce_id).where(bd.intentos.c.intentos >= intentos)
        with self._motor.begin() as conexion:
            if conexion.execute(agotados).rowcount:
                conexion.execute(insert(bd.inbox).values(valores).on_conflict_do_nothing())
            conexion.execute(bd.NO_ESPERAR, {"consumidor": self._consumidor, "ce_id": ce_id})

    def no_esperar(self, ce_id: str) -> None:
        """See the port: those behind it go on."""
        self._anotar(bd.ACABAR_ESPERA, {"consumidor": self._consumidor, "ce_id": ce_id})

    def esta_aparcado_sin_leer(self, llegado: Original) -> bool:
        """See the port."""
        propia = sa.and_(bd.inbox.c.consumidor == self._consumidor, bd.inbox.c.ce_id == _sena(llegado))
        return bool(self._anotar(sa.select(sa.literal(1)).where(propia)))

    def aparcar_sin_leer(self, llegado: Original) -> None:
        """See the port: it stands in the inbox, under a sign that no id is like."""
        valores = {"consumidor": self._consumidor, "ce_id": _sena(llegado), "aparcado": bd.AHORA}
        with self._motor.begin() as conexion:
            conexion.execute(insert(bd.inbox).values(valores).on_conflict_do_nothing())

    def levantar(self, ce_id: str) -> None:
        """Let a parked message be tried again, from its first attempt on; one that was handled stays so.

        If it is a command that waited, its wait begins anew: whoever has parked it may not have come to its row yet,
        and what is sent again must not be taken for an older copy of what is being parked.
        """
        propia = sa.and_(bd.inbox.c.consumidor == self._consumidor, bd.inbox.c.ce_id == ce_id)
        with self._motor.begin() as conexion:
            # The attempts first, as who parks does: one of the two finds what the other did.
            conexion.execute(self._de(sa.delete(bd.intentos), ce_id))
            conexion.execute(sa.delete(bd.inbox).where(propia, bd.inbox.c.aparcado.is_not(None)))
            conexion.execute(bd.NO_ESPERAR, {"consumidor": self._consumidor, "ce_id": ce_id})

    def _anotar(self, sentencia: sa.Executable, valores: Mapping[str, Any] | None = None) -> Sequence[sa.Row[Any]]:
        with self._notas.connect() as conexion:
            resultado = conexion.execute(sentencia, valores)
            return resultado.all() if resultado.returns_rows else ()

    def _de(self, sentencia: sa.Update | sa.Delete, ce_id: str) -> sa.Update | sa.Delete:
        return sentencia.where(bd.intentos.c.consumidor == self._consumidor, bd.intentos.c.ce_id == ce_id)
