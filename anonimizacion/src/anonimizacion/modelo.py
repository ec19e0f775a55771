"""What the engine is asked, and what it answers. No text here ever holds a value of the original."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

Octetos = bytes | memoryview
"""What the engine reads, and what its results are made of. A memory map is given as a ``memoryview``."""

Rectangulo = tuple[int, int, int, int]
"""Left, top, right and bottom, all within, in pixels from the upper left corner."""

PERFIL = "DICOM PS3.15 Basic Application Level Confidentiality Profile"
EDICION = "2026c"
MOTOR = "saludtech-anonimizacion 1"
"""The engine and the version of its rules: another version may make other bytes of the same original."""


class Formato(StrEnum):
    """What a file is said to be (contract §8, ``formato_imagen``)."""

    DICOM = "DICOM"
    PNG = "PNG"
    JPEG = "JPEG"
    NIFTI = "NIFTI"


class Motivo(StrEnum):
    """Why a file is kept apart. A code alone: readers' own errors quote values."""

    NO_ES_DEL_FORMATO = "NO_ES_DEL_FORMATO"
    TRUNCADO = "TRUNCADO"
    ESTRUCTURA_INVALIDA = "ESTRUCTURA_INVALIDA"
    DEMASIADO_HONDO = "DEMASIADO_HONDO"
    DEMASIADO_GRANDE = "DEMASIADO_GRANDE"
    OCTETOS_SOBRANTES = "OCTETOS_SOBRANTES"
    SINTAXIS_NO_ADMITIDA = "SINTAXIS_NO_ADMITIDA"
    SIN_IDENTIDAD_DICOM = "SIN_IDENTIDAD_DICOM"
    CLASE_NO_ADMITIDA = "CLASE_NO_ADMITIDA"
    DOCUMENTO_ENCAPSULADO = "DOCUMENTO_ENCAPSULADO"
    PACIENTE_DESCONOCIDO = "PACIENTE_DESCONOCIDO"
    PACIENTE_DISTINTO = "PACIENTE_DISTINTO"
    PIXELES_ILEGIBLES = "PIXELES_ILEGIBLES"
    PIXELES_NO_ADMITIDOS = "PIXELES_NO_ADMITIDOS"
    VARIOS_CUADROS = "VARIOS_CUADROS"
    TEXTO_QUEMADO_POSIBLE = "TEXTO_QUEMADO_POSIBLE"
    IDENTIFICADOR_EN_EL_RESULTADO = "IDENTIFICADOR_EN_EL_RESULTADO"
    ERROR_INTERNO = "ERROR_INTERNO"


DUDAS = frozenset({Motivo.TEXTO_QUEMADO_POSIBLE})
"""Those that are doubts about what a picture shows, which a person settles by looking. All others are facts of the
file: nobody's word makes it safe."""


class ApartarError(Exception):
    """The file can't be cleaned for certain; the engine answers :class:`Apartada` with this reason."""

    def __init__(self, motivo: Motivo) -> None:
        super().__init__(motivo.value)
        self.motivo = motivo


@dataclass(frozen=True)
class Remitente:
    """What is known of a file from whoever sent it.

    Attributes:
        emisor: who issued the patient's number where the file does not say: the clinic, else ``fuente_de_datos``.
        id_paciente: the patient's number as it was sent; None where it was not.
        region_anatomica: the part of the body as it was sent; None where it was not.
    """

    emisor: str
    id_paciente: str | None = field(default=None, repr=False)
    region_anatomica: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Opciones:
    """What may be chosen. The defaults give away least.

    Attributes:
        peso_y_talla: keeps the patient's weight and size, which SUV by weight needs. What it costs: with age band, sex
            and modality they narrow down who it is, and a rare value is a person.
        leer_texto: looks for burned-in text by OCR where it may be; without, such pictures are quarantined.
        maximo_inflado: bytes that a deflated data set, or a frame, may become.
        despejadas: the doubts about this very file that a person has settled by looking at it, of :data:`DUDAS`.
    """

    peso_y_talla: bool = False
    leer_texto: bool = True
    maximo_inflado: int = 1 << 29
    despejadas: frozenset[Motivo] = frozenset()

    def nombres(self) -> list[str]:
        """The options in force, by name, as the report has them."""
        return ["fechas_modificadas", *(["peso_y_talla"] if self.peso_y_talla else [])]


