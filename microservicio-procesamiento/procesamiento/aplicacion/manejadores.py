"""The table of contents: what this service hears, and who handles it."""

from collections.abc import Mapping

from contratos import Mensaje
from contratos.procesamiento import AnonimizarImagen
from procesamiento.aplicacion.comandos.anonimizar_imagen import anonimizar_imagen
from seedwork.aplicacion.bus import Manejador

MANEJADORES: Mapping[type[Mensaje], Manejador] = {
    AnonimizarImagen: anonimizar_imagen,
}
