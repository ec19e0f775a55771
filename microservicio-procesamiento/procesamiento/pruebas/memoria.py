"""This service's database in memory, and its unit of work on it."""

from collections.abc import Callable

from procesamiento.dominio.anonimizacion import Anonimizador
from procesamiento.infraestructura.repositorio import UnidadProcesamiento
from procesamiento.infraestructura.tablas import METADATOS
from seedwork.aplicacion.entorno import Entorno
from seedwork.aplicacion.unidad import Abrir, abridor
from seedwork.pruebas.almacen import Almacen
from seedwork.pruebas.tablas import definiciones


def almacen(entorno: Entorno) -> Almacen:
    """An empty one."""
    return Almacen(entorno, definiciones(METADATOS))


def abrir_en(
    almacen: Almacen, anonimizador: Anonimizador, admite: Callable[[str, bool], bool] = lambda _uri, _referida: True
) -> Abrir:
    """How units of work are opened on it."""
    return abridor(almacen.transacciones, lambda t: UnidadProcesamiento(t, anonimizador, admite))
