"""Cancelling, at whatever step the saga is; what comes later changes nothing."""

from itertools import permutations
from typing import Any

import pytest

from contratos import sagas
from contratos import suscripciones as contrato
from saga.fin import estado

Casa = Any


def cancelada(casa: Casa) -> contrato.SuscripcionCancelada:
    (unica,) = casa.de_tipo(contrato.SuscripcionCancelada)
    return unica


def test_una_pendiente_se_cancela_y_se_deshace_lo_reservado(casa: Casa) -> None:
    casa.crear("doble")
    casa.oir("RESERVAR", recurso="computo")
    casa.eventos()

    assert casa.cancelar("Me mudo de país") is None

    assert casa.eventos() == ["CANCELAR", "SuscripcionCancelada"]
    suscripcion = casa.suscripcion()
    assert (suscripcion.estado, suscripcion.motivo, suscripcion.detalle, suscripcion.plazo) == (
        "CANCELADA",
        "CANCELADA_POR_CLIENTE",
        "Me mudo de país",
        None,
    )
    hecho = cancelada(casa)
    assert (hecho.id_saga, hecho.recursos_requeridos, hecho.recursos_en_poder) == (
        "g-1",
        ("servicio_datos", "computo"),
        (),
    )
    assert (hecho.motivo, hecho.detalle) == ("CANCELADA_POR_CLIENTE", "Me mudo de país")
    assert "Me mudo" not in repr((suscripcion, casa.dichos))
    (paso,) = [p for p in casa.de_tipo(sagas.TransicionSaga) if p.paso == "CANCELAR"]
    assert (paso.id_saga, paso.motivo, paso.compensacion) == ("g-1", "CANCELADA_POR_CLIENTE", False)
    for otro in ("CREAR", "CANCELAR"):
        casa.oir(otro)
    for recurso in ("computo", "servicio_datos"):
        assert casa.suscripcion().saga.en_curso
        casa.oir("LIBERAR", recurso=recurso)
    assert not casa.suscripcion().saga.en_curso
    assert estado(casa.linea("g-1")) == "COMPENSADA"


def test_sin_palabras_del_cliente_no_hay_detalle(casa: Casa) -> None:
    casa.activa("pro")
    casa.cancelar()
    assert (casa.suscripcion().detalle, cancelada(casa).detalle) == (None, "")


def test_una_activa_dice_lo_que_tiene_y_su_saga_sigue_completada(casa: Casa) -> None:
    casa.activa("pro")

    casa.cancelar()

    assert cancelada(casa).recursos_en_poder == ("servicio_datos",)
    suscripcion = casa.suscripcion()
    assert (suscripcion.recursos, suscripcion.renueva, suscripcion.saga.en_curso) == ((), None, False)
    casa.oir("CANCELAR")
    casa.oir("LIBERAR", recurso="servicio_datos")
    assert estado(casa.linea("g-1")) == "COMPLETADA"
    assert [p.paso for p in casa.linea("g-1")][-2:] == ["CANCELAR", "LIBERAR"]


@pytest.mark.parametrize("despues", [*permutations(("INICIAR", "CANCELAR", "LIBERAR"))])
def test_activada_y_aun_sin_iniciar_la_saga_acaba_en_cualquier_orden(casa: Casa, despues: Any) -> None:
    casa.crear("pro")
    for paso in ("CREAR", "NOTIFICAR", "ACTIVAR"):
        casa.oir(paso)
    casa.cancelar()
    casa.eventos()
    for paso in despues:
        casa.oir(paso, recurso="servicio_datos" if paso != "CANCELAR" else "")
    assert casa.eventos() == []
    assert not casa.suscripcion().saga.en_curso
    assert estado(casa.linea("g-1")) == "COMPLETADA"


