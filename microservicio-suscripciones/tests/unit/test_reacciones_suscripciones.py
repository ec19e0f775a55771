"""What a subscription makes of commands, of its participants' steps, and of silence."""

from datetime import timedelta
from typing import Any

import pytest

from contratos import a_dict, sagas
from contratos.suscripciones import SuscripcionRechazada

Casa = Any


def _estado(casa: Casa) -> str:
    return str(casa.suscripcion().estado)


def test_un_plan_con_recursos_espera_por_ellos(casa: Casa) -> None:
    assert casa.crear("pro") is None
    assert casa.eventos() == ["CREAR", "SuscripcionCreada"]
    assert _estado(casa) == "PENDIENTE"
    assert casa.suscripcion().plazo == casa.ahora + timedelta(seconds=120)


@pytest.mark.parametrize(
    ("codigo", "dicho"),
    [
        ("free", ["CREAR", "ACTIVAR", "SuscripcionCreada", "SuscripcionActivada"]),
        ("basico", ["CREAR", "ACTIVAR", "SuscripcionCreada", "SuscripcionActivada", "FacturaEmitida"]),
    ],
)
def test_un_plan_sin_recursos_rige_al_momento(casa: Casa, codigo: str, dicho: list[str]) -> None:
    casa.crear(codigo)
    assert casa.eventos() == dicho
    assert _estado(casa) == "ACTIVA"
    assert casa.suscripcion().plazo is None
    assert [str(f.importe) for f in casa.facturas()] == (["19.90"] if codigo == "basico" else [])


def test_un_plan_desconocido_deja_una_suscripcion_rechazada(casa: Casa) -> None:
    assert casa.crear("oro") == "PLAN_DESCONOCIDO"
    assert casa.eventos() == ["CREAR:RECHAZADO", "RECHAZAR", "SuscripcionRechazada"]
    assert _estado(casa) == "RECHAZADA"


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
def test_lo_que_no_cumple_el_contrato_se_rechaza_y_no_se_guarda(casa: Casa, campo: str, valor: str) -> None:
    assert casa.crear(**{campo: valor}) == "DATOS_INVALIDOS"
    (rechazada,) = casa.de_tipo(SuscripcionRechazada)
    assert casa.eventos() == ["CREAR:RECHAZADO", "RECHAZAR", "SuscripcionRechazada"]
    suscripcion = casa.suscripcion()
    assert (suscripcion.estado, suscripcion.motivo) == ("RECHAZADA", "DATOS_INVALIDOS")
    clientes = casa.filas("clientes")
    assert "" not in [c["id"] for c in clientes]
    for guardado in (vars(suscripcion), a_dict(rechazada), *clientes):
        # The plan's name is the catalogue's, whatever was sent.
        sin = casa.planes["pro"].nombre if campo == "plan_nombre" else ""
        assert guardado.get(campo, guardado.get(campo.removeprefix("cliente_"), sin)) == sin


def test_unos_datos_invalidos_no_cambian_los_de_un_cliente_conocido(casa: Casa) -> None:
    casa.crear("free", cliente_nombres="Ana")
    assert casa.crear("free", id="s-2", id_comando="g-2", cliente_nombres="a\0b") == "DATOS_INVALIDOS"
    assert [c["nombres"] for c in casa.filas("clientes")] == ["Ana"]


def test_otro_comando_para_una_suscripcion_que_existe_no_la_toca(casa: Casa) -> None:
    casa.crear("pro")
    casa.eventos()
    assert casa.crear("free", id_comando="g-2") == "SUSCRIPCION_EXISTENTE"
    assert casa.eventos() == ["ComandoSuscripcionRechazado"]
    assert casa.suscripcion().plan_codigo == "pro"


def test_un_cliente_es_uno_por_codigo_y_valen_sus_ultimos_datos(casa: Casa) -> None:
    casa.crear("free", cliente_nombres="Ana")
    casa.crear("free", id="s-2", id_comando="g-2", cliente_nombres="Ana María")
    assert [c["nombres"] for c in casa.filas("clientes")] == ["Ana María"]


def test_un_comando_rechazado_no_cambia_los_datos_del_cliente(casa: Casa) -> None:
    casa.crear("free", cliente_nombres="Ana")
    casa.crear("oro", id="s-2", id_comando="g-2", cliente_nombres="Intrusa")
    assert [c["nombres"] for c in casa.filas("clientes")] == ["Ana"]


def test_de_una_creacion_rechazada_solo_queda_el_codigo_del_cliente(casa: Casa) -> None:
    """It had no effect: nobody is known by it, here or elsewhere. Whoever cancels what it left is refused as ever."""
    assert casa.crear("oro", cliente_nombres="Nadie") == "PLAN_DESCONOCIDO"
    assert casa.filas("clientes") == []
    (rechazada,) = casa.de_tipo(SuscripcionRechazada)
    assert (rechazada.cliente_codigo, rechazada.cliente_nombres, rechazada.cliente_email) == ("0001", "", "")
    assert casa.suscripcion().cliente_codigo == "0001"
    assert casa.cancelar() == "SUSCRIPCION_TERMINADA"


