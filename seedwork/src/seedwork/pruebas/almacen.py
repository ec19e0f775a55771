"""A service's database in memory: transactions that roll back, unique keys, conflicts; for one thread.

It passes the same suite as PostgreSQL does (``seedwork/tests/almacen``). What it can't show is two transactions at the
same time: locks, and what one sees of the other, are proven on PostgreSQL.
"""

import itertools
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from contratos.base import Mensaje
from seedwork.aplicacion.auditoria import Anotacion
from seedwork.aplicacion.entorno import Entorno
from seedwork.aplicacion.espera import Aplazado, EnEspera
from seedwork.aplicacion.sobre import Sobre
from seedwork.aplicacion.transaccion import Cambios, DestinoDeComando, Saliente
from seedwork.infraestructura import cloudevents, outbox
from seedwork.infraestructura.almacen_eventos import ConflictoDeVersion
from seedwork.infraestructura.tabla import ClaveRepetida, Fila, SinBase, Tabla

_AUSENTE: Any = object()

Clave = Any


@dataclass(frozen=True, slots=True)
class Unico:
    """A unique index.

    Attributes:
        columnas: what no two rows may have alike; a null is like no other.
        salvo: a column, and the value in it for which the index does not hold a row.
    """

    columnas: tuple[str, ...]
    salvo: tuple[str, str] | None = None

    def de(self, fila: Fila) -> Clave | None:
        """What it holds of a row; None for nothing."""
        if self.salvo is not None and fila.get(self.salvo[0]) in (None, self.salvo[1]):
            return None
        valores = tuple(fila.get(c) for c in self.columnas)
        return None if None in valores else valores


@dataclass(frozen=True, slots=True)
class Definicion:
    """What a table is like.

    Attributes:
        clave: the column that is its key.
        unicos: its further unique indexes.
        orden: the column that the table numbers by itself, each row once; None for none.
        obligatorias: the columns that no row may leave without a value.
    """

    clave: str = "id"
    unicos: Sequence[Unico] = ()
    orden: str | None = None
    obligatorias: Sequence[str] = ()


class FilaInvalida(Exception):
    """No database would keep the row: it is somebody's mistake, and trying again can't help."""


@dataclass(slots=True)
class EnSalida:
    """A row of the outbox.

    Attributes:
        carga: the message itself where it was said here, else the payload as it came.
    """

    id: int
    topico: str
    carga: Mensaje | bytes
    sobre: Sobre
    propiedades: Mapping[str, str]
    no_antes: datetime | None = None


class Almacen:
    """The database.

    Args:
        entorno: whose clock is its own.
        tablas: the service's own tables, by their names.

    Attributes:
        ausente: whether it is away: whatever is asked then fails.
        antes_de_confirmar, tras_confirmar: called at each commit, those of :meth:`suelta` included; what they raise
            comes out of it, and before it undoes the transaction.
    """

    def __init__(self, entorno: Entorno, tablas: Mapping[str, Definicion]) -> None:
        self.entorno = entorno
        self.ausente = False
        self.antes_de_confirmar: Callable[[], None] = lambda: None
        self.tras_confirmar: Callable[[], None] = lambda: None
        self.definiciones = tablas
        self.tablas: dict[str, dict[Clave, Fila]] = {nombre: {} for nombre in tablas}
        self.indices: dict[str, dict[Unico, dict[Clave, Clave]]] = {
            nombre: {unico: {} for unico in tabla.unicos} for nombre, tabla in tablas.items()
        }
        """Of each table's unique indexes, what value is whose."""
        self.eventos: dict[tuple[str, int], Fila] = {}
        self.inbox: dict[tuple[str, str], bool] = {}
        """By consumer and message: whether it was parked, not handled."""
        self.comandos: dict[str, DestinoDeComando] = {}
        self.auditoria: dict[int, Anotacion] = {}
        """Nothing here takes any of it away, but a rollback."""
        self.claves: dict[str, str] = {}
        self.esperas: dict[tuple[str, str], Fila] = {}
        self.outbox: dict[int, EnSalida] = {}
        self.sin_enviar: dict[int, EnSalida] = {}
        self.lotes: dict[str, tuple[str, frozenset[str]]] = {}
        self.intentos: dict[tuple[str, str], Fila] = {}
        self.lider: object | None = None
        """The relay's end of the session that leads; none where it ended."""
        self.lider_hasta = entorno.ahora()
        self.siguiente = itertools.count(1)
        self._diario: list[tuple[dict[Any, Any], Clave, Any]] = []
        self._abierta = False

    def poner(self, donde: dict[Any, Any], clave: Clave, valor: Any) -> None:
        """Set a row; a rollback takes it back."""
        if self._abierta:
            self._diario.append((donde, clave, donde.get(clave, _AUSENTE)))
        donde[clave] = valor

    def quitar(self, donde: dict[Any, Any], clave: Clave) -> None:
        """Remove a row, where there is one; a rollback brings it back."""
        if clave in donde:
            if self._abierta:
                self._diario.append((donde, clave, donde[clave]))
            del donde[clave]

    def exigir(self) -> None:
        """It answers.

        Raises:
            SinBase: it is away.
        """
        if self.ausente:
            raise SinBase("el almacén no responde")

    def suelta(self) -> AbstractContextManager[None]:
        """One statement that commits by itself."""
        return _Suelta(self)

    def transacciones(self) -> AbstractContextManager["TransaccionMemoria"]:
        """Begin a transaction: it commits where the block ends well, else it leaves no trace."""
        return _Transcurso(self)

    def punto(self) -> int:
        """A point in the transaction to go back to."""
        return len(self._diario)

    def volver(self, punto: int) -> None:
        """Undo what was done since."""
        while len(self._diario) > punto:
            donde, clave, antes = self._diario.pop()
            if antes is _AUSENTE:
                donde.pop(clave, None)
            else:
                donde[clave] = antes


