"""What each fact makes this service do, in whatever order facts arrive."""

from dataclasses import replace
from itertools import permutations

import pytest

from contratos import motivos
from contratos.notificaciones import TIPOS
from notificaciones.aplicacion.desenlace import entregado, no_entregado
from notificaciones.aplicacion.envio import Politica
from notificaciones.infraestructura.plantillas import Plantillas

NOTIFICADO = ("NOTIFICAR", "HECHO", "")
OMITIDO = ("NOTIFICAR", "OMITIDO", "SAGA_CERRADA")
AVISADO = ("AVISAR", "HECHO", "")


def entregar_todo(unidad):
    while unidad.envios.todos:
        (envio, *_) = unidad.envios.todos.values()
        entregado(unidad, envio)


def test_servicio_listo_se_notifica_y_responde_a_la_saga(unidad, aprovisionada):
    unidad.atender(aprovisionada)
    assert unidad.estados == {"SERVICIO_LISTO": "CREADA"}
    assert unidad.pasos == []

    entregado(unidad, unidad.tomar())

    assert unidad.estados == {"SERVICIO_LISTO": "CONFIRMADA"}
    assert unidad.pasos == [NOTIFICADO]
    assert unidad.envios.todos == {}


def test_el_mismo_hecho_muchas_veces_es_una_notificacion(unidad, aprovisionada, rechazada, activada):
    for hecho in (aprovisionada, aprovisionada):
        unidad.atender(hecho)
    entregado(unidad, unidad.tomar())
    for hecho in (aprovisionada, rechazada, rechazada, activada):
        unidad.atender(hecho)
    entregado(unidad, unidad.tomar())
    for hecho in (aprovisionada, rechazada):
        unidad.atender(hecho)

    assert unidad.estados == {"SERVICIO_LISTO": "CONFIRMADA", "SUSCRIPCION_RECHAZADA": "CONFIRMADA"}
    assert unidad.pasos == [NOTIFICADO, AVISADO]
    assert unidad.envios.todos == {}


def test_de_un_plan_sin_recursos_se_avisa_sin_paso_de_la_saga(unidad, activada):
    unidad.atender(replace(activada, recursos_requeridos=()))
    entregado(unidad, unidad.tomar())

    assert unidad.estados == {"SUSCRIPCION_ACTIVA": "CONFIRMADA"}
    assert unidad.pasos == []


def test_de_un_plan_con_recursos_ya_se_aviso_al_reservarlos(unidad, activada):
    unidad.atender(activada)

    assert unidad.estados == {}


def test_el_rechazo_anula_lo_que_no_se_envio_y_avisa(unidad, aprovisionada, rechazada):
    unidad.atender(aprovisionada)
    unidad.atender(rechazada)

    assert unidad.estados == {"SERVICIO_LISTO": "ANULADA", "SUSCRIPCION_RECHAZADA": "CREADA"}
    assert unidad.pasos == [OMITIDO]
    assert unidad.tomar().datos["motivo"] == "La suscripción no se completó dentro del plazo."


def test_el_rechazo_antes_que_su_causa_la_deja_sin_efecto(unidad, aprovisionada, rechazada):
    unidad.atender(rechazada)
    unidad.atender(aprovisionada)

    assert unidad.estados == {"SUSCRIPCION_RECHAZADA": "CREADA"}
    assert unidad.pasos == [OMITIDO]


def test_lo_que_se_esta_enviando_al_rechazar_lo_decide_su_envio(unidad, aprovisionada, rechazada):
    unidad.atender(aprovisionada)
    envio = unidad.tomar()
    unidad.atender(rechazada)
    assert unidad.estados["SERVICIO_LISTO"] == "CREADA"

    entregado(unidad, envio)

    assert unidad.estados["SERVICIO_LISTO"] == "CONFIRMADA"
    assert unidad.pasos == [NOTIFICADO]


def test_lo_que_se_esta_enviando_al_rechazar_no_se_repite(unidad, aprovisionada, rechazada):
    unidad.atender(aprovisionada)
    envio = unidad.tomar()
    unidad.atender(rechazada)

    no_entregado(unidad, envio, motivos.CANAL_NO_DISPONIBLE, repetible=True)

    assert unidad.estados["SERVICIO_LISTO"] == "ANULADA"
    assert unidad.pasos == [OMITIDO]
    assert list(unidad.envios.aplazados) == []


