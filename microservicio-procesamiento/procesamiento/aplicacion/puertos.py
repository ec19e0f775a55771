"""What the application needs of the outside."""

from typing import Protocol

from procesamiento.dominio.anonimizacion import Anonimizador
from procesamiento.dominio.imagen import ImagenAnonimizada
from seedwork.aplicacion.unidad import UnidadTrabajo


class Imagenes(Protocol):
    """The images. ``obtener`` locks what it loads until the unit of work ends."""

    def obtener(self, id: str, /) -> ImagenAnonimizada | None: ...

    def agregar(self, imagen: ImagenAnonimizada, /) -> None: ...


class Unidad(UnidadTrabajo):
    """This service's unit of work."""

    imagenes: Imagenes
    anonimizador: Anonimizador
