"""What the application needs of the outside: repositories, and the catalogue with its stock."""

from collections.abc import Sequence
from typing import Protocol

from saga.participacion import Participacion
from saga.pasos import Saga
from seedwork.aplicacion.unidad import UnidadTrabajo
from servicio_datos.dominio.publicacion import Imagen
from servicio_datos.dominio.servicio_datos import ServicioDatos
from servicio_datos.dominio.suscripcion_conocida import SuscripcionConocida


class SuscripcionesConocidas(Protocol):
    """The copies of the subscriptions. What is loaded stays locked until the unit of work ends.

    Facts and commands about one subscription take turns by that lock, since all of them load it first.
    """

    def obtener(self, id: str, /) -> SuscripcionConocida | None:
        """The one of an id; None where no fact of it has arrived yet."""
        ...

    def de(self, id: str) -> SuscripcionConocida:
        """Likewise; a new one where this is its first fact."""
        ...


class ServiciosDatos(Protocol):
    """The data services. What is loaded stays locked until the unit of work ends."""

    def obtener(self, id: str, /) -> ServicioDatos | None:
        """The one of an id, also where it has ended."""
        ...

    def vivo_de(self, id_suscripcion: str) -> ServicioDatos | None:
        """The one that the subscription holds."""
        ...

    def todos_de(self, id_suscripcion: str) -> Sequence[ServicioDatos]:
        """All that the subscription held, those that have ended too."""
        ...

    def agregar(self, servicio_datos: ServicioDatos, /) -> None: ...


class Participaciones(Protocol):
    """This service's part in each saga, locked until the unit of work ends."""

    def obtener(self, id: str, /) -> Participacion | None:
        """The one of a saga's id; None where nothing of the saga has arrived yet."""
        ...

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

    def tiene_experto(self, codigo: str) -> bool:
        """Whether the catalogue in force has that expert."""
        ...

    def tiene_nube(self, codigo: str) -> bool:
        """Whether the catalogue in force has that cloud."""
        ...

    def tiene_dataset(self, codigo: str) -> bool:
        """Whether the catalogue in force has that data set."""
        ...

    def tomar_experto(self) -> str | None:
        """Take a place of the least loaded expert. None where all that is committed leaves no place free."""
        ...

    def tomar_a(self, codigo: str) -> bool:
        """Take a place of that expert. False where all that is committed leaves none free."""
        ...

    def devolver_experto(self, codigo: str) -> None:
        """Give one place back."""
        ...


class Imagenes(Protocol):
    """The anonymised images: how many there are by modality, and of those that have a file what may be released."""

    def contar(self, modalidad: str, *, con_archivo: bool) -> None:
        """One more image of a modality, as its image spells it."""
        ...

    def conocer(self, imagen: Imagen) -> None:
        """This is known of an image that has a file; what was known before it is replaced."""
        ...


class Unidad(UnidadTrabajo):
    """This service's unit of work."""

    suscripciones: SuscripcionesConocidas
    participaciones: Participaciones
    servicios_datos: ServiciosDatos
    recursos: Recursos
    imagenes: Imagenes
