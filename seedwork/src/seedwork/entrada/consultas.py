"""A service's HTTP API, made of its table of queries: a route each, which reads it, has it answered and shows that."""

from collections.abc import Callable, Mapping
from typing import Any

import flask

from contratos import motivos
from contratos.acceso import Alcance, permiso
from contratos.consultas import Consulta
from seedwork.aplicacion.auditoria import NEGADO, resultado_de
from seedwork.aplicacion.consultas import Anunciada, Respondedor, Solicitante
from seedwork.aplicacion.entorno import EntornoReal
from seedwork.aplicacion.identidad import Acceso
from seedwork.entrada.http import App, correlacion, en_flask
from seedwork.entrada.problemas import ErrorHttp
from seedwork.infraestructura.consultas import CursorInvalido


def registrar(app: App, consultas: Mapping[type[Consulta], Respondedor | Anunciada], lectura: Any) -> None:
    """Add the route of every query.

    Args:
        app: it says who asks, and keeps who asked what.
        consultas: what answers each.
        lectura: the reading side that they answer from.

    Raises:
        SinPermiso: a query has no rule (:mod:`contratos.permisos`).
    """
    for tipo, respondedor in consultas.items():
        responder = respondedor.responder if isinstance(respondedor, Anunciada) else respondedor
        app.add_url_rule(en_flask(tipo.ruta), tipo.__name__, _vista(tipo, responder, lectura, app))


def _vista(tipo: type[Consulta], responder: Respondedor, lectura: Any, app: App) -> Callable[..., dict[str, Any]]:
    suyo, entorno = permiso(tipo), EntornoReal()

    def vista(**ids: str) -> dict[str, Any]:
        acceso = Acceso(app.identificar(), suyo)
        dados = flask.request.args
        # The door has looked at the values; what it hands on under another name is not asked.
        consulta = tipo(**ids, **{nombre: dados.get(nombre) for nombre in tipo.parametros})
        solicitante = Solicitante(acceso=acceso, correlacion=correlacion(), entorno=entorno)
        try:
            respuesta = None if acceso.alcance is Alcance.NADA else responder(consulta, lectura, solicitante)
        except CursorInvalido:
            app.auditor.anotar(consulta, solicitante, NEGADO, motivos.CURSOR_INVALIDO)
            raise
        app.auditor.anotar(consulta, solicitante, resultado_de(respuesta))
        if respuesta is None:
            # Worth another try, since a command may still be on its way (contract §2).
            raise ErrorHttp(404, "No existe, o todavía no se ha procesado.", cabeceras={"Retry-After": "1"})
        return vars(respuesta)

    return vista
