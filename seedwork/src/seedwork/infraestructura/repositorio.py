"""The repository: identity map, change detection, and what it takes to undo a message; rows come from a table."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import partial
from typing import Any, Generic, TypeVar

from seedwork.aplicacion.transaccion import Inscripcion, Transaccion
from seedwork.dominio.agregado import Agregado
from seedwork.infraestructura.tabla import Fila, Tabla

A = TypeVar("A", bound=Agregado)
D = TypeVar("D")


class Mapa(Inscripcion, Generic[A]):
    """The aggregates of one kind that a transaction has seen, each one object.

    Fields of an aggregate hold values that never change in themselves: to undo a message is to put them back.
    """

    def __init__(self, transaccion: Transaccion) -> None:
        super().__init__(transaccion)
        self._vistos: dict[str, A] = {}
        self._tocados: set[str] = set()
        """The ids of those that were lent."""

    def _prestar(self, agregado: A) -> A:
        """Lend it to the message being handled: from here on, it may change."""
        if id(agregado) not in self._prestados:
            _exigir_sin_eventos([agregado])
            self._tocados.add(agregado.id)
            self._prestados[id(agregado)] = agregado, self
            self._regresos.append(partial(_restaurar, agregado, vars(agregado).copy()))
        return agregado

    def agregar(self, agregado: A, /) -> None:
        """Take in an aggregate that is new.

        Raises:
            RuntimeError: there is one with its id.
        """
        if agregado.id in self._vistos:
            raise RuntimeError(f"{type(agregado).__name__}: ya hay uno con ese id")
        self._vistos[agregado.id] = agregado
        self._prestados[id(agregado)] = agregado, self
        self._regresos.append(partial(self._vistos.pop, agregado.id, None))

    def volcar(self) -> None:
        """Check that nothing is lost.

        Raises:
            RuntimeError: an aggregate recorded an event outside any message.
        """
        _exigir_sin_eventos(self._vistos.values())


def _exigir_sin_eventos(agregados: Iterable[Agregado]) -> None:
    for agregado in agregados:
        if agregado.registrados:
            raise RuntimeError(f"{type(agregado).__name__}: cambió fuera de un mensaje; sus eventos se perderían")


def _restaurar(agregado: Agregado, antes: Mapping[str, Any]) -> None:
    vars(agregado).clear()
    vars(agregado).update(antes)
    # The list itself was there before; what is in it was not.
    agregado.registrados.clear()


@dataclass(frozen=True, slots=True)
class Mapeo(Generic[A]):
    """How an aggregate becomes a row, and back: two pure functions."""

    a_fila: Callable[[A], Fila]
    de_fila: Callable[[Mapping[str, Any]], A]


def mapeo_llano(clase: type[A], *, salvo: Collection[str] = ()) -> Mapeo[A]:
    """For aggregates whose fields are columns, but for those of ``salvo``; each value is its own."""
    columnas = tuple(c.name for c in fields(clase) if c.init and c.name not in salvo)

    def a_fila(agregado: A) -> Fila:
        return {c: getattr(agregado, c) for c in columnas}

    def de_fila(fila: Mapping[str, Any]) -> A:
        return clase(**{c: fila[c] for c in columnas})

    return Mapeo(a_fila, de_fila)


def campos(objeto: Any) -> Fila:
    """A dataclass's fields and their values, as they are; ``dataclasses.asdict`` copies each of them in depth."""
    clase = type(objeto)
    if clase not in _CAMPOS:
        _CAMPOS[clase] = [campo.name for campo in fields(clase)]
    return {nombre: getattr(objeto, nombre) for nombre in _CAMPOS[clase]}


_CAMPOS: dict[type[Any], Sequence[str]] = {}
"""Of each class that was asked for its fields, their names: to go through the class anew takes ten times as long."""


def de_json(clase: Callable[..., D], valores: Mapping[str, Any]) -> D:
    """The dataclass whose fields a column of JSON holds, which knows no tuples."""
    return clase(**{c: tuple(v) if isinstance(v, list) else v for c, v in valores.items()})


