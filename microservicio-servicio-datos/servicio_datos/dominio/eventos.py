"""What happens to a data service."""

from dataclasses import dataclass, field

from seedwork.dominio.agregado import EventoDominio


@dataclass(frozen=True, kw_only=True, slots=True)
class EventoServicioDatos(EventoDominio):
    """What all of them tell; ``id_saga`` is the saga in which it happened, empty where it was asked for by hand."""

    id_servicio_datos: str
    id_suscripcion: str
    id_saga: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Creado(EventoServicioDatos):
    """It is reserved, with its expert, cloud and data set."""

    experto_codigo: str
    nube_codigo: str
    dataset_codigo: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ExpertoAsignado(EventoServicioDatos):
    """An expert's place is its; the place of the one before, if any, is free again."""

    experto_codigo: str
    experto_anterior_codigo: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Iniciado(EventoServicioDatos):
    """It is at work; ``detalle`` is the words of whoever asked for it."""

    detalle: str = field(default="", repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class AccesoCambiado(EventoServicioDatos):
    """A researcher may read its data set (CONCEDIDO), or may no longer (RETIRADO)."""

    investigador: str = field(repr=False)
    acceso: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Terminado(EventoServicioDatos):
    """It has ended, and its expert's place is free again; ``detalle`` is the words of whoever asked for it."""

    experto_codigo: str
    motivo: str
    detalle: str = field(default="", repr=False)
