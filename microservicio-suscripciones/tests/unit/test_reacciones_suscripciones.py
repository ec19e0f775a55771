"""What a subscription makes of commands, of its participants' steps, and of silence."""

from datetime import timedelta
from typing import Any

import pytest

from contratos import sagas
from contratos.suscripciones import SuscripcionRechazada

Unidad = Any


def _estado(unidad: Unidad) -> str:
    return str(unidad.suscripciones.todos["s-1"].estado)


def test_un_plan_con_recursos_espera_por_ellos(unidad: Unidad) -> None:
    assert unidad.crear("pro") is None
    assert unidad.eventos() == ["CREAR", "SuscripcionCreada"]
    assert _estado(unidad) == "PENDIENTE"
    assert unidad.suscripciones.todos["s-1"].plazo == unidad.ahora + timedelta(seconds=120)


@pytest.mark.parametrize(
    ("codigo", "dicho"),
    [
        ("free", ["CREAR", "ACTIVAR", "SuscripcionCreada", "SuscripcionActivada"]),
        ("basico", ["CREAR", "ACTIVAR", "SuscripcionCreada", "SuscripcionActivada", "FacturaEmitida"]),
    ],
)
def test_un_plan_sin_recursos_rige_al_momento(unidad: Unidad, codigo: str, dicho: list[str]) -> None:
    unidad.crear(codigo)
    assert unidad.eventos() == dicho
    assert _estado(unidad) == "ACTIVA"
    assert unidad.suscripciones.todos["s-1"].plazo is None
    assert [str(f.importe) for f in unidad.facturas.todos.values()] == (["19.90"] if codigo == "basico" else [])


def test_un_plan_desconocido_deja_una_suscripcion_rechazada(unidad: Unidad) -> None:
    assert unidad.crear("oro") == "PLAN_DESCONOCIDO"
    assert unidad.eventos() == ["CREAR:RECHAZADO", "RECHAZAR", "SuscripcionRechazada"]
    assert _estado(unidad) == "RECHAZADA"


@pytest.mark.parametrize(
    ("campo", "valor"),
    [
        ("cliente_codigo", ""),
        ("cliente_codigo", "x" * 5000),
        ("cliente_codigo", "a\0b"),
        ("cliente_nombres", "a\0b"),
        ("cliente_apellidos", "a\nb"),
        ("cliente_usuario", "x" * 4001),
        ("cliente_rut", ""),
        ("cliente_cedula", "doce"),
        ("cliente_email", ""),
        ("cliente_email", "a@x.com\r\nBcc: b@x.com"),
        ("cliente_email", "a@x.com,b@x.com"),
        ("plan_codigo", "../pro"),
        ("plan_nombre", "\x85"),
    ],
)
def test_lo_que_no_cumple_el_contrato_se_rechaza_y_no_se_guarda(unidad: Unidad, campo: str, valor: str) -> None:
    assert unidad.crear(**{campo: valor}) == "DATOS_INVALIDOS"
    (rechazada,) = unidad.de_tipo(SuscripcionRechazada)
    assert unidad.eventos() == ["CREAR:RECHAZADO", "RECHAZAR", "SuscripcionRechazada"]
    suscripcion = unidad.suscripciones.todos["s-1"]
    assert (suscripcion.estado, suscripcion.motivo) == ("RECHAZADA", "DATOS_INVALIDOS")
    assert "" not in unidad.clientes.todos
    for guardado in (suscripcion, rechazada, *unidad.clientes.todos.values()):
        dicho = getattr(guardado, campo, getattr(guardado, campo.removeprefix("cliente_"), ""))
        assert dicho == "" != guardado


def test_unos_datos_invalidos_no_cambian_los_de_un_cliente_conocido(unidad: Unidad) -> None:
    unidad.crear("free", cliente_nombres="Ana")
    assert unidad.crear("free", id="s-2", id_comando="g-2", cliente_nombres="a\0b") == "DATOS_INVALIDOS"
    assert [c.nombres for c in unidad.clientes.todos.values()] == ["Ana"]


def test_otro_comando_para_una_suscripcion_que_existe_no_la_toca(unidad: Unidad) -> None:
    unidad.crear("pro")
    unidad.eventos()
    assert unidad.crear("free", id_comando="g-2") == "SUSCRIPCION_EXISTENTE"
    assert unidad.eventos() == ["ComandoSuscripcionRechazado"]
    assert unidad.suscripciones.todos["s-1"].plan_codigo == "pro"


def test_un_cliente_es_uno_por_codigo_y_valen_sus_ultimos_datos(unidad: Unidad) -> None:
    unidad.crear("free", cliente_nombres="Ana")
    unidad.crear("free", id="s-2", id_comando="g-2", cliente_nombres="Ana María")
    assert [c.nombres for c in unidad.clientes.todos.values()] == ["Ana María"]


def test_un_comando_rechazado_no_cambia_los_datos_del_cliente(unidad: Unidad) -> None:
    unidad.crear("free", cliente_nombres="Ana")
    unidad.crear("oro", id="s-2", id_comando="g-2", cliente_nombres="Intrusa")
    assert [c.nombres for c in unidad.clientes.todos.values()] == ["Ana"]
    assert unidad.publicado[-1].mensaje.cliente_nombres == "Intrusa"


