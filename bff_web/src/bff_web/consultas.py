"""The queries: each is handed through to the service that owns the answer, at the same path.

Which they are, with their parameters and their answers, is the contract's to say (:mod:`contratos.consultas`).
"""

from collections.abc import Callable, Mapping

import flask

from bff_web.cuerpos import validar
from bff_web.direcciones import exigir_ids
from bff_web.modelos_consultas import CURSOR, Filtro, de_filtros
from bff_web.servicios import Servicio
from contratos.consultas import Consulta, de_contexto
from seedwork.entrada.http import regla
from seedwork.entrada.problemas import ErrorHttp

CONTEXTOS = {
    "suscripciones": "Suscripciones",
    "servicio-datos": "Servicios de datos",
    "procesamiento": "Procesamiento",
    "notificaciones": "Notificaciones",
}
"""The contexts that clients may ask, by the name that each bears in the documentation."""

CONSULTAS = tuple(consulta for contexto in CONTEXTOS for consulta in de_contexto(contexto))


def registrar(app: flask.Flask, servicios: Mapping[str, Servicio]) -> None:
    """Add every query's route; ``servicios`` is who owns each context's answers."""
    for consulta in CONSULTAS:
        app.add_url_rule(regla(consulta.ruta), consulta.ruta, _vista(consulta, servicios[consulta.contexto]))


def _vista(consulta: type[Consulta], servicio: Servicio) -> Callable[..., flask.Response]:
    filtro = de_filtros(consulta)

    def vista(**ids: str) -> flask.Response:
        exigir_ids(ids)
        return servicio.preguntar(consulta.ruta.format(**ids), _filtros(filtro))

    return vista


def _filtros(modelo: type[Filtro]) -> dict[str, str]:
    """The request's parameters, each known, valid and given once; an empty filter is one that was not given."""
    repetidos = [c for c, valores in flask.request.args.lists() if len(valores) > 1]
    if repetidos:
        raise ErrorHttp(422, errores=[{"campo": c, "motivo": "se dio más de una vez"} for c in repetidos])
    # An empty cursor is none: a client that loops on it would see the first page again and again.
    dados = {c: v for c, v in flask.request.args.items() if v or c == CURSOR or c not in modelo.model_fields}
    filtro = validar(modelo, dados)
    return filtro.model_dump(exclude_unset=True)
