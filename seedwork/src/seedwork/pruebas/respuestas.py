"""Holds real answers to the contract of queries, to the letter: its fields in its order and of its types, no others."""

import re
import typing
from collections.abc import Iterator
from typing import Any, Literal

import flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from contratos.consultas import Consulta, Respuesta
from contratos.consultas.base import REGISTRO, opcional


class ClienteFiel(FlaskClient):
    """A test client of a service's API; an answer that is not as the contract says fails the test."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """The answer.

        Raises:
            AssertionError: it is not what the contract says.
        """
        respuesta = super().open(*args, **kwargs)
        if respuesta.status_code == 200:
            exigir(respuesta.request.path, respuesta.json)
        return respuesta


def cliente_fiel(app: flask.Flask) -> FlaskClient:
    """A :class:`ClienteFiel` of an application."""
    app.test_client_class = ClienteFiel
    return app.test_client()


def exigir(camino: str, cuerpo: Any) -> type[Consulta] | None:
    """Hold the answer to a path to the contract.

    Returns:
        The query that the path asks; None where it asks none.

    Raises:
        AssertionError: the answer is not what the contract says.
    """
    # An address without an id in it comes before one with an id there, as a router has it.
    for consulta in sorted(REGISTRO, key=lambda consulta: consulta.ruta.count("{")):
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", consulta.ruta), camino):
            halladas = list(faltas(consulta.respuesta, cuerpo, consulta.respuesta.__name__))
            if halladas:
                raise AssertionError(f"GET {camino}: {halladas}")
            return consulta
    return None


def faltas(tipo: Any, valor: Any, donde: str) -> Iterator[str]:
    """In what a JSON value is not of a type of the contract's; ``donde`` says where it stands."""
    if isinstance(tipo, type) and issubclass(tipo, Respuesta):
        campos = {campo.nombre: campo.tipo for campo in tipo.campos()}
        if not isinstance(valor, dict) or list(valor) != list(campos):
            yield f"{donde}: {list(valor) if isinstance(valor, dict) else valor!r}, y el contrato dice {list(campos)}"
        else:
            for nombre, suyo in campos.items():
                yield from faltas(suyo, valor[nombre], f"{donde}.{nombre}")
    elif (propio := opcional(tipo)) is not None:
        if valor is not None:
            yield from faltas(propio, valor, donde)
    elif typing.get_origin(tipo) is list:
        (elemento,) = typing.get_args(tipo)
        for n, uno in enumerate(valor if isinstance(valor, list) else [valor]):
            yield from faltas(elemento, uno, f"{donde}[{n}]")
        if not isinstance(valor, list):
            yield f"{donde}: no es una lista"
    elif typing.get_origin(tipo) is Literal:
        if valor not in typing.get_args(tipo):
            yield f"{donde}: {valor!r} no es de {typing.get_args(tipo)}"
    elif type(valor) is not (typing.get_origin(tipo) or tipo):
        yield f"{donde}: {valor!r} no es {tipo}"
