"""ObtenerImagenAnonimizada: one image, and the fact that somebody looked at it."""

from contratos.consultas.procesamiento import Imagen, ObtenerImagenAnonimizada
from contratos.procesamiento import ConsultaAnonimizacion
from procesamiento.aplicacion.lectura import Lectura
from seedwork.aplicacion.consultas import Solicitante


def obtener_imagen_anonimizada(
    consulta: ObtenerImagenAnonimizada, lectura: Lectura, solicitante: Solicitante
) -> Imagen | None:
    """The one of that id, shown once it is written down who looked; what is not there tells nothing (ADR 10)."""
    id = consulta.id_imagen
    hecho = ConsultaAnonimizacion(id_imagen=id, consultante=solicitante.id, ocurrido=solicitante.ahora())
    return lectura.imagen(id, solicitante.acceso, solicitante.sobre(hecho, sujeto=id), hecho)
