"""What the queries need of the outside: the reading side, which tells of some of its readings."""

from typing import Protocol

from contratos.consultas.comandos import DestinoComando
from contratos.consultas.procesamiento import (
    ArchivoDeImagen,
    Imagen,
    InformeDeImagen,
    ListarImagenes,
    ListarImagenesDePaquete,
    ListarPaquetes,
    PaginaImagenes,
    PaginaPaquetes,
    Paquete,
    VistaDeImagen,
)
from contratos.procesamiento import ConsultaAnonimizacion
from seedwork.aplicacion.identidad import Acceso
from seedwork.aplicacion.sobre import Sobre


class Lectura(Protocol):
    """Reads what is committed, without a lock. What is out of the asker's reach is answered as what is not there."""

    def comando(self, id_comando: str, acceso: Acceso) -> DestinoComando | None:
        """A command's fate; None until it was handled."""
        ...

    def imagen(self, id: str, acceso: Acceso, sobre: Sobre, hecho: ConsultaAnonimizacion) -> Imagen | None:
        """One image. Where there is one, that it was looked up is to be sent, and durable, before this returns.

        Raises:
            Exception: it can't be shown, or can't be told.
        """
        ...

    def informe(self, id: str, acceso: Acceso) -> InformeDeImagen | None:
        """What was done to an image's file; None where it did not come as one."""
        ...

    def archivo(self, id: str, acceso: Acceso, sobre: Sobre, hecho: ConsultaAnonimizacion) -> ArchivoDeImagen | None:
        """An image's clean file, or that it has none. Where there is one, the fact goes as with :meth:`imagen`."""
        ...

    def vista(self, id: str, acceso: Acceso, sobre: Sobre, hecho: ConsultaAnonimizacion) -> VistaDeImagen | None:
        """The small picture of an image's clean file, or that it has none; likewise."""
        ...

    def imagenes(self, consulta: ListarImagenes, acceso: Acceso) -> PaginaImagenes:
        """A page of them, newest first."""
        ...

    def paquete(self, id: str, acceso: Acceso) -> Paquete | None:
        """One package."""
        ...

    def paquetes(self, consulta: ListarPaquetes, acceso: Acceso) -> PaginaPaquetes:
        """A page of them, newest first."""
        ...

    def imagenes_de_paquete(self, consulta: ListarImagenesDePaquete, acceso: Acceso) -> PaginaImagenes | None:
        """A page of a package's images, as the package counts them; None where there is no such package."""
        ...
