"""What a published message is: its name, its topic and its Avro schema, all derived from one dataclass.

A message is a frozen dataclass decorated with :func:`mensaje`. Every field has a default, states are strings and no
record is ever renamed, so that each schema stays FULL_TRANSITIVE-compatible with the released ones (contract §3).
"""

import dataclasses
import functools
import re
import types
import typing
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Literal, TypeVar, dataclass_transform

INQUILINO = "saludtech"
Clase = Literal["comando", "evento"]
Entrega = Literal["ordenada", "compartida"]
Forma = Literal["id", "codigo", "instante", "texto", "parrafo", "sujeto", "titular", "accion"]


@dataclasses.dataclass(frozen=True, slots=True)
class Regla:
    """What a field of an event must be, besides its type; whoever hears it relies on that.

    Attributes:
        requerido: whether it may not be empty.
        forma: how its text must look.
        de: the closed list that it is of; empty for none.
        entre: the least and the most that a number may be; None for any.
    """

    requerido: bool = False
    forma: Forma = "texto"
    de: frozenset[str] = frozenset()
    entre: tuple[int, int] | None = None


def campo(
    *,
    requerido: bool = False,
    forma: Forma | None = None,
    de: frozenset[str] = frozenset(),
    propio: bool = False,
    revela: str = "",
) -> Any:
    """A text field with a rule; without ``forma``, an ``id_…`` is an id and all else a text.

    Args:
        propio: whether it is a person's: it names, reaches or describes one, or is somebody's own words, or may be
            since whoever sends it may put anything there. It travels encrypted, and the text form leaves it out. What
            is a key, a subject, or what consumers filter by can't be.
        revela: what it tells of a person, for the map of messages (``docs/mensajes.md``).
    """
    reglas = {"requerido": requerido, "forma": forma, "de": de, "propio": propio, "revela": revela}
    return dataclasses.field(default="", repr=not propio, metadata=reglas)


def numero(minimo: int, maximo: int) -> Any:
    """A number with a rule: its least and its most."""
    return dataclasses.field(default=0, metadata={"entre": (minimo, maximo)})


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Mensaje:
    """Base of every published message; the class attributes are set by :func:`mensaje`."""

    contexto: ClassVar[str]
    clase: ClassVar[Clase]
    version: ClassVar[int]
    tipo: ClassVar[str]
    topico: ClassVar[str]
    nombre_sujeto: ClassVar[str]
    menciona: ClassVar[Mapping[str, str]]
    entrega: ClassVar[Entrega]
    particiones: ClassVar[int]
    campos: ClassVar[tuple[str, ...]]
    reglas: ClassVar[Mapping[str, Regla]]
    propios: ClassVar[tuple[tuple[str, ...], ...]]
    esquema: ClassVar[dict[str, Any]]


REGISTRO: dict[str, type[Mensaje]] = {}
"""Every published message by its CloudEvents type."""

PROVEEDORES: dict[str, str] = {}
"""The context that provides each resource which a plan may require (contract §4), by the resource's name."""


def recurso(nombre: str, *, de: str) -> str:
    """Declare that a context provides a resource; answers the resource's name.

    Whoever knows the contracts knows then that somebody answers for it: a plan can't name what nobody provides.

    Raises:
        ValueError: another context provides it.
    """
    if PROVEEDORES.setdefault(nombre, de) != de:
        raise ValueError(f"el recurso {nombre} ya lo provee {PROVEEDORES[nombre]}")
    return nombre


M = TypeVar("M", bound=Mensaje)


