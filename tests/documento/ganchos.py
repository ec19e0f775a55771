"""What schemathesis can't know of the door: loaded by it, not by pytest."""

from typing import Any

import schemathesis
from schemathesis import GenerationMode


@schemathesis.hook
def before_call(_contexto: Any, caso: Any, _opciones: Any) -> None:
    """A cursor is valid where a page gave it out, which no pattern tells: what is meant to be taken goes without one.

    That the owner refuses others is its own tests' to show; a malformed one is still sent.
    """
    if caso.meta is not None and caso.meta.generation.mode == GenerationMode.POSITIVE and caso.query:
        caso.query.pop("cursor", None)
