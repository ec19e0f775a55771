"""The table of queries: what this service is asked, and what answers it."""

from collections.abc import Mapping

from contratos.consultas import Consulta
from contratos.consultas.servicio_datos import (
    ListarImagenesDeDataset,
    ListarServiciosDatos,
    ObtenerArchivoDeDataset,
    ObtenerComandoServicioDatos,
    ObtenerManifiestoDeDataset,
    ObtenerServicioDatos,
)
from seedwork.aplicacion.consultas import Respondedor
from servicio_datos.aplicacion.consultas.listar_imagenes_de_dataset import listar_imagenes_de_dataset
from servicio_datos.aplicacion.consultas.listar_servicios_datos import listar_servicios_datos
from servicio_datos.aplicacion.consultas.obtener_archivo_de_dataset import obtener_archivo_de_dataset
from servicio_datos.aplicacion.consultas.obtener_comando_servicio_datos import obtener_comando_servicio_datos
from servicio_datos.aplicacion.consultas.obtener_manifiesto_de_dataset import obtener_manifiesto_de_dataset
from servicio_datos.aplicacion.consultas.obtener_servicio_datos import obtener_servicio_datos

CONSULTAS: Mapping[type[Consulta], Respondedor] = {
    ListarServiciosDatos: listar_servicios_datos,
    ObtenerServicioDatos: obtener_servicio_datos,
    ListarImagenesDeDataset: listar_imagenes_de_dataset,
    ObtenerManifiestoDeDataset: obtener_manifiesto_de_dataset,
    ObtenerArchivoDeDataset: obtener_archivo_de_dataset,
    ObtenerComandoServicioDatos: obtener_comando_servicio_datos,
}
