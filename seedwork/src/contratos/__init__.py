"""The published messages, one module per context: the only thing that services know of each other."""

import importlib
import pkgutil

from contratos.base import INQUILINO, PROVEEDORES, REGISTRO, Mensaje, a_dict, de_dict, mensaje, recurso

__all__ = ["INQUILINO", "PROVEEDORES", "REGISTRO", "Mensaje", "a_dict", "de_dict", "mensaje", "recurso"]

# Every context's messages are known to whoever knows one: the registry is whole. Examples are no context.
# Queries are a package of their own, for those who ask and answer them.
for _modulo in pkgutil.iter_modules(__path__):
    if _modulo.name not in ("__main__", "ejemplos") and not _modulo.ispkg:
        importlib.import_module(f"{__name__}.{_modulo.name}")
