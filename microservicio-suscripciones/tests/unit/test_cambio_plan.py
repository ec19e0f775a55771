"""Changing plan: what is required and released, which plan is in force when, and what is refused."""

from datetime import timedelta
from typing import Any

import pytest

from contratos import suscripciones as contrato
from contratos.sagas import TransicionSaga
from seedwork.aplicacion.espera import PorConocer
from suscripciones.dominio.saga import estado

Unidad = Any

RECHAZADO = ["ComandoSuscripcionRechazado"]


def plan_de(suscripcion: Any) -> tuple[str, str, tuple[str, ...]]:
    return suscripcion.estado, suscripcion.plan_codigo, suscripcion.recursos


def nombrado(hecho: Any) -> tuple[str, str, str, str]:
    return hecho.plan_codigo, hecho.plan_nombre, hecho.plan_anterior_codigo, hecho.plan_anterior_nombre


@pytest.mark.parametrize(
    ("de", "a", "requeridos", "liberados"),
    [
        ("basico", "pro", ("servicio_datos",), ()),
        ("pro", "doble", ("computo",), ()),
        ("pro", "computo", ("computo",), ("servicio_datos",)),
        ("doble", "pro", (), ("computo",)),
        ("pro", "basico", (), ("servicio_datos",)),
        ("free", "basico", (), ()),
    ],
)
def test_requiere_lo_que_falta_y_libera_lo_que_sobra(unidad: Unidad, de: str, a: str, requeridos, liberados) -> None:
    suscripcion = unidad.activa(de)
    antes = suscripcion.recursos
    assert unidad.cambiar(a) is None

    assert (suscripcion.saga.id, suscripcion.saga.requeridos, suscripcion.saga.liberados) == (
        "g-2",
        requeridos,
        liberados,
    )
    (iniciado,) = unidad.de_tipo(contrato.CambioPlanIniciado)
    assert (iniciado.id_saga, iniciado.recursos_requeridos, iniciado.recursos_liberados) == (
        "g-2",
        requeridos,
        liberados,
    )
    assert nombrado(iniciado) == (a, a.upper(), de, de.upper())
    if requeridos:
        assert unidad.eventos() == ["CAMBIAR", "CambioPlanIniciado"]
        assert plan_de(suscripcion) == ("ACTIVA", de, antes)
        assert suscripcion.plazo == unidad.ahora + timedelta(seconds=120)
    else:
        assert unidad.eventos() == ["CAMBIAR", "ACTIVAR", "CambioPlanIniciado", "SuscripcionPlanModificado"]
        assert suscripcion.plazo is None
    unidad.completar()
    assert plan_de(suscripcion)[:2] == ("ACTIVA", a)
    assert set(suscripcion.recursos) == set(unidad.planes[a].recursos)
    (modificado,) = unidad.de_tipo(contrato.SuscripcionPlanModificado)
    assert nombrado(modificado) == (a, a.upper(), de, de.upper())
    assert modificado.cliente_email == "pperez@domain.com"


def test_el_cambio_hasta_su_fin(unidad: Unidad) -> None:
    suscripcion = unidad.activa("basico")
    unidad.cambiar("doble")
    unidad.oir("CAMBIAR")
    unidad.eventos()
    unidad.oir("RESERVAR", recurso="servicio_datos")
    assert unidad.eventos() == []
    unidad.oir("RESERVAR", recurso="computo")
    assert unidad.eventos() == ["SuscripcionAprovisionada"]
    assert unidad.de_tipo(contrato.SuscripcionAprovisionada)[-1].plan_codigo == "doble"
    assert plan_de(suscripcion) == ("ACTIVA", "basico", ())
    unidad.oir("NOTIFICAR")
    assert unidad.eventos() == ["ACTIVAR", "SuscripcionPlanModificado"], "a change issues no invoice"
    assert plan_de(suscripcion) == ("ACTIVA", "doble", ("servicio_datos", "computo"))
    unidad.oir("ACTIVAR")
    unidad.oir("INICIAR", recurso="computo")
    assert suscripcion.saga.en_curso
    unidad.oir("INICIAR", recurso="servicio_datos")
    assert not suscripcion.saga.en_curso
    assert estado(unidad.linea.de_saga("g-2")) == "COMPLETADA"


def test_los_recursos_son_los_que_el_plan_requeria_al_entrar_en_vigor(unidad: Unidad) -> None:
    suscripcion = unidad.activa("pro")
    unidad.planes["pro"] = unidad.planes["computo"]

    unidad.cambiar("basico")

    assert suscripcion.saga.liberados == ("servicio_datos",)


