"""The catalogue in the database, with the stock of the experts' places."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from seedwork.infraestructura.transaccion_sql import TransaccionSQL
from servicio_datos.dominio.catalogo import Catalogo, Dataset, Experto, Nube
from servicio_datos.infraestructura import tablas

_CERROJO = 0x5A10
_TOMAR_CERROJO = sa.select(sa.func.pg_advisory_xact_lock(_CERROJO))

_OFRECIDOS = sa.text("""
    SELECT ARRAY(SELECT codigo FROM expertos WHERE vigente) AS expertos,
        ARRAY(SELECT codigo FROM nubes WHERE vigente) AS nubes,
        ARRAY(SELECT codigo FROM datasets WHERE vigente) AS datasets
""")
_TOMAR = sa.text("""
    UPDATE expertos SET usados = usados + 1
    WHERE usados < capacidad AND codigo = (
        SELECT codigo FROM expertos
        WHERE vigente AND usados < capacidad
        ORDER BY usados::float8 / capacidad, random()
        LIMIT 1
    )
    RETURNING codigo
""")
_TOMAR_A = sa.text("""
    UPDATE expertos SET usados = usados + 1
    WHERE codigo = :codigo AND vigente AND usados < capacidad
    RETURNING codigo
""")
_DEVOLVER = sa.text("UPDATE expertos SET usados = usados - 1 WHERE codigo = :codigo")


class RecursosSQL:
    """The catalogue as one transaction sees it.

    The first touch of the stock takes a lock that the transaction keeps: whoever has it sees all that is committed,
    and two batches that need the same experts in another order can't wait for each other.
    """

    def __init__(self, transaccion: TransaccionSQL) -> None:
        self._transaccion = transaccion
        self._con_cerrojo = False
        self._leidos: sa.Row[Any] | None = None

    def elegir_nube(self) -> str | None:
        """Any of them, all alike."""
        return self._cualquiera(self._ofrecidos().nubes)

    def elegir_dataset(self) -> str | None:
        """Any of them, all alike."""
        return self._cualquiera(self._ofrecidos().datasets)

    def tiene_experto(self, codigo: str) -> bool:
        """Whether the catalogue in force has that expert."""
        return codigo in self._ofrecidos().expertos

    def tiene_nube(self, codigo: str) -> bool:
        """Whether the catalogue in force has that cloud."""
        return codigo in self._ofrecidos().nubes

    def tiene_dataset(self, codigo: str) -> bool:
        """Whether the catalogue in force has that data set."""
        return codigo in self._ofrecidos().datasets

    def tomar_experto(self) -> str | None:
        """A place of the expert with the least of its capacity in use."""
        self._tomar_cerrojo()
        codigo: str | None = self._transaccion.escribir(_TOMAR).scalar_one_or_none()
        return codigo

    def tomar_a(self, codigo: str) -> bool:
        """A place of that expert, where all that is committed leaves one free."""
        self._tomar_cerrojo()
        return self._transaccion.escribir(_TOMAR_A, {"codigo": codigo}).one_or_none() is not None

    def devolver_experto(self, codigo: str) -> None:
        """Give one place back; the database refuses to give back what was not taken."""
        self._tomar_cerrojo()
        self._transaccion.escribir(_DEVOLVER, {"codigo": codigo})

    def _tomar_cerrojo(self) -> None:
        if not self._con_cerrojo:
            self._transaccion.ejecutar(_TOMAR_CERROJO)
            self._con_cerrojo = True

    def _ofrecidos(self) -> sa.Row[Any]:
        """The codes in force, a list for each kind."""
        if self._leidos is None:
            self._leidos = self._transaccion.ejecutar(_OFRECIDOS).one()
        return self._leidos

    def _cualquiera(self, codigos: Sequence[str]) -> str | None:
        return self._transaccion.entorno.azar.choice(codigos) if codigos else None


def sincronizar(motor: sa.Engine, catalogo: Catalogo) -> None:
    """Bring the tables to what the catalogue says. The places in use stay; what it no longer names is offered no more.

    A capacity below the places in use ends nothing: the expert takes nobody new until enough were given back.
    """
    with motor.begin() as conexion:
        conexion.execute(_TOMAR_CERROJO)
        _volcar(conexion, tablas.expertos, catalogo.expertos)
        _volcar(conexion, tablas.nubes, catalogo.nubes)
        _volcar(conexion, tablas.datasets, catalogo.datasets)


def _volcar(conexion: sa.Connection, tabla: sa.Table, entradas: Sequence[Experto | Nube | Dataset]) -> None:
    codigos = [e.codigo for e in entradas]
    conexion.execute(sa.update(tabla).where(tabla.c.vigente, tabla.c.codigo.not_in(codigos)).values(vigente=False))
    if not entradas:
        return
    filas = [{**asdict(e), "vigente": True} for e in entradas]
    sentencia = insert(tabla)
    nuevos = {c: sentencia.excluded[c] for c in filas[0] if c != "codigo"}
    conexion.execute(sentencia.on_conflict_do_update(index_elements=["codigo"], set_=nuevos), filas)
