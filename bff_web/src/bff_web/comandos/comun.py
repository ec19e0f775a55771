"""What the commands of every context have in common: their bodies, and how each is described."""

from abc import abstractmethod
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field
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

    @property
    def a_nombre_de(self) -> str:
        """The code of the client in whose name it is asked; empty where it names none."""
        return ""

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


MAXIMO_VARIOS = 10_000
"""Files that may come a part each. Of each, what the zip that they become says of it is held until its end: 5 MiB."""
NINGUNO = ArchivoRecibido(uri="", sha256="", octetos=0)


@dataclass(frozen=True, kw_only=True)
class DeArchivo:
    """Says of a form's field that it is a file.

    Attributes:
        descripcion: for the documentation.
        maximo: octets that it may have; None for as many as any upload.
        varios: it is a part for each of many files, which become one zip.
    """

    descripcion: str
    maximo: int | None = None
    varios: bool = False

    def __get_pydantic_json_schema__(self, _nucleo: Any, _seguir: Any) -> dict[str, Any]:
        uno = {"type": "string", "format": "binary"}
        esquema = (
            {"type": "array", "items": uno, "minItems": 1, "maxItems": MAXIMO_VARIOS}
            if self.varios
            else uno | {"minLength": 1}
        )
        return esquema | {"description": self.descripcion}


class Formulario(Cuerpo):
    """A body with files, sent as a form: each field is a part."""


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
        consulta: the query that shows one, with its id to be filled in; or ``id_comando``, by that name, where what is
            shown is the command's own.
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
        cuerpo: the model of its JSON body; None where it is sent as a form alone.
        formularios: the models of a form with files, of which it is one; none where it is sent as JSON alone.
        mensaje: the message that it becomes.
        titulo: for the documentation.
        recurso: the kind of resource that it is about.
    """

    rutas: tuple[str, ...]
    cuerpo: type[Cuerpo] | None = None
    formularios: tuple[type[Formulario], ...] = ()
    mensaje: type[Mensaje]
    titulo: str
    recurso: Recurso