class _Suelta(AbstractContextManager[None]):
    """A statement's course. A class: what the standard library makes of a generator takes thrice the time."""

    __slots__ = ("_almacen",)

    def __init__(self, almacen: Almacen) -> None:
        self._almacen = almacen

    def __enter__(self) -> None:
        self._almacen.exigir()
        self._almacen.antes_de_confirmar()

    def __exit__(self, tipo: type[BaseException] | None, *_: object) -> None:
        if tipo is None:
            self._almacen.tras_confirmar()


class _Transcurso(AbstractContextManager["TransaccionMemoria"]):
    """A transaction's course."""

    __slots__ = ("_almacen", "_transaccion")

    def __init__(self, almacen: Almacen) -> None:
        self._almacen = almacen
        self._transaccion = TransaccionMemoria(almacen)

    def __enter__(self) -> "TransaccionMemoria":
        almacen = self._almacen
        almacen.exigir()
        if almacen._abierta:
            raise RuntimeError("en memoria no hay dos transacciones a la vez")
        almacen._abierta = True
        return self._transaccion

    def __exit__(self, tipo: type[BaseException] | None, *_: object) -> None:
        almacen = self._almacen
        try:
            if tipo is None:
                almacen.exigir()
                almacen.antes_de_confirmar()
            else:
                almacen.volver(0)
        except BaseException:
            almacen.volver(0)
            raise
        finally:
            almacen._diario.clear()
            almacen._abierta = False
        if tipo is None:
            almacen.tras_confirmar()


class _Tablas(dict[str, Tabla]):
    """A transaction's tables, each made when it is first asked for."""

    def __init__(self, almacen: Almacen) -> None:
        self._almacen = almacen

    def __missing__(self, nombre: str) -> Tabla:
        tabla = self[nombre] = TablaMemoria(self._almacen, nombre)
        return tabla


