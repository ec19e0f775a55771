"""The ids of a command, made here so that the client can ask at once; derived, where the client names a key.

The door keeps no state: the same key on the same route gives the same resource, and with the same body the same
command, in every instance and after a restart (contract §2).
"""

import hashlib
import hmac
import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bff_web.modelos_comandos import Cuerpo
from seedwork.aplicacion.entorno import Entorno
from seedwork.aplicacion.identidad import SIN_PREGUNTAR, Acceso
from seedwork.entrada.problemas import ErrorHttp
from seedwork.entrada.wsgi import REPETIDAS

CABECERA = "Idempotency-Key"
_EN_ENTORNO = "HTTP_IDEMPOTENCY_KEY"
MAXIMO_CLAVE = 255
PATRON_CLAVE = r"^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$"
"""The length is beside it. Blanks at both ends are no part of a header's value (RFC 9110 §5.5)."""

_ESPACIO = uuid.UUID("5b1f5f3e-3f0a-5c55-9d3b-6f2f0f1d7c11")
_CLAVE = re.compile(PATRON_CLAVE)

TODOS = ""
"""The caller where nobody is asked who they are: all are one."""


@dataclass(frozen=True, slots=True)
class Identidad:
    """What a command is known by.

    Attributes:
        id_comando: the command's own id.
        id_recurso: the id for a resource that the command makes.
        clave: ``ce_idempotencykey``; None without a key.
    """

    id_comando: str
    id_recurso: str
    clave: str | None


def identificar(
    ruta: str, clave: str | None, cuerpo: Cuerpo, secreto: bytes, entorno: Entorno, acceso: Acceso = SIN_PREGUNTAR
) -> Identidad:
    """The identity of the command that a request asks for.

    Args:
        ruta: the command's route with its ids; aliases of a route are one.
        clave: the client's key, if it sent one.
        cuerpo: the body, valid already.
        secreto: keys the hash, so that the ids tell nothing about the body.
        entorno: makes the ids where there is no key.
        acceso: who asks, and as what: another's key is another one, and so is that of somebody who asks for another
            client than before.

    Raises:
        ErrorHttp: 422 for a key that can't be one.
    """
    sujeto = (TODOS,) if acceso.quien is None else (acceso.quien.id, acceso.titular)
    if clave is None:
        return Identidad(entorno.id(), entorno.id(), None)
    exigir_clave(clave)
    derivada = _derivar("clave", ruta, *sujeto, clave)
    huella = hmac.new(secreto, _canonico(cuerpo), hashlib.sha256).hexdigest()
    return Identidad(_derivar("comando", derivada, huella), _derivar("recurso", ruta, *sujeto, clave), derivada)


def clave_de(entorno: Mapping[str, Any]) -> str | None:
    """The key that a request names, if it names one.

    Args:
        entorno: the request's environment.

    Raises:
        ErrorHttp: 422 for two: joined they would be a third, that nobody named.
    """
    if _EN_ENTORNO in entorno.get(REPETIDAS, ()):
        raise ErrorHttp(422, errores=[{"campo": CABECERA, "motivo": "se dio más de una vez"}])
    clave: str | None = entorno.get(_EN_ENTORNO)
    return clave


def exigir_clave(clave: str) -> None:
    """Let no key pass that can't be one.

    Raises:
        ErrorHttp: 422.
    """
    if len(clave) > MAXIMO_CLAVE or not _CLAVE.fullmatch(clave):
        motivo = f"debe tener de 1 a {MAXIMO_CLAVE} caracteres ASCII visibles"
        raise ErrorHttp(422, errores=[{"campo": CABECERA, "motivo": motivo}])


def _derivar(*partes: str) -> str:
    return str(uuid.uuid5(_ESPACIO, json.dumps(partes)))


def _canonico(cuerpo: Cuerpo) -> bytes:
    """The same bytes for bodies that ask for the same, however they are written."""
    datos = _sin_vacios(cuerpo.model_dump(exclude_defaults=True))
    return json.dumps(datos, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def _sin_vacios(datos: dict[str, Any]) -> dict[str, Any]:
    """Without what holds nothing: an object whose fields were all left out is as good as left out itself."""
    llenos = {clave: _sin_vacios(valor) if isinstance(valor, dict) else valor for clave, valor in datos.items()}
    return {clave: valor for clave, valor in llenos.items() if valor not in ({}, [])}
