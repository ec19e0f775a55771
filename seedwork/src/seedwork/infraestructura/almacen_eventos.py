"""The event store on PostgreSQL: append-only streams, each a chain of hashes.

The primary key (stream, version) is the optimistic lock. The database itself refuses to change or remove an event, even
for the table's owner; who takes these guards down on purpose breaks the chain, and :func:`verificar` finds it.
"""

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter
from typing import Any, ClassVar, Generic, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from seedwork.aplicacion.sobre import Sobre
from seedwork.dominio.agregado import EventoDominio
from seedwork.dominio.agregado_eventos import AgregadoEventos
from seedwork.infraestructura.bd import campos, entre

A = TypeVar("A", bound=AgregadoEventos)
Datos = dict[str, Any]

METADATOS = sa.MetaData()
"""The store's table, which ``ddl`` makes."""

eventos = sa.Table(
    "eventos",
    METADATOS,
    sa.Column("flujo", sa.Text, primary_key=True),
    sa.Column("version", sa.Integer, sa.CheckConstraint("version > 0"), primary_key=True),
    sa.Column("orden", sa.BigInteger, sa.Identity(always=True), nullable=False, unique=True),
    sa.Column("tipo", sa.Text, nullable=False),
    sa.Column("esquema", sa.Integer, nullable=False),
    sa.Column("datos", JSONB, nullable=False),
    sa.Column("metadatos", JSONB, nullable=False),
    sa.Column("ocurrido", sa.TIMESTAMP(timezone=True), nullable=False),
    sa.Column("huella", sa.Text, nullable=False),
    comment="Append-only. huella: SHA-256 over this event and the huella of the one before it in its stream.",
)


class ConflictoDeVersion(Exception):
    """Another transaction appended to the stream since it was read: read again, decide again."""


class EventoDesconocido(Exception):
    """The store holds an event whose name or schema version this catalogue does not know."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Forma:
    """How one kind of domain event is kept.

    Attributes:
        nombre: its name in the store, for ever; never a class's path.
        clase: the class that it is now.
        esquema: the version of its fields that is written now.
        subidas: for each older version, how its fields become those of the next one.
    """

    nombre: str
    clase: type[EventoDominio]
    esquema: int = 1
    subidas: Mapping[int, Callable[[Datos], Datos]] = field(default_factory=dict)


class CatalogoEventos:
    """The kinds of events that a service keeps.

    Raises:
        ValueError: a name or class comes twice, or an older version has no way up.
    """

    def __init__(self, *formas: Forma) -> None:
        self._por_nombre = {f.nombre: f for f in formas}
        self._por_clase: dict[type[EventoDominio], Forma] = {f.clase: f for f in formas}
        if not len(formas) == len(self._por_nombre) == len(self._por_clase):
            raise ValueError("un nombre o una clase de evento está dos veces en el catálogo")
        for forma in formas:
            if set(forma.subidas) != set(range(1, forma.esquema)):
                raise ValueError(f"{forma.nombre}: cada esquema anterior al {forma.esquema} necesita una subida")

    def escribir(self, evento: EventoDominio) -> tuple[str, int, Datos]:
        """An event's name, schema version and fields, as they are kept."""
        forma = self._por_clase[type(evento)]
        return forma.nombre, forma.esquema, campos(evento)

    def leer(self, nombre: str, esquema: int, datos: Datos) -> EventoDominio:
        """The event that was kept, brought up to its present schema.

        Raises:
            EventoDesconocido: its name or schema version is none of this catalogue's.
        """
        forma = self._por_nombre.get(nombre)
        if forma is None or not 1 <= esquema <= forma.esquema:
            raise EventoDesconocido(f"{nombre} (esquema {esquema})")
        for version in range(esquema, forma.esquema):
            datos = forma.subidas[version](datos)
        return forma.clase(**datos)


_ANEXAR = sa.insert(eventos).returning(eventos.c.flujo, eventos.c.version, eventos.c.orden)
_FLUJOS = sa.select(eventos).where(entre(eventos.c.flujo, "flujos")).order_by(eventos.c.flujo, eventos.c.version)


@dataclass(frozen=True, kw_only=True, slots=True)
class EventoGuardado:
    """An event as a projection sees it.

    Attributes:
        orden: a growing number over all streams.
    """

    flujo: str
    version: int
    orden: int
    evento: EventoDominio
    ocurrido: datetime


