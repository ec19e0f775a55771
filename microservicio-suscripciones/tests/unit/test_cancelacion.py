"""Cancelling, at whatever step the saga is; what comes later changes nothing."""

from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from contratos import motivos, sagas
from contratos import suscripciones as contrato
from suscripciones.aplicacion.rechazo import rechazar_comando
from suscripciones.dominio.saga import estado

Unidad = Any


def cancelada(unidad: Unidad) -> contrato.SuscripcionCancelada:
    (unica,) = unidad.de_tipo(contrato.SuscripcionCancelada)
    return unica


def test_una_pendiente_se_cancela_y_se_deshace_lo_reservado(unidad: Unidad) -> None:
    unidad.crear("doble")
    unidad.oir("RESERVAR", recurso="computo")
    unidad.eventos()

    assert unidad.cancelar("Me mudo de país") is None

    assert unidad.eventos() == ["CANCELAR", "SuscripcionCancelada"]
    suscripcion = unidad.suscripciones.todos["s-1"]
    assert (suscripcion.estado, suscripcion.motivo, suscripcion.detalle, suscripcion.plazo) == (
        "CANCELADA",
        "CANCELADA_POR_CLIENTE",
        "Me mudo de país",
        None,
    )
    hecho = cancelada(unidad)
    assert (hecho.id_saga, hecho.recursos_requeridos, hecho.recursos_en_poder) == (
        "g-1",
        ("servicio_datos", "computo"),
        (),
    )
    assert (hecho.motivo, hecho.detalle) == ("CANCELADA_POR_CLIENTE", "Me mudo de país")
    assert "Me mudo" not in repr((suscripcion, unidad.publicado))
    (paso,) = [p for p in unidad.de_tipo(sagas.TransicionSaga) if p.paso == "CANCELAR"]
    assert (paso.id_saga, paso.motivo, paso.compensacion) == ("g-1", "CANCELADA_POR_CLIENTE", False)
    for otro in ("CREAR", "CANCELAR"):
        unidad.oir(otro)
    for recurso in ("computo", "servicio_datos"):
        assert suscripcion.saga.en_curso
        unidad.oir("LIBERAR", recurso=recurso)
    assert not suscripcion.saga.en_curso
    assert estado(unidad.linea.de_saga("g-1")) == "COMPENSADA"


def test_sin_palabras_del_cliente_no_hay_detalle(unidad: Unidad) -> None:
    suscripcion = unidad.activa("pro")
    unidad.cancelar()
    assert (suscripcion.detalle, cancelada(unidad).detalle) == (None, "")


def test_una_activa_dice_lo_que_tiene_y_su_saga_sigue_completada(unidad: Unidad) -> None:
    suscripcion = unidad.activa("pro")

    unidad.cancelar()

    assert cancelada(unidad).recursos_en_poder == ("servicio_datos",)
    assert (suscripcion.recursos, suscripcion.renueva, suscripcion.saga.en_curso) == ((), None, False)
    unidad.oir("CANCELAR")
    unidad.oir("LIBERAR", recurso="servicio_datos")
    assert estado(unidad.linea.de_saga("g-1")) == "COMPLETADA"
    assert [p.paso for p in unidad.linea.de_saga("g-1")][-2:] == ["CANCELAR", "LIBERAR"]


@pytest.mark.parametrize("despues", [*permutations(("INICIAR", "CANCELAR", "LIBERAR"))])
def test_activada_y_aun_sin_iniciar_la_saga_acaba_en_cualquier_orden(unidad: Unidad, despues: Any) -> None:
    unidad.crear("pro")
    for paso in ("CREAR", "NOTIFICAR", "ACTIVAR"):
        unidad.oir(paso)
    unidad.cancelar()
    unidad.eventos()
    for paso in despues:
        unidad.oir(paso, recurso="servicio_datos" if paso != "CANCELAR" else "")
    assert unidad.eventos() == []
    assert not unidad.suscripciones.todos["s-1"].saga.en_curso
    assert estado(unidad.linea.de_saga("g-1")) == "COMPLETADA"


