"""The bodies of commands as the door's models: what they are made of, and the files that come with a form."""

from abc import abstractmethod
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import ConfigDict, Field
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
