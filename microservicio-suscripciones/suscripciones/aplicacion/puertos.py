"""What the application needs of the outside: repositories, the catalogue, the timeline, what is due."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from seedwork.aplicacion.unidad import UnidadTrabajo
from suscripciones.aplicacion.silencio import Indulgencia, Respuesta
from suscripciones.dominio.cliente import Cliente
from suscripciones.dominio.factura import Factura
from suscripciones.dominio.linea import Paso
from suscripciones.dominio.plan import Plan
from suscripciones.dominio.suscripcion import Suscripcion


class Suscripciones(Protocol):
    """The subscriptions. ``obtener`` locks what it loads until the unit of work ends."""

    def obtener(self, id: str, /) -> Suscripcion | None: ...

    def de_cliente(self, codigo: str) -> Sequence[Suscripcion]:
        """All of a client that are there by now, locked; those too that this unit of work has just made."""
        ...

    def agregar(self, suscripcion: Suscripcion, /) -> None: ...


class Clientes(Protocol):
    """The clients."""

    def obtener(self, codigo: str, /) -> Cliente | None: ...

    def leer(self, codigo: str) -> Cliente:
        """As it stands, without a lock: for telling others about it, not for changing it; an empty code is nobody's."""
        ...

    def agregar(self, cliente: Cliente, /) -> None: ...

    def quitar(self, cliente: Cliente, /) -> None:
        """It is forgotten. One that comes with its code is a new one."""
        ...


class Facturas(Protocol):
    """The invoices. Whoever wants one has its subscription's lock, so that all take the locks in one order."""

    def de(self, id_suscripcion: str) -> Sequence[Factura]:
        """All of a subscription, locked."""
        ...

    def agregar(self, factura: Factura, /) -> None: ...


class LineaDeTiempo(Protocol):
    """The saga's view: its steps as the topic told them."""

    def apuntar(self, id_suscripcion: str, paso: Paso) -> None:
        """Take in a step; a repeat changes nothing."""
        ...

    def de_saga(self, id_saga: str) -> Collection[Paso]:
        """A saga's steps, in any order."""
        ...


class Unidad(UnidadTrabajo):
    """This service's unit of work.

    Attributes:
        plazo_s: the saga's deadline in seconds.
        proveedores: the contexts that provide something, by the resource's name.
    """

    suscripciones: Suscripciones
    clientes: Clientes
    facturas: Facturas
    linea: LineaDeTiempo
    planes: Mapping[str, Plan]
    plazo_s: float
    proveedores: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Vencido:
    """Something that is due.

    Attributes:
        id: the subscription's.
        id_saga: its saga's.
        instante: since when.
    """

    id: str
    id_saga: str
    instante: datetime


class Vencimientos(Protocol):
    """What is due, on the database's clock; the longest due come first.

    Each answer has at most ``tope``, of those that come after ``tras``: what can't be attended to now must not stand
    before the others for ever.
    """

    def hora(self) -> datetime | None:
        """What time it is, where a deadline has passed; None where none has."""
        ...

    def respuestas(self, servicio: str, cuantas: int, antes_de: datetime) -> Sequence[Respuesta]:
        """What a participant has told of subscriptions' latest sagas: so many steps at most of the last ones, and so
        many of the last ones by an instant."""
        ...

    def plazos(self, indulgencia: Indulgencia, tope: int, tras: Vencido | None = None) -> Sequence[Vencido]:
        """The deadlines that have passed, and are not put off."""
        ...

    def renovaciones(self, planes: Collection[str], tope: int, tras: Vencido | None = None) -> Sequence[Vencido]:
        """The renewals that are due.

        Those of a plan that is not among ``planes`` can't be issued now; they must not stand before the others for
        ever.
        """
        ...

    def sin_renovar(self, planes: Collection[str]) -> Mapping[str, datetime]:
        """Since when renewals are due of each plan that is not among ``planes``; not how many, since to count what is
        due for ever would be to read it each time."""
        ...