def test_un_cambio_indeciso_se_rechaza_antes(casa: Casa) -> None:
    casa.activa("pro")
    casa.cambiar("computo")
    casa.oir("RESERVAR", recurso="computo")
    casa.eventos()

    casa.cancelar("ya no")

    assert casa.eventos() == ["RECHAZAR", "CANCELAR", "CambioPlanRechazado", "SuscripcionCancelada"]
    (rechazado,) = casa.de_tipo(contrato.CambioPlanRechazado)
    assert (rechazado.motivo, rechazado.plan_codigo, rechazado.plan_anterior_codigo) == (
        "CANCELADA_POR_CLIENTE",
        "computo",
        "pro",
    )
    hecho = cancelada(casa)
    assert (hecho.id_saga, hecho.plan_codigo, hecho.recursos_en_poder) == ("g-2", "pro", ("servicio_datos",))
    assert (hecho.recursos_requeridos, hecho.recursos_liberados) == (("computo",), ("servicio_datos",))
    suscripcion = casa.suscripcion()
    assert (suscripcion.plazo, suscripcion.plan_codigo) == (None, "pro")
    for paso in ("CAMBIAR", "RECHAZAR", "CANCELAR"):
        casa.oir(paso)
    casa.oir("LIBERAR", recurso="computo")
    assert estado(casa.linea("g-2")) == "COMPENSADA"
    assert not casa.suscripcion().saga.en_curso


def test_tras_un_cambio_rechazado_se_cancela_bajo_la_ultima_saga(casa: Casa) -> None:
    casa.activa("pro")
    casa.cambiar("computo")
    casa.oir("RESERVAR", "RECHAZADO", recurso="computo")
    casa.eventos()
    casa.cancelar()
    assert casa.eventos() == ["CANCELAR", "SuscripcionCancelada"]
    assert (cancelada(casa).id_saga, cancelada(casa).recursos_en_poder) == ("g-2", ("servicio_datos",))


@pytest.mark.parametrize("cambio", [False, True])
def test_lo_que_llega_despues_no_cambia_nada(casa: Casa, cambio: bool) -> None:
    if cambio:
        casa.activa("basico")
        casa.cambiar("pro")
    else:
        casa.crear("pro")
    casa.cancelar()
    casa.eventos()
    antes = casa.filas("suscripciones")
    for resultado in sagas.RESULTADOS:
        casa.oir("RESERVAR", resultado, recurso="servicio_datos", motivo="SIN_CAPACIDAD")
        casa.oir("NOTIFICAR", resultado)
    casa.avanzar(days=400)
    casa.vencer_plazo()
    assert casa.renovar() == []
    assert casa.filas("suscripciones") == antes


def test_lo_debido_se_anula_y_lo_pagado_queda(casa: Casa) -> None:
    casa.activa("pro")
    casa.pagar()
    casa.renovar(days=31)
    casa.cancelar()
    assert [f.estado for f in casa.facturas()] == ["PAGADA", "ANULADA"]


@pytest.mark.parametrize("como", ["RECHAZADA", "CANCELADA", "de nadie"])
def test_lo_que_termino_no_se_cancela(casa: Casa, como: str) -> None:
    if como == "RECHAZADA":
        casa.crear("oro")
    elif como == "CANCELADA":
        casa.crear("pro")
        casa.cancelar()
    else:
        casa.crear("pro", cliente_codigo="")
    casa.eventos()
    antes = casa.foto()
    assert casa.cancelar("otra vez", "x-2") == "SUSCRIPCION_TERMINADA"
    assert casa.eventos() == ["ComandoSuscripcionRechazado"], "the step CANCELAR was not told"
    assert casa.foto() == antes


@pytest.mark.parametrize(
    "campos", [{"motivo": "x" * 4001}, {"motivo": "a\0b"}, {"motivo": " a"}, {"id_suscripcion": "s-2"}]
)
def test_lo_que_no_cumple_el_contrato_se_rechaza(casa: Casa, campos: dict[str, str]) -> None:
    casa.activa("pro")
    assert casa.cancelar(**campos) == "DATOS_INVALIDOS"
    assert casa.eventos() == ["ComandoSuscripcionRechazado"]


def test_el_bus_rechaza_cualquier_comando(casa: Casa) -> None:
    for comando in (casa.cancelacion(), casa.pago(), casa.cambio("pro")):
        assert casa.bus.descartar(comando)
        rechazado = casa.de_tipo(contrato.ComandoSuscripcionRechazado)[-1]
        assert (rechazado.id_comando, rechazado.comando, rechazado.id_suscripcion, rechazado.motivo) == (
            comando.sobre.id,
            type(comando.mensaje).__name__,
            "s-1",
            "COMANDO_DESCARTADO",
        )
        assert casa.destino(comando) == "COMANDO_DESCARTADO"
    assert casa.filas("suscripciones") == []
