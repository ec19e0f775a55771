"""What the application needs of the outside."""

from typing import Protocol

from procesamiento.aplicacion.traducciones import TRADUCCIONES
from procesamiento.dominio.anonimizacion import Anonimizador
from procesamiento.dominio.imagen import ImagenAnonimizada
from seedwork.aplicacion.transaccion import Transaccion
from seedwork.aplicacion.unidad import UnidadTrabajo


class Imagenes(Protocol):
    """The images. ``obtener`` locks what it loads until the unit of work ends."""

    def obtener(self, id: str, /) -> ImagenAnonimizada | None: ...

    def agregar(self, imagen: ImagenAnonimizada, /) -> None: ...


class Unidad(UnidadTrabajo):
    """This service's unit of work."""

    def __init__(self, transaccion: Transaccion, *, imagenes: Imagenes, anonimizador: Anonimizador) -> None:
        super().__init__(transaccion, "procesamiento", TRADUCCIONES)
        self.imagenes = imagenes
        self.anonimizador = anonimizador
