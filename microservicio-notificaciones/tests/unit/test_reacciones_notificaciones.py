"""What each fact makes this service do, in whatever order facts arrive."""

from dataclasses import replace
from itertools import permutations

import pytest

from contratos import motivos
from contratos.notificaciones import TIPOS
from notificaciones.aplicacion.envio import Politica
from notificaciones.infraestructura.plantillas import Plantillas
from seedwork.pruebas.entorno import EntornoSimulado

from .conftest import ARRIENDO_S

NOTIFICADO = ("NOTIFICAR", "HECHO", "")
OMITIDO = ("NOTIFICAR", "OMITIDO", "SAGA_CERRADA")
AVISADO = ("AVISAR", "HECHO", "")


def test_servicio_listo_se_notifica_y_responde_a_la_saga(servicio, aprovisionada):
    servicio.atender(aprovisionada)
    assert servicio.estados == {"SERVICIO_LISTO": "CREADA"}
    assert servicio.pasos == []

    servicio.entregado(servicio.tomar())

    assert servicio.estados == {"SERVICIO_LISTO": "CONFIRMADA"}
    assert servicio.pasos == [NOTIFICADO]
    assert servicio.envios == []


def test_el_mismo_hecho_muchas_veces_es_una_notificacion(servicio, aprovisionada, rechazada, activada):
    for hecho in (aprovisionada, aprovisionada):
        servicio.atender(hecho)
    servicio.entregado(servicio.tomar())
    for hecho in (aprovisionada, rechazada, rechazada, activada):
        servicio.atender(hecho)
    servicio.entregado(servicio.tomar())
    for hecho in (aprovisionada, rechazada):
        servicio.atender(hecho)

    assert servicio.estados == {"SERVICIO_LISTO": "CONFIRMADA", "SUSCRIPCION_RECHAZADA": "CONFIRMADA"}
    assert servicio.pasos == [NOTIFICADO, AVISADO]
    assert servicio.envios == []


def test_de_un_plan_sin_recursos_se_avisa_sin_paso_de_la_saga(servicio, activada):
    servicio.atender(replace(activada, recursos_requeridos=()))
    servicio.entregado(servicio.tomar())

    assert servicio.estados == {"SUSCRIPCION_ACTIVA": "CONFIRMADA"}
    assert servicio.pasos == []


def test_de_un_plan_con_recursos_ya_se_aviso_al_reservarlos(servicio, activada):
    servicio.atender(activada)

    assert servicio.estados == {}


def test_el_rechazo_anula_lo_que_no_se_envio_y_avisa(servicio, aprovisionada, rechazada):
    servicio.atender(aprovisionada)
    servicio.atender(rechazada)

    assert servicio.estados == {"SERVICIO_LISTO": "ANULADA", "SUSCRIPCION_RECHAZADA": "CREADA"}
    assert servicio.pasos == [OMITIDO]
    assert servicio.tomar().datos["motivo"] == "La suscripción no se completó dentro del plazo."


def test_lo_que_se_rechazo_al_pedirlo_no_se_avisa_y_cierra_la_suscripcion(servicio, aprovisionada, rechazada):
    """Nobody vouches for the address (contract §2); it is closed all the same, whatever might still come."""
    for hecho in (replace(rechazada, recursos_requeridos=()), aprovisionada):
        servicio.atender(hecho)

    assert servicio.estados == {}
    assert servicio.envios == []
    assert servicio.pasos == [OMITIDO]


def test_el_rechazo_antes_que_su_causa_la_deja_sin_efecto(servicio, aprovisionada, rechazada):
    servicio.atender(rechazada)
    servicio.atender(aprovisionada)

    assert servicio.estados == {"SUSCRIPCION_RECHAZADA": "CREADA"}
    assert servicio.pasos == [OMITIDO]


def test_lo_que_se_esta_enviando_al_rechazar_lo_decide_su_envio(servicio, aprovisionada, rechazada):
    servicio.atender(aprovisionada)
    envio = servicio.tomar()
    servicio.atender(rechazada)
    assert servicio.estados["SERVICIO_LISTO"] == "CREADA"

    servicio.entregado(envio)

    assert servicio.estados["SERVICIO_LISTO"] == "CONFIRMADA"
    assert servicio.pasos == [NOTIFICADO]


