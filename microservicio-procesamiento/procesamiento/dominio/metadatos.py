"""An image's metadata as it arrives, and the contract's rules for it (contract §2, "What is valid")."""

from dataclasses import dataclass, field, replace
from functools import cached_property

from anonimizacion.modelo import Formato
from anonimizacion.paciente import Paciente
from seedwork.dominio.reglas import es_fecha, es_id
from seedwork.dominio.textos import PACIENTE, PARRAFO, PUBLICADO

NO_INDICADA = "No indicada"
"""Stands for what nobody told of an image that came in a package."""


@dataclass(frozen=True)
class MetadatosImagen:
    """The nine fields of the command. What is the patient's own is left out of the text form.

    Attributes:
        clinica: whose image it is, which is no part of its content; empty where no clinic made it.
    """

    id_imagen: str
    modalidad: str
    patologia: str
    region_anatomica: str
    formato_imagen: str
    fuente_de_datos: str
    antecedentes: str = field(repr=False)
    id_paciente: str = field(repr=False)
    fecha_ingesta: str = field(repr=False)
    clinica: str = ""

    @property
    def descriptivos(self) -> tuple[str, ...]:
        """The texts that describe the image: they are kept."""
        return (self.modalidad, self.patologia, self.region_anatomica, self.formato_imagen, self.fuente_de_datos)

    @cached_property
    def canonicos(self) -> str:
        """All fields as one text, the same for the same content alone: no valid field holds the separator."""
        return "\x1f".join(
            (self.id_imagen, *self.descriptivos, self.antecedentes, self.id_paciente, self.fecha_ingesta)
        )

    @property
    def emisor(self) -> str:
        """Who issued the patient's number, for as long as no file says so: the clinic, else the image's source."""
        return self.clinica or self.fuente_de_datos

    @cached_property
    def paciente(self) -> Paciente:
        """Whose image it is."""
        return Paciente(self.emisor, self.id_paciente)

    def falta_del_id(self) -> str | None:
        """Why the image can't be known by its id: malformed, or made of the patient's. None where it can."""
        if not es_id(self.id_imagen):
            return "DATOS_INVALIDOS"
        return "ID_REVELA_PACIENTE" if self.paciente.esta_en(self.id_imagen) else None

    def son_validos(self, *, parciales: bool = False) -> bool:
        """Whether the texts keep the rules; the date is looked at where it is read.

        Args:
            parciales: whether what is not told may be empty, as of an image that comes in a package.
        """
        reglas = [
            *((t, PUBLICADO) for t in self.descriptivos),
            (self.antecedentes, PARRAFO),
            (self.id_paciente, PACIENTE),
        ]
        return es_id(self.id_imagen) and all(regla.es(t) or (parciales and not t) for t, regla in reglas)

    def valen_en_paquete(self) -> bool:
        """Whether what is told of them keeps the rules, the date included; what is not the file itself may tell."""
        return self.son_validos(parciales=True) and (not self.fecha_ingesta or es_fecha(self.fecha_ingesta))

    def es_de_archivo(self) -> bool:
        """Whether the format is one that files are cleaned in: what comes without a file may name any."""
        return self.formato_imagen in {formato.value for formato in Formato}

    def completados(self, **tomados: str) -> "MetadatosImagen":
        """The same, with what the file tells where its sender did not; what nobody told is said to be so, and a history
        or a date then is empty."""
        faltan = {campo: valor for campo, valor in tomados.items() if not getattr(self, campo)}
        completos = replace(self, **faltan)
        vacios = ("modalidad", "patologia", "region_anatomica", "fuente_de_datos")
        return replace(completos, **{campo: NO_INDICADA for campo in vacios if not getattr(completos, campo)})


@dataclass(frozen=True)
class Completos:
    """The metadata of an image that came in a package, with what its file told.

    Attributes:
        emisor: who issued the patient's number.
    """

    metadatos: MetadatosImagen
    emisor: str
