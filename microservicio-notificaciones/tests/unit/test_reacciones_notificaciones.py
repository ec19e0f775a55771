"""What each fact makes this service do, in whatever order facts arrive."""

from dataclasses import replace

from contratos import motivos
from notificaciones.aplicacion.desenlace import entregado, no_entregado
from notificaciones.aplicacion.envio import Politica

NOTIFICADO = ("NOTIFICAR", "HECHO", "")
OMITIDO = ("NOTIFICAR", "OMITIDO", "SAGA_CERRADA")


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
    assert unidad.pasos == [NOTIFICADO, ("AVISAR", "HECHO", "")]
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
