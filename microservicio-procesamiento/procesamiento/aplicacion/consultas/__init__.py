"""The table of queries: what this service is asked, and what answers it."""

from collections.abc import Mapping

from contratos.consultas import Consulta
from contratos.consultas.procesamiento import (
    ListarImagenes,
    ListarImagenesDePaquete,
    ListarPaquetes,
    ObtenerArchivoDeImagen,
    ObtenerComandoImagen,
    ObtenerImagenAnonimizada,
    ObtenerInformeDeImagen,
    ObtenerPaquete,
    ObtenerVistaDeImagen,
)
from contratos.procesamiento import ConsultaAnonimizacion
from procesamiento.aplicacion.consultas.listar_imagenes import listar_imagenes
from procesamiento.aplicacion.consultas.listar_imagenes_de_paquete import listar_imagenes_de_paquete
from procesamiento.aplicacion.consultas.listar_paquetes import listar_paquetes
from procesamiento.aplicacion.consultas.obtener_archivo_de_imagen import obtener_archivo_de_imagen
from procesamiento.aplicacion.consultas.obtener_comando_imagen import obtener_comando_imagen
from procesamiento.aplicacion.consultas.obtener_imagen_anonimizada import obtener_imagen_anonimizada
from procesamiento.aplicacion.consultas.obtener_informe_de_imagen import obtener_informe_de_imagen
from procesamiento.aplicacion.consultas.obtener_paquete import obtener_paquete
from procesamiento.aplicacion.consultas.obtener_vista_de_imagen import obtener_vista_de_imagen
from seedwork.aplicacion.consultas import Anunciada, Respondedor

CONSULTAS: Mapping[type[Consulta], Respondedor | Anunciada] = {
    ListarImagenes: listar_imagenes,
    ObtenerImagenAnonimizada: Anunciada(responder=obtener_imagen_anonimizada, publica=ConsultaAnonimizacion),
    ObtenerInformeDeImagen: obtener_informe_de_imagen,
    ObtenerArchivoDeImagen: Anunciada(responder=obtener_archivo_de_imagen, publica=ConsultaAnonimizacion),
    ObtenerVistaDeImagen: Anunciada(responder=obtener_vista_de_imagen, publica=ConsultaAnonimizacion),
    ListarPaquetes: listar_paquetes,
    ObtenerPaquete: obtener_paquete,
    ListarImagenesDePaquete: listar_imagenes_de_paquete,
    ObtenerComandoImagen: obtener_comando_imagen,
}
