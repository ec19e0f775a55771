"""AccesoNegado: the door refused somebody something."""

from contratos.bff import AccesoNegado
from seedwork.aplicacion.auditoria import NEGADO, Anotacion
from seedwork.aplicacion.sobre import en_instante
from suscripciones.aplicacion.puertos import Unidad


def anotar_acceso_negado(hecho: AccesoNegado, unidad: Unidad) -> None:
    """Keep it in the audit trail: the door has none of its own."""
    unidad.auditar(
        Anotacion(
            ocurrido=en_instante(hecho.ocurrido) or unidad.entorno.ahora(),
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
