"""All that is held of a client: each owner is asked for what is its own, as the client, and nothing is kept here."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import flask

from bff_web.servicios import Servicio
from contratos.consultas import Consulta
from contratos.consultas.notificaciones import ListarNotificaciones
from contratos.consultas.servicio_datos import ListarServiciosDatos
from contratos.consultas.suscripciones import ListarSuscripciones

LISTAS: Mapping[str, type[Consulta]] = {
    "suscripciones": ListarSuscripciones,
    "servicios_datos": ListarServiciosDatos,
    "notificaciones": ListarNotificaciones,
}
"""By a field of the answer, whose pages it is made of."""
PAGINAS = 20
"""So many of each list, at most: the rest is to be asked page by page."""


def reunir(respuesta: flask.Response, cliente: str, servicios: Mapping[str, Servicio]) -> flask.Response:
    """The answer of who knows the client, with the lists of all owners.

    Raises:
        ErrorHttp: 503 where one of them does not answer: it is whole, or none.
    """
    dicho: dict[str, Any] = json.loads(respuesta.data)
    for campo, consulta in LISTAS.items():
        dicho[campo], filtros = [], {"cliente": cliente}
        for _ in range(PAGINAS):
            pagina = json.loads(servicios[consulta.contexto].preguntar(consulta.ruta, filtros).data)
            dicho[campo] += pagina["elementos"]
            if pagina["siguiente"] is None:
                break
            filtros["cursor"] = pagina["siguiente"]
        else:
            dicho["resto"].append(f"{consulta.ruta}?{urlencode(filtros)}")
    respuesta.data = json.dumps(dicho, ensure_ascii=False)
    return respuesta
