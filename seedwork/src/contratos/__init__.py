"""The published messages, one module per context: the only thing that services know of each other.

With them, the queries (:mod:`contratos.consultas`), who may ask for what (:mod:`contratos.permisos`), and who may say
and hear what (:mod:`contratos.canales`).
"""

import importlib
import pkgutil

from contratos.base import INQUILINO, PROVEEDORES, REGISTRO, Mensaje, a_dict, de_dict, mensaje, recurso

__all__ = ["INQUILINO", "PROVEEDORES", "REGISTRO", "Mensaje", "a_dict", "de_dict", "mensaje", "recurso"]

# Every context's messages are known to whoever knows one: the registry is whole. So are the rules, and with them the
# queries, which are a package of their own. Examples are no context.
for _modulo in pkgutil.iter_modules(__path__):
    if _modulo.name not in ("__main__", "ejemplos") and not _modulo.ispkg:
        importlib.import_module(f"{__name__}.{_modulo.name}")
