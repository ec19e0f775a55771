"""An image's metadata as it arrives, and the contract's rules for it (contract §2, "What is valid")."""

from dataclasses import dataclass, field
from functools import cached_property

from anonimizacion.paciente import Paciente
from seedwork.dominio.reglas import es_id
from seedwork.dominio.textos import PACIENTE, PARRAFO, PUBLICADO


@dataclass(frozen=True)
class MetadatosImagen:
    """The nine fields of the command. What is the patient's own is left out of the text form."""

    id_imagen: str
    modalidad: str
    patologia: str
    region_anatomica: str
    formato_imagen: str
    fuente_de_datos: str
    antecedentes: str = field(repr=False)
    id_paciente: str = field(repr=False)
    fecha_ingesta: str = field(repr=False)

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

    @cached_property
    def paciente(self) -> Paciente:
        """Whose image it is. The number's issuer is the image's source, for as long as nobody better is known."""
        return Paciente(self.fuente_de_datos, self.id_paciente)

    def falta_del_id(self) -> str | None:
        """Why the image can't be known by its id: malformed, or made of the patient's. None where it can."""
        if not es_id(self.id_imagen):
            return "DATOS_INVALIDOS"
        return "ID_REVELA_PACIENTE" if self.paciente.esta_en(self.id_imagen) else None

    def son_validos(self) -> bool:
        """Whether the texts keep the rules; the date is looked at where it is read."""
        descritos = all(map(PUBLICADO.es, self.descriptivos))
        return es_id(self.id_imagen) and PACIENTE.es(self.id_paciente) and descritos and PARRAFO.es(self.antecedentes)