def test_un_cambio_indeciso_se_rechaza_antes(unidad: Unidad) -> None:
    suscripcion = unidad.activa("pro")
    unidad.cambiar("computo")
    unidad.oir("RESERVAR", recurso="computo")
    unidad.eventos()

    unidad.cancelar("ya no")

    assert unidad.eventos() == ["RECHAZAR", "CANCELAR", "CambioPlanRechazado", "SuscripcionCancelada"]
    (rechazado,) = unidad.de_tipo(contrato.CambioPlanRechazado)
    assert (rechazado.motivo, rechazado.plan_codigo, rechazado.plan_anterior_codigo) == (
        "CANCELADA_POR_CLIENTE",
        "computo",
        "pro",
    )
    hecho = cancelada(unidad)
    assert (hecho.id_saga, hecho.plan_codigo, hecho.recursos_en_poder) == ("g-2", "pro", ("servicio_datos",))
    assert (hecho.recursos_requeridos, hecho.recursos_liberados) == (("computo",), ("servicio_datos",))
    assert (suscripcion.plazo, suscripcion.plan_codigo) == (None, "pro")
    for paso in ("CAMBIAR", "RECHAZAR", "CANCELAR"):
        unidad.oir(paso)
    unidad.oir("LIBERAR", recurso="computo")
    assert estado(unidad.linea.de_saga("g-2")) == "COMPENSADA"
    assert not suscripcion.saga.en_curso


def test_tras_un_cambio_rechazado_se_cancela_bajo_la_ultima_saga(unidad: Unidad) -> None:
    unidad.activa("pro")
    unidad.cambiar("computo")
    unidad.oir("RESERVAR", "RECHAZADO", recurso="computo")
    unidad.eventos()
    unidad.cancelar()
    assert unidad.eventos() == ["CANCELAR", "SuscripcionCancelada"]
    assert (cancelada(unidad).id_saga, cancelada(unidad).recursos_en_poder) == ("g-2", ("servicio_datos",))


@pytest.mark.parametrize("cambio", [False, True])
def test_lo_que_llega_despues_no_cambia_nada(unidad: Unidad, cambio: bool) -> None:
    if cambio:
        unidad.activa("basico")
        unidad.cambiar("pro")
    else:
        unidad.crear("pro")
    unidad.cancelar()
    unidad.eventos()
    antes = vars(unidad.suscripciones.todos["s-1"]).copy()
    for resultado in sagas.RESULTADOS:
        unidad.oir("RESERVAR", resultado, recurso="servicio_datos", motivo="SIN_CAPACIDAD")
        unidad.oir("NOTIFICAR", resultado)
    unidad.ahora += timedelta(days=400)
    unidad.vencer_plazo()
    assert unidad.renovar() == []
    assert vars(unidad.suscripciones.todos["s-1"]) == antes


def test_lo_debido_se_anula_y_lo_pagado_queda(unidad: Unidad) -> None:
    unidad.activa("pro")
    unidad.pagar()
    unidad.renovar(days=31)
    unidad.cancelar()
    assert [f.estado for f in unidad.facturas.todos.values()] == ["PAGADA", "ANULADA"]


@pytest.mark.parametrize("como", ["RECHAZADA", "CANCELADA", "de nadie"])
def test_lo_que_termino_no_se_cancela(unidad: Unidad, como: str) -> None:
    if como == "RECHAZADA":
        unidad.crear("oro")
    elif como == "CANCELADA":
        unidad.crear("pro")
        unidad.cancelar()
    else:
        unidad.crear("pro", cliente_codigo="")
    unidad.eventos()
    antes = vars(unidad.suscripciones.todos["s-1"]).copy()
    assert unidad.cancelar("otra vez", "x-2") == "SUSCRIPCION_TERMINADA"
    assert unidad.eventos() == ["ComandoSuscripcionRechazado"]
    assert vars(unidad.suscripciones.todos["s-1"]) == antes


@pytest.mark.parametrize("campos", [{"motivo": "x" * 4001}, {"motivo": "a\nb"}, {"id_suscripcion": "s-2"}])
def test_lo_que_no_cumple_el_contrato_se_rechaza(unidad: Unidad, campos: dict[str, str]) -> None:
    unidad.activa("pro")
    assert unidad.cancelar(**campos) == "DATOS_INVALIDOS"
    assert unidad.eventos() == ["ComandoSuscripcionRechazado"]


def test_el_bus_rechaza_cualquier_comando(unidad: Unidad) -> None:
    for comando in (
        contrato.CancelarSuscripcion(id_suscripcion="s-1"),
        contrato.PagarSuscripcion(id_suscripcion="s-1"),
        contrato.CambiarPlanSuscripcion(id_suscripcion="s-1"),
    ):
        unidad.sobre = type(unidad.sobre).nuevo(comando, fuente="/saludtech/bff", sujeto="s-1", id="c-9")
        rechazar_comando(comando, unidad, motivos.SUSCRIPCION_DESCONOCIDA)
        rechazado = unidad.de_tipo(contrato.ComandoSuscripcionRechazado)[-1]
        assert (rechazado.id_comando, rechazado.comando, rechazado.id_suscripcion, rechazado.motivo) == (
            "c-9",
            type(comando).__name__,
            "s-1",
            "SUSCRIPCION_DESCONOCIDA",
        )
    assert unidad.suscripciones.todos == {}