@dataclass_transform(frozen_default=True, kw_only_default=True)
def mensaje(
    contexto: str,
    clase: Clase,
    *,
    sujeto: str,
    menciona: Mapping[str, str] | None = None,
    entrega: Entrega = "ordenada",
    version: int = 1,
    topico: str | None = None,
    particiones: int = 0,
) -> Callable[[type[M]], type[M]]:
    """Make a class a published message: freeze it, name it, and register it.

    Args:
        contexto: the context that owns the message, also its Pulsar namespace.
        clase: a command asks, an event tells.
        sujeto: what it is about: the name of the id that ``ce_subject`` is. A field of that name must equal it. Empty
            where it is about one thing or another.
        menciona: what else its consumers look up: the field, by the name of the id that it holds; a dot leads into a
            record.
        entrega: whether its consumers keep the order of each subject, one of them active at a time, or share the load.
        version: a breaking change is a new version, on a topic of its own.
        topico: the topic's local name, where it is not the one derived from the class's name.
        particiones: 0 for a topic that is not partitioned.

    Raises:
        TypeError: a field has no default, one that is not its type's empty value, or a type that has no place in a
            published schema; or one that can't be a person's is.
    """

    def decorar(cls: type[M]) -> type[M]:
        nueva = dataclasses.dataclass(frozen=True, kw_only=True, slots=True)(cls)
        nueva.contexto = contexto
        nueva.clase = clase
        nueva.version = version
        nueva.tipo = f"co.saludtech.{contexto}.{cls.__name__}.v{version}"
        local = topico or f"{clase}-{_con_guiones(cls.__name__)}.v{version}"
        nueva.topico = f"persistent://{INQUILINO}/{contexto}/{local}"
        nueva.nombre_sujeto = sujeto
        nueva.menciona = menciona or {}
        nueva.entrega = entrega
        nueva.particiones = particiones
        nueva.campos = tuple(c.name for c in dataclasses.fields(nueva))
        nueva.reglas = {c.name: _regla(c, sujeto) for c in dataclasses.fields(nueva)}
        nueva.propios = _propios(nueva)
        if claras := {(sujeto,), *(tuple(m.split(".")) for m in nueva.menciona.values())} & set(nueva.propios):
            raise TypeError(f"{cls.__name__}: {claras} se buscan, así que no pueden viajar cifrados")
        nueva.esquema = _registro(nueva, f"co.saludtech.{contexto.replace('-', '_')}")
        if nueva.tipo in REGISTRO:
            raise TypeError(f"el mensaje {nueva.tipo} ya existe")
        REGISTRO[nueva.tipo] = nueva
        return nueva

    return decorar


def _regla(de: dataclasses.Field[Any], sujeto: str) -> Regla:
    dichas = de.metadata
    forma: Forma = dichas.get("forma") or ("id" if de.name.startswith("id_") else "texto")
    requerido = bool(dichas.get("requerido")) or de.name == sujeto
    return Regla(requerido, forma, dichas.get("de", frozenset()), dichas.get("entre"))


def _propios(cls: Any) -> tuple[tuple[str, ...], ...]:
    """Where a record's personal fields are: the names that lead to each."""
    resultado: list[tuple[str, ...]] = []
    anotaciones = typing.get_type_hints(cls)
    for campo in dataclasses.fields(cls):
        anotacion = anotaciones[campo.name]
        if campo.metadata.get("propio"):
            if anotacion is not str:
                raise TypeError(f"{cls.__name__}.{campo.name}: solo un texto puede viajar cifrado")
            resultado.append((campo.name,))
        elif dataclasses.is_dataclass(anotacion):
            resultado.extend((campo.name, *resto) for resto in _propios(anotacion))
        elif any(dataclasses.is_dataclass(de) and _propios(de) for de in typing.get_args(anotacion)):
            raise TypeError(f"{cls.__name__}.{campo.name}: lo que es de una persona no viaja en una lista")
    return tuple(resultado)


def a_dict(valor: Mensaje) -> dict[str, Any]:
    """The message as the plain dict that Avro encodes; nested records become dicts too."""
    return {c: _plano(getattr(valor, c)) for c in valor.campos}


def de_dict(cls: type[M], datos: dict[str, Any]) -> M:
    """The inverse of :func:`a_dict`."""
    return typing.cast(M, _construir(cls, datos))


