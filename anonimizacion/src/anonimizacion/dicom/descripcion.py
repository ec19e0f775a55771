"""What a DICOM file says of itself, for whoever has no other metadata of it. It identifies people."""

from dataclasses import dataclass, field

from anonimizacion.dicom import fechas, textos
from anonimizacion.dicom.elementos import Conjunto, texto_de
from anonimizacion.dicom.lector import leer
from anonimizacion.modelo import Octetos, Opciones

_JUEGO, _MODALIDAD, _REGION, _INSTITUCION = 0x00080005, 0x00080060, 0x00180015, 0x00080080
_ID, _EMISOR = 0x00100020, 0x00100021
_FECHAS = ((0x00080020, 0x00080030), (0x00080022, 0x00080032), (0x00080023, 0x00080033))
"""Day and time of the study, else of the acquisition, else of the content."""


@dataclass(frozen=True)
class Descripcion:
    """What it says; empty where it says nothing.

    Attributes:
        modalidad: Modality.
        region: BodyPartExamined.
        institucion: InstitutionName.
        emisor, numero: IssuerOfPatientID and PatientID.
        cuando: of the study, the acquisition or the content, as ``2024-02-01 09:10:00``; without a time, midnight.
    """

    modalidad: str = ""
    region: str = ""
    institucion: str = field(default="", repr=False)
    emisor: str = field(default="", repr=False)
    numero: str = field(default="", repr=False)
    cuando: str = field(default="", repr=False)


def describir(octetos: Octetos) -> Descripcion:
    """What a file says of itself; nothing where it can't be read."""
    try:
        datos = leer(octetos, Opciones.maximo_inflado).datos
        declarados = textos.juegos(texto_de(datos, _JUEGO))
        modalidad, region, institucion, emisor, numero = (
            textos.leido(texto_de(datos, tag), declarados).strip(" \0")
            for tag in (_MODALIDAD, _REGION, _INSTITUCION, _EMISOR, _ID)
        )
        return Descripcion(modalidad, region, institucion, emisor, numero, _cuando(datos))
    except MemoryError:
        raise
    except Exception:  # Whatever a file can do to its reader; the cleaning says what becomes of it.
        return Descripcion()


def _cuando(datos: Conjunto) -> str:
    for de_fecha, de_hora in _FECHAS:
        if (dia := fechas.dia(texto_de(datos, de_fecha))) is not None:
            return f"{dia.isoformat()} {_hora(texto_de(datos, de_hora))}"
    return ""


def _hora(valor: bytes) -> str:
    cifras = valor.split(b".")[0].decode("latin-1").ljust(6, "0")
    partes = [cifras[i : i + 2] for i in (0, 2, 4)]
    if (
        len(cifras) != 6
        or not cifras.isascii()
        or not cifras.isdigit()
        or any(parte > maxima for parte, maxima in zip(partes, ("23", "59", "59"), strict=True))
    ):
        return "00:00:00"
    return ":".join(partes)
