"""What becomes of each attribute: the standard's table, and what stands for what it does not name.

``tabla.tsv`` holds PS3.15 table E.1-1 as facts. Here its options are resolved: the basic profile, with Retain
Longitudinal Temporal Information With Modified Dates; where one of several actions would do, the one that keeps the
file valid (a dummy before nothing: an attribute's types in its modules are not known here); where the option's column
is not known, the basic action, and of several the strictest. The table names what is known to identify; what it does
not name stays where it holds numbers or codes; words give way to a dummy, unless they are known to be technical.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from importlib import resources

from pydicom._dicom_dict import DicomDictionary


class Accion(StrEnum):
    """What is done to an element. The values are the report's words."""

    CONSERVAR = "CONSERVAR"
    QUITAR = "QUITAR"
    VACIAR = "VACIAR"
    RELLENAR = "RELLENAR"
    UID = "UID"
    SOLO_UID = "SOLO_UID"
    FECHA = "FECHA"
    ENTRAR = "ENTRAR"
    ROTULO = "ROTULO"
    TECNICO = "TECNICO"
    COLOR = "COLOR"
    CODIGO = "CODIGO"


@dataclass(frozen=True, slots=True)
class Regla:
    """What becomes of one tag.

    Attributes:
        accion: what is done to it.
        vrs: the value representations that the standard gives it.
        si_no: what is done where the action can't be: a date that is none.
        nombrada: the standard's table names it, so what is removed of it is an identifier.
        resumida: how the report calls it where its own tag may not be told; empty where it may.
    """

    accion: Accion
    vrs: frozenset[str] = frozenset()
    si_no: Accion = Accion.QUITAR
    nombrada: bool = False
    resumida: str = ""


_BASICAS = {
    "X": Accion.QUITAR,
    "Z": Accion.VACIAR,
    "D": Accion.RELLENAR,
    "U": Accion.UID,
    "X/Z": Accion.VACIAR,
    "X/D": Accion.RELLENAR,
    "Z/D": Accion.RELLENAR,
    "X/Z/D": Accion.RELLENAR,
    "X/Z/U*": Accion.SOLO_UID,
}
_ESTRICTA = {"X": Accion.QUITAR, "Z": Accion.VACIAR, "D": Accion.RELLENAR, "U": Accion.UID}
_TEMPORALES = frozenset({"DA", "DT", "TM", "SH"})
_NUMEROS = frozenset({"AT", "DS", "FD", "FL", "IS", "SL", "SS", "SV", "UL", "US", "UV", "AS", "CS"})
_PALABRAS = frozenset({"LO", "SH"})
_TEXTOS = frozenset({"LO", "LT", "PN", "SH", "ST", "UC", "UT"})

TECNICOS = frozenset(
    """
    AttenuationCorrectionMethod ContrastBolusRoute ConvolutionKernel EnergyWindowName FilterType ImageFilter
    ImagedNucleus Manufacturer ManufacturerModelName ModalityLUTType PulseSequenceName Radionuclide
    Radiopharmaceutical ReconstructionMethod RescaleType ScatterCorrectionMethod SequenceName SoftwareVersions
    TypeOfFilters
    """.split()  # noqa: SIM905
)
"""The texts outside the table that are kept, by keyword: how a picture was made, in few and short words."""

CODIGOS = frozenset({0x00080100, 0x00080102, 0x00080103, 0x00080104, 0x00080119, 0x00080120})
"""A code's value, scheme, version, meaning, long value and URN: :mod:`anonimizacion.dicom.codigos` sees to them."""

BINARIOS = frozenset(
    """
    AlphaPaletteColorLookupTableData AnnotationIndexList BlendingLookupTableData BluePaletteColorLookupTableData
    ChannelMaximumValue ChannelMinimumValue DoubleFloatPixelData DoublePointCoordinatesData EdgePointIndexList
    ExtendedOffsetTable ExtendedOffsetTableLengths FilterLookupTableData FirstOrderPhaseCorrectionAngle
    FloatPixelData GreenPaletteColorLookupTableData LUTData LongEdgePointIndexList LongPrimitivePointIndexList
    LongTrianglePointIndexList LongVertexPointIndexList PixelData PointCoordinatesData PrimitivePointIndexList
    RedPaletteColorLookupTableData SegmentedAlphaPaletteColorLookupTableData
    SegmentedBluePaletteColorLookupTableData SegmentedGreenPaletteColorLookupTableData
    SegmentedRedPaletteColorLookupTableData SpectroscopyData TrackPointIndexList TrianglePointIndexList
    TwoDimensionalToThreeDimensionalMapData UValueData VValueData VectorCoordinateData VectorGridData
    VertexPointIndexList VerticesOfThePolygonalOutline VolumetricCurvePoints VolumetricCurveUpDirections
    WaveformData WaveformPaddingValue
    """.split()  # noqa: SIM905
)
"""The bytes that are kept, by keyword: pictures, their tables, signals and shapes."""
OCTETOS_QUE_QUEDAN = frozenset(tag for tag, entrada in DicomDictionary.items() if entrada[4] in BINARIOS)