def _plano(valor: Any) -> Any:
    if isinstance(valor, (str, int)) or valor is None:
        return valor
    if isinstance(valor, tuple):
        return [_plano(v) for v in valor]
    return {c.name: _plano(getattr(valor, c.name)) for c in dataclasses.fields(valor)}


def _construir(cls: Any, datos: dict[str, Any]) -> Any:
    conversores = _conversores(cls)
    if not conversores:
        return cls(**datos)
    return cls(**{c: conversores[c](v) if c in conversores else v for c, v in datos.items()})


@functools.cache
def _conversores(cls: Any) -> dict[str, Callable[[Any], Any]]:
    """The fields whose Avro value is not yet the Python value: tuples, and nested records."""
    resultado: dict[str, Callable[[Any], Any]] = {}
    anotaciones = typing.get_type_hints(cls)
    for campo in dataclasses.fields(cls):
        anotacion = anotaciones[campo.name]
        if dataclasses.is_dataclass(anotacion):
            resultado[campo.name] = functools.partial(_construir, anotacion)
        elif typing.get_origin(anotacion) is tuple:
            resultado[campo.name] = functools.partial(_tupla, typing.get_args(anotacion)[0])
    return resultado


def _tupla(de: Any, valores: list[Any]) -> tuple[Any, ...]:
    return tuple(_construir(de, v) for v in valores) if dataclasses.is_dataclass(de) else tuple(valores)


def _con_guiones(nombre: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "-", nombre).lower()


_PRIMITIVOS: dict[Any, tuple[str, Any]] = {str: ("string", ""), int: ("long", 0), bool: ("boolean", False)}


def _registro(cls: Any, espacio: str, dichos: set[str] | None = None) -> dict[str, Any]:
    """The schema of a record. A record that stands in it twice is written out once, and named from there on (Avro's
    specification, "Names"): ``dichos`` are those that are."""
    dichos = set() if dichos is None else dichos
    anotaciones = typing.get_type_hints(cls)
    campos = []
    for campo in dataclasses.fields(cls):
        if campo.default is dataclasses.MISSING and campo.default_factory is dataclasses.MISSING:
            raise TypeError(f"{cls.__name__}.{campo.name}: todo campo de un mensaje necesita un valor por defecto")
        donde = f"{cls.__name__}.{campo.name}"
        tipo, defecto = _tipo(anotaciones[campo.name], espacio, donde, dichos)
        hacer = campo.default_factory
        propio = campo.default if hacer is dataclasses.MISSING else hacer()
        if _plano(propio) != defecto:
            # A reader of older bytes fills in what the schema says; the code must not say something else.
            raise TypeError(f"{donde}: su valor por defecto ha de ser el vacío de su tipo")
        campos.append({"name": campo.name, "type": tipo, "default": defecto})
    return {"type": "record", "name": cls.__name__, "namespace": espacio, "fields": campos}


def _tipo(anotacion: Any, espacio: str, donde: str, dichos: set[str]) -> tuple[Any, Any]:
    if anotacion in _PRIMITIVOS:
        return _PRIMITIVOS[anotacion]
    origen, args = typing.get_origin(anotacion), typing.get_args(anotacion)
    if origen in (typing.Union, types.UnionType) and len(args) == 2 and args[1] is type(None):
        return ["null", _tipo(args[0], espacio, donde, dichos)[0]], None
    if origen is tuple and len(args) == 2 and args[1] is Ellipsis:
        return {"type": "array", "items": _tipo(args[0], espacio, donde, dichos)[0]}, []
    if dataclasses.is_dataclass(anotacion):
        registro = _registro(anotacion, espacio, dichos)
        defecto = {c["name"]: c["default"] for c in registro["fields"]}
        if registro["name"] in dichos:
            return f"{espacio}.{registro['name']}", defecto
        dichos.add(registro["name"])
        return registro, defecto
    raise TypeError(f"{donde}: {anotacion!r} no tiene lugar en un mensaje publicado")
