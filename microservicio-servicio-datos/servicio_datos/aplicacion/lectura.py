"""What the queries need of the outside: the reading side, which changes nothing."""

from typing import Protocol

from contratos.consultas.comandos import DestinoComando
from contratos.consultas.servicio_datos import (
    ImagenesDeDataset,
    ListarImagenesDeDataset,
    ListarServiciosDatos,
    ManifiestoDeDataset,
    ObtenerManifiestoDeDataset,
    PaginaServiciosDatos,
    ServicioDatos,
)
from seedwork.aplicacion.identidad import Acceso


class Lectura(Protocol):
    """Reads what is committed, without a lock."""

    def comando(self, id_comando: str, acceso: Acceso) -> DestinoComando | None:
        """A command's fate; None until it was handled."""
        ...

    def servicio_datos(self, id: str) -> ServicioDatos | None:
        """One data service, with its expert, cloud and data set, and how many images that one's last version has."""
        ...

    def imagenes(self, consulta: ListarImagenesDeDataset) -> ImagenesDeDataset | None:
        """A page of a version of a data service's data set; None where the service is not at work, or has no such
        version."""
        ...

    def manifiesto(self, consulta: ObtenerManifiestoDeDataset) -> ManifiestoDeDataset | None:
        """What a version of it is; None likewise."""
        ...

    def servicios(self, consulta: ListarServiciosDatos) -> PaginaServiciosDatos:
        """A page of them, newest first."""
        ...
