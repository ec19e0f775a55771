"""ImagenAnonimizada: the data sets of its modality have one image more."""

from contratos.procesamiento import ImagenAnonimizada
from servicio_datos.aplicacion.puertos import Unidad


def contar_imagen(hecho: ImagenAnonimizada, unidad: Unidad) -> None:
    """Count the image. It is told once, and the inbox passes over what comes again: so each counts once."""
    unidad.imagenes.contar(hecho.modalidad)
