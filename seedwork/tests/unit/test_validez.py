"""Events that break the contract never get as far as a handler."""

from dataclasses import replace

import pytest

from contratos import sagas
from contratos.bff import AccesoNegado
from contratos.procesamiento import AnonimizacionRechazada
from contratos.suscripciones import CrearSuscripcion, SuscripcionCreada
from seedwork.aplicacion.validez import falta

PASO = sagas.TransicionSaga(
    id_saga="g-1",
    id_suscripcion="s-1",
    participante="otro-participante",
    paso=sagas.RESERVAR,
    recurso="otro_recurso",
    recursos_requeridos=("servicio_datos", "otro_recurso"),
    resultado=sagas.RECHAZADO,
    motivo="UN_MOTIVO_NUEVO",
    ocurrido="2026-01-31T09:00:00.000000Z",
)
HECHO = SuscripcionCreada(id_saga="g-1", id_suscripcion="s-1", plan_nombre="Básico")

NEGADO = AccesoNegado(
    quien="Eva Ruiz",
    titular="cliente:0002 operador",
    accion="ListarSuscripciones",
    ocurrido="2026-01-31T09:00:00.000000Z",
    veces=1,
)


@pytest.mark.parametrize(
    "mensaje",
    [
        PASO,
        replace(PASO, recurso="", motivo=""),
        HECHO,
        AnonimizacionRechazada(id_imagen="s-1", motivo="X"),
        CrearSuscripcion(),
        NEGADO,
        replace(NEGADO, titular="", accion="CrearSuscripcion", recurso="s-1", veces=1_000_000),
        replace(NEGADO, titular="clinica:norte", accion="salud.metricas"),
    ],
    ids=lambda m: type(m).__name__,
)
def test_lo_que_cumple_pasa_y_de_un_comando_juzga_su_dueno(mensaje):
    assert falta(mensaje, "s-1") is None


@pytest.mark.parametrize(
    ("mensaje", "campo"),
    [
        (replace(PASO, id_saga=""), "id_saga falta"),
        (replace(PASO, id_suscripcion="a\0b"), "id_suscripcion no es un id"),
        (replace(PASO, paso="INVENTADO"), "paso"),
        (replace(PASO, paso="X" * 5000), "paso"),
        (replace(PASO, resultado="QUIZÁ"), "resultado"),
        (replace(PASO, participante=""), "participante"),
        (replace(PASO, recurso="con espacio"), "recurso"),
        (replace(PASO, motivo="Me llamo Ana Pérez"), "motivo"),
        (replace(PASO, ocurrido="ayer"), "ocurrido"),
        (replace(PASO, ocurrido="2026-01-31T09:00:00"), "ocurrido"),
        (replace(PASO, recursos_requeridos=("r",) * 101), "recursos_requeridos"),
        (replace(PASO, recursos_liberados=("",)), "recursos_liberados"),
        (replace(HECHO, id_saga=""), "id_saga falta"),
        (replace(HECHO, id_suscripcion="s-2"), "id_suscripcion no es ce_subject"),
        (replace(PASO, id_suscripcion="s-2"), "id_suscripcion no es ce_subject"),
        (replace(NEGADO, quien="Ana Pérez"), "quien no es"),
        (replace(NEGADO, titular="cliente:Ana,Ruiz"), "titular no es"),
        (replace(NEGADO, titular="Ana"), "titular no es"),
        (replace(NEGADO, titular="cliente:Ana cliente:Ruiz"), "titular no es"),
        (replace(NEGADO, accion="Ana"), "accion no es"),
        (replace(NEGADO, accion="AccesoNegado"), "accion no es"),
        (replace(NEGADO, recurso="Ana Ruiz"), "recurso no es"),
        (replace(NEGADO, veces=0), "veces se sale"),
        (replace(NEGADO, veces=1_000_001), "veces se sale"),
        (replace(HECHO, plan_nombre="a\nb"), "plan_nombre no es un texto"),
        (replace(HECHO, cliente_codigo="x" * 4001), "cliente_codigo no es un texto"),
    ],
    ids=lambda valor: valor if isinstance(valor, str) else "",
)
def test_lo_que_no_cumple_se_nombra_sin_citarlo(mensaje, campo):
    motivo = falta(mensaje, "s-1")
    assert motivo is not None
    assert motivo.startswith(campo)
    assert "Ana" not in motivo
