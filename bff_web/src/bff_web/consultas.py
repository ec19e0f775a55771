"""The queries: each is handed through to the service that owns the answer, at the same path. Of a file, that says
which it is, and the door gives the file itself.

Which they are, with their parameters and their answers, is the contract's to say (:mod:`contratos.consultas`).
"""

from collections.abc import Callable, Mapping
from urllib.parse import unquote_to_bytes

import flask

from bff_web import descargas, exportacion
from bff_web.cuerpos import no_valido, validar
from bff_web.direcciones import exigir_ids
from bff_web.modelos_consultas import Filtro, de_filtros
from bff_web.servicios import Servicio
from contratos.consultas import ArchivoNombrado, Consulta, de_contexto
from contratos.consultas.suscripciones import ObtenerExportacion
from seedwork.aplicacion.almacen import Almacen
from seedwork.entrada.http import en_flask

CONTEXTOS = {
    "suscripciones": "Suscripciones",
    "servicio-datos": "Servicios de datos",
    "procesamiento": "Procesamiento",
    "notificaciones": "Notificaciones",
}
"""The contexts that clients may ask, by the name that each bears in the documentation."""

CONSULTAS = tuple(consulta for contexto in CONTEXTOS for consulta in de_contexto(contexto))


def registrar(app: flask.Flask, servicios: Mapping[str, Servicio], almacen: Almacen) -> None:
    """Add every query's route.

    Args:
        servicios: who owns each context's answers.
        almacen: where the files lie that answers name.
    """
    for consulta in CONSULTAS:
        vista = _vista(consulta, servicios, almacen)
        app.add_url_rule(en_flask(consulta.ruta), consulta.ruta, vista)


def _vista(
    consulta: type[Consulta], servicios: Mapping[str, Servicio], almacen: Almacen
) -> Callable[..., flask.Response]:
    filtro, servicio = de_filtros(consulta), servicios[consulta.contexto]

    def vista(**ids: str) -> flask.Response:
        exigir_ids(ids)
        ruta = consulta.ruta.format(**ids)
        respuesta = servicio.preguntar(ruta, filtros(filtro))
        if consulta is ObtenerExportacion and respuesta.status_code == 200:
            return exportacion.reunir(respuesta, ids["cliente_codigo"], servicios)
        nombra = respuesta.status_code == 200 and issubclass(consulta.respuesta, ArchivoNombrado)
        return descargas.dar(respuesta, ruta, almacen) if nombra else respuesta

    return vista


def filtros(modelo: type[Filtro]) -> dict[str, str]:
    """The request's parameters, each known, valid, not empty and given once.

    Raises:
        ErrorHttp: 422.
    """
    dados: dict[str, str] = {}
    errores: dict[str, str] = {}
    for crudo in filter(None, flask.request.query_string.split(b"&")):
        campo, valor = (_texto(parte) for parte in crudo.partition(b"=")[::2])
        if campo is None or valor is None:
            errores[campo or "?"] = "no es UTF-8"
        elif campo in dados or campo in errores:
            errores[campo] = "se dio más de una vez"
        elif not valor:
            errores[campo] = "no puede estar vacío"
        else:
            dados[campo] = valor
    if errores:
        raise no_valido(errores.items())
    return validar(modelo, dados).model_dump(exclude_unset=True)


def _texto(parte: bytes) -> str | None:
    """What a name or a value in a query is (WHATWG URL §5.1); None where it is no text."""
    try:
        return unquote_to_bytes(parte.replace(b"+", b" ")).decode()
    except UnicodeDecodeError:
        return None
