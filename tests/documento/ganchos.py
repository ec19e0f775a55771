"""What schemathesis can't know of the door: loaded by it, not by pytest."""

from typing import Any

import schemathesis
from schemathesis import GenerationMode

_SIN_ASIGNAR = dict.fromkeys(range(0x20F1, 0x2100), "\u20d0")
"""No marks at all, though schemathesis draws them for ``\\p{M}``; and a mark."""


@schemathesis.hook
def before_call(_contexto: Any, caso: Any, _opciones: Any) -> None:
    """Makes of what is meant to be taken what the document really says.

    A cursor is valid where a page gave it out, which no pattern tells: it is left out. That the owner refuses others is
    its own tests' to show; a malformed one is still sent.
    """
    if caso.meta is not None and caso.meta.generation.mode == GenerationMode.POSITIVE:
        if caso.query:
            caso.query.pop("cursor", None)
        if caso.media_type == "multipart/form-data":
            # That a form has one is said in words: the same command may be sent as JSON without.
            caso.headers.setdefault("Idempotency-Key", "k")
        # What is set is judged anew, and a form with a file in it then taken for one that is to be refused.
        if (consulta := _con_marcas(caso.query)) != caso.query:
            caso.query = consulta
        if (cuerpo := _con_marcas(caso.body)) != caso.body:
            caso.body = cuerpo


def _con_marcas(valor: Any) -> Any:
    if isinstance(valor, str):
        return valor.translate(_SIN_ASIGNAR)
    if isinstance(valor, dict):
        return {clave: _con_marcas(suyo) for clave, suyo in valor.items()}
    return valor
