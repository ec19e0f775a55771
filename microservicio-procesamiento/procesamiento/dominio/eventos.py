"""What happens to an image. No event holds the patient's id, or free text but what a setting lets pass of it."""

from dataclasses import dataclass

from procesamiento.dominio.anonimizacion import DatosAnonimos
from procesamiento.dominio.archivo import Resultado
from seedwork.dominio.agregado import EventoDominio


@dataclass(frozen=True, kw_only=True, slots=True)
class EventoAnonimizacion(EventoDominio):
    """The outcome of one anonymisation command; ``paquete`` is that in which its file came, if it came in one."""

    id_imagen: str
    paquete: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Anonimizada(EventoAnonimizacion):
    """The image is anonymised; ``resultado`` is its clean file, None where it came without one."""

    datos: DatosAnonimos
    resultado: Resultado | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Apartada(EventoAnonimizacion):
    """Its file can't be released, and why."""

    estado: str
    motivo: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Liberada(EventoAnonimizacion):
    """An operator has it tried once more; what it was kept apart for."""

    motivo: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Descartada(EventoAnonimizacion):
    """An operator has its original deleted; what it was kept apart for."""

    motivo: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Rechazada(EventoAnonimizacion):
    """A command took no effect, and why."""

    id_comando: str
    motivo: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PaqueteCompletado(EventoDominio):
    """Each image of a package is decided."""

    id_paquete: str
    total: int
    hechas: int
    cuarentena: int
    fallidas: int


@dataclass(frozen=True, kw_only=True, slots=True)
class PaqueteRechazado(EventoDominio):
    """A package is not taken, and why."""

    id_paquete: str
    motivo: str
