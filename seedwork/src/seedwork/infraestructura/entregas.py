"""What the consumer keeps of its deliveries in the service's own database: batches begun, and attempts."""

from collections.abc import Collection

import sqlalchemy as sa
import uuid_utils
from sqlalchemy.dialects.postgresql import insert

from seedwork.infraestructura import bd


class RegistroEntregas:
    """Durable memory of what was tried, so that a handler that kills its process is found out too.

    Args:
        motor: the service's own database.
        consumidor: the subscription's name.
    """

    def __init__(self, motor: sa.Engine, consumidor: str) -> None:
        self._motor = motor
        self._consumidor = consumidor

    def empezar_lote(self, ids: Collection[str]) -> tuple[str, set[str]]:
        """Note that these are about to be handled together.

        Returns:
            The batch's id, and those of ``ids`` that were in a batch before which never ended: it vanished with its
            process, or is still at work elsewhere. They are to be handled one by one.
        """
        lista = sorted(ids)
        propio = str(uuid_utils.uuid7())
        tabla = bd.lotes.c
        with self._motor.begin() as conexion:
            # Losing this note with the database's own crash loses nothing: then no process of ours died of it.
            conexion.execute(sa.text("SET LOCAL synchronous_commit = off"))
            previos = conexion.execute(
                sa.select(tabla.ce_ids).where(
                    tabla.consumidor == self._consumidor, tabla.ce_ids.overlap(sa.literal(lista, sa.ARRAY(sa.Text)))
                )
            ).scalars()
            sospechosos = set().union(*previos) & set(ids)
            conexion.execute(sa.insert(bd.lotes).values(id=propio, consumidor=self._consumidor, ce_ids=lista))
        return propio, sospechosos

    def terminar_lote(self, lote: str) -> None:
        """The batch ended, well or with an error that was caught."""
        with self._motor.begin() as conexion:
            conexion.execute(sa.text("SET LOCAL synchronous_commit = off"))
            conexion.execute(sa.delete(bd.lotes).where(bd.lotes.c.id == lote))

    def empezar_intento(self, ce_id: str, tipo: str) -> int:
        """Count a single handling before it begins. Answers how many there were, this one included."""
        sentencia = insert(bd.intentos).values(consumidor=self._consumidor, ce_id=ce_id, tipo=tipo, intentos=1)
        sentencia = sentencia.on_conflict_do_update(
            index_elements=["consumidor", "ce_id"],
            set_={"intentos": bd.intentos.c.intentos + 1, "ultimo": bd.AHORA},
        )
        with self._motor.begin() as conexion:
            return int(conexion.execute(sentencia.returning(bd.intentos.c.intentos)).scalar_one())

    def anotar_error(self, ce_id: str, error: str) -> None:
        """Keep what went wrong: an error's type, never a message's value."""
        with self._motor.begin() as conexion:
            conexion.execute(self._de(sa.update(bd.intentos).values(error=error), ce_id))

    def olvidar(self, ce_id: str) -> None:
        """The message is done with, or parked."""
        with self._motor.begin() as conexion:
            conexion.execute(self._de(sa.delete(bd.intentos), ce_id))

    def aparcar(self, ce_id: str) -> None:
        """Write a parked message into the inbox, so that a late repeat of it is not tried again."""
        with self._motor.begin() as conexion:
            conexion.execute(insert(bd.inbox).values(consumidor=self._consumidor, ce_id=ce_id).on_conflict_do_nothing())
            conexion.execute(self._de(sa.delete(bd.intentos), ce_id))

    def _de(self, sentencia: sa.Update | sa.Delete, ce_id: str) -> sa.Update | sa.Delete:
        return sentencia.where(bd.intentos.c.consumidor == self._consumidor, bd.intentos.c.ce_id == ce_id)
