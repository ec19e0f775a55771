"""Errors as RFC 9457 problem+json, in Spanish; none quotes a value, a SQL text or a stack trace."""

import json
import traceback
from collections.abc import Mapping
from typing import Any

import flask
import structlog
from werkzeug.exceptions import HTTPException, MethodNotAllowed

log = structlog.get_logger(__name__)

TIPO_PROBLEMA = "application/problem+json"

_TEXTOS: dict[int, tuple[str, str]] = {
    400: ("Solicitud incorrecta", "La solicitud no se entiende."),
    401: ("Sin autenticar", "Hay que decir quién lo pide: falta un token, o el que vino no vale."),
    403: ("Sin permiso", "Quien lo pide no tiene permiso para hacerlo."),
    404: ("No encontrado", "No existe nada en esta dirección."),
    405: ("Método no permitido", "Esta dirección no admite ese método."),
    408: ("Tiempo agotado", "La solicitud no llegó entera a tiempo."),
    412: ("Condición no cumplida", "Una condición de la solicitud no se cumple."),
    413: ("Contenido demasiado grande", "El cuerpo supera el tamaño admitido."),
    414: ("URI demasiado larga", "La dirección supera el tamaño admitido."),
    415: ("Tipo de contenido no admitido", "El tipo de contenido del cuerpo no se admite."),
    416: ("Rango no disponible", "El rango que se pide no existe."),
    417: ("Expectativa no cumplida", "El servidor no puede cumplir lo que pide la cabecera Expect."),
    422: ("Contenido no válido", "La solicitud no cumple las reglas del contrato."),
    429: ("Demasiadas solicitudes", "Son demasiadas solicitudes en poco tiempo: espere antes de repetirla."),
    431: ("Cabeceras demasiado grandes", "Las cabeceras superan el tamaño admitido."),
    500: ("Error interno", "Ocurrió un error interno; quedó anotado con esta correlación."),
    501: ("No implementado", "La codificación de transferencia del cuerpo no se admite."),
    503: ("Servicio no disponible", "El servicio no está disponible por ahora: repita la petición más tarde."),
}
_OTRO = ("Error", "La solicitud no se pudo atender.")


class ErrorHttp(Exception):
    """Ends a request with a problem.

    Args:
        estado: the HTTP status.
        detalle: what went wrong, in Spanish; None for the status's general text.
        cabeceras: further headers of the answer.
        miembros: further members of the problem (RFC 9457 §3.2).
    """

    def __init__(
        self,
        estado: int,
        detalle: str | None = None,
        /,
        *,
        cabeceras: Mapping[str, str] | None = None,
        **miembros: Any,
    ) -> None:
        super().__init__(str(estado))
        self.estado = estado
        self.detalle = detalle
        self.cabeceras = cabeceras
        self.miembros = miembros


def problema(
    estado: int,
    detalle: str | None = None,
    /,
    *,
    cabeceras: Mapping[str, str] | None = None,
    **miembros: Any,
) -> flask.Response:
    """The answer that tells a problem; the arguments are those of :class:`ErrorHttp`."""
    titulo, general = _TEXTOS.get(estado, _OTRO)
    cuerpo = {
        "type": "about:blank",
        "title": titulo,
        "status": estado,
        "detail": detalle or general,
        **miembros,
    }
    # A member may name a field that the client made up, lone surrogates too: the answer must not break.
    carga = json.dumps(cuerpo, ensure_ascii=False).encode("utf-8", errors="replace")
    return flask.Response(carga, estado, cabeceras, content_type=TIPO_PROBLEMA)


def registrar_errores(app: flask.Flask) -> None:
    """Answer every error of the application as problem+json."""
    app.register_error_handler(ErrorHttp, _propio)
    app.register_error_handler(HTTPException, _de_http)
    app.register_error_handler(Exception, imprevisto)


def _propio(error: ErrorHttp) -> flask.Response:
    return problema(error.estado, error.detalle, cabeceras=error.cabeceras, **error.miembros)


def _de_http(error: HTTPException) -> Any:
    if error.response is not None:
        return error.response
    permitidos = error.valid_methods if isinstance(error, MethodNotAllowed) else None
    return problema(error.code or 500, cabeceras={"Allow": ", ".join(sorted(permitidos))} if permitidos else None)


def imprevisto(error: Exception) -> flask.Response:
    """The answer to an error that nobody foresaw; the log tells where it happened."""
    log.error("error no previsto", error=type(error).__name__, pila=pila(error))
    return problema(500, correlacion=flask.g.get("correlacion"))


def pila(error: BaseException) -> list[str]:
    """Where an error happened, innermost last. Its text may quote personal data or SQL; this does not."""
    return [f"{m.filename}:{m.lineno} {m.name}" for m in traceback.extract_tb(error.__traceback__)[-12:]]
