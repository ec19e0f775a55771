"""DescartarImagen: an operator has the original of what was kept apart deleted now."""

from contratos.procesamiento import DescartarImagen
from procesamiento.aplicacion.peticiones import DE_DECISION, apartada_pedida, decision_de, su_original
from procesamiento.aplicacion.puertos import Unidad
from seedwork.aplicacion.validez import exigir


def descartar_imagen(comando: DescartarImagen, unidad: Unidad) -> None:
    """The image stays as it is, for good; the broom takes its original within seconds."""
    exigir(comando, DE_DECISION)
    imagen, archivo = apartada_pedida(unidad)
    decision = decision_de(comando, imagen.descartar(), unidad)
    su_original(unidad).descartar(unidad.reloj())
    archivo.descartar(decision)
