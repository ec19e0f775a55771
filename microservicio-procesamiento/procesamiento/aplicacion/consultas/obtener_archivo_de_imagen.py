"""ObtenerArchivoDeImagen: which file is an image's clean one, and the fact that somebody is given it."""

from contratos.consultas.procesamiento import ArchivoDeImagen, ObtenerArchivoDeImagen
from contratos.procesamiento import ConsultaAnonimizacion
from procesamiento.aplicacion.lectura import Lectura
from seedwork.aplicacion.consultas import Solicitante


def obtener_archivo_de_imagen(
    consulta: ObtenerArchivoDeImagen, lectura: Lectura, solicitante: Solicitante
) -> ArchivoDeImagen | None:
    """Its name, told once it is written down who asked; where there is no file, nothing is (ADR 10)."""
    id = consulta.id_imagen
    hecho = ConsultaAnonimizacion(id_imagen=id, consultante=solicitante.id, ocurrido=solicitante.ahora())
    return lectura.archivo(id, solicitante.acceso, solicitante.sobre(hecho, sujeto=id), hecho)
