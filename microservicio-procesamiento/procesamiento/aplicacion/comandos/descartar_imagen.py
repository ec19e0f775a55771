"""DescartarImagen: an operator has the original of what was kept apart deleted now."""

from contratos.procesamiento import DescartarImagen
from procesamiento.aplicacion.peticiones import apartada_pedida, decision_de
from procesamiento.aplicacion.puertos import Unidad


def descartar_imagen(comando: DescartarImagen, unidad: Unidad) -> None:
    """The image stays as it is, for good; the broom takes its original within seconds."""
    imagen, archivo = apartada_pedida(comando, unidad)
    archivo.descartar(decision_de(comando, imagen.descartar(), unidad), unidad.reloj())
