"""Changing plan: what is required and released, which plan is in force when, and what is refused."""

from datetime import timedelta
from typing import Any

import pytest

from contratos import suscripciones as contrato
from contratos.sagas import TransicionSaga
from saga.fin import estado

Casa = Any

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
def test_requiere_lo_que_falta_y_libera_lo_que_sobra(casa: Casa, de: str, a: str, requeridos, liberados) -> None:
    antes = casa.activa(de).recursos
    assert casa.cambiar(a) is None

    suscripcion = casa.suscripcion()
    assert (suscripcion.saga.id, suscripcion.saga.requeridos, suscripcion.saga.liberados) == (
        "g-2",
        requeridos,
        liberados,
    )
    (iniciado,) = casa.de_tipo(contrato.CambioPlanIniciado)
    assert (iniciado.id_saga, iniciado.recursos_requeridos, iniciado.recursos_liberados) == (
        "g-2",
        requeridos,
        liberados,
    )
    assert nombrado(iniciado) == (a, a.upper(), de, de.upper())
    if requeridos:
        assert casa.eventos() == ["CAMBIAR", "CambioPlanIniciado"]
        assert plan_de(suscripcion) == ("ACTIVA", de, antes)
        assert suscripcion.plazo == casa.ahora + timedelta(seconds=120)
    else:
        assert casa.eventos() == ["CAMBIAR", "ACTIVAR", "CambioPlanIniciado", "SuscripcionPlanModificado"]
        assert suscripcion.plazo is None
    casa.completar()
    suscripcion = casa.suscripcion()
    assert plan_de(suscripcion)[:2] == ("ACTIVA", a)
    assert set(suscripcion.recursos) == set(casa.planes[a].recursos)
    (modificado,) = casa.de_tipo(contrato.SuscripcionPlanModificado)
    assert nombrado(modificado) == (a, a.upper(), de, de.upper())
    assert modificado.cliente_email == "pperez@domain.com"


def test_el_cambio_hasta_su_fin(casa: Casa) -> None:
    casa.activa("basico")
    casa.cambiar("doble")
    casa.oir("CAMBIAR")
    casa.eventos()
    casa.oir("RESERVAR", recurso="servicio_datos")
    assert casa.eventos() == []
    casa.oir("RESERVAR", recurso="computo")
    assert casa.eventos() == ["SuscripcionAprovisionada"]
    assert casa.de_tipo(contrato.SuscripcionAprovisionada)[-1].plan_codigo == "doble"
    assert plan_de(casa.suscripcion()) == ("ACTIVA", "basico", ())
    casa.oir("NOTIFICAR")
    assert casa.eventos() == ["ACTIVAR", "SuscripcionPlanModificado"], "a change issues no invoice"
    assert plan_de(casa.suscripcion()) == ("ACTIVA", "doble", ("servicio_datos", "computo"))
    casa.oir("ACTIVAR")
    casa.oir("INICIAR", recurso="computo")
    assert casa.suscripcion().saga.en_curso
    casa.oir("INICIAR", recurso="servicio_datos")
    assert not casa.suscripcion().saga.en_curso
    assert estado(casa.linea("g-2")) == "COMPLETADA"


def test_los_recursos_son_los_que_el_plan_requeria_al_entrar_en_vigor(casa: Casa) -> None:
    casa.activa("pro")
    casa.planes["pro"] = casa.planes["computo"]

    casa.cambiar("basico")

    assert casa.suscripcion().saga.liberados == ("servicio_datos",)


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
def test_un_cambio_rechazado_deja_el_plan_que_habia(casa: Casa, negativa: Any, motivo: str) -> None:
    casa.activa("pro")
    casa.cambiar("computo")
    casa.oir("CAMBIAR")
    if negativa == "sin plan":
        casa.oir("RESERVAR", recurso="computo")
        del casa.planes["computo"]
    casa.eventos()
    if negativa is None:
        casa.avanzar(seconds=121)
        casa.vencer_plazo()
    elif negativa == "sin plan":
        casa.oir("NOTIFICAR")
    else:
        casa.oir(*negativa, recurso="computo", motivo="SIN_CAPACIDAD")

    assert casa.eventos() == ["RECHAZAR", "CambioPlanRechazado"]
    suscripcion = casa.suscripcion()
    assert plan_de(suscripcion) == ("ACTIVA", "pro", ("servicio_datos",))
    assert (suscripcion.motivo, suscripcion.plazo) == (None, None)
    (rechazado,) = casa.de_tipo(contrato.CambioPlanRechazado)
    assert (*nombrado(rechazado), rechazado.motivo) == ("computo", "COMPUTO", "pro", "PRO", motivo)
    casa.oir("NOTIFICAR")
    casa.oir("RESERVAR", recurso="computo")
    assert casa.eventos() == []
    assert casa.cambiar("basico", "g-3") == "SAGA_EN_CURSO"
    casa.oir("RECHAZAR")
    casa.oir("LIBERAR", recurso="computo")
    assert estado(casa.linea("g-2")) == "COMPENSADA"
    assert casa.cambiar("basico", "g-4") is None


