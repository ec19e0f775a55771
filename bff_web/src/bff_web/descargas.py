"""The queries that are answered with a file: its owner says which it is, and the door gives it from the store."""

import json
from functools import partial

import flask
import structlog

from anonimizacion.formatos import TIPOS
from contratos.consultas.procesamiento import EstadoImagen
from seedwork.aplicacion.almacen import RESULTADOS, Almacen, Negado, NoEsta, SinAlmacen
from seedwork.entrada.descargas import descargar
from seedwork.entrada.http import correlacion
from seedwork.entrada.problemas import ErrorHttp

log = structlog.get_logger(__name__)

EXTENSIONES = {tipo.medio: tipo.extension for tipo in TIPOS}
"""The media types of results, and what the name of a file of each ends in."""
_NO_SE_HALLA = (
    "El archivo limpio debería estar en el almacén y no se halla. Repetir la petición no sirve: avise al operador, con "
    "esta correlación."
)
_CON_INFORME: tuple[EstadoImagen, ...] = ("PENDIENTE", "CUARENTENA", "FALLIDA")
"""The states of what came as a file and has no clean one."""


def dar(dicho: flask.Response, ruta: str, almacen: Almacen) -> flask.Response:
    """The file that an answer names.

    Args:
        dicho: the owner's answer, an :class:`~contratos.consultas.ArchivoNombrado`.
        ruta: the file's address, below its resource's.
        almacen: where it lies.

    Raises:
        ErrorHttp: 404 where there is none, with its resource's state; 500 where the store has lost it, or does not let
            us; 503 where the store is away; and what :func:`~seedwork.entrada.descargas.descargar` raises.
    """
    archivo, recurso = json.loads(dicho.get_data()), ruta.rpartition("/")[0]
    if archivo["sha256"] is None:
        raise _no_hay(archivo["estado"], flask.request.root_path + recurso)
    extension = EXTENSIONES.get(archivo["tipo"], "bin")
    try:
        return descargar(
            partial(almacen.leer, RESULTADOS + archivo["sha256"]),
            huella=archivo["sha256"],
            octetos=archivo["octetos"],
            tipo=archivo["tipo"] or "application/octet-stream",
            nombre=f"{recurso.rpartition('/')[2]}.{extension}",
        )
    except (NoEsta, Negado) as error:
        # Its owner says that it is there: what is wrong no repeat mends.
        log.error("un resultado no se halla en el almacén", sha256=archivo["sha256"], error=type(error).__name__)
        raise ErrorHttp(500, _NO_SE_HALLA, correlacion=correlacion()) from None
    except SinAlmacen as error:
        log.warning("sin almacén", error=str(error))
        raise ErrorHttp(503, "El almacén de archivos no responde.", cabeceras={"Retry-After": "2"}) from None


def _no_hay(estado: str, recurso: str) -> ErrorHttp:
    miembros = {"estado": estado, "consulta": recurso}
    detalle = f"No hay archivo: el recurso está {estado}."
    if estado in _CON_INFORME:
        miembros["informe"] = f"{recurso}/informe"
        detalle += f" Véase {miembros['informe']}."
    espera = {"Retry-After": "2"} if estado == "PENDIENTE" else None
    return ErrorHttp(404, detalle, cabeceras=espera, **miembros)