def test_lo_que_se_esta_enviando_al_rechazar_no_se_repite(servicio, aprovisionada, rechazada):
    servicio.atender(aprovisionada)
    envio = servicio.tomar()
    servicio.atender(rechazada)

    servicio.no_entregado(envio, motivos.CANAL_NO_DISPONIBLE, repetible=True)

    assert servicio.estados["SERVICIO_LISTO"] == "ANULADA"
    assert servicio.pasos == [OMITIDO]
    aviso = servicio.tomar()
    assert aviso.tipo == "SUSCRIPCION_RECHAZADA"
    assert servicio.envios == [aviso]


def test_un_rechazo_del_canal_falla_de_inmediato(servicio, aprovisionada):
    servicio.atender(aprovisionada)

    servicio.no_entregado(servicio.tomar(), motivos.CANAL_RECHAZO, repetible=False)

    assert servicio.estados == {"SERVICIO_LISTO": "FALLIDA"}
    assert servicio.pasos == [("NOTIFICAR", "FALLIDO", "CANAL_RECHAZO")]
    assert servicio.envios == []


def test_un_canal_ausente_se_reintenta_cada_vez_mas_tarde_y_acaba_a_tiempo(servicio, aprovisionada):
    servicio.atender(aprovisionada)
    esperas = []
    while servicio.envios:
        envio = servicio.tomar()
        servicio.no_entregado(envio, motivos.CANAL_NO_DISPONIBLE, repetible=True)
        proximo = servicio.proximos.get(envio.id_notificacion)
        if proximo is not None:
            esperas.append((proximo - servicio.ahora).total_seconds())
            servicio.entorno.reloj.avanzar(esperas[-1])

    assert servicio.estados == {"SERVICIO_LISTO": "FALLIDA"}
    assert servicio.pasos == [("NOTIFICAR", "FALLIDO", "CANAL_NO_DISPONIBLE")]
    assert len(esperas) >= 5
    assert esperas[:4] == sorted(esperas[:4])
    assert sum(esperas) + 5 <= 48


def test_un_intento_que_perdio_su_arriendo_ya_no_decide(servicio, aprovisionada):
    servicio.atender(aprovisionada)
    viejo = servicio.tomar()
    servicio.entorno.reloj.avanzar(ARRIENDO_S)
    nuevo = servicio.tomar()

    servicio.no_entregado(viejo, motivos.CANAL_NO_DISPONIBLE, repetible=False)
    assert servicio.estados == {"SERVICIO_LISTO": "CREADA"}

    servicio.entregado(nuevo)
    servicio.entregado(viejo)
    assert servicio.estados == {"SERVICIO_LISTO": "CONFIRMADA"}
    assert servicio.pasos == [NOTIFICADO]


def test_las_pausas_crecen_hasta_un_tope():
    politica = Politica(plazo_s=48, espera_s=5, pausa_s=0.5)

    azar = EntornoSimulado().azar

    assert 0.4 <= politica.pausa(1, azar).total_seconds() <= 0.6
    assert 8.0 <= politica.pausa(5000, azar).total_seconds() <= 12.0


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
def test_cada_hecho_es_una_notificacion_y_su_carta_lo_cuenta(servicio, hechos, nombre):
    tipo, pasos, texto = HECHOS[nombre]
    for _ in range(2):
        servicio.atender(hechos[nombre])
    (envio,) = servicio.envios
    carta = Plantillas(TIPOS).cuerpo(envio.tipo, envio.datos)

    servicio.entregar_todo()
    servicio.atender(hechos[nombre])

    assert servicio.estados == {tipo: "CONFIRMADA"}
    assert servicio.pasos == pasos
    assert servicio.envios == []
    assert "Hola, Pablo Perez Prieto:" in carta
    assert texto in " ".join(carta.split())
    assert "s-1" in carta
    assert "Cali" not in carta, "a client's own words are not repeated"


@pytest.mark.parametrize("nombre", HECHOS)
@pytest.mark.parametrize("campo", ["cliente_nombres", "cliente_apellidos"])
def test_ninguna_carta_cita_lo_que_un_cliente_escribio(servicio, hechos, nombre, campo):
    """Nobody vouches for it: it would be an attacker's text, to any address, in the platform's name."""
    servicio.atender(replace(hechos[nombre], **{campo: "Su cuenta fue suspendida; entre en https://mal.example"}))
    (envio,) = servicio.envios

    assert "mal.example" not in str(envio)
    assert envio.nombre == ""
    assert Plantillas(TIPOS).cuerpo(envio.tipo, envio.datos).startswith("Hola:\n")


