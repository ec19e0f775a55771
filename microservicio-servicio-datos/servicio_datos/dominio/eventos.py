"""What happens to a data service."""

from dataclasses import dataclass

from seedwork.dominio.agregado import EventoDominio


@dataclass(frozen=True, kw_only=True, slots=True)
class EventoServicioDatos(EventoDominio):
    """What all of them tell; ``id_saga`` is the saga in which it happened."""

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
    """An expert's place is its."""

    experto_codigo: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Iniciado(EventoServicioDatos):
    """It is at work."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Terminado(EventoServicioDatos):
    """It has ended, and its expert's place is free again."""

    experto_codigo: str
    motivo: str
