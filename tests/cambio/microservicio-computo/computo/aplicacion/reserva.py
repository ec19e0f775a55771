"""What several reactions do alike: reserve, start, give back, and tell the step (contract §4)."""

from collections.abc import Iterable

from computo.aplicacion.puertos import Unidad
from computo.dominio.reserva import Reserva
from contrato_computo import COMPUTO
from contratos import motivos, sagas
from contratos.suscripciones import HechoSuscripcion
from saga.pasos import Saga, publicar_paso

RECURSO = COMPUTO
"""The resource that this service provides, as plans name it."""


def reservar(hecho: HechoSuscripcion, unidad: Unidad) -> None:
    """Hold a quota where the saga requires one, and answer it: reserved, refused, or closed before."""
    if RECURSO not in hecho.recursos_requeridos:
        return
    saga = Saga.de(hecho)
    reserva = unidad.reservas.de_saga(saga)
    if not reserva.tomar_peticion():
        return
    if reserva.cerrada:
        publicar_paso(unidad, saga, sagas.RESERVAR, sagas.OMITIDO, recurso=RECURSO, motivo=motivos.SAGA_CERRADA)
    elif unidad.existencias.tomar():
        reserva.reservar()
        publicar_paso(unidad, saga, sagas.RESERVAR, recurso=RECURSO)
    else:
        reserva.rechazar()
        publicar_paso(unidad, saga, sagas.RESERVAR, sagas.RECHAZADO, recurso=RECURSO, motivo=motivos.SIN_CAPACIDAD)


def iniciar(hecho: HechoSuscripcion, unidad: Unidad) -> None:
    """Put to use what the saga has reserved; it can't be activated before it is, since it waits for the answer."""
    if RECURSO not in hecho.recursos_requeridos:
        return
    saga = Saga.de(hecho)
    reserva = unidad.reservas.de_saga(saga)
    if reserva.iniciar():
        publicar_paso(unidad, saga, sagas.INICIAR, recurso=RECURSO)
    elif reserva.cerrada:
        publicar_paso(unidad, saga, sagas.INICIAR, sagas.OMITIDO, recurso=RECURSO, motivo=motivos.SAGA_CERRADA)


def soltar(hecho: HechoSuscripcion, unidad: Unidad) -> None:
    """Give back what the subscription holds, where the plan in force requires it no more."""
    if RECURSO in hecho.recursos_liberados:
        _liberar(unidad, Saga.de(hecho), unidad.reservas.vivas_de(hecho.id_suscripcion))


def deshacer(hecho: HechoSuscripcion, unidad: Unidad) -> None:
    """Give back what this very saga reserved, and close it; what the subscription held before stays."""
    if RECURSO not in hecho.recursos_requeridos:
        return
    saga = Saga.de(hecho)
    reserva = unidad.reservas.de_saga(saga)
    reserva.cerrada = True
    _liberar(unidad, saga, [reserva])


def deshacer_todo(hecho: HechoSuscripcion, unidad: Unidad, en_poder: Iterable[str]) -> None:
    """Give back all that the subscription holds, whichever saga reserved it, and close the latest one."""
    vivas = unidad.reservas.vivas_de(hecho.id_suscripcion)
    if not vivas and RECURSO not in {*hecho.recursos_requeridos, *en_poder}:
        return
    saga = Saga.de(hecho)
    unidad.reservas.de_saga(saga).cerrada = True
    _liberar(unidad, saga, vivas)


def _liberar(unidad: Unidad, saga: Saga, reservas: Iterable[Reserva]) -> None:
    """End these reservations, each giving its quota back once, and tell it once in this saga."""
    devueltas = [r for r in reservas if r.terminar()]
    for _ in devueltas:
        unidad.existencias.devolver()
    if not unidad.reservas.de_saga(saga).tomar_liberacion():
        return
    if devueltas:
        publicar_paso(unidad, saga, sagas.LIBERAR, recurso=RECURSO)
    else:
        publicar_paso(unidad, saga, sagas.LIBERAR, sagas.OMITIDO, recurso=RECURSO, motivo=motivos.NADA_QUE_LIBERAR)
