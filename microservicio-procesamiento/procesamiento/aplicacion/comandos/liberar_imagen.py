"""LiberarImagen: an operator has looked at what was kept apart, and has it cleaned once more."""

from contratos.procesamiento import LiberarImagen
from procesamiento.aplicacion.peticiones import DE_DECISION, apartada_pedida, decision_de, su_original
from procesamiento.aplicacion.puertos import Unidad
from seedwork.aplicacion.validez import exigir


def liberar_imagen(comando: LiberarImagen, unidad: Unidad) -> None:
    """From CUARENTENA or FALLIDA to PENDIENTE: the original itself is never given out, whoever vouches for it."""
    exigir(comando, DE_DECISION)
    imagen, archivo = apartada_pedida(unidad)
    decision = decision_de(comando, imagen.liberar(), unidad)
    su_original(unidad).liberar(decision.motivo, unidad.sobre.como_datos(), unidad.reloj())
    archivo.liberar(decision)
