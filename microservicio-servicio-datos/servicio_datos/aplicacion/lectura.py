"""What the queries need of the outside: the reading side, which changes nothing."""

from typing import Protocol

from contratos.consultas.comandos import DestinoComando
from contratos.consultas.servicio_datos import (
    ArchivoPublicado,
    ImagenesDeDataset,
    ListarImagenesDeDataset,
    ListarServiciosDatos,
    ManifiestoDeDataset,
    ObtenerArchivoDeDataset,
    ObtenerManifiestoDeDataset,
    PaginaServiciosDatos,
    ServicioDatos,
)
from seedwork.aplicacion.identidad import Acceso


class Lectura(Protocol):
    """Reads what is committed, without a lock. What is out of the asker's reach is answered as what is not there."""

    def comando(self, id_comando: str, acceso: Acceso) -> DestinoComando | None:
        """A command's fate; None until it was handled."""
        ...

    def servicio_datos(self, id: str, acceso: Acceso) -> ServicioDatos | None:
        """One data service, with its expert, cloud and data set, and how many images that one's last version has."""
        ...

    def imagenes(self, consulta: ListarImagenesDeDataset, acceso: Acceso) -> ImagenesDeDataset | None:
        """A page of a version of a data service's data set; None where the service is not at work, or has no such
        version."""
        ...

    def manifiesto(self, consulta: ObtenerManifiestoDeDataset, acceso: Acceso) -> ManifiestoDeDataset | None:
        """What a version of it is; None likewise."""
        ...

    def archivo(self, consulta: ObtenerArchivoDeDataset, acceso: Acceso) -> ArchivoPublicado | None:
        """Which file is an image's, of the last version that has it; None likewise, or where none has it."""
        ...

    def servicios(self, consulta: ListarServiciosDatos, acceso: Acceso) -> PaginaServiciosDatos:
        """A page of them, newest first."""
        ...