def test_la_saga_hasta_su_fin(unidad: Unidad) -> None:
    unidad.crear("pro")
    unidad.oir("CREAR")
    unidad.eventos()
    unidad.oir("RESERVAR", recurso="servicio_datos")
    assert unidad.eventos() == ["SuscripcionAprovisionada"]
    unidad.oir("NOTIFICAR")
    assert unidad.eventos() == ["ACTIVAR", "SuscripcionActivada", "FacturaEmitida"]
    unidad.oir("ACTIVAR")
    assert unidad.suscripciones.todos["s-1"].saga.en_curso
    unidad.oir("INICIAR", recurso="servicio_datos")
    assert unidad.eventos() == []
    assert not unidad.suscripciones.todos["s-1"].saga.en_curso
    assert [p.secuencia for p in unidad.publicado if p.secuencia] == [1, 2, 3, 4]


def test_se_aprovisiona_con_el_ultimo_recurso_y_una_sola_vez(unidad: Unidad) -> None:
    unidad.crear("doble")
    unidad.eventos()
    unidad.oir("RESERVAR", recurso="computo")
    unidad.oir("RESERVAR", recurso="computo")
    assert unidad.eventos() == []
    unidad.oir("RESERVAR", recurso="servicio_datos")
    unidad.oir("RESERVAR", recurso="servicio_datos")
    assert unidad.eventos() == ["SuscripcionAprovisionada"]


@pytest.mark.parametrize(
    ("paso", "resultado", "motivo", "esperado"),
    [
        ("RESERVAR", sagas.RECHAZADO, "SIN_CAPACIDAD", "SIN_CAPACIDAD"),
        ("RESERVAR", sagas.RECHAZADO, "uno que aquí no se conoce", "RECHAZO_DE_PARTICIPANTE"),
        ("NOTIFICAR", sagas.FALLIDO, "CANAL_RECHAZO", "NOTIFICACION_FALLIDA"),
    ],
)
def test_la_negativa_de_un_participante_rechaza(
    unidad: Unidad, paso: str, resultado: str, motivo: str, esperado: str
) -> None:
    unidad.crear("pro")
    unidad.eventos()
    unidad.oir(paso, resultado, recurso="servicio_datos", motivo=motivo)
    assert unidad.eventos() == ["RECHAZAR", "SuscripcionRechazada"]
    assert unidad.suscripciones.todos["s-1"].motivo == esperado
    unidad.oir("LIBERAR", recurso="servicio_datos")
    unidad.oir("RECHAZAR")
    assert not unidad.suscripciones.todos["s-1"].saga.en_curso


@pytest.mark.parametrize("tarde", ["RESERVAR", "NOTIFICAR"])
@pytest.mark.parametrize("resultado", [sagas.HECHO, sagas.RECHAZADO, sagas.FALLIDO, sagas.OMITIDO])
def test_lo_que_llega_tarde_no_cambia_lo_decidido(unidad: Unidad, tarde: str, resultado: str) -> None:
    unidad.crear("pro")
    unidad.oir("RESERVAR", sagas.RECHAZADO, recurso="servicio_datos", motivo="SIN_CAPACIDAD")
    unidad.eventos()
    unidad.oir(tarde, resultado, recurso="servicio_datos", motivo="OTRO")
    assert unidad.eventos() == []
    assert (_estado(unidad), unidad.suscripciones.todos["s-1"].motivo) == ("RECHAZADA", "SIN_CAPACIDAD")


def test_un_paso_de_otra_saga_no_decide_esta(unidad: Unidad) -> None:
    unidad.crear("pro")
    unidad.eventos()
    unidad.oir("NOTIFICAR", id_saga="g-ajena")
    unidad.oir("RESERVAR", sagas.RECHAZADO, recurso="servicio_datos", id_saga="g-ajena")
    assert unidad.eventos() == []
    assert _estado(unidad) == "PENDIENTE"


def test_el_plazo_rechaza_al_vencer_y_no_antes_ni_despues_de_decidida(unidad: Unidad) -> None:
    unidad.crear("pro")
    unidad.eventos()
    unidad.vencer_plazo()
    assert unidad.eventos() == []
    unidad.ahora += timedelta(seconds=121)
    unidad.vencer_plazo()
    assert unidad.eventos() == ["RECHAZAR", "SuscripcionRechazada"]
    assert unidad.suscripciones.todos["s-1"].motivo == "PLAZO_VENCIDO"
    unidad.vencer_plazo()
    assert unidad.eventos() == []


def test_el_plazo_no_vence_lo_activo(unidad: Unidad) -> None:
    unidad.crear("pro")
    unidad.oir("RESERVAR", recurso="servicio_datos")
    unidad.oir("NOTIFICAR")
    unidad.eventos()
    unidad.ahora += timedelta(days=1)
    unidad.vencer_plazo()
    assert unidad.eventos() == []
    assert _estado(unidad) == "ACTIVA"
