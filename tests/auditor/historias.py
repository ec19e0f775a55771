"""Good stories, of subscription s-1: what may befall it, by the contract."""

from collections.abc import Callable

from tests.auditor.evidencia import Evidencia
from tests.auditor.relato import DATOS, Relato

from contratos import motivos
from contratos.notificaciones import CAMBIO_PLAN_RECHAZADO, SERVICIO_LISTO
from contratos.sagas import OMITIDO, RESERVAR
from contratos.suscripciones import CambiarPlanSuscripcion, CancelarSuscripcion

Historia = Callable[[Relato], None]


def pro(relato: Relato) -> None:
    relato.alta("s-1", "pro")


def gratis(relato: Relato) -> None:
    relato.alta("s-1", "free")


def rechazada_al_pedirla(relato: Relato) -> None:
    relato.rechazo_al_pedir("s-1")


def sin_capacidad(relato: Relato) -> None:
    saga = relato.pide("s-1", "pro")
    relato.no_reserva(saga, motivos.SIN_CAPACIDAD)
    relato.rechaza(saga, motivos.SIN_CAPACIDAD, "pro")


def sin_buzon(relato: Relato) -> None:
    saga = relato.pide("s-1", "pro")
    relato.reserva(saga)
    relato.aprovisiona(saga, "pro")
    relato.avisa(saga, SERVICIO_LISTO, "FALLIDA")
    relato.rechaza(saga, motivos.NOTIFICACION_FALLIDA, "pro", "FALLIDA")


def deshecha_antes_que_la_causa(relato: Relato) -> None:
    saga = relato.pide("s-1", "pro")
    relato.rechaza(saga, motivos.PLAZO_VENCIDO, "pro")
    relato.paso(saga, RESERVAR, OMITIDO, DATOS, motivos.SAGA_CERRADA)


def cancelada(relato: Relato) -> None:
    relato.alta("s-1", "pro")
    relato.cancela("s-1")


def cancelada_al_avisar(relato: Relato) -> None:
    saga = relato.pide("s-1", "pro")
    relato.reserva(saga)
    relato.aprovisiona(saga, "pro")
    relato.cancela("s-1")
    relato.avisa(saga, SERVICIO_LISTO, "ANULADA")


def sube(relato: Relato) -> None:
    relato.alta("s-1", "basico")
    relato.cambio("s-1", "pro")


def baja_y_se_va(relato: Relato) -> None:
    relato.alta("s-1", "pro")
    relato.cambio("s-1", "basico")
    relato.cancela("s-1")


def no_sube_y_se_va(relato: Relato) -> None:
    relato.alta("s-1", "basico")
    saga = relato.cambia("s-1", "pro")
    relato.no_reserva(saga, motivos.SIN_CAPACIDAD)
    relato.rechaza_el_cambio(saga, "pro", motivos.SIN_CAPACIDAD)
    relato.libera(saga)
    relato.avisa(saga, CAMBIO_PLAN_RECHAZADO)
    relato.cancela("s-1")


def se_va_mientras_sube(relato: Relato) -> None:
    relato.alta("s-1", "basico")
    saga = relato.cambia("s-1", "pro")
    relato.manda(CancelarSuscripcion(id_suscripcion="s-1"), "s-1")
    relato.rechaza_el_cambio(saga, "pro", motivos.CANCELADA_POR_CLIENTE)
    relato.avisa(saga, CAMBIO_PLAN_RECHAZADO)
    relato.fin("s-1")
    relato.paso(saga, RESERVAR, OMITIDO, DATOS, motivos.SAGA_CERRADA)


def paga_dos_periodos(relato: Relato) -> None:
    relato.alta("s-1", "pro")
    relato.paga("f-1")
    relato.renueva("s-1")
    relato.paga("f-2")


def ordenes_en_vano(relato: Relato) -> None:
    relato.alta("s-1", "free")
    en_vigor = CambiarPlanSuscripcion(id_suscripcion="s-1", plan_codigo="free")
    relato.ordena_en_vano(en_vigor, "s-1", motivos.PLAN_EN_VIGOR)
    relato.manda(CancelarSuscripcion(id_suscripcion="s-1"), "s-1", clave="k-1")
    relato.fin("s-1")
    otra = CancelarSuscripcion(id_suscripcion="s-1", motivo="otro")
    relato.ordena_en_vano(otra, "s-1", motivos.CLAVE_DE_IDEMPOTENCIA_REUTILIZADA, "k-1")


def a_mano(relato: Relato) -> None:
    relato.alta("s-1", "free")
    relato.servicio_a_mano("d-1", "s-1")
    relato.termina_a_mano("d-1")
    relato.servicio_a_mano("d-2", "s-1")


def a_mano_y_se_va(relato: Relato) -> None:
    relato.alta("s-1", "free")
    relato.servicio_a_mano("d-1", "s-1")
    relato.cancela("s-1")


def de_hospital(relato: Relato) -> None:
    relato.imagen("i-1")
    relato.imagen_rechazada("i-2")


HISTORIAS = [
    pro,
    gratis,
    rechazada_al_pedirla,
    sin_capacidad,
    sin_buzon,
    deshecha_antes_que_la_causa,
    cancelada,
    cancelada_al_avisar,
    sube,
    baja_y_se_va,
    no_sube_y_se_va,
    se_va_mientras_sube,
    paga_dos_periodos,
    ordenes_en_vano,
    a_mano,
    a_mano_y_se_va,
    de_hospital,
]


def contada(historia: Historia) -> Evidencia:
    historia(relato := Relato())
    return relato.evidencia()
