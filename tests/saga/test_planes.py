"""A client changes plan: up, down, to nothing new, and when it can't be."""

from collections.abc import Callable

import pytest
from tests.saga.negocio import Negocio, Suscripcion

pytestmark = pytest.mark.integracion


def suscrita(negocio: Negocio, plan: str) -> Suscripcion:
    """A client has a subscription in force, and all that belongs to it."""
    suscripcion = negocio.pide_suscripcion(plan)
    suscripcion.queda("ACTIVA")
    suscripcion.su_saga_queda("COMPLETADA")
    return suscripcion


def test_de_basico_a_pro_se_reserva_se_avisa_y_el_plan_rige(negocio: Negocio) -> None:
    cliente = suscrita(negocio, "basico")

    assert cliente.cambia_plan("pro").queda("APLICADO") is None

    cliente.tiene_plan("pro")
    assert cliente.queda("ACTIVA")["motivo"] is None
    cliente.su_servicio_queda("INICIADO")
    _, cambio = cliente.todo_queda_quieto(2)
    assert cambio.vista["estado"] == "COMPLETADA"
    assert [paso for paso, _ in cambio.resultados] == ["CAMBIAR", "RESERVAR", "NOTIFICAR", "ACTIVAR", "INICIAR"]
    cliente.su_notificacion_queda("SERVICIO_LISTO", "CONFIRMADA")
    cliente.su_notificacion_queda("PLAN_MODIFICADO", "CONFIRMADA")
    assert len(cliente.vista()["facturas"]) == 1, "un cambio no factura antes de la renovación"


def test_de_pro_a_basico_rige_al_momento_y_la_capacidad_vuelve(
    negocio: Negocio, expertos_libres: Callable[[int], None]
) -> None:
    expertos_libres(1)
    cliente = suscrita(negocio, "pro")

    cliente.cambia_plan("basico").queda("APLICADO")

    cliente.tiene_plan("basico")
    cliente.su_servicio_queda("TERMINADO")
    _, cambio = cliente.todo_queda_quieto(2)
    assert cambio.vista["estado"] == "COMPLETADA"
    assert {paso for paso, _ in cambio.resultados} == {"CAMBIAR", "ACTIVAR", "LIBERAR"}
    # The only expert's only place is free again.
    suscrita(negocio, "pro").su_servicio_queda("INICIADO")


def test_de_free_a_basico_no_cambia_nada_mas_que_el_plan(negocio: Negocio) -> None:
    cliente = suscrita(negocio, "free")
    cliente.cambia_plan("basico").queda("APLICADO")
    cliente.tiene_plan("basico")
    _, cambio = cliente.todo_queda_quieto(2)
    assert (cambio.vista["estado"], sorted(cambio.resultados)) == (
        "COMPLETADA",
        [("ACTIVAR", "HECHO"), ("CAMBIAR", "HECHO")],
    )


def test_sin_expertos_el_cambio_se_rechaza_y_el_plan_de_antes_sigue(
    negocio: Negocio, expertos_libres: Callable[[int], None]
) -> None:
    expertos_libres(0)
    cliente = suscrita(negocio, "basico")

    assert cliente.cambia_plan("pro").queda("APLICADO") is None

    _, cambio = cliente.todo_queda_quieto(2)
    assert cambio.vista["estado"] == "COMPENSADA"
    assert (cambio.paso("RESERVAR")["resultado"], cambio.paso("RECHAZAR")["motivo"]) == (
        "RECHAZADO",
        "No queda capacidad libre.",
    )
    vista = cliente.queda("ACTIVA")
    assert vista["plan"]["codigo"] == "basico"
    cliente.su_notificacion_queda("CAMBIO_PLAN_RECHAZADO", "CONFIRMADA")
    assert cliente.sus_servicios() == []
    # Nothing of it stays: the same change goes through once there is room.
    expertos_libres(1)
    cliente.cambia_plan("pro").queda("APLICADO")
    cliente.tiene_plan("pro")


def test_pro_ida_y_vuelta_y_vuelta_tiene_siempre_un_servicio_como_mucho(
    negocio: Negocio, expertos_libres: Callable[[int], None]
) -> None:
    expertos_libres(2)
    cliente = suscrita(negocio, "pro")
    for numero, plan in enumerate(("free", "pro", "basico", "pro"), 2):
        cliente.cambia_plan(plan).queda("APLICADO")
        cliente.tiene_plan(plan)
        cliente.todo_queda_quieto(numero)
        vivos = [s for s in cliente.sus_servicios() if s["estado"] != "TERMINADO"]
        assert [s["estado"] for s in vivos] == (["INICIADO"] if plan == "pro" else [])


@pytest.mark.parametrize(
    ("plan", "motivo"),
    [
        ("basico", "Ese plan ya es el de la suscripción."),
        ("platino", "El plan pedido no existe en el catálogo."),
    ],
)
def test_lo_que_no_es_un_cambio_se_rechaza_con_su_motivo(negocio: Negocio, plan: str, motivo: str) -> None:
    cliente = suscrita(negocio, "basico")
    assert cliente.cambia_plan(plan).queda("RECHAZADO") == motivo
    assert cliente.vista()["plan"]["codigo"] == "basico"
    assert len(cliente.sus_sagas()) == 1


def test_quien_no_esta_activa_no_cambia(negocio: Negocio) -> None:
    cliente = suscrita(negocio, "free")
    cliente.cancela().queda("APLICADO")
    assert cliente.cambia_plan("basico").queda("RECHAZADO") == "La suscripción no está activa."


def test_dos_cambios_a_la_vez_solo_uno_tiene_efecto(negocio: Negocio, expertos_libres: Callable[[int], None]) -> None:
    expertos_libres(2)
    cliente = suscrita(negocio, "free")
    destinos = [cliente.cambia_plan("pro"), cliente.cambia_plan("pro")]
    assert destinos[0].queda("APLICADO") is None
    assert destinos[1].queda("RECHAZADO")
    cliente.tiene_plan("pro")
    assert len(cliente.todo_queda_quieto(2)) == 2


def test_la_misma_clave_otra_vez_es_el_mismo_cambio_y_otro_cuerpo_no_tiene_efecto(negocio: Negocio) -> None:
    cliente = suscrita(negocio, "free")
    primera = cliente.cambia_plan("basico", Idempotency_Key="k-1")
    repetida = cliente.cambia_plan("basico", Idempotency_Key="k-1")
    otra = cliente.cambia_plan("pro", Idempotency_Key="k-1")
    assert primera.aceptado["id_comando"] == repetida.aceptado["id_comando"] != otra.aceptado["id_comando"]
    primera.queda("APLICADO")
    assert otra.queda("RECHAZADO") == "La clave de idempotencia ya se usó con otro contenido."
    assert cliente.vista()["plan"]["codigo"] == "basico"
