"""PNG and JPEG. Not built yet: everything is kept apart."""

from anonimizacion.modelo import ApartarError, Informe, Limpia, Motivo, Octetos, Opciones, Remitente
from anonimizacion.seudonimos import Seudonimizador


def limpiar_png(
    octetos: Octetos, seudonimos: Seudonimizador, remitente: Remitente, opciones: Opciones, informe: Informe
) -> Limpia:
    """A PNG without anything but its picture.

    Raises:
        ApartarError: always, until it is built.
    """
    raise ApartarError(Motivo.FORMATO_NO_ADMITIDO)


def limpiar_jpeg(
    octetos: Octetos, seudonimos: Seudonimizador, remitente: Remitente, opciones: Opciones, informe: Informe
) -> Limpia:
    """A JPEG without anything but its picture.

    Raises:
        ApartarError: always, until it is built.
    """
    raise ApartarError(Motivo.FORMATO_NO_ADMITIDO)