def test_un_rechazo_del_canal_falla_de_inmediato(unidad, aprovisionada):
    unidad.atender(aprovisionada)

    no_entregado(unidad, unidad.tomar(), motivos.CANAL_RECHAZO, repetible=False)

    assert unidad.estados == {"SERVICIO_LISTO": "FALLIDA"}
    assert unidad.pasos == [("NOTIFICAR", "FALLIDO", "CANAL_RECHAZO")]
    assert unidad.envios.todos == {}


def test_un_canal_ausente_se_reintenta_cada_vez_mas_tarde_y_acaba_a_tiempo(unidad, aprovisionada):
    unidad.atender(aprovisionada)
    esperas = []
    while unidad.envios.todos:
        envio = unidad.tomar()
        no_entregado(unidad, envio, motivos.CANAL_NO_DISPONIBLE, repetible=True)
        proximo = unidad.envios.aplazados.pop(envio.id_notificacion, None)
        if proximo is not None:
            esperas.append((proximo - unidad.ahora).total_seconds())
            unidad.ahora = proximo

    assert unidad.estados == {"SERVICIO_LISTO": "FALLIDA"}
    assert unidad.pasos == [("NOTIFICAR", "FALLIDO", "CANAL_NO_DISPONIBLE")]
    assert len(esperas) >= 5
    assert esperas[:4] == sorted(esperas[:4])
    assert sum(esperas) + 5 <= 48


def test_un_intento_que_perdio_su_arriendo_ya_no_decide(unidad, aprovisionada):
    unidad.atender(aprovisionada)
    viejo = unidad.tomar()
    unidad.ahora = viejo.tomado_hasta
    nuevo = unidad.tomar()

    no_entregado(unidad, viejo, motivos.CANAL_NO_DISPONIBLE, repetible=False)
    assert unidad.estados == {"SERVICIO_LISTO": "CREADA"}

    entregado(unidad, nuevo)
    entregado(unidad, viejo)
    assert unidad.estados == {"SERVICIO_LISTO": "CONFIRMADA"}
    assert unidad.pasos == [NOTIFICADO]


def test_las_pausas_crecen_hasta_un_tope():
    politica = Politica(plazo_s=48, espera_s=5, pausa_s=0.5)

    assert 0.4 <= politica.pausa(1).total_seconds() <= 0.6
    assert 8.0 <= politica.pausa(5000).total_seconds() <= 12.0


HECHOS = {
    "aprovisionada": ("SERVICIO_LISTO", [NOTIFICADO], "Todo lo que incluye su plan PRO está reservado"),
    "sin_recursos": ("SUSCRIPCION_ACTIVA", [], "Su suscripción al plan PRO ya está activa."),
    "plan_modificado": ("PLAN_MODIFICADO", [], "pasó del plan FREE al plan PRO"),
    "pagada": ("PAGO_RECIBIDO", [], "su pago de 49.90 USD por la factura f-1"),
    "rechazada": ("SUSCRIPCION_RECHAZADA", [AVISADO], "motivo: La suscripción no se completó dentro del plazo."),
    "cancelada": ("SUSCRIPCION_CANCELADA", [AVISADO], "Su suscripción al plan PRO quedó cancelada"),
    "cambio_rechazado": ("CAMBIO_PLAN_RECHAZADO", [AVISADO], "del plan FREE al plan PRO. Este es el motivo: No queda"),
}


@pytest.fixture
def hechos(aprovisionada, activada, plan_modificado, pagada, rechazada, cancelada, cambio_rechazado):
    sin_recursos = replace(activada, recursos_requeridos=())
    return {
        "aprovisionada": aprovisionada,
        "sin_recursos": sin_recursos,
        "plan_modificado": plan_modificado,
        "pagada": pagada,
        "rechazada": rechazada,
        "cancelada": cancelada,
        "cambio_rechazado": cambio_rechazado,
    }


def test_cada_tipo_tiene_su_hecho():
    assert sorted(tipo for tipo, _, _ in HECHOS.values()) == sorted(TIPOS)


@pytest.mark.parametrize("nombre", HECHOS)
def test_cada_hecho_es_una_notificacion_y_su_carta_lo_cuenta(unidad, hechos, nombre):
    tipo, pasos, texto = HECHOS[nombre]
    for _ in range(2):
        unidad.atender(hechos[nombre])
    (envio,) = unidad.envios.todos.values()
    carta = Plantillas(TIPOS).cuerpo(envio.tipo, envio.datos)

    entregar_todo(unidad)
    unidad.atender(hechos[nombre])

    assert unidad.estados == {tipo: "CONFIRMADA"}
    assert unidad.pasos == pasos
    assert unidad.envios.todos == {}
    assert "Hola, Pablo Perez Prieto:" in carta
    assert texto in " ".join(carta.split())
    assert "s-1" in carta
    assert "Cali" not in carta, "a client's own words are not repeated"