_CODIGOS_LIBRES = frozenset({"ContentLabel", "GraphicLayer"})
"""Codes by their representation (CS), words by their use: whoever makes a presentation names its layers."""
_FINES_DE_ROTULO = ("ID", "Identifier", "Label", "Name", "Number", "Code")
_POR_SU_TIPO = {
    0x00081110: Accion.QUITAR,
    0x00081111: Accion.SOLO_UID,
    0x00102297: Accion.VACIAR,
    0x00102299: Accion.VACIAR,
}
"""What the modules' types ask for (PS3.3), where the table leaves it open, or an animal's file would be none any more.

Referenced Study Sequence (X/Z) may be left out, but not be empty; of Referenced Performed Procedure Step Sequence
(X/Z/D) the dummy is a reference to a mapped UID; Responsible Person and Organization (X) have to be there for animals
(2C), and say as little when they are empty.
"""
TIPO_DE_IMAGEN = 0x00080008
ENUMERADOS = {
    TIPO_DE_IMAGEN: frozenset({b"ORIGINAL", b"DERIVED", b"PRIMARY", b"SECONDARY"}),
    0x00280004: frozenset(
        b"MONOCHROME1|MONOCHROME2|PALETTE COLOR|RGB|YBR_FULL|YBR_FULL_422|YBR_ICT|YBR_RCT|YBR_PARTIAL_420".split(b"|")
    ),
}
"""The standard's own words, by attribute, where a picture can't be read without: Mary is in every PRIMARY."""
_DEL_CUERPO = frozenset({0x00101022, 0x00101023, 0x00101024})
"""Body mass index, and how thick and wide the patient was measured to be: what weight and size would tell, which the
table takes out."""
PESO_Y_TALLA = frozenset({0x00101020, 0x00101030}) | _DEL_CUERPO
PRIVADO = Regla(Accion.QUITAR, resumida="privados")
DESCONOCIDO = Regla(Accion.QUITAR, resumida="desconocidos")
LARGO_DE_GRUPO = Regla(Accion.QUITAR, resumida="largos de grupo")
FUERA_DE_LUGAR = Regla(Accion.QUITAR, resumida="grupos 0000, 0002 y 0004")
SUPERPOSICION = Regla(Accion.QUITAR, resumida="curvas y superposiciones")


@lru_cache(maxsize=1 << 14)
def regla(tag: int) -> Regla:
    """What becomes of a tag's element."""
    grupo = tag >> 16
    if grupo % 2:
        return PRIVADO
    if not tag & 0xFFFF:
        return LARGO_DE_GRUPO
    if grupo <= 4:
        return FUERA_DE_LUGAR
    if grupo & 0xFF00 in (0x5000, 0x6000):
        return SUPERPOSICION
    entrada = DicomDictionary.get(tag)
    nombrada = TABLA.get(tag)
    vrs = frozenset(entrada[0].split(" or ")) if entrada is not None else frozenset()
    if tag in _POR_SU_TIPO:
        return Regla(_POR_SU_TIPO[tag], vrs, nombrada=True)
    if tag in _DEL_CUERPO:
        return Regla(Accion.QUITAR, vrs)
    if nombrada is not None:
        return _de_la_tabla(*nombrada, vrs)
    return DESCONOCIDO if entrada is None or not entrada[4] else _fuera_de_la_tabla(tag, vrs, entrada[4])


def _de_la_tabla(basica: str, fechas: str, vrs: frozenset[str]) -> Regla:
    accion = _ESTRICTA[basica[0]] if fechas == "?" else _BASICAS[basica]
    if fechas == "C" and vrs <= _TEMPORALES:
        return Regla(Accion.FECHA, vrs, Accion.QUITAR if basica == "X" else Accion.VACIAR, nombrada=True)
    return Regla(accion, vrs, nombrada=True)


def _fuera_de_la_tabla(tag: int, vrs: frozenset[str], clave: str) -> Regla:
    accion = Accion.QUITAR
    if "SQ" in vrs:
        accion = Accion.ENTRAR
    elif vrs == {"UI"}:
        accion = Accion.UID
    elif vrs & {"DA", "DT", "TM"}:
        accion = Accion.FECHA
    elif clave in _CODIGOS_LIBRES:
        accion = Accion.ROTULO
    elif tag in CODIGOS or clave in BINARIOS or vrs & _NUMEROS:
        accion = Accion.CONSERVAR
    elif clave in TECNICOS:
        accion = Accion.TECNICO
    elif clave == "ICCProfile":
        accion = Accion.COLOR
    elif vrs <= _PALABRAS and clave.endswith(_FINES_DE_ROTULO):
        accion = Accion.ROTULO
    elif vrs <= _TEXTOS:
        accion = Accion.RELLENAR
    return Regla(accion, vrs)


def _leer_tabla() -> dict[int, tuple[str, str]]:
    texto = (resources.files(__package__) / "tabla.tsv").read_text(encoding="utf-8")
    filas = (linea.split("\t") for linea in texto.splitlines() if linea[:4].strip("0123456789ABCDEF") == "")
    return {int(tag.replace(",", ""), 16): (basica, fechas) for tag, _, basica, fechas in filas}


TABLA = _leer_tabla()
