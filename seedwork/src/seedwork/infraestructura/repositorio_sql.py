"""A repository on one table: identity map, change detection, and one statement for many rows."""

import functools
from collections.abc import Collection, Mapping
from typing import Any, Generic, TypeVar

import sqlalchemy as sa

from seedwork.aplicacion.sobre import Sobre
from seedwork.dominio.agregado import Agregado, EventoDominio
from seedwork.infraestructura import bd

A = TypeVar("A", bound=Agregado)
Fila = dict[str, Any]


class RepositorioSQL(Generic[A]):
    """Aggregates of one kind, each in one row of ``tabla``, whose key is the column ``id``.

    A service's repository derives from it, and says how an aggregate becomes a row and back. Loading locks the row
    (``FOR UPDATE``), so two messages about one aggregate take turns.
    """

    tabla: sa.Table

    def __init__(self, conexion: sa.Connection) -> None:
        self.conexion = conexion
        self._vistos: dict[str, A] = {}
        self._leidas: dict[str, Fila] = {}
        self._ausentes: set[str] = set()
        self._entregados: dict[str, A] = {}

    def a_fila(self, agregado: A) -> Fila:
        """The aggregate's row."""
        raise NotImplementedError

    def de_fila(self, fila: Mapping[str, Any]) -> A:
        """The aggregate that a row holds."""
        raise NotImplementedError

    def obtener(self, id: str) -> A | None:
        """The aggregate, locked until the unit of work ends; None where there is none."""
        if id not in self._vistos and id not in self._ausentes:
            self.precargar([id])
        agregado = self._vistos.get(id)
        if agregado is not None:
            self._entregados[id] = agregado
        return agregado

    def precargar(self, ids: Collection[str]) -> None:
        """Load several at once, in the order of their ids, so that two batches can't wait for each other."""
        faltan = [i for i in ids if i not in self._vistos]
        if faltan:
            self._ausentes.update(faltan)
            self._recordar_todas(_por_ids(self.tabla), {"ids": faltan})

    def cargados(self) -> Collection[A]:
        """All that it has loaded or taken in so far; to look at, since what changes must go through :meth:`obtener`."""
        return self._vistos.values()

    def buscar(self, *condiciones: sa.ColumnElement[bool]) -> list[A]:
        """The aggregates that meet the conditions, locked."""
        encontrados = self._leer(*condiciones)
        self._entregados.update((a.id, a) for a in encontrados)
        return encontrados

    def agregar(self, agregado: A) -> None:
        """Take in an aggregate that is new."""
        self._vistos[agregado.id] = self._entregados[agregado.id] = agregado

    def entregados(self) -> Collection[A]:
        """The aggregates that were handed out or added since the last call."""
        entregados, self._entregados = self._entregados, {}
        return entregados.values()

    def recoger(self, agregado: A, evento: EventoDominio, sobre: Sobre) -> None:
        """Nothing to note: the row says it all."""

    def volcar(self) -> None:
        """Insert what is new, and update what changed."""
        nuevas: list[Fila] = []
        cambiadas: list[Fila] = []
        for id, agregado in self._vistos.items():
            if agregado.extraer_eventos():
                raise RuntimeError(
                    f"{type(agregado).__name__}: cambió sin pasar por obtener(); sus eventos se perderían"
                )
            fila, leida = self.a_fila(agregado), self._leidas.get(id)
            if leida is None:
                nuevas.append(fila)
            elif any(leida[c] != v for c, v in fila.items()):
                cambiadas.append(fila)
        if nuevas:
            nuevas.sort(key=lambda f: str(f["id"]))
            bd.insertar(self.conexion, self.tabla, nuevas)
        if cambiadas:
            bd.actualizar(self.conexion, self.tabla, cambiadas)

    def _leer(self, *condiciones: sa.ColumnElement[bool]) -> list[A]:
        return self._recordar_todas(_bloqueando(self.tabla, *condiciones))

    def _recordar_todas(self, sentencia: sa.Select[Any], valores: Mapping[str, Any] | None = None) -> list[A]:
        return [self._recordar(dict(f)) for f in self.conexion.execute(sentencia, valores).mappings()]

    def _recordar(self, fila: Fila) -> A:
        id = fila["id"]
        self._ausentes.discard(id)
        if id not in self._vistos:
            self._leidas[id] = fila
            self._vistos[id] = self.de_fila(fila)
        return self._vistos[id]


def _bloqueando(tabla: sa.Table, *condiciones: sa.ColumnElement[bool]) -> sa.Select[Any]:
    return sa.select(tabla).where(*condiciones).order_by(tabla.c.id).with_for_update()


@functools.cache
def _por_ids(tabla: sa.Table) -> sa.Select[Any]:
    """Made once: to put a statement together costs more than to run it."""
    return _bloqueando(tabla, bd.entre(tabla.c.id, "ids"))
