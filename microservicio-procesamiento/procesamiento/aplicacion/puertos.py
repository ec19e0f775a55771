"""What the application needs of the outside."""

from collections.abc import Callable
from typing import Protocol

from procesamiento.dominio.anonimizacion import Anonimizador
from procesamiento.dominio.archivo import Archivo
from procesamiento.dominio.imagen import ImagenAnonimizada
from seedwork.aplicacion.unidad import UnidadTrabajo


class Imagenes(Protocol):
    """The images. ``obtener`` locks what it loads until the unit of work ends."""

    def obtener(self, id: str, /) -> ImagenAnonimizada | None: ...

    def agregar(self, imagen: ImagenAnonimizada, /) -> None: ...


class Archivos(Protocol):
    """The images' files, likewise."""

    def obtener(self, id: str, /) -> Archivo | None: ...

    def agregar(self, archivo: Archivo, /) -> None: ...


class Unidad(UnidadTrabajo):
    """This service's unit of work.

    Attributes:
        admite: whether a file may be fetched from where it is said to lie.
    """

    imagenes: Imagenes
    archivos: Archivos
    anonimizador: Anonimizador
    admite: Callable[[str], bool]
