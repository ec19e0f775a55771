"""What a clean file says of itself (PS3.15 E.1.1, E.2, E.3): that, by what and how it was made so."""

from anonimizacion.dicom.elementos import Conjunto, Elemento
from anonimizacion.dicom.relleno import codigo
from anonimizacion.modelo import EDICION

_METODO = f"SaludTech, PS3.15 {EDICION}"
_PERFIL_BASICO = (b"113100", b"Basic Application Confidentiality Profile")
_PIXELES_LIMPIOS = (b"113101", b"Clean Pixel Data Option")
_FECHAS_MODIFICADAS = (b"113107", b"Retain Longitudinal Temporal Information Modified Dates Option")


def marcar(datos: Conjunto, *, pixeles_limpios: bool) -> None:
    """Set flags and method codes, over whatever the file said before.

    Args:
        datos: the clean data set.
        pixeles_limpios: whether burned-in text was really looked for and taken out.
    """
    codigos = [_PERFIL_BASICO, *([_PIXELES_LIMPIOS] if pixeles_limpios else []), _FECHAS_MODIFICADAS]
    datos[0x00120062] = Elemento("CS", b"YES")
    datos[0x00120063] = Elemento("LO", _METODO.encode())
    datos[0x00120064] = Elemento("SQ", [codigo(valor, b"DCM", significado) for valor, significado in codigos])
    datos[0x00280303] = Elemento("CS", b"MODIFIED")
    if pixeles_limpios:
        datos[0x00280301] = Elemento("CS", b"NO")
