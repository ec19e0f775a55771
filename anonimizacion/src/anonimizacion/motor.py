"""The engine's door: a file's bytes in, clean bytes or a reason out. It raises nothing for what a file holds."""

from collections.abc import Callable

from anonimizacion import nifti, raster
from anonimizacion.dicom import archivo
from anonimizacion.modelo import (
    Apartada,
    ApartarError,
    Formato,
    Informe,
    Limpia,
    Motivo,
    Octetos,
    Opciones,
    Remitente,
    Resultado,
)
from anonimizacion.seudonimos import Seudonimizador

Limpieza = Callable[[Octetos, Seudonimizador, Remitente, Opciones, Informe], Limpia]

_LIMPIEZAS: dict[Formato, Limpieza] = {
    Formato.DICOM: archivo.limpiar,
    Formato.PNG: raster.limpiar_png,
    Formato.JPEG: raster.limpiar_jpeg,
    Formato.NIFTI: nifti.limpiar,
}


def anonimizar(
    octetos: Octetos,
    formato: Formato,
    seudonimos: Seudonimizador,
    remitente: Remitente,
    opciones: Opciones | None = None,
) -> Resultado:
    """Clean a file, or say why it can't be.

    The same bytes, key, sender and options give the same bytes, in every process and after every restart.

    Args:
        octetos: the whole file: bytes, or a memory map's ``memoryview``, which must outlive the result.
        formato: what it was said to be; what is something else is kept apart.
        seudonimos: the key, with its version.
        remitente: what its sender told of it.
        opciones: what was chosen; by default what gives away least.

    Returns:
        The clean file with its report, or the code of the reason for its quarantine. An error that nobody foresaw is a
        quarantine too (``ERROR_INTERNO``): its kind is told, its text is not, since it may quote
        the file.

    Raises:
        MemoryError, OSError: this machine has too little memory or room: no fault of the file's, which may be cleaned
            yet.
    """
    opciones = opciones or Opciones()
    informe = Informe(seudonimos.version, opciones.nombres())
    try:
        return _LIMPIEZAS[formato](octetos, seudonimos, remitente, opciones, informe)
    except ApartarError as error:
        return Apartada(error.motivo, informe)
    except Exception as error:  # Whatever a file can do to a decoder must cost this file alone.
        if isinstance(error, MemoryError) or (isinstance(error, OSError) and error.errno is not None):
            raise
        informe.avisos.add(f"ERROR_{type(error).__name__}")
        return Apartada(Motivo.ERROR_INTERNO, informe)