@pytest.mark.parametrize(
    ("negativa", "motivo"),
    [
        (("RESERVAR", "RECHAZADO"), "SIN_CAPACIDAD"),
        (("RESERVAR", "FALLIDO"), "SIN_CAPACIDAD"),
        (("NOTIFICAR", "FALLIDO"), "NOTIFICACION_FALLIDA"),
        (None, "PLAZO_VENCIDO"),
        ("sin plan", "PLAN_DESCONOCIDO"),
    ],
)
def test_un_cambio_rechazado_deja_el_plan_que_habia(unidad: Unidad, negativa: Any, motivo: str) -> None:
    suscripcion = unidad.activa("pro")
    unidad.cambiar("computo")
    unidad.oir("CAMBIAR")
    if negativa == "sin plan":
        unidad.oir("RESERVAR", recurso="computo")
        del unidad.planes["computo"]
    unidad.eventos()
    if negativa is None:
        unidad.ahora += timedelta(seconds=121)
        unidad.vencer_plazo()
    elif negativa == "sin plan":
        unidad.oir("NOTIFICAR")
    else:
        unidad.oir(*negativa, recurso="computo", motivo="SIN_CAPACIDAD")

    assert unidad.eventos() == ["RECHAZAR", "CambioPlanRechazado"]
    assert plan_de(suscripcion) == ("ACTIVA", "pro", ("servicio_datos",))
    assert (suscripcion.motivo, suscripcion.plazo) == (None, None)
    (rechazado,) = unidad.de_tipo(contrato.CambioPlanRechazado)
    assert (*nombrado(rechazado), rechazado.motivo) == ("computo", "COMPUTO", "pro", "PRO", motivo)
    unidad.oir("NOTIFICAR")
    unidad.oir("RESERVAR", recurso="computo")
    assert unidad.eventos() == []
    assert unidad.cambiar("basico", "g-3") == "SAGA_EN_CURSO"
    unidad.oir("RECHAZAR")
    unidad.oir("LIBERAR", recurso="computo")
    assert estado(unidad.linea.de_saga("g-2")) == "COMPENSADA"
    assert unidad.cambiar("basico", "g-3") is None


def test_lo_que_se_rechaza_no_cambia_nada(unidad: Unidad) -> None:
    suscripcion = unidad.activa("pro")
    antes = (suscripcion.saga, suscripcion.plazo, plan_de(suscripcion))
    for plan, motivo in (("pro", "PLAN_EN_VIGOR"), ("oro", "PLAN_DESCONOCIDO")):
        assert unidad.cambiar(plan) == motivo
        assert unidad.eventos() == RECHAZADO
    assert (suscripcion.saga, suscripcion.plazo, plan_de(suscripcion)) == antes
    rechazado = unidad.de_tipo(contrato.ComandoSuscripcionRechazado)[-1]
    assert rechazado == contrato.ComandoSuscripcionRechazado(
        id_comando="g-2", comando="CambiarPlanSuscripcion", id_suscripcion="s-1", motivo="PLAN_DESCONOCIDO"
    )
    assert unidad.publicado[-1].secuencia is None


@pytest.mark.parametrize("como", ["PENDIENTE", "RECHAZADA", "CANCELADA"])
def test_solo_cambia_lo_que_esta_activo(unidad: Unidad, como: str) -> None:
    unidad.crear("pro")
    if como == "RECHAZADA":
        unidad.oir("RESERVAR", "RECHAZADO", recurso="servicio_datos")
    elif como == "CANCELADA":
        unidad.cancelar()
    assert unidad.cambiar("basico") == "SUSCRIPCION_NO_ACTIVA"


def test_no_cambia_dos_veces_a_la_vez_ni_antes_de_que_acabe_su_creacion(unidad: Unidad) -> None:
    unidad.crear("pro")
    unidad.oir("RESERVAR", recurso="servicio_datos")
    unidad.oir("NOTIFICAR")
    assert unidad.cambiar("basico") == "SAGA_EN_CURSO"
    unidad.completar()
    assert unidad.cambiar("doble") is None
    assert unidad.cambiar("basico", "g-3") == "SAGA_EN_CURSO"


@pytest.mark.parametrize("campo", [{"plan_codigo": "../pro"}, {"plan_nombre": "a\0"}, {"id_suscripcion": "s-2"}])
def test_lo_que_no_cumple_el_contrato_se_rechaza(unidad: Unidad, campo: dict[str, str]) -> None:
    unidad.activa("pro")
    assert unidad.cambiar("basico", **campo) == "DATOS_INVALIDOS"
    assert unidad.eventos() == RECHAZADO


def test_una_suscripcion_por_conocer_se_espera(unidad: Unidad) -> None:
    for mandar in (lambda: unidad.cambiar("pro"), unidad.cancelar, unidad.pagar):
        with pytest.raises(PorConocer) as espera:
            mandar()
        ((creacion,),) = espera.value.etapas
        assert (espera.value.codigo, creacion.mensaje, creacion.consumidor) == (
            "SUSCRIPCION_DESCONOCIDA",
            contrato.CrearSuscripcion,
            "suscripciones",
        )
    assert unidad.eventos() == []


def test_los_pasos_dicen_las_dos_listas(unidad: Unidad) -> None:
    unidad.activa("pro")
    unidad.cambiar("computo")
    unidad.completar()
    pasos = [p for p in unidad.de_tipo(TransicionSaga) if p.id_saga == "g-2"]
    assert {(p.recursos_requeridos, p.recursos_liberados) for p in pasos} == {(("computo",), ("servicio_datos",))}
