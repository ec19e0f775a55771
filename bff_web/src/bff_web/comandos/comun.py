"""What the tables of commands are made of: a command's door, and the resource that it is about."""

from dataclasses import dataclass

from pydantic import BaseModel

from bff_web.modelos_comandos import Cuerpo, Formulario
from contratos import Mensaje

ORDEN = " (POST)"
"""Ends the names of the routes that take commands: a query may have the same address."""
SOLO_POST = " (solo POST)"
"""Ends the names of the routes that answer 405."""


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
        se_pierde: what is gone for good once it took effect, in a person's words; empty where nothing is. Whoever shows
            a form asks before such a command is sent, and fills in nothing that nobody named.
    """

    rutas: tuple[str, ...]
    cuerpo: type[Cuerpo] | None = None
    formularios: tuple[type[Formulario], ...] = ()
    mensaje: type[Mensaje]
    titulo: str
    recurso: Recurso
    se_pierde: str = ""
