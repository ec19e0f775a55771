"""The object store, where files lie that messages only name: a port. A folder is one way to do it, a cloud another."""

from collections.abc import AsyncIterable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

ORIGINALES = "originales/"
"""What was sent, as it was sent: it identifies people."""
RESULTADOS = "resultados/"
"""What may be given on, each under the SHA-256 of its content."""


class SinAlmacen(Exception):
    """The store is away, or does not answer as it should; no file is to blame. Its text quotes no name."""


class Negado(SinAlmacen):
    """The store answers, and does not let us. To whoever may not list, a cloud says so of what is not there, too."""


class NoEsta(Exception):
    """There is no object of that name, or fewer octets than were asked for."""


def base_de_almacen(texto: str) -> str:
    """A store's address, in one form: a URL without a slash at its end; a path is a local folder's.

    Raises:
        ValueError: it is no address of a store.
    """
    partes = urlsplit(texto)
    if partes.scheme in ("gs", "s3"):
        if not partes.netloc or partes.query or partes.fragment:
            raise ValueError("ha de nombrar un cubo, como s3://cubo o gs://cubo/carpeta")
        return texto.rstrip("/")
    if partes.scheme == "file" and not partes.netloc:
        texto = unquote(partes.path)
    elif partes.scheme:
        raise ValueError("ha de ser una carpeta, file://, gs:// o s3://")
    if not texto.strip():
        raise ValueError("no puede estar vacío")
    return Path(texto).absolute().as_uri().rstrip("/")


@dataclass(frozen=True, slots=True)
class Guardado:
    """What was stored.

    Attributes:
        uri: where, for whoever is told.
        sha256: of its content, in hexadecimal.
        octetos: how many.
    """

    uri: str
    sha256: str
    octetos: int


@dataclass(frozen=True, slots=True)
class Objeto:
    """What lies in the store.

    Attributes:
        nombre: its name there.
        octetos: its size.
        cambiado: when it was written, by the store's clock.
    """

    nombre: str
    octetos: int
    cambiado: datetime


class Almacen(Protocol):
    """Named objects, each whole or not there. A name is path segments of letters, digits, ``.``, ``_`` and ``-``."""

    def uri(self, nombre: str) -> str:
        """Where an object of that name is, for whoever is told."""
        ...

    def nombre(self, uri: str) -> str | None:
        """The name of the object that a URI leads to; None where it leads elsewhere."""
        ...

    async def recibir(self, nombre: str, trozos: AsyncIterable[bytes]) -> Guardado:
        """Store what comes, as it comes; nothing of it blocks, and little of it is held.

        Raises:
            SinAlmacen: it could not be stored.
            Exception: what the pieces raised; then nothing is stored.
        """
        ...

    def guardar(self, nombre: str, trozos: Iterable[bytes]) -> Guardado:
        """Likewise, where waiting does not matter.

        Raises:
            SinAlmacen: it could not be stored.
        """
        ...

    def describir(self, nombre: str) -> Objeto | None:
        """What is known of an object; None where there is none.

        Raises:
            SinAlmacen: the store does not tell.
        """
        ...

    def leer(self, nombre: str, desde: int = 0, hasta: int | None = None) -> Iterator[bytes]:
        """An object's octets from one on, up to another without it or to the end, a piece at a time.

        Raises:
            NoEsta: there is no such object, or it ends before.
            SinAlmacen: it can't be read now.
        """
        ...

    def listar(self, prefijo: str, antes_de: datetime) -> Iterator[Objeto]:
        """The objects whose names begin so, and that were last written before then.

        Raises:
            SinAlmacen: they can't be listed now.
        """
        ...

    def borrar(self, nombre: str) -> None:
        """Delete an object; where there is none, nothing happens.

        Raises:
            SinAlmacen: it could not be deleted.
        """
        ...

    def olvidar_a_medias(self, antes_de: datetime) -> None:
        """Delete what was begun before then and never ended, where the store itself does not see to that."""
        ...


def comprobar(almacen: Almacen) -> str | None:
    """Why a store does not answer, if so: asked for what is never there, it says either that it is not, or that it is
    not for us to know."""
    try:
        almacen.describir(RESULTADOS + "sonda")
    except Negado:
        return None
    except SinAlmacen as error:
        return f"no responde ({error})"
    return None
