"""What the application needs of the outside: repositories, and the catalogue with its stock."""

from typing import Protocol

from seedwork.aplicacion.saga import Saga
from seedwork.aplicacion.unidad import UnidadTrabajo
from servicio_datos.dominio.participacion import Participacion
from servicio_datos.dominio.servicio_datos import ServicioDatos


class ServiciosDatos(Protocol):
    """The data services. What is loaded stays locked until the unit of work ends."""

    def vivo_de(self, id_suscripcion: str) -> ServicioDatos | None:
        """The one that the subscription holds."""
        ...

    def agregar(self, servicio: ServicioDatos) -> None: ...


class Participaciones(Protocol):
    """This service's part in each saga, locked until the unit of work ends."""

    def de_saga(self, saga: Saga) -> Participacion:
        """The saga's; a new one where nothing of the saga has arrived yet."""
        ...


class Recursos(Protocol):
    """The catalogue in force, with the stock of the experts' places."""

    def elegir_nube(self) -> str | None:
        """The code of a cloud; None where there is none."""
        ...

    def elegir_dataset(self) -> str | None:
        """The code of a data set; None where there is none."""
        ...

    def tomar_experto(self) -> str | None:
        """Take a place of the least loaded expert. None where all that is committed leaves no place free."""
        ...

    def devolver_experto(self, codigo: str) -> None:
        """Give one place back."""
        ...


class Unidad(UnidadTrabajo, Protocol):
    """This service's unit of work."""

    servicios: ServiciosDatos
    participaciones: Participaciones
    recursos: Recursos
