"""AccesoNegado: the door refused somebody something."""

from datetime import datetime, timedelta

from contratos.bff import AccesoNegado
from seedwork.aplicacion.auditoria import NEGADO, Anotacion
from seedwork.aplicacion.sobre import en_instante
from suscripciones.aplicacion.puertos import Unidad

ANTES = timedelta(days=1)
"""How long before it is told a refusal may have been; a door whose broker is away waits."""


def anotar_acceso_negado(hecho: AccesoNegado, unidad: Unidad) -> None:
    """Keep it in the audit trail: the door has none of its own."""
    unidad.auditar(
        Anotacion(
            ocurrido=_ocurrido(hecho, unidad),
            quien=hecho.quien,
            titular=hecho.titular,
            accion=hecho.accion,
            recurso=hecho.recurso,
            resultado=NEGADO,
            motivo=hecho.motivo or None,
            correlacion=unidad.sobre.correlacion,
            veces=hecho.veces,
        )
    )


def _ocurrido(hecho: AccesoNegado, unidad: Unidad) -> datetime:
    """When it was, where that can be; else when it was told, as its envelope says, and at the latest now."""
    ahora = unidad.entorno.ahora()
    dicho = min(en_instante(unidad.sobre.tiempo) or ahora, ahora)
    ocurrido = en_instante(hecho.ocurrido)
    return ocurrido if ocurrido is not None and dicho - ANTES <= ocurrido <= dicho else dicho
