"""That every domain event is either published or marked internal is checked when a service starts."""

import sys
from collections.abc import Mapping

from seedwork.aplicacion.unidad import Traductor
from seedwork.dominio.agregado import EventoDominio


def verificar_traducciones(paquete: str, traducciones: Mapping[type[EventoDominio], Traductor]) -> None:
    """Stop a service whose domain events are not all either published or marked internal.

    Raises:
        RuntimeError: the events of ``paquete`` that have no translation.
    """
    pendientes, propios = [EventoDominio], set()
    while pendientes:
        for evento in pendientes.pop().__subclasses__():
            pendientes.append(evento)
            # A dataclass with slots is made twice; the class that its module does not show is the discarded one.
            vigente = getattr(sys.modules.get(evento.__module__), evento.__name__, None) is evento
            if vigente and evento.__module__.startswith(f"{paquete}."):
                propios.add(evento)
    hojas = {e for e in propios if not any(s in propios for s in e.__subclasses__())}
    faltan = sorted(e.__name__ for e in hojas - set(traducciones))
    if faltan:
        raise RuntimeError(f"{paquete}: ni publicados ni marcados como internos: {', '.join(faltan)}")
