"""ObtenerInformeDeImagen: what was done to an image's file."""

from contratos.consultas.procesamiento import InformeDeImagen, ObtenerInformeDeImagen
from procesamiento.aplicacion.lectura import Lectura
from seedwork.aplicacion.consultas import Solicitante


def obtener_informe_de_imagen(
    consulta: ObtenerInformeDeImagen, lectura: Lectura, solicitante: Solicitante
) -> InformeDeImagen | None:
    """Its report, of an image that came as a file. Nothing in it is the patient's: no fact tells of it (ADR 10)."""
    return lectura.informe(consulta.id_imagen, solicitante.acceso)
