"""A client ends a subscription: in force, still pending, right behind its creation, in the middle of a change."""

from collections.abc import Callable

import pytest
from tests.saga.negocio import Negocio
from tests.saga.plataforma_viva import Plataforma
from tests.saga.test_planes import suscrita

from contratos import motivos

pytestmark = pytest.mark.integracion


def test_cancelar_lo_que_esta_activo_devuelve_todo_y_anula_lo_que_se_debe(
    negocio: Negocio, expertos_libres: Callable[[int], None]
) -> None:
    expertos_libres(1)
    cliente = suscrita(negocio, "pro")
    (factura,) = cliente.vista()["facturas"]

    assert cliente.cancela("me mudo a la selva").queda("APLICADO") is None

    vista = cliente.queda("CANCELADA")
    assert vista["motivo"] == "El cliente canceló la suscripción."
    assert vista["detalle"] == "me mudo a la selva"
    assert [f["estado"] for f in vista["facturas"]] == ["ANULADA"]
    cliente.su_servicio_queda("TERMINADO")
    cliente.su_notificacion_queda("SUSCRIPCION_CANCELADA", "CONFIRMADA")
    (saga,) = cliente.todo_queda_quieto(1)
    assert saga.vista["estado"] == "COMPLETADA", "lo que acabó bien no deja de haberlo hecho"
    assert cliente.paga(factura).queda("RECHAZADO") == "La factura está anulada."
    assert cliente.cancela().queda("RECHAZADO") == "La suscripción ya no está vigente."
    suscrita(negocio, "pro").su_servicio_queda("INICIADO")


def test_cancelar_mientras_se_aprovisiona_deshace_lo_reservado(
    negocio: Negocio, plataforma: Plataforma, expertos_libres: Callable[[int], None]
) -> None:
    expertos_libres(1)
    notificaciones = plataforma.proceso("notificaciones")
    notificaciones.parar()
    try:
        cliente = negocio.pide_suscripcion("pro")
        cliente.su_servicio_queda("CREADO")
        assert cliente.cancela().queda("APLICADO") is None
        cliente.queda("CANCELADA")
        cliente.su_servicio_queda("TERMINADO")
    finally:
        notificaciones.arrancar()
        notificaciones.esperar_listo()

    saga = cliente.su_saga_queda("COMPENSADA")
    assert ("CANCELAR", "HECHO") in saga.resultados
    assert saga.paso("LIBERAR")["resultado"] == "HECHO"
    cliente.su_notificacion_queda("SUSCRIPCION_CANCELADA", "CONFIRMADA")
    assert cliente.vista()["facturas"] == []
    suscrita(negocio, "pro").su_servicio_queda("INICIADO")


@pytest.mark.parametrize("plan", ["pro", "free"])
def test_cancelar_justo_detras_de_crear_cuenta_tambien(
    negocio: Negocio, expertos_libres: Callable[[int], None], plan: str
) -> None:
    expertos_libres(1)
    cliente = negocio.pide_suscripcion(plan)
    orden = cliente.cancela()

    assert orden.queda("APLICADO") is None
    cliente.queda("CANCELADA")
    cliente.todo_queda_quieto(1)
    assert [s for s in cliente.sus_servicios() if s["estado"] != "TERMINADO"] == []


def test_cancelar_con_el_dueno_caido_cuenta_cuando_vuelve(
    negocio: Negocio, plataforma: Plataforma, expertos_libres: Callable[[int], None]
) -> None:
    expertos_libres(10)
    dueno = plataforma.proceso("suscripciones")
    dueno.parar()
    try:
        ordenes = [(c, c.cancela()) for c in (negocio.pide_suscripcion("pro") for _ in range(10))]
    finally:
        dueno.arrancar()
        dueno.esperar_listo()
    for cliente, orden in ordenes:
        assert orden.queda("APLICADO") is None
        cliente.queda("CANCELADA")
        cliente.todo_queda_quieto(1)


def test_cancelar_en_medio_de_un_cambio_rechaza_el_cambio_y_termina_todo(
    negocio: Negocio, plataforma: Plataforma, expertos_libres: Callable[[int], None]
) -> None:
    expertos_libres(1)
    cliente = suscrita(negocio, "basico")
    notificaciones = plataforma.proceso("notificaciones")
    notificaciones.parar()
    try:
        cliente.cambia_plan("pro").queda("APLICADO")
        cliente.su_servicio_queda("CREADO")
        assert cliente.cambia_plan("free").queda("RECHAZADO") == "La suscripción todavía tiene un cambio en curso."
        cliente.cancela().queda("APLICADO")
        cliente.queda("CANCELADA")
    finally:
        notificaciones.arrancar()
        notificaciones.esperar_listo()

    _, cambio = cliente.todo_queda_quieto(2)
    assert cambio.vista["estado"] == "COMPENSADA"
    decididos = [paso for paso, _ in cambio.resultados if paso in ("RECHAZAR", "CANCELAR", "ACTIVAR")]
    assert decididos == ["RECHAZAR", "CANCELAR"]
    assert [p for p, _ in cambio.resultados].count("LIBERAR") == 1
    cliente.su_servicio_queda("TERMINADO")
    cliente.su_notificacion_queda("CAMBIO_PLAN_RECHAZADO", "CONFIRMADA")
    cliente.su_notificacion_queda("SUSCRIPCION_CANCELADA", "CONFIRMADA")
    suscrita(negocio, "pro").su_servicio_queda("INICIADO")


def test_lo_que_nadie_conoce_espera_y_se_rechaza_con_su_motivo(negocio: Negocio) -> None:
    """A subscription's creation is on one topic, an image's on two of four partitions each."""
    cancelar = negocio.ordena("/suscripciones/nadie-la-pidio/cancelacion-comando", {})
    decision = {"operador": "op-17", "razon": "Se lee la escala, no de quién es."}
    liberar = negocio.ordena("/procesar/imagenes/nadie-la-mando/liberar", decision)
    assert cancelar.queda("RECHAZADO") == "La suscripción no existe."
    assert liberar.queda("RECHAZADO") == motivos.texto(motivos.IMAGEN_DESCONOCIDA)


def test_cancelar_lo_rechazado_no_tiene_efecto(negocio: Negocio) -> None:
    cliente = negocio.pide_suscripcion("platino")
    cliente.queda("RECHAZADA")
    assert cliente.cancela().queda("RECHAZADO") == "La suscripción ya no está vigente."
