"""What the application needs of the outside."""

from collections.abc import Callable, Collection, Sequence
from typing import Protocol

from procesamiento.dominio.anonimizacion import Anonimizador
from procesamiento.dominio.archivo import Archivo
from procesamiento.dominio.imagen import ImagenAnonimizada
from procesamiento.dominio.paquete import Miembro, Paquete
from seedwork.aplicacion.unidad import UnidadTrabajo


class Imagenes(Protocol):
    """The images. ``obtener`` locks what it loads until the unit of work ends."""

    def obtener(self, id: str, /) -> ImagenAnonimizada | None: ...

    def agregar(self, imagen: ImagenAnonimizada, /) -> None: ...


class Archivos(Protocol):
    """The images' files, likewise."""

    def obtener(self, id: str, /) -> Archivo | None: ...

    def agregar(self, archivo: Archivo, /) -> None: ...


class Paquetes(Protocol):
    """The packages, likewise. What ``precargar`` names is locked with the first that is needed, by their ids."""

    def obtener(self, id: str, /) -> Paquete | None: ...

    def precargar(self, ids: Collection[str], /) -> None: ...

    def agregar(self, paquete: Paquete, /) -> None: ...


class Miembros(Protocol):
    """Their files, likewise."""

    def obtener(self, id: str, /) -> Miembro | None: ...

    def precargar(self, ids: Collection[str], /) -> None: ...

    def agregar(self, miembro: Miembro, /) -> None: ...

    def buscar(self, columna: str, valores: Collection[str], /) -> Sequence[Miembro]: ...


class Unidad(UnidadTrabajo):
    """This service's unit of work. Who needs several of its rows takes them in this order: image, file, member, package
    (each by their ids). A batch takes its images first, all of them, and its packages with the first that it counts in:
    what members it takes behind that, of images that it has, nobody else can be waiting with.

    Attributes:
        admite: whether a file may be fetched from there, that was only named (True) or sent (False): what lies in the
            platform's own store is the original of whoever sent it, and of nobody who names it.
    """

    imagenes: Imagenes
    archivos: Archivos
    paquetes: Paquetes
    miembros: Miembros
    anonimizador: Anonimizador
    admite: Callable[[str, bool], bool]
