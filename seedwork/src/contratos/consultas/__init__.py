"""The queries and their answers, one module per context: what each service answers, and the door documents."""

import importlib
import pkgutil

from contratos.consultas.base import (
    ArchivoNombrado,
    Campo,
    Consulta,
    Cursor,
    Id,
    Pagina,
    Parte,
    Respuesta,
    Sujeto,
    Texto,
    de_contexto,
)

__all__ = [
    "ArchivoNombrado",
    "Campo",
    "Consulta",
    "Cursor",
    "Id",
    "Pagina",
    "Parte",
    "Respuesta",
    "Sujeto",
    "Texto",
    "de_contexto",
]

# Every context's queries are known to whoever knows one.
for _modulo in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_modulo.name}")