@dataclass
class Informe:
    """What was done to a file: no value of the original, and no tag that may be one (private and unknown are one).

    Attributes:
        version_de_clave: the key's, by which pseudonym, dates and UIDs were made.
        opciones: by name; ``pixeles_limpios`` only where burned-in text was really looked for and taken out.
        acciones: how often, by path of tags (``0008,1140/0008,1155``) and action.
        avisos: codes for what whoever uses the result must know.
        regiones: what was blacked out, in every frame; never what it said.
        despejadas: the doubts that would have kept it apart, had a person not settled them.
    """

    version_de_clave: int
    opciones: list[str]
    acciones: Counter[tuple[str, str]] = field(default_factory=Counter)
    avisos: set[str] = field(default_factory=set)
    regiones: list[Rectangulo] = field(default_factory=list)
    despejadas: set[Motivo] = field(default_factory=set)

    def dudar(self, motivo: Motivo, opciones: Opciones) -> None:
        """Take a doubt down that a person has settled.

        Raises:
            ApartarError: nobody has.
        """
        if motivo not in opciones.despejadas & DUDAS:
            raise ApartarError(motivo)
        self.despejadas.add(motivo)

    def como_documento(self) -> dict[str, object]:
        """The report as JSON has it: profile and edition, options, key version, action per tag path with counts."""
        return {
            "motor": MOTOR,
            "perfil": PERFIL,
            "edicion": EDICION,
            "opciones": self.opciones,
            "version_de_clave": self.version_de_clave,
            "acciones": [
                {"ruta": ruta, "accion": str(accion), "veces": veces}
                for (ruta, accion), veces in sorted(self.acciones.items())
            ],
            "avisos": sorted(self.avisos),
            "regiones": [list(region) for region in self.regiones],
            "despejadas": sorted(self.despejadas),
        }


@dataclass(frozen=True)
class Rasgos:
    """What the classes of a data set need of a patient, no finer than they need it (contract §8).

    Attributes:
        banda_de_edad: ten years ("40-49"), above 89 one band ("90+"); None where the age is unknown.
        sexo: M, F or O; None where it is unknown.
        mes: of the study's shifted date, ``AAAA-MM``; None where there is none.
    """

    banda_de_edad: str | None = None
    sexo: str | None = None
    mes: str | None = None


@dataclass(frozen=True)
class Limpia:
    """A file that may be released.

    Attributes:
        partes: its bytes, in pieces: a large picture is not copied once more. Valid as long as the original's are.
        informe: what was done.
        seudonimo: the patient's.
        desplazamiento: by which the patient's dates are moved, in whole days; so that whoever has others of the same
            patient moves them likewise.
        rasgos: what the data set's classes need.
        identifica: whether a text that the original held shows somebody that the cleaning took out of it; what is told
            of the file elsewhere must not.
        vista: makes a small picture of it, a PNG (:mod:`anonimizacion.vista`), of the clean values alone; None where it
            has none that a screen shows. It may raise whatever a decoder raises.
    """

    partes: tuple[Octetos, ...] = field(repr=False)
    informe: Informe
    seudonimo: str
    desplazamiento: timedelta = field(repr=False)
    rasgos: Rasgos = Rasgos()
    identifica: Callable[[str], bool] = field(default=lambda _texto: False, repr=False, compare=False)
    vista: Callable[[], bytes | None] = field(default=lambda: None, repr=False, compare=False)

    @property
    def octetos(self) -> int:
        """How many bytes it has."""
        return sum(len(parte) for parte in self.partes)

    def contenido(self) -> bytes:
        """All its bytes in one."""
        return b"".join(self.partes)

    def sha256(self) -> str:
        """Its checksum, in hexadecimal, which is its name."""
        return huella(self.partes)


@dataclass(frozen=True)
class Apartada:
    """A file in quarantine: why, and what had been done when it turned out."""

    motivo: Motivo
    informe: Informe


Resultado = Limpia | Apartada


def huella(partes: Iterable[Octetos]) -> str:
    """The SHA-256 of pieces in a row, in hexadecimal."""
    resumen = hashlib.sha256()
    for parte in partes:
        resumen.update(parte)
    return resumen.hexdigest()