@pytest.mark.parametrize("nombre", ["aprovisionada", "sin_recursos", "plan_modificado"])
@pytest.mark.parametrize("fin", ["rechazada", "cancelada"])
@pytest.mark.parametrize("saga_del_fin", ["g-1", "g-2"])
def test_el_fin_de_la_suscripcion_anula_lo_que_anuncia_y_calla_lo_que_llega_tarde(
    unidad, hechos, nombre, fin, saga_del_fin
):
    """The end bears the latest saga's id, which need not be that of what is announced."""
    tipo, final = HECHOS[nombre][0], HECHOS[fin][0]
    undo = replace(hechos[fin], id_saga=saga_del_fin)
    unidad.atender(hechos[nombre])
    unidad.atender(undo)
    entregar_todo(unidad)
    assert unidad.estados == {tipo: "ANULADA", final: "CONFIRMADA"}
    assert unidad.pasos == ([OMITIDO] if nombre == "aprovisionada" else []) + [AVISADO]

    tardia = type(unidad)()
    tardia.atender(undo)
    tardia.atender(hechos[nombre])
    entregar_todo(tardia)
    assert tardia.estados == {final: "CONFIRMADA"}
    assert tardia.pasos == ([OMITIDO] if nombre == "aprovisionada" else []) + [AVISADO]


@pytest.mark.parametrize("nombre", ["pagada", "cambio_rechazado"])
@pytest.mark.parametrize("al_reves", [False, True])
def test_lo_que_ocurrio_se_cuenta_aunque_la_suscripcion_se_cancele(unidad, hechos, cancelada, nombre, al_reves):
    orden = [hechos[nombre], cancelada]
    for hecho in reversed(orden) if al_reves else orden:
        unidad.atender(hecho)
    entregar_todo(unidad)

    assert unidad.estados == {HECHOS[nombre][0]: "CONFIRMADA", "SUSCRIPCION_CANCELADA": "CONFIRMADA"}


def test_cancelar_con_un_cambio_sin_decidir_son_dos_avisos_en_cualquier_orden(
    unidad, aprovisionada, cambio_rechazado, cancelada
):
    for orden in permutations([aprovisionada, cambio_rechazado, cancelada]):
        propia = type(unidad)()
        for hecho in orden:
            propia.atender(hecho)
        entregar_todo(propia)

        assert {"SERVICIO_LISTO": "ANULADA"} | propia.estados == {
            "SERVICIO_LISTO": "ANULADA",
            "CAMBIO_PLAN_RECHAZADO": "CONFIRMADA",
            "SUSCRIPCION_CANCELADA": "CONFIRMADA",
        }
        assert sorted(propia.pasos) == [AVISADO, AVISADO, OMITIDO]


def test_un_cambio_rechazado_anula_lo_suyo_y_deja_seguir_a_la_suscripcion(unidad, hechos):
    primera = hechos["sin_recursos"]
    for hecho in (primera, *(replace(hechos[n], id_saga="g-2") for n in ("aprovisionada", "cambio_rechazado"))):
        unidad.atender(hecho)
    assert unidad.estados["SERVICIO_LISTO"] == "ANULADA"
    assert unidad.estados["SUSCRIPCION_ACTIVA"] == "CREADA"

    unidad.atender(replace(hechos["plan_modificado"], id_saga="g-3"))
    entregar_todo(unidad)
    assert unidad.estados["PLAN_MODIFICADO"] == unidad.estados["SUSCRIPCION_ACTIVA"] == "CONFIRMADA"


def test_una_saga_completada_y_luego_cancelada_avisa_y_deja_lo_enviado(unidad, aprovisionada, activada, cancelada):
    unidad.atender(aprovisionada)
    entregar_todo(unidad)
    for hecho in (activada, cancelada):
        unidad.atender(hecho)
    entregar_todo(unidad)

    assert unidad.estados == {"SERVICIO_LISTO": "CONFIRMADA", "SUSCRIPCION_CANCELADA": "CONFIRMADA"}
    assert unidad.pasos == [NOTIFICADO, AVISADO]


def test_cada_factura_pagada_es_una_notificacion(unidad, pagada):
    for factura in ("f-1", "f-2", "f-1"):
        unidad.atender(replace(pagada, id_factura=factura))

    assert sorted(e.datos["factura"] for e in unidad.envios.todos.values()) == ["f-1", "f-2"]