class RepositorioEventos(Generic[A]):
    """Event-sourced aggregates of one kind, each a stream.

    A service's repository derives from it, and says which events it keeps and how an empty aggregate is made. Loading
    locks nothing: whoever appends second to the same version fails with :class:`ConflictoDeVersion`.
    """

    catalogo: ClassVar[CatalogoEventos]

    def __init__(self, conexion: sa.Connection) -> None:
        self.conexion = conexion
        self._vistos: dict[str, A] = {}
        self._ausentes: set[str] = set()
        self._entregados: dict[str, A] = {}
        self._puntas: dict[str, tuple[int, str]] = {}
        self._nuevos: list[tuple[A, EventoDominio, dict[str, Any]]] = []

    def vacio(self, id: str) -> A:
        """The aggregate before its first event."""
        raise NotImplementedError

    def proyectar(self, guardados: Sequence[EventoGuardado]) -> None:
        """Bring the views up to what was just appended, in the same transaction."""

    def obtener(self, id: str) -> A | None:
        """The aggregate that the stream folds to; None where there is no stream."""
        self.precargar([id])
        agregado = self._vistos.get(id)
        if agregado is not None:
            self._entregados[id] = agregado
        return agregado

    def precargar(self, ids: Collection[str]) -> None:
        """Load several at once."""
        faltan = [id for id in ids if id not in self._vistos and id not in self._ausentes]
        if not faltan:
            return
        self._ausentes.update(faltan)
        filas = self.conexion.execute(_FLUJOS, {"flujos": faltan}).mappings()
        for id, flujo in groupby(filas, key=itemgetter("flujo")):
            self._recordar(id, list(flujo))

    def agregar(self, agregado: A) -> None:
        """Take in an aggregate that is new."""
        self._vistos[agregado.id] = self._entregados[agregado.id] = agregado

    def entregados(self) -> Collection[A]:
        """The aggregates that were handed out or added since the last call."""
        entregados, self._entregados = self._entregados, {}
        return entregados.values()

    def recoger(self, agregado: A, evento: EventoDominio, sobre: Sobre) -> None:
        """Keep an event for :meth:`volcar`, with the message that caused it."""
        # The published sequence is kept beside the event: not every event is published, so the version can't tell it.
        metadatos = {"correlacion": sobre.correlacion, "causa": sobre.id, "secuencia": agregado.secuencia}
        self._nuevos.append((agregado, evento, metadatos))

    def volcar(self) -> None:
        """Append what was recorded, and project it.

        Raises:
            ConflictoDeVersion: another transaction appended to one of the streams since it was read.
        """
        if any(agregado.extraer_eventos() for agregado in self._vistos.values()):
            raise RuntimeError("un agregado cambió sin pasar por obtener(); sus eventos se perderían")
        if not self._nuevos:
            return
        filas = [self._fila(*nuevo) for nuevo in self._nuevos]
        try:
            ordenes = {(flujo, version): orden for flujo, version, orden in self.conexion.execute(_ANEXAR, filas)}
        except sa.exc.IntegrityError as error:
            if getattr(getattr(error.orig, "diag", None), "constraint_name", None) != "eventos_pkey":
                raise
            raise ConflictoDeVersion from None
        self.proyectar(
            [
                EventoGuardado(
                    flujo=fila["flujo"],
                    version=fila["version"],
                    orden=ordenes[fila["flujo"], fila["version"]],
                    evento=evento,
                    ocurrido=fila["ocurrido"],
                )
                for fila, (_, evento, _) in zip(filas, self._nuevos, strict=True)
            ]
        )
        self._nuevos.clear()

    def _fila(self, agregado: A, evento: EventoDominio, metadatos: dict[str, Any]) -> dict[str, Any]:
        version, previa = self._puntas.get(agregado.id, (0, ""))
        nombre, esquema, datos = self.catalogo.escribir(evento)
        fila: dict[str, Any] = {
            "flujo": agregado.id,
            "version": version + 1,
            "tipo": nombre,
            "esquema": esquema,
            "datos": datos,
            "metadatos": metadatos,
            "ocurrido": datetime.now(UTC),
        }
        fila["huella"] = _huella(previa, fila)
        self._puntas[agregado.id] = version + 1, fila["huella"]
        return fila

    def _recordar(self, id: str, filas: Sequence[sa.RowMapping]) -> None:
        self._ausentes.discard(id)
        agregado = self.vacio(id)
        for fila in filas:
            agregado.aplicar(self.catalogo.leer(fila["tipo"], fila["esquema"], fila["datos"]))
        agregado.secuencia = filas[-1]["metadatos"]["secuencia"]
        self._puntas[id] = filas[-1]["version"], filas[-1]["huella"]
        self._vistos[id] = agregado


def guardados(filas: Iterable[sa.Row[Any]], catalogo: CatalogoEventos) -> Iterator[EventoGuardado]:
    """Rows of ``eventos`` as a projection sees them."""
    for fila in filas:
        yield EventoGuardado(
            flujo=fila.flujo,
            version=fila.version,
            orden=fila.orden,
            evento=catalogo.leer(fila.tipo, fila.esquema, fila.datos),
            ocurrido=fila.ocurrido,
        )


@dataclass(frozen=True, slots=True)
class Anomalia:
    """Something in the store that no append can have written."""

    flujo: str
    version: int
    problema: str


def verificar(conexion: sa.Connection) -> Iterator[Anomalia]:
    """Walk every stream's chain, and tell each event that is missing, or is not what was appended.

    A chain that was cut at its end looks whole: only something beside the store, a view say, knows how long it was.
    """
    consulta = sa.select(eventos).order_by(eventos.c.flujo, eventos.c.version)
    flujo, version, previa = "", 0, ""
    for fila in conexion.execute(consulta, execution_options={"yield_per": 1000}).mappings():
        if fila["flujo"] != flujo:
            flujo, version, previa = fila["flujo"], 0, ""
        if fila["version"] != version + 1:
            yield Anomalia(flujo, fila["version"], f"falta lo anterior, desde la versión {version + 1}")
        elif fila["huella"] != _huella(previa, dict(fila)):
            yield Anomalia(flujo, fila["version"], "su huella no es la de su contenido")
        version, previa = fila["version"], fila["huella"]


def _huella(previa: str, fila: Mapping[str, Any]) -> str:
    """The hash of an event and of all before it in its stream."""
    partes = [
        previa,
        fila["flujo"],
        fila["version"],
        fila["tipo"],
        fila["esquema"],
        fila["datos"],
        fila["metadatos"],
        fila["ocurrido"].astimezone(UTC).isoformat(timespec="microseconds"),
    ]
    texto = json.dumps(partes, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(texto.encode()).hexdigest()