@pytest.mark.parametrize("nombre", ["aprovisionada", "sin_recursos", "plan_modificado"])
@pytest.mark.parametrize("fin", ["rechazada", "cancelada"])
@pytest.mark.parametrize("saga_del_fin", ["g-1", "g-2"])
def test_el_fin_de_la_suscripcion_anula_lo_que_anuncia_y_calla_lo_que_llega_tarde(
    servicio, nuevo, hechos, nombre, fin, saga_del_fin
):
    """The end bears the latest saga's id, which need not be that of what is announced."""
    tipo, final = HECHOS[nombre][0], HECHOS[fin][0]
    undo = replace(hechos[fin], id_saga=saga_del_fin)
    servicio.atender(hechos[nombre])
    servicio.atender(undo)
    servicio.entregar_todo()
    assert servicio.estados == {tipo: "ANULADA", final: "CONFIRMADA"}
    assert servicio.pasos == ([OMITIDO] if nombre == "aprovisionada" else []) + [AVISADO]

    tardia = nuevo()
    tardia.atender(undo)
    tardia.atender(hechos[nombre])
    tardia.entregar_todo()
    assert tardia.estados == {final: "CONFIRMADA"}
    assert tardia.pasos == ([OMITIDO] if nombre == "aprovisionada" else []) + [AVISADO]


@pytest.mark.parametrize("nombre", ["pagada", "cambio_rechazado"])
@pytest.mark.parametrize("al_reves", [False, True])
def test_lo_que_ocurrio_se_cuenta_aunque_la_suscripcion_se_cancele(servicio, hechos, cancelada, nombre, al_reves):
    orden = [hechos[nombre], cancelada]
    for hecho in reversed(orden) if al_reves else orden:
        servicio.atender(hecho)
    servicio.entregar_todo()

    assert servicio.estados == {HECHOS[nombre][0]: "CONFIRMADA", "SUSCRIPCION_CANCELADA": "CONFIRMADA"}


def test_cancelar_con_un_cambio_sin_decidir_son_dos_avisos_en_cualquier_orden(
    nuevo, aprovisionada, cambio_rechazado, cancelada
):
    for orden in permutations([aprovisionada, cambio_rechazado, cancelada]):
        propia = nuevo()
        for hecho in orden:
            propia.atender(hecho)
        propia.entregar_todo()

        assert {"SERVICIO_LISTO": "ANULADA"} | propia.estados == {
            "SERVICIO_LISTO": "ANULADA",
            "CAMBIO_PLAN_RECHAZADO": "CONFIRMADA",
            "SUSCRIPCION_CANCELADA": "CONFIRMADA",
        }
        assert sorted(propia.pasos) == [AVISADO, AVISADO, OMITIDO]


def test_un_cambio_rechazado_anula_lo_suyo_y_deja_seguir_a_la_suscripcion(servicio, hechos):
    primera = hechos["sin_recursos"]
    for hecho in (primera, *(replace(hechos[n], id_saga="g-2") for n in ("aprovisionada", "cambio_rechazado"))):
        servicio.atender(hecho)
    assert servicio.estados["SERVICIO_LISTO"] == "ANULADA"
    assert servicio.estados["SUSCRIPCION_ACTIVA"] == "CREADA"

    servicio.atender(replace(hechos["plan_modificado"], id_saga="g-3"))
    servicio.entregar_todo()
    assert servicio.estados["PLAN_MODIFICADO"] == servicio.estados["SUSCRIPCION_ACTIVA"] == "CONFIRMADA"


def test_una_saga_completada_y_luego_cancelada_avisa_y_deja_lo_enviado(servicio, aprovisionada, activada, cancelada):
    servicio.atender(aprovisionada)
    servicio.entregar_todo()
    for hecho in (activada, cancelada):
        servicio.atender(hecho)
    servicio.entregar_todo()

    assert servicio.estados == {"SERVICIO_LISTO": "CONFIRMADA", "SUSCRIPCION_CANCELADA": "CONFIRMADA"}
    assert servicio.pasos == [NOTIFICADO, AVISADO]


def test_cada_factura_pagada_es_una_notificacion(servicio, pagada):
    for factura in ("f-1", "f-2", "f-1"):
        servicio.atender(replace(pagada, id_factura=factura))

    assert sorted(e.datos["factura"] for e in servicio.envios) == ["f-1", "f-2"]
