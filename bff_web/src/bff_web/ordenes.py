"""The orders: each body is validated, and handed on to the service that carries it out, at the same path.

Which they are, with what they are answered, is the contract's to say (:mod:`contratos.ordenes`).
"""

from collections.abc import Callable, Mapping
from typing import Annotated

import flask
from pydantic import Field

from bff_web.comandos.comun import ORDEN
from bff_web.consultas import CONTEXTOS
from bff_web.cuerpos import leer
from bff_web.direcciones import exigir_ids
from bff_web.modelos_comandos import ejemplo
from bff_web.servicios import Servicio
from bff_web.tipos import Objeto, Texto, cuenta
from contratos.ordenes import REGISTRO, Orden
from seedwork.dominio import textos
from seedwork.entrada.http import en_flask

ORDENES = tuple(orden for orden in REGISTRO if orden.contexto in CONTEXTOS)

_MOTIVO = next(c for c in Orden.campos() if c.nombre == "motivo")


class CuerpoSobreCarta(Objeto):
    """Por qué se hace."""

    model_config = ejemplo(motivo=_MOTIVO.ejemplo)

    motivo: Annotated[Texto, Field(description=f"{_MOTIVO.significado} {cuenta(textos.TEXTO)}")]


def registrar(app: flask.Flask, servicios: Mapping[str, Servicio]) -> None:
    """Add every order's route.

    Args:
        servicios: who carries out each context's.
    """
    for orden in ORDENES:
        app.add_url_rule(en_flask(orden.ruta), orden.ruta + ORDEN, _vista(orden, servicios), methods=["POST"])


def _vista(orden: type[Orden], servicios: Mapping[str, Servicio]) -> Callable[..., flask.Response]:
    servicio = servicios[orden.contexto]

    def vista(**ids: str) -> flask.Response:
        exigir_ids(ids)
        cuerpo = leer(CuerpoSobreCarta)
        return servicio.ordenar(orden.ruta.format(**ids), cuerpo.model_dump())

    return vista
