"""The table of contents: what this service hears, and who handles it."""

from collections.abc import Mapping

from contratos import Mensaje
from contratos.procesamiento import (
    AnonimizarArchivo,
    AnonimizarImagen,
    AnonimizarPaquete,
    DescartarImagen,
    LiberarImagen,
)
from procesamiento.aplicacion.comandos.anonimizar_archivo import anonimizar_archivo
from procesamiento.aplicacion.comandos.anonimizar_imagen import anonimizar_imagen
from procesamiento.aplicacion.comandos.anonimizar_paquete import anonimizar_paquete
from procesamiento.aplicacion.comandos.descartar_imagen import descartar_imagen
from procesamiento.aplicacion.comandos.liberar_imagen import liberar_imagen
from seedwork.aplicacion.bus import Manejador

MANEJADORES: Mapping[type[Mensaje], Manejador] = {
    AnonimizarArchivo: anonimizar_archivo,
    AnonimizarImagen: anonimizar_imagen,
    LiberarImagen: liberar_imagen,
    DescartarImagen: descartar_imagen,
    AnonimizarPaquete: anonimizar_paquete,
}
