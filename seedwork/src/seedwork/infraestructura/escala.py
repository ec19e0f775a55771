"""What is kept of a service's scale: what one worker does, and how many are wanted. All its processes share it."""

from dataclasses import dataclass

import sqlalchemy as sa

from seedwork.aplicacion.escala import SIN_MEDIR, Rendimiento

_ANOTAR = sa.text("""
    INSERT INTO escala (servicio, ritmo, base) VALUES (:servicio, :ritmo, :base)
    ON CONFLICT (servicio) DO UPDATE SET ritmo = excluded.ritmo, base = excluded.base
""")
_LEER = sa.text("""
    SELECT ritmo, base, instancias, coalesce(extract(epoch FROM clock_timestamp() - con_falta), 0)
    FROM escala WHERE servicio = :servicio
""")
# Where another process has decided since, that stands: two of them at once let go of one worker, not of two.
_GUARDAR = sa.text("""
    INSERT INTO escala (servicio, instancias, con_falta) VALUES (:servicio, :nuevas, clock_timestamp())
    ON CONFLICT (servicio) DO UPDATE SET instancias = excluded.instancias, con_falta = excluded.con_falta
        WHERE escala.instancias = :antes
    RETURNING instancias
""")


@dataclass(frozen=True, slots=True)
class Escala:
    """What is kept.

    Attributes:
        rendimiento: what a worker was last seen to do.
        instancias: how many are wanted.
        sobran_s: seconds since so many were last needed, or since one was let go.
    """

    rendimiento: Rendimiento = SIN_MEDIR
    instancias: int = 1
    sobran_s: float = 0.0


class EscalaSQL:
    """The row of one service.

    Args:
        motor: the service's own database.
        servicio: its name.
    """

    def __init__(self, motor: sa.Engine, servicio: str) -> None:
        self._motor = motor
        self._servicio = servicio

    def leer(self) -> Escala:
        """What is kept; where nothing is, what is taken for it."""
        with self._motor.connect() as conexion:
            fila = conexion.execute(_LEER, {"servicio": self._servicio}).one_or_none()
        if fila is None:
            return Escala()
        ritmo, base, instancias, sobran_s = fila
        return Escala(SIN_MEDIR if ritmo is None else Rendimiento(ritmo, base), instancias, float(sobran_s))

    def anotar(self, rendimiento: Rendimiento) -> None:
        """Keep what a worker was seen to do."""
        with self._motor.begin() as conexion:
            conexion.execute(
                _ANOTAR, {"servicio": self._servicio, "ritmo": rendimiento.ritmo, "base": rendimiento.base}
            )

    def guardar(self, antes: int, nuevas: int) -> int:
        """Keep how many are wanted, or needed still; unless that changed since ``antes`` was read. What is kept now."""
        datos = {"servicio": self._servicio, "antes": antes, "nuevas": nuevas}
        with self._motor.begin() as conexion:
            guardadas: int | None = conexion.scalar(_GUARDAR, datos)
        return self.leer().instancias if guardadas is None else guardadas