def test_la_saga_hasta_su_fin(casa: Casa) -> None:
    casa.crear("pro")
    casa.oir("CREAR")
    casa.eventos()
    casa.oir("RESERVAR", recurso="servicio_datos")
    assert casa.eventos() == ["SuscripcionAprovisionada"]
    casa.oir("NOTIFICAR")
    assert casa.eventos() == ["ACTIVAR", "SuscripcionActivada", "FacturaEmitida"]
    casa.oir("ACTIVAR")
    assert casa.suscripcion().saga.en_curso
    casa.oir("INICIAR", recurso="servicio_datos")
    assert casa.eventos() == []
    assert not casa.suscripcion().saga.en_curso
    assert [d.sobre.secuencia for d in casa.dichos if d.sobre.secuencia] == [1, 2, 3, 4]


def test_se_aprovisiona_con_el_ultimo_recurso_y_una_sola_vez(casa: Casa) -> None:
    casa.crear("doble")
    casa.eventos()
    casa.oir("RESERVAR", recurso="computo")
    casa.oir("RESERVAR", recurso="computo")
    assert casa.eventos() == []
    casa.oir("RESERVAR", recurso="servicio_datos")
    casa.oir("RESERVAR", recurso="servicio_datos")
    casa.oir("RESERVAR", recurso="uno que nadie pidió")
    assert casa.eventos() == ["SuscripcionAprovisionada"]


@pytest.mark.parametrize(
    ("paso", "resultado", "motivo", "esperado"),
    [
        ("RESERVAR", sagas.RECHAZADO, "SIN_CAPACIDAD", "SIN_CAPACIDAD"),
        ("RESERVAR", sagas.RECHAZADO, "uno que aquí no se conoce", "RECHAZO_DE_PARTICIPANTE"),
        ("NOTIFICAR", sagas.FALLIDO, "CANAL_RECHAZO", "NOTIFICACION_FALLIDA"),
    ],
)
def test_la_negativa_de_un_participante_rechaza(
    casa: Casa, paso: str, resultado: str, motivo: str, esperado: str
) -> None:
    casa.crear("pro")
    casa.eventos()
    casa.oir(paso, resultado, recurso="servicio_datos", motivo=motivo)
    assert casa.eventos() == ["RECHAZAR", "SuscripcionRechazada"]
    assert casa.suscripcion().motivo == esperado
    casa.oir("LIBERAR", recurso="servicio_datos")
    casa.oir("RECHAZAR")
    assert not casa.suscripcion().saga.en_curso


@pytest.mark.parametrize("tarde", ["RESERVAR", "NOTIFICAR"])
@pytest.mark.parametrize("resultado", [sagas.HECHO, sagas.RECHAZADO, sagas.FALLIDO, sagas.OMITIDO])
def test_lo_que_llega_tarde_no_cambia_lo_decidido(casa: Casa, tarde: str, resultado: str) -> None:
    casa.crear("pro")
    casa.oir("RESERVAR", sagas.RECHAZADO, recurso="servicio_datos", motivo="SIN_CAPACIDAD")
    casa.eventos()
    casa.oir(tarde, resultado, recurso="servicio_datos", motivo="OTRO")
    assert casa.eventos() == []
    assert (_estado(casa), casa.suscripcion().motivo) == ("RECHAZADA", "SIN_CAPACIDAD")


def test_un_paso_de_otra_saga_no_decide_esta(casa: Casa) -> None:
    casa.crear("pro")
    casa.eventos()
    casa.oir("NOTIFICAR", id_saga="g-ajena")
    casa.oir("RESERVAR", sagas.RECHAZADO, recurso="servicio_datos", id_saga="g-ajena")
    assert casa.eventos() == []
    assert _estado(casa) == "PENDIENTE"


def test_el_plazo_rechaza_al_vencer_y_no_antes_ni_despues_de_decidida(casa: Casa) -> None:
    casa.crear("pro")
    casa.eventos()
    casa.vencer_plazo()
    assert casa.eventos() == []
    casa.avanzar(seconds=121)
    casa.vencer_plazo()
    assert casa.eventos() == ["RECHAZAR", "SuscripcionRechazada"]
    assert casa.suscripcion().motivo == "PLAZO_VENCIDO"
    casa.vencer_plazo()
    assert casa.eventos() == []


def test_el_plazo_no_vence_lo_activo(casa: Casa) -> None:
    casa.crear("pro")
    casa.oir("RESERVAR", recurso="servicio_datos")
    casa.oir("NOTIFICAR")
    casa.eventos()
    casa.avanzar(days=1)
    casa.vencer_plazo()
    assert casa.eventos() == []
    assert _estado(casa) == "ACTIVA"
