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
from typing import Any, Protocol, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from seedwork.aplicacion.sobre import Sobre
from seedwork.aplicacion.transaccion import Transaccion
from seedwork.dominio.agregado import Agregado, EventoDominio
from seedwork.dominio.agregado_eventos import AgregadoEventos
from seedwork.infraestructura.bd import entre
from seedwork.infraestructura.repositorio import Mapa, campos

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


class Candado(Protocol):
    """Keeps some of an event's fields under keys that can be destroyed: what can't be removed can be forgotten."""

    def cerrar(self, datos: Datos) -> Datos:
        """An event's fields as they are kept."""
        ...

    def abrir(self, varios: Sequence[Datos]) -> Sequence[Datos]:
        """The inverse, of several events. What no key opens any more is empty."""
        ...


class SinCandado:
    """All is kept as it is."""

    def cerrar(self, datos: Datos) -> Datos:
        """As it is."""
        return datos

    def abrir(self, varios: Sequence[Datos]) -> Sequence[Datos]:
        """As they are."""
        return varios


SIN_CANDADO = SinCandado()


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


class Flujos(Protocol):
    """Where streams are kept: rows of ``eventos``, as one transaction sees them."""

    def leer(self, ids: Collection[str]) -> Iterable[Mapping[str, Any]]:
        """The events of these streams, stream by stream, oldest first."""
        ...

    def anexar(self, filas: Sequence[Mapping[str, Any]]) -> Mapping[tuple[str, int], int]:
        """Append; answers each event's place among all, by stream and version.

        Raises:
            ConflictoDeVersion: another transaction appended to one of the streams since it was read.
        """
        ...


class FlujosSQL:
    """On PostgreSQL."""

    def __init__(self, conexion: sa.Connection) -> None:
        self._conexion = conexion

    def leer(self, ids: Collection[str]) -> Iterable[Mapping[str, Any]]:
        """The events of these streams, stream by stream, oldest first. They lock nothing."""
        return [dict(f) for f in self._conexion.execute(_FLUJOS, {"flujos": list(ids)}).mappings()]

    def anexar(self, filas: Sequence[Mapping[str, Any]]) -> Mapping[tuple[str, int], int]:
        """Append; answers each event's place among all, by stream and version."""
        try:
            anexados = self._conexion.execute(_ANEXAR, filas)
            return {(flujo, version): orden for flujo, version, orden in anexados}
        except sa.exc.IntegrityError as error:
            if getattr(getattr(error.orig, "diag", None), "constraint_name", None) != "eventos_pkey":
                raise
            raise ConflictoDeVersion from None


class RepositorioEventos(Mapa[A]):
    """Event-sourced aggregates of one kind, each a stream.

    Loading locks nothing: whoever appends second to the same version fails with :class:`ConflictoDeVersion`.

    Args:
        transaccion: in which it enrols.
        flujos: where the streams are.
        catalogo: which events are kept, and how.
        vacio: makes the aggregate before its first event, of its id.
        proyectar: brings the views up to what was just appended, in the same transaction.
        candado: what of an event is kept under keys.
    """

    def __init__(
        self,
        transaccion: Transaccion,
        flujos: Flujos,
        catalogo: CatalogoEventos,
        vacio: Callable[[str], A],
        proyectar: Callable[[Sequence[EventoGuardado]], None],
        *,
        sujeto: str = "",
        candado: Candado = SIN_CANDADO,
    ) -> None:
        super().__init__(transaccion)
        self.nombre_sujeto = sujeto
        self._candado = candado
        self._entorno = transaccion.entorno
        self._flujos = flujos
        self._catalogo = catalogo
        self._vacio = vacio
        self._proyectar = proyectar
        self._ausentes: set[str] = set()
        self._puntas: dict[str, tuple[int, str]] = {}
        self._nuevos: list[tuple[A, EventoDominio, dict[str, Any]]] = []

    def obtener(self, id: str, /) -> A | None:
        """The aggregate that the stream folds to; None where there is no stream."""
        self.precargar([id])
        agregado = self._vistos.get(id)
        return None if agregado is None else self._prestar(agregado)

    def precargar(self, ids: Collection[str], /) -> None:
        """Load several at once."""
        faltan = [id for id in ids if id not in self._vistos and id not in self._ausentes]
        if not faltan:
            return
        self._ausentes.update(faltan)
        filas = abiertas(self._flujos.leer(faltan), self._candado)
        for id, flujo in groupby(filas, key=itemgetter("flujo")):
            self._recordar(id, list(flujo))

    def anotar(self, agregado: Agregado, evento: EventoDominio, causa: Sobre) -> None:
        """Keep an event for :meth:`volcar`, with the message that caused it."""
        # The published sequence is kept beside the event: not every event is published, so the version can't tell it.
        metadatos = {"correlacion": causa.correlacion, "causa": causa.id or None, "secuencia": agregado.secuencia}
        self._nuevos.append((self._vistos[agregado.id], evento, metadatos))

    def volcar(self) -> None:
        """Append what was recorded, and project it.

        Raises:
            ConflictoDeVersion: another transaction appended to one of the streams since it was read.
        """
        super().volcar()
        if not self._nuevos:
            return
        filas = [self._fila(*nuevo) for nuevo in self._nuevos]
        ordenes = self._flujos.anexar(filas)
        self._proyectar(
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
        nombre, esquema, datos = self._catalogo.escribir(evento)
        fila: dict[str, Any] = {
            "flujo": agregado.id,
            "version": version + 1,
            "tipo": nombre,
            "esquema": esquema,
            "datos": self._candado.cerrar(datos),
            "metadatos": metadatos,
            "ocurrido": self._entorno.ahora(),
        }
        fila["huella"] = _huella(previa, fila)
        self._puntas[agregado.id] = version + 1, fila["huella"]
        return fila

    def _recordar(self, id: str, filas: Sequence[Mapping[str, Any]]) -> None:
        agregado = self._vacio(id)
        for fila in filas:
            agregado.aplicar(self._catalogo.leer(fila["tipo"], fila["esquema"], fila["datos"]))
        agregado.secuencia = filas[-1]["metadatos"]["secuencia"]
        self._puntas[id] = filas[-1]["version"], filas[-1]["huella"]
        self._vistos[id] = agregado


def abiertas(filas: Iterable[Any], candado: Candado) -> Sequence[Mapping[str, Any]]:
    """Rows of ``eventos`` with their fields as they were before they were kept."""
    leidas = list(filas)
    abiertos = candado.abrir([fila["datos"] for fila in leidas])
    return [{**fila, "datos": datos} for fila, datos in zip(leidas, abiertos, strict=True)]


def guardados(
    filas: Iterable[Any], catalogo: CatalogoEventos, candado: Candado = SIN_CANDADO
) -> Iterator[EventoGuardado]:
    """Rows of ``eventos`` as a projection sees them."""
    for fila in abiertas(filas, candado):
        yield EventoGuardado(
            flujo=fila["flujo"],
            version=fila["version"],
            orden=fila["orden"],
            evento=catalogo.leer(fila["tipo"], fila["esquema"], fila["datos"]),
            ocurrido=fila["ocurrido"],
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


_CANONICO = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


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
    return hashlib.sha256(_CANONICO.encode(partes).encode()).hexdigest()
