"""What a query asks and what it is answered: each field's name, type, meaning and example, said once.

An answer is a :class:`Respuesta`, a query a :class:`Consulta`; both are dataclasses of the standard library, so that a
service answers with them at the price of a dict. The door makes its validation and its documentation of the same
classes. What is said here is read by web clients, in Spanish; a client passes over fields that it does not know, so a
new one is no breaking change, and none is ever taken away or changed in type.
"""

import dataclasses
import re
import types
import typing
from typing import Any, ClassVar, NewType, dataclass_transform

Id = NewType("Id", str)
"""An id or a code."""
Texto = NewType("Texto", str)
"""Words."""
Sujeto = NewType("Sujeto", str)
"""A caller's id, as its token's ``sub`` tells it."""
Cursor = NewType("Cursor", str)
"""Where a page of a list begins; only its owner reads it."""

MOTIVO = "Por qué está así, si hay un porqué; de una lista cerrada."
DETALLE = "Lo que dijo, en sus palabras, quien lo pidió."
PAGINA = "El `siguiente` de una página anterior de esta lista, con los mismos filtros."

SUSCRIPCION = "0191e9d0-8a6c-7c1e-9d1f-5b3c2a1f0e11"
"""The subscription that examples are about; likewise the others."""
COMANDO = "0191e9d0-8a6c-7b52-8f6a-0c1d2e3f4a5b"
SERVICIO_DATOS = "3b0f6a0e-53d0-5b0e-8c53-7a3f2f1d9c21"
NOTIFICACION = "8e0d2c4b-6f1a-5d3e-9b7c-1a2b3c4d5e6f"
IMAGEN = "46769a88-00000-4468o-8a14-1579887d01"
PAQUETE = "5f0d3c1e-2b7a-5c64-9e1d-7a6b5c4d3e2f"


def campo(significado: str, ejemplo: Any = None) -> Any:
    """A field of an answer, or an id in a query's path.

    Args:
        significado: what it tells, in Spanish.
        ejemplo: a value as JSON has it; where the field is an answer's class, or a list of them, theirs will do.
    """
    return dataclasses.field(metadata={"significado": significado, "ejemplo": ejemplo})


def filtro(significado: str) -> Any:
    """A parameter of a query, which need not be given. It has no example: a page that tries it out would send that."""
    return dataclasses.field(default=None, metadata={"significado": significado, "ejemplo": None})


@dataclasses.dataclass(frozen=True, slots=True)
class Campo:
    """A field as it was declared; ``tipo`` is its annotation, ``ejemplo`` a value as JSON has it."""

    nombre: str
    tipo: Any
    significado: str
    ejemplo: Any


# Immutable to the type checker alone: a row costs an object and its parts, and freezing them would triple that.
@dataclass_transform(eq_default=False, frozen_default=True, kw_only_default=True, field_specifiers=(campo, filtro))
class _Declarada:
    """Makes a dataclass of each subclass. Its text form tells no value, since some are personal."""

    def __init_subclass__(cls) -> None:
        dataclasses.dataclass(kw_only=True, repr=False, eq=False)(cls)

    @classmethod
    def campos(cls) -> tuple[Campo, ...]:
        """Its fields, in the order in which an answer shows them."""
        tipos = typing.get_type_hints(cls)
        return tuple(Campo(c.name, tipos[c.name], **c.metadata) for c in dataclasses.fields(cls))  # type: ignore[arg-type]


class Respuesta(_Declarada):
    """An answer, or what it is a list of. The first line of its docstring tells web clients what it is.

    ``vars`` of it is its JSON object.
    """

    @classmethod
    def ejemplo(cls) -> dict[str, Any]:
        """The JSON object that its fields' examples make."""
        return {c.nombre: _ejemplo(c) for c in cls.campos()}


class Parte(Respuesta):
    """An object within an answer, which is none by itself."""


class Pagina(Respuesta):
    """A page of a list, or a whole list, whose elements its subclass declares."""

    elementos: list[Any] = campo("Lo que hay en esta página.")
    siguiente: str | None = campo("Cursor de la página siguiente; nulo en la última.")


class ArchivoNombrado(Respuesta):
    """Which file is meant: its owner tells the door, and the door gives the file itself."""

    estado: str = campo("Cómo está su recurso.", "ANONIMIZADA")
    sha256: str | None = campo("Del archivo, si lo hay.", "9f86d081884c7d659a2feaa0c55ad015" * 2)
    octetos: int | None = campo("Cuántos tiene.", 39205)
    tipo: str | None = campo("Su tipo de contenido.", "application/dicom")


class Consulta(_Declarada):
    """A query: the ids in its path, and its parameters. Its docstring is its title to web clients.

    The first three are given to the subclass; one without them is no query, but what several have in common.

    Attributes:
        contexto: who owns the answer.
        ruta: its address, at the door and at its owner, ids in braces.
        respuesta: what it is answered.
        parametros: the names of those of its fields that are not in the address.
    """

    contexto: ClassVar[str]
    ruta: ClassVar[str]
    respuesta: ClassVar[type[Respuesta]]
    parametros: ClassVar[tuple[str, ...]]

    def __init_subclass__(cls, *, contexto: str = "", ruta: str = "", respuesta: type[Respuesta] = Respuesta) -> None:
        super().__init_subclass__()
        if not contexto:
            return
        cls.contexto, cls.ruta, cls.respuesta = contexto, ruta, respuesta
        nombres = [c.name for c in dataclasses.fields(cls)]
        ids = re.findall(r"\{(\w+)\}", ruta)
        cls.parametros = tuple(n for n in nombres if n not in ids)
        if not set(ids) <= set(nombres):
            raise TypeError(f"{cls.__name__}: su ruta lleva un id que no es campo suyo")
        if any(otra.ruta == ruta for otra in REGISTRO):
            raise TypeError(f"{cls.__name__}: otra consulta ya tiene su ruta, {ruta}")
        REGISTRO.append(cls)


REGISTRO: list[type[Consulta]] = []
"""Every query, in the order of its declaration."""


def de_contexto(contexto: str) -> tuple[type[Consulta], ...]:
    """The queries that a context answers."""
    return tuple(tipo for tipo in REGISTRO if tipo.contexto == contexto)


def opcional(tipo: Any) -> Any:
    """``X`` of ``X | None``; None of any other type."""
    args = typing.get_args(tipo)
    if typing.get_origin(tipo) in (typing.Union, types.UnionType) and len(args) == 2 and args[1] is type(None):
        return args[0]
    return None


def _ejemplo(campo: Campo) -> Any:
    if campo.ejemplo is not None:
        return campo.ejemplo
    if isinstance(campo.tipo, type) and issubclass(campo.tipo, Respuesta):
        return campo.tipo.ejemplo()
    if typing.get_origin(campo.tipo) is list:
        (elemento,) = typing.get_args(campo.tipo)
        return [elemento.ejemplo()]
    return None