class Repositorio(Mapa[A]):
    """Aggregates of one kind, each in one row of a table, whose key is the column ``id``.

    Loading locks the row, so two messages about one aggregate take turns.

    Args:
        transaccion: in which it enrols.
        tabla: where the rows are.
        mapeo: between rows and aggregates.
        sujeto: the name of the id, as messages declare it.
    """

    def __init__(self, transaccion: Transaccion, tabla: Tabla, mapeo: Mapeo[A], *, sujeto: str = "") -> None:
        super().__init__(transaccion)
        self.nombre_sujeto = sujeto
        self._tabla = tabla
        self._mapeo = mapeo
        self._leidas: dict[str, Fila] = {}
        self._ausentes: set[str] = set()
        self._idos: set[str] = set()

    def obtener(self, id: str, /) -> A | None:
        """The aggregate, locked until the unit of work ends; None where there is none."""
        if id not in self._vistos and id not in self._ausentes:
            self.precargar([id])
        agregado = None if id in self._idos else self._vistos.get(id)
        return None if agregado is None else self._prestar(agregado)

    def quitar(self, agregado: A, /) -> None:
        """It is done with: its row goes, and it is there no more."""
        self._idos.add(agregado.id)
        self._regresos.append(partial(self._idos.discard, agregado.id))

    def agregar(self, agregado: A, /) -> None:
        """Take in an aggregate that is new; one with its id may have been, and be done with.

        Raises:
            RuntimeError: there is one with its id.
        """
        if agregado.id in self._idos:
            self._regresos.append(partial(self._reponer, self._vistos.pop(agregado.id)))
            self._idos.discard(agregado.id)
        super().agregar(agregado)

    def _reponer(self, ido: A) -> None:
        self._vistos[ido.id] = ido
        self._idos.add(ido.id)

    def precargar(self, ids: Collection[str], /) -> None:
        """Load several at once, in the order of their ids, so that two batches can't wait for each other."""
        faltan = [i for i in ids if i not in self._vistos]
        if faltan:
            self._ausentes.update(faltan)
            self._recordar_todas(self._tabla.leer("id", faltan))

    def cargados(self) -> Collection[A]:
        """All that it has loaded or taken in so far, and that is still there; to look at, since what changes must go
        through :meth:`obtener`."""
        return [agregado for id, agregado in self._vistos.items() if id not in self._idos]

    def buscar(self, columna: str, valores: Collection[str], *, salvo: tuple[str, str] | None = None) -> Sequence[A]:
        """The aggregates with one of these values in a column, locked; and not those with that other one."""
        return self._recordar_todas(self._tabla.leer(columna, valores, salvo=salvo))

    def volcar(self) -> None:
        """Insert what is new, update what changed, and delete what went.

        Raises:
            RuntimeError: one changed that no message was lent: a refusal would not have undone it.
        """
        super().volcar()
        nuevas: list[Fila] = []
        cambiadas: list[Fila] = []
        for id, agregado in self._vistos.items():
            if id in self._idos:
                continue
            fila, leida = self._mapeo.a_fila(agregado), self._leidas.get(id)
            if leida is None:
                nuevas.append(fila)
            elif any(leida[c] != v for c, v in fila.items()):
                if id not in self._tocados:
                    raise RuntimeError(f"{type(agregado).__name__}: cambió sin que ningún mensaje lo tuviera")
                cambiadas.append(fila)
        if nuevas:
            nuevas.sort(key=lambda f: str(f["id"]))
            self._tabla.insertar(nuevas)
        if cambiadas:
            self._tabla.actualizar(cambiadas)
        if self._idos:
            self._tabla.borrar(sorted(self._idos))

    def _recordar_todas(self, filas: Iterable[Fila]) -> list[A]:
        return [self._recordar(f) for f in filas]

    def _recordar(self, fila: Fila) -> A:
        id = fila["id"]
        if id not in self._vistos:
            self._leidas[id] = fila
            self._vistos[id] = self._mapeo.de_fila(fila)
        return self._vistos[id]
