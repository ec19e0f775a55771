"""What the commands of every context have in common: their bodies, and how each is described."""

from abc import abstractmethod
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema
from pydantic_core import core_schema

from bff_web.tipos import Numero, Objeto, Parrafo, cuenta
from contratos import Mensaje
from seedwork.dominio import textos


def ejemplo(**cuerpo: Any) -> ConfigDict:
    """A model's settings with its example, which the documentation and the Postman collection show."""
    return ConfigDict(json_schema_extra={"examples": [cuerpo]})


class Cuerpo(Objeto):
    """The body of a command."""

    @property
    def id_propio(self) -> str | None:
        """The resource's id where the client makes it."""
        return None

    @abstractmethod
    def mensaje(self, id_recurso: str) -> Mensaje:
        """The command that the body asks for, about that resource."""


@dataclass(frozen=True, kw_only=True)
class ArchivoRecibido:
    """A file that came with a form, and lies in the store by now.

    Where it lies is no part of what is asked for: sent again, it lies elsewhere, and the command is the same.
    """

    uri: str
    sha256: str
    octetos: int

    @classmethod
    def __get_pydantic_core_schema__(cls, _fuente: Any, _seguir: Any) -> core_schema.CoreSchema:
        pedido = core_schema.plain_serializer_function_ser_schema(
            lambda archivo: {"sha256": archivo.sha256, "octetos": archivo.octetos}
        )
        return core_schema.is_instance_schema(cls, serialization=pedido)


class Formulario(Cuerpo):
    """A body with a file, sent as a form: each field is a part."""

    archivo: Annotated[
        ArchivoRecibido,
        WithJsonSchema({"type": "string", "format": "binary", "minLength": 1, "description": "El archivo mismo."}),
    ]


Palabras = Annotated[
    Parrafo,
    Field(description=f"En palabras de quien lo pide; se guarda con el recurso. {cuenta(textos.PARRAFO)}"),
]


class Documento(Objeto):
    """Un documento de identidad."""

    numero: Numero


@dataclass(frozen=True, kw_only=True)
class Recurso:
    """A kind of resource that commands are about.

    Attributes:
        id: the name of its id: in the route, else made by the client, else made here.
        consulta: the query that shows one, with its id to be filled in.
        consulta_comando: the query for a command's fate, likewise.
        aceptado, etiqueta: for the documentation.
    """

    id: str
    consulta: str
    consulta_comando: str
    aceptado: type[BaseModel]
    etiqueta: str


@dataclass(frozen=True, kw_only=True)
class Comando:
    """A command's door.

    Attributes:
        rutas: where it is taken, ids in braces; the first is its own, the others are aliases.
        cuerpo: the body's model.
        formulario: the model of a form with a file, which may come in the body's stead; None for none.
        mensaje: the message that it becomes.
        titulo: for the documentation.
        recurso: the kind of resource that it is about.
    """

    rutas: tuple[str, ...]
    cuerpo: type[Cuerpo]
    mensaje: type[Mensaje]
    titulo: str
    recurso: Recurso
    formulario: "type[Formulario] | None" = None
