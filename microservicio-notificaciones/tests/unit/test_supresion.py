"""A client is forgotten here: the key goes, what was not sent is called off, and late facts write to nobody."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from contratos import motivos, sagas
from contratos.suscripciones import ClienteSuprimido, SuscripcionCancelada, SuscripcionPagada
from notificaciones.infraestructura.candado import CandadoDeCliente

Servicio = Any
SUPRIMIDO = ClienteSuprimido(id_suscripcion="s-1")


def guardado(servicio: Servicio) -> str:
    """All that the event store and the view hold, as text."""
    return repr([servicio.almacen.eventos, servicio.almacen.tablas["vista_notificaciones"]])


def test_el_codigo_se_guarda_bajo_la_clave_y_se_lee_con_ella(servicio: Servicio, pagada: SuscripcionPagada) -> None:
    servicio.atender(pagada)
    servicio.entregar_todo()
    eventos = repr(servicio.almacen.eventos)
    assert "0001" not in eventos and eventos.count("'~") == 3
    (fila,) = servicio.almacen.tablas["vista_notificaciones"].values()
    assert (fila["cliente_codigo"], fila["estado"]) == ("0001", "CONFIRMADA")
    dichos = [d.carga.cliente_codigo for d in servicio.almacen.outbox.values()]
    assert set(dichos) == {"0001"}


def test_olvidado_no_queda_su_codigo_y_los_eventos_se_pliegan(servicio: Servicio, pagada: SuscripcionPagada) -> None:
    servicio.atender(pagada)
    servicio.entregar_todo()
    servicio.atender(SUPRIMIDO)
    assert "0001" not in guardado(servicio)
    (id,) = servicio.almacen.tablas["vista_notificaciones"]
    with servicio.abrir() as unidad:
        notificacion = unidad.notificaciones.obtener(id)
    assert (notificacion.estado, notificacion.cliente_codigo, notificacion.id_suscripcion) == ("CONFIRMADA", "", "s-1")


def test_lo_que_no_se_ha_enviado_no_se_envia(servicio: Servicio, pagada: SuscripcionPagada) -> None:
    servicio.atender(pagada)
    servicio.atender(SUPRIMIDO)
    assert (servicio.envios, servicio.estados) == ([], {"PAGO_RECIBIDO": "ANULADA"})
    assert "0001" not in guardado(servicio)


def test_en_una_misma_tanda_tampoco_queda_nada(
    nuevo: Callable[[], Servicio], cancelada: SuscripcionCancelada, pagada: SuscripcionPagada
) -> None:
    """Whatever comes first, in one transaction or in several; and a repeat changes nothing."""
    for orden in ([cancelada, SUPRIMIDO, pagada], [SUPRIMIDO, cancelada, pagada], [pagada, cancelada, SUPRIMIDO]):
        juntas, sueltas = nuevo(), nuevo()
        juntas.atender(*orden)
        for hecho in orden:
            sueltas.atender(hecho)
        for servicio in (juntas, sueltas):
            servicio.atender(SUPRIMIDO)
            assert servicio.envios == []
            assert "0001" not in guardado(servicio)
            assert servicio.almacen.tablas["claves_de_cliente"]["s-1"]["clave"] is None


def test_a_la_saga_se_le_dice_que_no_se_aviso_a_nadie(servicio: Servicio, cancelada: SuscripcionCancelada) -> None:
    servicio.atender(SUPRIMIDO)
    servicio.atender(cancelada)
    assert servicio.pasos == [(sagas.AVISAR, sagas.OMITIDO, motivos.CLIENTE_SUPRIMIDO)]


def test_otra_suscripcion_de_quien_vuelve_no_se_toca(servicio: Servicio, pagada: SuscripcionPagada) -> None:
    servicio.atender(pagada, replace(pagada, id_suscripcion="s-2", id_factura="f-2"))
    servicio.entregar_todo()
    servicio.atender(SUPRIMIDO)
    codigos = {
        f["id_suscripcion"]: f["cliente_codigo"] for f in servicio.almacen.tablas["vista_notificaciones"].values()
    }
    assert codigos == {"s-1": "", "s-2": "0001"}


def test_cerrado_para_una_suscripcion_no_se_abre_en_otra_y_lo_de_antes_se_lee() -> None:
    candado = CandadoDeCliente(lambda ids: dict.fromkeys(ids, b"k" * 32))
    cerrado = candado.cerrar({"id_suscripcion": "s-1", "cliente_codigo": "0001"})
    assert candado.abrir([cerrado])[0]["cliente_codigo"] == "0001"
    assert candado.abrir([{**cerrado, "id_suscripcion": "s-2"}])[0]["cliente_codigo"] == ""
    de_antes = {"id_suscripcion": "s-3", "cliente_codigo": "0003"}
    assert candado.abrir([de_antes]) == [de_antes]
