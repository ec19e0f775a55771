"""NIfTI. Not built yet: everything is kept apart."""

from anonimizacion.modelo import ApartarError, Informe, Limpia, Motivo, Octetos, Opciones, Remitente
from anonimizacion.seudonimos import Seudonimizador


def limpiar(
    octetos: Octetos, seudonimos: Seudonimizador, remitente: Remitente, opciones: Opciones, informe: Informe
) -> Limpia:
    """A NIfTI file without texts and extensions.

    Raises:
        ApartarError: always, until it is built.
    """
    raise ApartarError(Motivo.FORMATO_NO_ADMITIDO)
