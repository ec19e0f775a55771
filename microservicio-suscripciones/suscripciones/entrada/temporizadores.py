"""The durable timers: the saga's deadlines, and the renewals. What is due stands in the database, on its clock."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager

import structlog

from seedwork.entrada.servicio import Conexion, Tarea, periodica
from seedwork.infraestructura.bd import es_de_infraestructura
from suscripciones.aplicacion.reacciones.plazo import vencer_plazo
from suscripciones.aplicacion.reacciones.renovacion import renovar
from suscripciones.infraestructura.repositorio import UnidadSuscripciones

registro = structlog.get_logger(__name__)

GRACIA_S = 10.0
"""Seconds that broker and database must have answered again before silence proves anything (contract §4)."""

PLAZOS_S = 0.5
"""Seconds between two looks for deadlines that have passed."""

RENOVACIONES_S = 2.0
"""Likewise, for renewals that are due."""

Vencidas = Callable[[], Sequence[tuple[str, str]]]
"""Answers subscription and saga of each that is due."""

Abrir = Callable[[], AbstractContextManager[UnidadSuscripciones]]


def vigilar_plazos(vencidas: Vencidas, abrir: Abrir, conexion: Conexion) -> Tarea:
    """Refuse what is past its deadline.

    Args:
        vencidas: whose deadline has passed.
        abrir: opens a unit of work.
        conexion: tells whether this process hears the participants at all.
    """

    def se_oye() -> bool:
        return conexion.segundos_en_orden() >= GRACIA_S

    def revisar() -> None:
        if se_oye():
            _una_a_una("plazo", vencidas(), abrir, vencer_plazo, mientras=se_oye)

    return periodica(PLAZOS_S, revisar)


def vigilar_renovaciones(vencidas: Vencidas, sin_plan: Callable[[], Mapping[str, int]], abrir: Abrir) -> Tarea:
    """Issue the invoices of the periods that have begun.

    Args:
        vencidas: whose renewal is due, and can be issued.
        sin_plan: how many are due of each plan that the catalogue does not have any more.
        abrir: opens a unit of work.
    """
    avisados: Mapping[str, int] = {}

    def revisar() -> None:
        nonlocal avisados
        _una_a_una("renovacion", vencidas(), abrir, lambda unidad, id, _: renovar(unidad, id))
        if (faltan := sin_plan()) != avisados:
            avisados = faltan
            for codigo, cuantas in faltan.items():
                registro.error("hay renovaciones de un plan que no está en el catálogo", plan=codigo, cuantas=cuantas)

    return periodica(RENOVACIONES_S, revisar)


def _una_a_una(
    causa: str,
    vencidas: Sequence[tuple[str, str]],
    abrir: Abrir,
    atender: Callable[[UnidadSuscripciones, str, str], None],
    *,
    mientras: Callable[[], bool] = lambda: True,
) -> None:
    """Attend to what is due, one transaction each: one that fails holds up no other.

    Raises:
        Exception: the database is away; what is left stays due.
    """
    for id_suscripcion, id_saga in vencidas:
        if not mientras():
            return
        try:
            with abrir() as unidad:
                unidad.por_cuenta_propia(causa, sujeto=id_suscripcion, correlacion=id_saga)
                atender(unidad, id_suscripcion, id_saga)
                unidad.recolectar()
        except Exception as error:
            if es_de_infraestructura(error):
                raise
            registro.error(
                "lo vencido no se pudo atender", causa=causa, correlacion=id_saga, error=type(error).__name__
            )
