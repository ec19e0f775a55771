"""How a request says who sends it, and how it is told that it did not (RFC 6750)."""

import structlog

from seedwork.entrada.problemas import ErrorHttp
from seedwork.infraestructura.tokens import TokenInvalido

log = structlog.get_logger(__name__)

ESQUEMA = "Bearer"
REINO = "saludtech"
_DESAFIO = f'{ESQUEMA} realm="{REINO}"'

_DETALLES = {
    "caducado": "El token ha caducado: pida otro.",
    "todavia_no": "El token aún no vale.",
    "futuro": "El token aún no vale.",
}
"""What whoever bears it can do something about; of all else, no more is said than that it is none."""


class SinToken(Exception):
    """A request says nothing about who sends it."""


def token(credencial: str | None) -> str:
    """The token that a request bears.

    Args:
        credencial: its header Authorization, if it has one.

    Raises:
        SinToken: it bears none; one that is sent by another scheme, or in the address, is none.
    """
    esquema, _, dicho = (credencial or "").partition(" ")
    if esquema.lower() != ESQUEMA.lower() or not dicho.strip():
        raise SinToken
    return dicho.strip()


def sin_token(
    detalle: str = f"Hay que decir quién lo pide, con la cabecera Authorization: {ESQUEMA} y un token.",
) -> ErrorHttp:
    """401 for a request that says nothing; without an error's code, since none was made (RFC 6750 §3.1).

    Args:
        detalle: for the client, in Spanish.
    """
    return ErrorHttp(401, detalle, cabeceras={"WWW-Authenticate": _DESAFIO})


def token_invalido(error: TokenInvalido) -> ErrorHttp:
    """401 for one whose token does not count. The log tells why, in a word."""
    log.info("token no válido", motivo=error.codigo)
    detalle = _DETALLES.get(error.codigo, "El token no vale.")
    return ErrorHttp(401, detalle, cabeceras={"WWW-Authenticate": f'{_DESAFIO}, error="invalid_token"'})


def sin_permiso(ambito: str, detalle: str | None = None) -> ErrorHttp:
    """403 for one whose token is good, and not for this.

    Args:
        ambito: the scope that it would take; empty where scopes don't matter.
        detalle: for the client, in Spanish.
    """
    cual = f', scope="{ambito}"' if ambito else ""
    desafio = f'{_DESAFIO}, error="insufficient_scope"{cual}'
    return ErrorHttp(403, detalle, cabeceras={"WWW-Authenticate": desafio})