class TransaccionMemoria:
    """One open transaction."""

    def __init__(self, almacen: Almacen) -> None:
        self.almacen = almacen
        self.entorno = almacen.entorno
        self.cambios = Cambios()
        self.tablas: Mapping[str, Tabla] = _Tablas(almacen)
        self._hora: datetime | None = None
        self._punto = 0

    def marcar(self, *, deshacible: bool = True) -> None:
        """A message begins; here, every mark costs nothing."""
        self._punto = self.almacen.punto()

    def deshacer(self) -> None:
        """Undo what was written since the mark."""
        self.almacen.volver(self._punto)

    def reloj(self) -> datetime:
        """The database's clock; asked once."""
        if self._hora is None:
            self._hora = self.entorno.ahora()
        return self._hora

    def recibir(self, consumidor: str, ids: Collection[str], *, lote: str | None) -> set[str]:
        """Write the ids into the inbox, end the batch, and forget their attempts; answer the ids that were new."""
        a = self.almacen
        a.exigir()
        nuevos = set()
        for id in sorted(ids):
            if (consumidor, id) not in a.esperas:
                a.quitar(a.intentos, (consumidor, id))
            if id not in a.comandos and (consumidor, id) not in a.inbox:
                a.poner(a.inbox, (consumidor, id), False)
                nuevos.add(id)
        if lote is not None:
            a.quitar(a.lotes, lote)
        return nuevos

    def devolver(self, consumidor: str, ids: Collection[str]) -> None:
        """Take the ids out of the inbox again."""
        for id in ids:
            self.almacen.quitar(self.almacen.inbox, (consumidor, id))

    def retirar(self, consumidor: str, ce_id: str) -> bool:
        """Take a message that was parked, or never handled, as done with; False where it was handled."""
        a, clave = self.almacen, (consumidor, ce_id)
        a.quitar(a.esperas, clave)
        a.quitar(a.intentos, clave)
        if ce_id in a.comandos or a.inbox.get(clave) is False:
            return False
        a.poner(a.inbox, clave, False)
        return True

    def reclamar_claves(self, claves: Mapping[str, str]) -> Mapping[str, str]:
        """Keep the first ``id_comando`` of each idempotency key; answer whose each key is."""
        a = self.almacen
        for clave, id_comando in sorted(claves.items()):
            if clave not in a.claves:
                a.poner(a.claves, clave, id_comando)
        return {clave: a.claves[clave] for clave in claves}

    def en_espera(
        self, consumidor: str, asuntos: Collection[tuple[str, str, str]], ids: Collection[str]
    ) -> Sequence[EnEspera]:
        """Of the commands that wait with these types and subjects, in their turns: those with these ids; of the others,
        the first of each type, subject and whose they are; and, of each type and subject, the first of one of those
        whose there are."""
        ahora, pedidos = self.entorno.ahora(), {asunto[:2] for asunto in asuntos}
        hallados: dict[str, EnEspera] = {}
        primeros: dict[tuple[str, ...], EnEspera] = {}
        for (de, id), f in sorted(self.almacen.esperas.items(), key=lambda e: e[1]["turno"]):
            asunto = f["tipo"], f["sujeto"], f["titular"]
            if de != consumidor or asunto[:2] not in pedidos:
                continue
            este = EnEspera(id, *asunto, f["turno"], (ahora - f["desde"]).total_seconds(), f["vuelta"])
            if id in ids:
                hallados[id] = este
                continue
            if asunto in asuntos:
                primeros.setdefault(asunto, este)
            if (otro := primeros.get(asunto[:2])) is None or este.titular < otro.titular:
                primeros[asunto[:2]] = este
        hallados |= {e.id: e for e in primeros.values()}
        return sorted(hallados.values(), key=lambda e: e.turno)

    def aplazar(self, consumidor: str, aplazados: Sequence[Aplazado]) -> None:
        """Let them wait."""
        a, ahora = self.almacen, self.reloj()
        for aplazado in aplazados:
            sobre, clave = aplazado.recibido.sobre, (consumidor, aplazado.recibido.sobre.id)
            suyo = {"tipo": sobre.tipo, "sujeto": sobre.sujeto, "titular": sobre.acceso.titular}
            nueva = {**suyo, "turno": next(a.siguiente), "desde": ahora}
            a.quitar(a.intentos, clave)
            a.poner(a.esperas, clave, {**a.esperas.get(clave, nueva), "vuelta": aplazado.vuelta})
            fila = outbox.a_fila_aplazada(aplazado, consumidor, ahora + timedelta(seconds=aplazado.pausa_s))
            self._decir(
                EnSalida(next(a.siguiente), fila["topico"], fila["carga"], sobre, fila["propiedades"], fila["no_antes"])
            )

    def no_esperar(self, consumidor: str, ce_id: str) -> None:
        """The command waits no more; it is done with."""
        self.almacen.quitar(self.almacen.esperas, (consumidor, ce_id))
        self.almacen.quitar(self.almacen.intentos, (consumidor, ce_id))

    def guardar(
        self,
        salientes: Sequence[Saliente],
        destinos: Sequence[DestinoDeComando],
        anotaciones: Sequence[Anotacion] = (),
    ) -> None:
        """Write what is to be sent, in order, the fates of commands, and what the audit trail is to tell.

        Raises:
            ClaveRepetida: a command has its fate already.
        """
        a = self.almacen
        for destino in destinos:
            if destino.id_comando in a.comandos:
                raise ClaveRepetida("comandos")
            a.poner(a.comandos, destino.id_comando, destino)
        for anotacion in anotaciones:
            a.poner(a.auditoria, next(a.siguiente), anotacion)
        for s in salientes:
            propiedades = cloudevents.a_propiedades(s.sobre, s.mensaje.topico)
            self._decir(EnSalida(next(a.siguiente), s.mensaje.topico, s.mensaje, s.sobre, propiedades))

    def _decir(self, fila: EnSalida) -> None:
        self.almacen.poner(self.almacen.outbox, fila.id, fila)
        self.almacen.poner(self.almacen.sin_enviar, fila.id, fila)


