"""The timer of the saga's deadlines."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

import structlog

from seedwork.entrada.servicio import Conexion, Tarea, periodica
from seedwork.infraestructura.bd import es_de_infraestructura
from suscripciones.aplicacion.reacciones.plazo import vencer_plazo
from suscripciones.infraestructura.repositorio import UnidadSuscripciones

registro = structlog.get_logger(__name__)

GRACIA_S = 10.0
"""Seconds that broker and database must have answered again before silence proves anything (contract §4)."""

CADA_S = 0.5


def vigilar_plazos(
    vencidos: Callable[[], Sequence[tuple[str, str]]],
    abrir: Callable[[], AbstractContextManager[UnidadSuscripciones]],
    conexion: Conexion,
) -> Tarea:
    """Refuse what is past its deadline, one transaction each: one that fails holds up no other.

    Args:
        vencidos: subscription and saga of each deadline that has passed.
        abrir: opens a unit of work.
        conexion: tells whether this process hears the participants at all.
    """

    def revisar() -> None:
        if conexion.segundos_en_orden() < GRACIA_S:
            return
        for id_suscripcion, id_saga in vencidos():
            if conexion.segundos_en_orden() < GRACIA_S:
                return
            try:
                with abrir() as unidad:
                    unidad.por_cuenta_propia("plazo", sujeto=id_suscripcion, correlacion=id_saga)
                    vencer_plazo(unidad, id_suscripcion, id_saga)
                    unidad.recolectar()
            except Exception as error:
                if es_de_infraestructura(error):
                    raise
                registro.error("el plazo no se pudo vencer", correlacion=id_saga, error=type(error).__name__)

    return periodica(CADA_S, revisar)
