"""ObtenerVistaDeImagen: which file is the small picture of an image's clean one, and the fact that somebody sees it."""

from contratos.consultas.procesamiento import ObtenerVistaDeImagen, VistaDeImagen
from contratos.procesamiento import ConsultaAnonimizacion
from procesamiento.aplicacion.lectura import Lectura
from seedwork.aplicacion.consultas import Solicitante


def obtener_vista_de_imagen(
    consulta: ObtenerVistaDeImagen, lectura: Lectura, solicitante: Solicitante
) -> VistaDeImagen | None:
    """Its name, told once it is written down who asked; where there is no picture, nothing is (ADR 10)."""
    id = consulta.id_imagen
    hecho = ConsultaAnonimizacion(id_imagen=id, consultante=solicitante.id, ocurrido=solicitante.ahora())
    return lectura.vista(id, solicitante.acceso, solicitante.sobre(hecho, sujeto=id), hecho)