class TablaMemoria:
    """A table's rows. They are handed out as they are: who gets one never changes it."""

    def __init__(self, almacen: Almacen, nombre: str) -> None:
        self._almacen = almacen
        self._nombre = nombre
        self._filas = almacen.tablas[nombre]
        self._definicion = almacen.definiciones[nombre]
        self._indices = almacen.indices[nombre]

    def leer(
        self, columna: str, valores: Collection[str], *, bloquear: bool = True, salvo: tuple[str, str] | None = None
    ) -> list[Fila]:
        """The rows that have one of the values in the column, by their keys' order."""
        self._almacen.exigir()
        clave = self._definicion.clave
        if columna == clave:
            halladas = [self._filas[v] for v in {*valores} if v in self._filas]
        else:
            halladas = [f for f in self._filas.values() if f.get(columna) in valores]
        if salvo is not None:
            halladas = [f for f in halladas if f.get(salvo[0]) not in (None, salvo[1])]
        return sorted(halladas, key=lambda f: str(f[clave]))

    def insertar(self, filas: Sequence[Mapping[str, Any]], *, si_faltan: bool = False) -> None:
        """Insert rows that all have the same columns."""
        self._almacen.exigir()
        definicion = self._definicion
        for nueva in filas:
            fila = dict(nueva)
            if fila[definicion.clave] in self._filas:
                if si_faltan:
                    continue
                raise ClaveRepetida(self._nombre)
            if definicion.orden is not None:
                fila.setdefault(definicion.orden, next(self._almacen.siguiente))
            self._anotar(fila, None, fila)

    def actualizar(self, filas: Sequence[Mapping[str, Any]]) -> None:
        """Update rows, found by their key."""
        for cambio in filas:
            clave = cambio[self._definicion.clave]
            antes = self._filas.get(clave)
            if antes is not None:
                self._anotar({**antes, **cambio}, antes, cambio)

    def borrar(self, ids: Collection[str]) -> None:
        """Delete rows, found by their key."""
        for id in ids:
            if (fila := self._filas.get(id)) is not None:
                for unico, indice in self._indices.items():
                    self._almacen.quitar(indice, unico.de(fila))
                self._almacen.quitar(self._filas, id)

    def _anotar(self, fila: Fila, antes: Fila | None, cambio: Mapping[str, Any]) -> None:
        """Write a row that is valid with what is new in it, unless an index holds a value of it for another one."""
        self._exigir_valida(fila, cambio)
        almacen, propia, cambios = self._almacen, fila[self._definicion.clave], []
        for unico, indice in self._indices.items():
            valor, previo = unico.de(fila), None if antes is None else unico.de(antes)
            if valor != previo:
                if valor is not None and valor in indice:
                    raise ClaveRepetida(self._nombre)
                cambios.append((indice, previo, valor))
        for indice, previo, valor in cambios:
            if previo is not None:
                almacen.quitar(indice, previo)
            if valor is not None:
                almacen.poner(indice, valor, propia)
        almacen.poner(self._filas, propia, fila)

    def _exigir_valida(self, fila: Fila, cambio: Mapping[str, Any]) -> None:
        if faltan := [c for c in self._definicion.obligatorias if fila.get(c) is None]:
            raise FilaInvalida(f"{self._nombre}: sin {', '.join(faltan)}")
        if _con_nul(cambio.values()):
            raise FilaInvalida(f"{self._nombre}: un texto con NUL")


def _con_nul(valores: Iterable[Any]) -> bool:
    for valor in valores:
        if isinstance(valor, str):
            if "\0" in valor:
                return True
        elif isinstance(valor, dict):
            if _con_nul(valor) or _con_nul(valor.values()):
                return True
        elif isinstance(valor, list) and _con_nul(valor):
            return True
    return False


class FlujosMemoria:
    """Streams of events."""

    def __init__(self, transaccion: TransaccionMemoria) -> None:
        self._almacen = transaccion.almacen

    def leer(self, ids: Collection[str]) -> Iterable[Mapping[str, Any]]:
        """The events of these streams, stream by stream, oldest first."""
        self._almacen.exigir()
        eventos = self._almacen.eventos
        return [eventos[clave] for clave in sorted(eventos) if clave[0] in ids]

    def anexar(self, filas: Sequence[Mapping[str, Any]]) -> Mapping[tuple[str, int], int]:
        """Append; answers each event's place among all."""
        a = self._almacen
        ordenes: dict[tuple[str, int], int] = {}
        for fila in filas:
            clave = fila["flujo"], fila["version"]
            if clave in a.eventos:
                raise ConflictoDeVersion
            ordenes[clave] = next(a.siguiente)
            a.poner(a.eventos, clave, {**fila, "orden": ordenes[clave]})
        return ordenes