def test_lo_que_se_rechaza_no_cambia_nada(casa: Casa) -> None:
    casa.activa("pro")
    antes = casa.foto()
    for id_comando, plan, motivo in (("g-2", "pro", "PLAN_EN_VIGOR"), ("g-3", "oro", "PLAN_DESCONOCIDO")):
        assert casa.cambiar(plan, id_comando) == motivo
        assert casa.eventos() == RECHAZADO
    assert casa.foto() == antes
    rechazado = casa.de_tipo(contrato.ComandoSuscripcionRechazado)[-1]
    assert rechazado == contrato.ComandoSuscripcionRechazado(
        id_comando="g-3", comando="CambiarPlanSuscripcion", id_suscripcion="s-1", motivo="PLAN_DESCONOCIDO"
    )
    assert casa.dichos[-1].sobre.secuencia is None


@pytest.mark.parametrize("como", ["PENDIENTE", "RECHAZADA", "CANCELADA", "de nadie"])
def test_solo_cambia_lo_que_esta_activo(casa: Casa, como: str) -> None:
    casa.crear("pro", cliente_codigo="" if como == "de nadie" else "0001")
    if como == "RECHAZADA":
        casa.oir("RESERVAR", "RECHAZADO", recurso="servicio_datos")
    elif como == "CANCELADA":
        casa.cancelar()
    assert casa.cambiar("basico") == "SUSCRIPCION_NO_ACTIVA"


def test_no_cambia_dos_veces_a_la_vez_ni_antes_de_que_acabe_su_creacion(casa: Casa) -> None:
    casa.crear("pro")
    casa.oir("RESERVAR", recurso="servicio_datos")
    casa.oir("NOTIFICAR")
    assert casa.cambiar("basico") == "SAGA_EN_CURSO"
    casa.completar()
    assert casa.cambiar("doble", "g-3") is None
    assert casa.cambiar("basico", "g-4") == "SAGA_EN_CURSO"


@pytest.mark.parametrize("campo", [{"plan_codigo": "../pro"}, {"plan_nombre": "a\0"}, {"id_suscripcion": "s-2"}])
def test_lo_que_no_cumple_el_contrato_se_rechaza(casa: Casa, campo: dict[str, str]) -> None:
    casa.activa("pro")
    assert casa.cambiar("basico", **campo) == "DATOS_INVALIDOS"
    assert casa.eventos() == RECHAZADO


def test_una_suscripcion_por_conocer_se_espera(casa: Casa) -> None:
    comandos = [casa.cambio("pro"), casa.cancelacion(), casa.pago()]
    for comando in comandos:
        assert casa.procesar(comando) == [comando.sobre.id]
        ((creacion,),) = casa.paciencia.etapas
        assert (creacion.mensaje, creacion.consumidor) == (contrato.CrearSuscripcion, "suscripciones")
    assert casa.eventos() == []
    assert casa.almacen.comandos == {}
    casa.avanzar(seconds=10)
    assert [casa.mandar(casa.otra_vez(c)) for c in comandos] == ["SUSCRIPCION_DESCONOCIDA"] * 3
    assert casa.eventos() == RECHAZADO * 3


def test_los_pasos_dicen_las_dos_listas(casa: Casa) -> None:
    casa.activa("pro")
    casa.cambiar("computo")
    casa.completar()
    pasos = [p for p in casa.de_tipo(TransicionSaga) if p.id_saga == "g-2"]
    assert {(p.recursos_requeridos, p.recursos_liberados) for p in pasos} == {(("computo",), ("servicio_datos",))}
