"""An image's metadata as it arrives, and the contract's rules for it (contract §2, "What is valid")."""

import re
from dataclasses import dataclass, field

from seedwork.dominio.reglas import es_id, es_texto

LARGO_REVELADOR = 4
"""A patient's id with fewer characters is found in anything, so finding it proves nothing."""

SEPARADORES = re.compile(r"[^\w\x1f]|_")


@dataclass(frozen=True, slots=True)
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

    @property
    def canonicos(self) -> str:
        """All fields as one text, the same for the same content alone: no valid field holds the separator."""
        return "\x1f".join(
            (self.id_imagen, *self.descriptivos, self.antecedentes, self.id_paciente, self.fecha_ingesta)
        )

    def falta_del_id(self) -> str | None:
        """Why the image can't be known by its id: malformed, or made of the patient's. None where it can."""
        if not es_id(self.id_imagen):
            return "DATOS_INVALIDOS"
        imagen, paciente = self.id_imagen.casefold(), self.id_paciente.casefold()
        desnudo = SEPARADORES.sub("", paciente)
        literal = len(paciente) >= LARGO_REVELADOR and paciente in imagen
        # Without its punctuation too; but short runs of digits meet by chance across an id's dashes.
        if literal or (len(desnudo) >= 2 * LARGO_REVELADOR and desnudo in SEPARADORES.sub("", imagen)):
            return "ID_REVELA_PACIENTE"
        return None

    def son_validos(self) -> bool:
        """Whether the texts keep the rules; the date is looked at where it is read. No history is a history too."""
        textos = (*self.descriptivos, self.antecedentes)
        return es_id(self.id_imagen) and es_id(self.id_paciente) and all(map(es_texto, textos))
