"""A service's HTTP API, made of its table of queries: a route each, which reads it, has it answered and shows that."""

from collections.abc import Callable, Mapping
from typing import Any

import flask

from contratos.consultas import Consulta
from seedwork.aplicacion.consultas import Auditada, Respondedor, Solicitante
from seedwork.aplicacion.entorno import Entorno, EntornoReal
from seedwork.entrada.http import consultante, correlacion, regla
from seedwork.entrada.problemas import ErrorHttp


def registrar(app: flask.Flask, consultas: Mapping[type[Consulta], Respondedor | Auditada], lectura: Any) -> None:
    """Add the route of every query.

    Args:
        consultas: what answers each.
        lectura: the reading side that they answer from.
    """
    entorno = EntornoReal()
    for tipo, respondedor in consultas.items():
        app.add_url_rule(regla(tipo.ruta), tipo.__name__, _vista(tipo, respondedor, lectura, entorno))


def _vista(
    tipo: type[Consulta], respondedor: Respondedor | Auditada, lectura: Any, entorno: Entorno
) -> Callable[..., dict[str, Any]]:
    def vista(**ids: str) -> dict[str, Any]:
        dados = flask.request.args
        # The door has looked at the values; what it hands on under another name is not asked.
        consulta = tipo(**ids, **{nombre: dados.get(nombre) for nombre in tipo.parametros})
        if isinstance(respondedor, Auditada):
            quien = Solicitante(id=consultante(), correlacion=correlacion(), entorno=entorno)
            respuesta = respondedor.responder(consulta, lectura, quien)
        else:
            respuesta = respondedor(consulta, lectura)
        if respuesta is None:
            # Worth another try, since a command may still be on its way (contract §2).
            raise ErrorHttp(404, "No existe, o todavía no se ha procesado.", cabeceras={"Retry-After": "1"})
        return vars(respuesta)

    return vista
