"""The auditor's rules: silent on good evidence, and each of them finds what is spoilt on purpose."""

import ast
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.auditor.danos import (
    Dano,
    al_reves,
    ambos,
    con,
    en_sobre,
    fila,
    guarda,
    mas,
    mas_fila,
    paso,
    sin,
    sin_fila,
    todo_con,
)
from tests.auditor.evidencia import Destino, Espera, Evidencia, Experto, Notificacion
from tests.auditor.hallazgos import Clase
from tests.auditor.historias import (
    HISTORIAS,
    Historia,
    a_mano,
    baja_y_se_va,
    cancelada,
    cancelada_al_avisar,
    contada,
    de_hospital,
    deshecha_antes_que_la_causa,
    gratis,
    no_sube_y_se_va,
    ordenes_en_vano,
    paga_dos_periodos,
    pro,
    rechazada_al_pedirla,
    se_va_mientras_sube,
    sin_capacidad,
    sube,
)
from tests.auditor.reglas import (
    REGLAS,
    Regla,
    comandos,
    imagenes,
    juzgar,
    mensajes,
    notificaciones,
    sagas,
    servicios,
    suscripciones,
)
from tests.auditor.relato import DATOS, EXPERTO, LUGAR, Relato

from contratos import motivos
from contratos.notificaciones import (
    PAGO_RECIBIDO,
    SUSCRIPCION_RECHAZADA,
    NotificacionCreada,
    NotificacionEnviada,
)
from contratos.procesamiento import AnonimizacionRechazada, AnonimizarImagen, ImagenAnonimizada
from contratos.sagas import FALLIDO, HECHO, INICIAR, LIBERAR, NOTIFICAR, OMITIDO, RECHAZADO, TransicionSaga
from contratos.servicio_datos import (
    AsignarExperto,
    CrearServicioDatos,
    DatasetPedido,
    ExpertoAsignado,
    IniciarServicioDatos,
    NubePedida,
    ServicioDatosCreada,
    ServicioDatosIniciado,
    ServicioDatosRechazada,
    ServicioDatosTerminado,
    TerminarServicioDatos,
)
from contratos.suscripciones import (
    CambiarPlanSuscripcion,
    CambioPlanIniciado,
    CambioPlanRechazado,
    CancelarSuscripcion,
    ComandoSuscripcionRechazado,
    CrearSuscripcion,
    FacturaEmitida,
    PagarSuscripcion,
    SuscripcionActivada,
    SuscripcionAprovisionada,
    SuscripcionCancelada,
    SuscripcionCreada,
    SuscripcionPagada,
    SuscripcionRechazada,
)

PERDIDO, DOBLADO, ATASCADO, SIN_DEVOLVER, OTRO = Clase
ESPERA = Espera("suscripciones", "c-9", PagarSuscripcion.tipo, "s-9")
SIN_MOTIVO = Destino(CrearSuscripcion.tipo, "RECHAZADO", None)
DE_UN_PAGO = Destino(PagarSuscripcion.tipo, "APLICADO", None)
CARTA = Notificacion("s-1", "c-1", SUSCRIPCION_RECHAZADA, "CONFIRMADA", 3)


def ambas_aplicadas(evidencia: Evidencia) -> Evidencia:
    """Two commands under one key, and neither was refused."""
    aplicado = Destino(CancelarSuscripcion.tipo, "APLICADO", None)
    return guarda("suscripciones", destinos=dict.fromkeys(evidencia.comandos, aplicado))(evidencia)


def creada_y_rechazada(evidencia: Evidencia) -> Evidencia:
    """A creation was refused, and something of it told all the same."""
    creadas = contada(pro).dichos[SuscripcionCreada]
    return replace(evidencia, dichos={**evidencia.dichos, SuscripcionCreada: creadas})


def iniciada_tarde(evidencia: Evidencia) -> Evidencia:
    """What ended the first saga was told last of all."""
    pasos = sorted(evidencia.dichos[TransicionSaga], key=lambda d: d.mensaje.paso == INICIAR)
    return replace(evidencia, dichos={**evidencia.dichos, TransicionSaga: pasos})


def facturado_el_cambio(evidencia: Evidencia) -> Evidencia:
    """The one invoice came with the change."""
    (cambio,) = evidencia.de(CambiarPlanSuscripcion)
    return en_sobre(FacturaEmitida, causa=cambio.id)(evidencia)


def _relevo(asignado: Any) -> bool:
    """An expert who takes over from another one."""
    return bool(asignado.experto_anterior_codigo)


def sin_palabras(comando: Any) -> bool:
    """A command without the client's own words."""
    return bool(comando.motivo == "")


@pytest.mark.parametrize("historia", HISTORIAS)
def test_lo_que_esta_bien_no_se_reprocha(historia: Historia) -> None:
    evidencia = contada(historia)
    assert juzgar(evidencia) == []
    dos_veces = {tipo: [*dichos, *dichos[::-1]] for tipo, dichos in evidencia.dichos.items()}
    assert juzgar(replace(evidencia, dichos=dos_veces)) == [], "what is said again under its id is no other message"


# Of each rule: the story, what is spoilt in it, and what the rule has to say of it.
DANOS: Mapping[Regla, Sequence[tuple[Historia, Dano, Clase, str]]] = {
    mensajes.lo_confirmado_se_dijo: [
        (pro, sin(SuscripcionCreada), PERDIDO, "not on its topic"),
        (pro, mas(SuscripcionCreada), OTRO, "never committed"),
    ],
    mensajes.lo_dicho_se_oyo: [
        (pro, guarda("notificaciones", inbox=set()), PERDIDO, "not in the inbox"),
    ],
    mensajes.nada_queda_a_medias: [
        (pro, guarda("suscripciones", intentos=["m-1"]), ATASCADO, "attempts left"),
        (pro, guarda("suscripciones", lotes=["m-99"]), ATASCADO, "in a batch"),
        (pro, guarda("suscripciones", esperas=[ESPERA]), ATASCADO, "still waits"),
        (pro, todo_con(envios=["n-1"]), ATASCADO, "delivery is left"),
        (pro, guarda("notificaciones", aparcadas=1), OTRO, "dead letters"),
    ],
    mensajes.cada_agregado_cuenta_de_uno_en_uno: [
        (pro, sin(SuscripcionAprovisionada), OTRO, "sequence numbers"),
        (paga_dos_periodos, al_reves(SuscripcionPagada), OTRO, "out of order"),
        (pro, en_sobre(SuscripcionCreada, secuencia=None), OTRO, "no sequence number"),
        (pro, en_sobre(TransicionSaga, secuencia=1), OTRO, "has a sequence number"),
    ],
    mensajes.todo_desciende_de_un_comando: [
        (pro, en_sobre(SuscripcionCreada, correlacion="m-1"), OTRO, "follows from no command"),
        (pro, en_sobre(CrearSuscripcion, correlacion="otra"), OTRO, "not its own correlation"),
    ],
    mensajes.cada_mensaje_es_de_su_agregado: [
        (pro, en_sobre(TransicionSaga, sujeto="g-1"), OTRO, "another subject"),
        (pro, en_sobre(ServicioDatosCreada, fuente="/saludtech/suscripciones"), OTRO, "said by another"),
    ],
    comandos.lo_aceptado_llega: [
        (pro, sin_fila("suscripciones", "s-1"), PERDIDO, "no such subscr"),
        (de_hospital, sin_fila("imagenes", "i-2"), PERDIDO, "no such image"),
    ],
    comandos.cada_comando_tiene_su_suerte: [
        (pro, guarda("suscripciones", destinos={}), PERDIDO, "without a fate"),
        (pro, sin(CrearSuscripcion), OTRO, "and no command"),
        (pro, guarda("suscripciones", destinos={"c-1": SIN_MOTIVO}), OTRO, "a fate that is none"),
        (pro, guarda("suscripciones", destinos={"c-1": DE_UN_PAGO}), OTRO, "another type of command"),
    ],
    comandos.lo_rechazado_se_cuenta_una_vez: [
        (ordenes_en_vano, sin(ComandoSuscripcionRechazado), PERDIDO, "no event tells of it"),
        (ordenes_en_vano, mas(ComandoSuscripcionRechazado), DOBLADO, "a refusal"),
        (
            ordenes_en_vano,
            con(ComandoSuscripcionRechazado, motivo=motivos.SAGA_EN_CURSO),
            OTRO,
            "a refusal of what was not refused",
        ),
        (rechazada_al_pedirla, sin(SuscripcionRechazada), PERDIDO, "no event tells of it"),
    ],
    comandos.lo_rechazado_no_dice_nada_mas: [
        (rechazada_al_pedirla, creada_y_rechazada, OTRO, "caused SuscripcionCreada"),
    ],
    comandos.lo_aplicado_tiene_efecto_una_vez: [
        (cancelada, sin(SuscripcionCancelada), PERDIDO, "had no effect"),
        (paga_dos_periodos, mas(SuscripcionPagada), DOBLADO, "an effect of no Pagar"),
        (a_mano, sin(AsignarExperto), OTRO, "an effect of no AsignarExperto"),
        (a_mano, sin(TerminarServicioDatos), OTRO, "an effect of no Terminar"),
    ],
    comandos.lo_aplicado_tiene_un_cuerpo_valido: [
        (a_mano, con(CrearServicioDatos, nube=NubePedida(nombre="N\x00")), OTRO, "control characters"),
    ],
    comandos.cada_rechazo_dice_la_verdad: [
        (ordenes_en_vano, con(ComandoSuscripcionRechazado, comando="PagarSuscripcion"), OTRO, "of a PagarSuscripcion"),
        (ordenes_en_vano, con(ComandoSuscripcionRechazado, id_suscripcion="s-2"), OTRO, "of 's-2'"),
        (ordenes_en_vano, con(CambiarPlanSuscripcion, plan_codigo="pro"), OTRO, "refused as PLAN_EN_VIGOR, which"),
    ],
    comandos.una_clave_es_un_comando: [
        (ordenes_en_vano, ambas_aplicadas, DOBLADO, "under one key"),
        (ordenes_en_vano, sin(CancelarSuscripcion, sin_palabras), OTRO, "all commands under a key"),
    ],
    sagas.la_linea_tiene_cada_paso: [
        (pro, todo_con(pasos=set()), PERDIDO, "not in the view"),
        (pro, sin(TransicionSaga, paso("INICIAR")), OTRO, "nobody told"),
    ],
    sagas.cada_saga_se_decide_una_vez_y_termina: [
        (sin_capacidad, mas(TransicionSaga, paso("RECHAZAR"), paso="ACTIVAR"), OTRO, "was decided as"),
        (se_va_mientras_sube, sin(TransicionSaga, paso("RECHAZAR")), OTRO, "was decided as ('CAMBIAR', 'CANCELAR')"),
        (pro, mas(TransicionSaga, paso("ACTIVAR")), DOBLADO, "was decided as"),
        (pro, sin(TransicionSaga, paso("INICIAR")), ATASCADO, "in course"),
        (baja_y_se_va, sin(TransicionSaga, paso("LIBERAR")), ATASCADO, "in course"),
        (pro, con(TransicionSaga, id_saga="otra"), OTRO, "saga of no command"),
    ],
    sagas.una_saga_espera_al_fin_de_la_anterior: [
        (baja_y_se_va, iniciada_tarde, OTRO, "while another was in course"),
    ],
    sagas.cada_paso_es_de_quien_es_y_se_dice_una_vez: [
        (pro, con(TransicionSaga, paso("RESERVAR"), participante="suscripciones"), OTRO, "RESERVAR of suscripciones"),
        (pro, con(TransicionSaga, paso("RESERVAR"), recurso=""), OTRO, "of no resource"),
        (pro, con(TransicionSaga, paso("ACTIVAR"), resultado=OMITIDO), OTRO, "ACTIVAR OMITIDO"),
        (sin_capacidad, con(TransicionSaga, paso("RECHAZAR"), motivo="no me gusta"), OTRO, "no me gusta"),
        (cancelada, con(TransicionSaga, paso("LIBERAR"), compensacion=False), OTRO, "as an undo False"),
        (pro, con(TransicionSaga, paso("ACTIVAR"), id_suscripcion="s-2"), OTRO, "of another subscription"),
        (cancelada, mas(TransicionSaga, paso("LIBERAR")), DOBLADO, "LIBERAR of"),
    ],
    sagas.las_listas_son_las_de_su_saga: [
        (pro, con(TransicionSaga, paso("INICIAR"), recursos_requeridos=()), OTRO, "other lists than the first step"),
        (pro, con(FacturaEmitida, recursos_requeridos=()), OTRO, "FacturaEmitida has not the lists"),
        (pro, con(TransicionSaga, recursos_liberados=(DATOS,)), OTRO, "required and released"),
    ],
    sagas.cada_paso_del_dueno_va_con_su_hecho: [
        (cancelada, sin(SuscripcionCancelada), PERDIDO, "CANCELAR, and no"),
        (sube, sin(TransicionSaga, paso("CAMBIAR")), OTRO, "CambioPlanIniciado without"),
        (pro, mas(SuscripcionActivada), DOBLADO, "SuscripcionActivada"),
    ],
    sagas.lo_requerido_se_reserva: [
        (deshecha_antes_que_la_causa, sin(TransicionSaga, paso("RESERVAR")), PERDIDO, "no RESERVAR"),
        (pro, con(TransicionSaga, paso("RESERVAR"), resultado=OMITIDO), OTRO, "RESERVAR OMITIDO"),
        (pro, mas(TransicionSaga, paso("RESERVAR"), recurso="computo"), OTRO, "RESERVAR of computo"),
    ],
    sagas.se_avanza_con_todo_reservado_y_notificado: [
        (pro, con(TransicionSaga, paso("RESERVAR"), resultado=RECHAZADO), OTRO, "without all of R"),
        (pro, con(TransicionSaga, paso("NOTIFICAR"), resultado=FALLIDO), OTRO, "ACTIVAR before all"),
        (pro, con(TransicionSaga, paso("NOTIFICAR"), resultado=OMITIDO), OTRO, "NOTIFICAR OMITIDO"),
        (pro, mas(SuscripcionAprovisionada), DOBLADO, "SuscripcionAprovisionada"),
        (pro, sin(SuscripcionAprovisionada), PERDIDO, "and no SuscripcionAprovisionada"),
        (cancelada_al_avisar, sin(TransicionSaga, paso("NOTIFICAR")), PERDIDO, "NOTIFICAR None"),
        (
            sin_capacidad,
            mas(TransicionSaga, paso("RECHAZAR"), paso=NOTIFICAR, participante="notificaciones"),
            OTRO,
            "0 SuscripcionAprovisionada",
        ),
        (gratis, sin(TransicionSaga, paso("ACTIVAR")), OTRO, "it requires nothing"),
        (pro, con(SuscripcionAprovisionada, id_saga="otra"), OTRO, "of no saga"),
    ],
    sagas.lo_activado_se_inicia: [
        (cancelada, sin(TransicionSaga, paso("INICIAR")), PERDIDO, "no INICIAR"),
        (
            sin_capacidad,
            mas(TransicionSaga, paso("RESERVAR"), paso="INICIAR", resultado=HECHO),
            OTRO,
            "which is not activated",
        ),
        (pro, con(TransicionSaga, paso("INICIAR"), resultado=OMITIDO), OTRO, "INICIAR OMITIDO"),
    ],
    sagas.lo_deshecho_y_lo_soltado_se_libera: [
        (cancelada, sin(TransicionSaga, paso("LIBERAR")), SIN_DEVOLVER, "no LIBERAR"),
        (cancelada, con(TransicionSaga, paso("LIBERAR"), resultado=OMITIDO), SIN_DEVOLVER, "LIBERAR OMITIDO"),
        (gratis, mas(TransicionSaga, paso=LIBERAR, recurso=DATOS, resultado=OMITIDO), OTRO, "which nobody asks back"),
        (
            deshecha_antes_que_la_causa,
            con(TransicionSaga, paso("RESERVAR"), resultado=HECHO),
            OTRO,
            "RESERVAR after LIBERAR",
        ),
    ],
    sagas.cada_rechazo_tiene_su_motivo: [
        (
            sin_capacidad,
            con(TransicionSaga, paso("RECHAZAR"), motivo=motivos.NOTIFICACION_FALLIDA),
            OTRO,
            "RECHAZAR NOTIFICACION_FALLIDA, of",
        ),
        (
            no_sube_y_se_va,
            con(CambioPlanRechazado, motivo=motivos.PLAZO_VENCIDO),
            OTRO,
            "and CambioPlanRechazado PLAZO_VENCIDO",
        ),
    ],
    sagas.cada_paso_de_servicio_datos_va_con_su_hecho: [
        (pro, sin(ServicioDatosCreada), PERDIDO, "RESERVAR HECHO, and no"),
        (pro, sin(TransicionSaga, paso("INICIAR")), OTRO, "ServicioDatosIniciado without"),
        (sin_capacidad, mas(ServicioDatosRechazada), DOBLADO, "ServicioDatosRechazada"),
        (baja_y_se_va, con(TransicionSaga, paso("LIBERAR"), resultado=OMITIDO), OTRO, "ServicioDatosTerminado without"),
    ],
    suscripciones.cada_fila_es_lo_que_cuentan_sus_hechos: [
        (pro, fila("suscripciones", "s-1", plan="basico"), OTRO, "its row says"),
        (rechazada_al_pedirla, fila("suscripciones", "s-1", motivo=None), OTRO, "its row says"),
        (cancelada, con(SuscripcionCancelada, recursos_en_poder=()), OTRO, "and it holds"),
        (cancelada, con(SuscripcionCancelada, detalle="me voy"), OTRO, "its row says"),
        (sin_capacidad, mas(SuscripcionRechazada), OTRO, "SuscripcionRechazada of what is RECHAZADA"),
        (
            se_va_mientras_sube,
            sin(CambioPlanRechazado),
            OTRO,
            "SuscripcionCancelada of what is ACTIVA, a change undecided",
        ),
        (sube, con(CambioPlanIniciado, plan_codigo="basico"), OTRO, "a change from basico to basico"),
        (sube, con(CambioPlanIniciado, recursos_liberados=("computo",)), OTRO, "requires or releases something else"),
        (pro, sin_fila("suscripciones", "s-1"), PERDIDO, "unknown subscription"),
    ],
    suscripciones.en_reposo_todas_estan_decididas: [
        (pro, fila("suscripciones", "s-1", estado="PENDIENTE"), ATASCADO, "PENDIENTE"),
        (pro, fila("suscripciones", "s-1", en_curso=True), ATASCADO, "a saga in course"),
        (pro, fila("suscripciones", "s-1", con_plazo=True), ATASCADO, "or a deadline"),
        (pro, fila("suscripciones", "s-1", estado="RECHAZADA"), OTRO, "RECHAZADA, and its saga COMPLETADA"),
    ],
    suscripciones.cada_saga_pide_lo_que_dice_el_catalogo: [
        (pro, con(SuscripcionCreada, recursos_requeridos=()), OTRO, "a creation requires not what pro does"),
        (baja_y_se_va, con(CambioPlanIniciado, recursos_liberados=()), OTRO, "not what its plans do"),
        (sube, con(CambioPlanIniciado, plan_codigo="platino"), OTRO, "a plan that there is not"),
    ],
    suscripciones.lo_que_se_pide_al_crear_es_lo_que_se_cuenta: [
        (gratis, con(CrearSuscripcion, cliente_email="a@b.example"), OTRO, "SuscripcionActivada of another client"),
        (pro, con(SuscripcionCreada, cliente_codigo="c-9"), OTRO, "SuscripcionCreada of another client"),
    ],
    suscripciones.se_factura_al_activar_y_por_periodo: [
        (pro, fila("facturas", "f-1", empezado=False), OTRO, "had not begun"),
        (pro, fila("suscripciones", "s-1", por_renovar=False), PERDIDO, "no next invoice"),
        (pro, ambos(sin(FacturaEmitida), sin_fila("facturas", "f-1")), PERDIDO, "no invoice at the activation"),
        (sube, facturado_el_cambio, OTRO, "without an activation or a new period"),
        (pro, mas(FacturaEmitida, id_factura="f-2"), DOBLADO, "invoice of one activation"),
        (gratis, fila("planes", "free", precio="1.00"), PERDIDO, "no invoice at the activation"),
        (pro, con(FacturaEmitida, monto="19.90"), OTRO, "an invoice of 19.90 USD for pro"),
        (pro, fila("facturas", "f-1", monto="0.00"), OTRO, "is not what FacturaEmitida told"),
        (paga_dos_periodos, fila("facturas", "f-2", periodo=1), DOBLADO, "invoice of one period"),
        (pro, sin_fila("facturas", "f-1"), OTRO, "FacturaEmitida without reason"),
    ],
    suscripciones.cada_factura_se_paga_una_vez_o_se_debe_o_se_anula: [
        (paga_dos_periodos, mas(SuscripcionPagada), DOBLADO, "SuscripcionPagada"),
        (paga_dos_periodos, con(SuscripcionPagada, monto="1.00"), OTRO, "is not what was paid"),
        (paga_dos_periodos, con(PagarSuscripcion, monto="1.00"), OTRO, "with other money"),
        (pro, fila("facturas", "f-1", estado="PAGADA"), PERDIDO, "no SuscripcionPagada"),
        (cancelada, fila("facturas", "f-1", estado="EMITIDA"), OTRO, "is EMITIDA, not ANULADA"),
    ],
    servicios.quien_esta_activa_tiene_lo_que_su_plan_requiere: [
        (pro, sin_fila("servicios_datos", "d-c-1"), PERDIDO, "ACTIVA without its data service"),
        (pro, fila("servicios_datos", "d-c-1", estado="CREADO"), ATASCADO, "its data service is CREADO"),
        (cancelada, fila("servicios_datos", "d-c-1", estado="INICIADO"), SIN_DEVOLVER, "CANCELADA, and holds"),
        (a_mano, fila("servicios_datos", "d-2", id_saga="c-1"), SIN_DEVOLVER, "its plan requires no data service"),
        (a_mano, fila("servicios_datos", "d-1", estado="CREADO"), DOBLADO, "alive of one subscription"),
        (pro, sin_fila("suscripciones", "s-1"), SIN_DEVOLVER, "unknown subscription"),
    ],
    servicios.las_plazas_cuadran: [
        (pro, todo_con(expertos={EXPERTO: Experto(2, 100)}), SIN_DEVOLVER, "2 places taken, 1 in use"),
        (pro, todo_con(expertos={EXPERTO: Experto(0, 100)}), DOBLADO, "0 places taken, 1 in use"),
        (pro, todo_con(expertos={EXPERTO: Experto(1, 0)}), DOBLADO, "1 places taken of 0"),
        (pro, todo_con(expertos={}), OTRO, "unknown expert"),
    ],
    servicios.cada_servicio_es_lo_que_cuentan_sus_hechos: [
        (pro, sin(ServicioDatosCreada), OTRO, "ExpertoAsignado of what is unknown"),
        (pro, mas(ServicioDatosCreada), OTRO, "ServicioDatosCreada of what is"),
        (pro, con(ServicioDatosCreada, id_saga="otra"), OTRO, "its row says"),
        (pro, con(ServicioDatosCreada, nube_codigo=""), OTRO, "its cloud"),
        (pro, con(ExpertoAsignado, experto_codigo="e-9"), OTRO, "it begins with e-9"),
        (a_mano, con(ExpertoAsignado, _relevo, experto_codigo="e-2"), OTRO, "e-2 after e-2"),
        (a_mano, con(ExpertoAsignado, _relevo, experto_anterior_codigo="e-9"), OTRO, "e-1 after e-9"),
        (cancelada, mas(ServicioDatosTerminado), OTRO, "ServicioDatosTerminado of what is TERMINADO"),
        (pro, sin(ServicioDatosIniciado), OTRO, "its row says"),
        (pro, con(ServicioDatosIniciado, detalle="ya"), OTRO, "its row says"),
        (pro, con(ServicioDatosIniciado, id_suscripcion="s-2"), OTRO, "of another subscription"),
        (pro, sin_fila("servicios_datos", "d-c-1"), PERDIDO, "no such data service"),
        (sin_capacidad, todo_con(servicios_datos=contada(pro).servicios_datos), OTRO, "refused, and there"),
    ],
    servicios.a_mano_se_trabaja_en_lo_activo: [
        (a_mano, sin(SuscripcionActivada), OTRO, "ServicioDatosCreada by hand, of what was never ACTIVA"),
        (
            a_mano,
            ambos(con(ServicioDatosCreada, id_saga="otra"), sin(SuscripcionActivada)),
            OTRO,
            "ExpertoAsignado by hand",
        ),
    ],
    servicios.lo_conocido_es_lo_que_hay: [
        (cancelada, fila("conocidas", "s-1", estado="ACTIVA"), OTRO, "CANCELADA, and servicio-datos knows"),
        (pro, fila("conocidas", "s-1", requiere_servicio=False), OTRO, "it holds"),
    ],
    notificaciones.cada_hecho_se_avisa_una_vez: [
        (rechazada_al_pedirla, todo_con(notificaciones={"n-1": CARTA}), OTRO, "told without reason"),
        (cancelada, sin_fila("notificaciones", "n-2"), PERDIDO, "not told"),
        (gratis, sin_fila("notificaciones", "n-1"), PERDIDO, "not told"),
        (cancelada, mas_fila("notificaciones", "n-2"), DOBLADO, "notification"),
        (paga_dos_periodos, sin_fila("notificaciones", "n-2"), PERDIDO, "payments told, -1"),
        (pro, mas_fila("notificaciones", "n-1", tipo=PAGO_RECIBIDO), DOBLADO, "payments told, +1"),
    ],
    notificaciones.cada_aviso_acaba: [
        (pro, fila("notificaciones", "n-1", estado="ENVIADA"), ATASCADO, "not delivered"),
        (gratis, fila("notificaciones", "n-1", estado="ANULADA"), PERDIDO, "called off"),
        (cancelada, fila("notificaciones", "n-2", estado="ANULADA"), PERDIDO, "called off"),
    ],
    notificaciones.cada_entrega_responde_a_su_saga: [
        (pro, fila("notificaciones", "n-1", estado="FALLIDA"), OTRO, "NOTIFICAR HECHO, and its letter FALLIDO"),
        (
            se_va_mientras_sube,
            con(TransicionSaga, paso("AVISAR"), resultado=FALLIDO),
            PERDIDO,
            "AVISAR ['FALLIDO', 'FALLIDO'], and its letters ['HECHO', 'HECHO']",
        ),
        (se_va_mientras_sube, mas(TransicionSaga, paso("AVISAR")), DOBLADO, "AVISAR"),
        (
            rechazada_al_pedirla,
            mas(TransicionSaga, paso("RECHAZAR"), paso="AVISAR", participante="notificaciones"),
            DOBLADO,
            "AVISAR",
        ),
        (cancelada, fila("notificaciones", "n-2", id_saga="otra"), OTRO, "letters of no saga"),
    ],
    notificaciones.cada_carta_es_de_un_aviso: [
        (pro, todo_con(cartas=[]), PERDIDO, "no letter bears its id"),
        (pro, todo_con(cartas=["n-1", "n-2"]), OTRO, "no notification that was sent"),
        (pro, fila("notificaciones", "n-1", estado="CREADA"), OTRO, "no notification that was sent"),
    ],
    notificaciones.la_vista_es_lo_que_cuentan_los_eventos: [
        (pro, todo_con(eventos=[("n-1", 1), ("n-1", 3)]), PERDIDO, "a stream with a gap"),
        (pro, fila("notificaciones", "n-1", version=2), OTRO, "the view lags"),
        (pro, sin_fila("notificaciones", "n-1"), PERDIDO, "the view has it not"),
        (pro, sin(NotificacionEnviada), PERDIDO, "no NotificacionEnviada"),
        (pro, con(NotificacionEnviada, id_saga="otra"), OTRO, "is another's, by its: NotificacionEnviada"),
        (pro, con(NotificacionEnviada, cliente_codigo="c-9"), OTRO, "is another's, by its: NotificacionEnviada"),
        (
            cancelada_al_avisar,
            mas(NotificacionEnviada, id_notificacion="n-2"),
            OTRO,
            "NotificacionEnviada without reason",
        ),
        (pro, mas(NotificacionCreada), DOBLADO, "NotificacionCreada"),
    ],
    imagenes.cada_imagen_es_un_registro: [
        (de_hospital, mas(ImagenAnonimizada), DOBLADO, "ImagenAnonimizada"),
        (de_hospital, sin(ImagenAnonimizada), PERDIDO, "no ImagenAnonimizada"),
        (de_hospital, sin_fila("imagenes", "i-1"), PERDIDO, "applied, and no such image"),
        (de_hospital, sin_fila("imagenes", "i-1"), OTRO, "without a record"),
        (de_hospital, sin(AnonimizarImagen), OTRO, "an image of no command"),
        (de_hospital, sin(AnonimizacionRechazada), PERDIDO, "no AnonimizacionRechazada"),
    ],
    imagenes.cada_imagen_cuenta_una_vez_en_su_modalidad: [
        (de_hospital, todo_con(imagenes_contadas={"rayos x": 2}), DOBLADO, "2 images counted, 1 told"),
        (de_hospital, todo_con(imagenes_contadas={}), PERDIDO, "0 images counted, 1 told"),
    ],
}


@pytest.mark.parametrize(
    ("regla", "historia", "dano", "clase", "que"),
    [
        pytest.param(regla, *hoja, id=f"{regla.__name__}: {hoja[-1]}")
        for regla, hojas in DANOS.items()
        for hoja in hojas
    ],
)
def test_lo_que_se_estropea_se_encuentra(regla: Regla, historia: Historia, dano: Dano, clase: Clase, que: str) -> None:
    hallazgos = list(regla(dano(contada(historia))))
    assert [h for h in hallazgos if h.clase == clase and que in h.que], hallazgos


PAGO = PagarSuscripcion(id_suscripcion="s-1", id_factura="f-1", monto="49.90", moneda="USD", medio="tarjeta")
CAMBIO = CambiarPlanSuscripcion(id_suscripcion="s-1", plan_codigo="basico")
SERVICIO = CrearServicioDatos(
    experto_codigo=EXPERTO,
    nube=NubePedida(codigo=LUGAR["nube_codigo"]),
    dataset=DatasetPedido(codigo=LUGAR["dataset_codigo"]),
)
RELEVO = AsignarExperto(id_servicio_datos="d-1", experto_codigo=EXPERTO)
MENTIRAS: Mapping[str, tuple[Any, str]] = {
    motivos.FACTURA_PAGADA: (PAGO, "s-1"),
    motivos.FACTURA_ANULADA: (PAGO, "s-1"),
    motivos.FACTURA_DESCONOCIDA: (PAGO, "s-1"),
    motivos.MONTO_DISTINTO: (PAGO, "s-1"),
    motivos.SUSCRIPCION_TERMINADA: (CancelarSuscripcion(id_suscripcion="s-1"), "s-1"),
    motivos.SUSCRIPCION_EXISTENTE: (CrearSuscripcion(), "s-9"),
    motivos.PLAN_EN_VIGOR: (CAMBIO, "s-1"),
    motivos.PLAN_DESCONOCIDO: (CAMBIO, "s-1"),
    motivos.SERVICIO_EXISTENTE: (SERVICIO, "d-9"),
    motivos.SERVICIO_TERMINADO: (TerminarServicioDatos(id_servicio_datos="d-1"), "d-1"),
    motivos.SERVICIO_YA_INICIADO: (IniciarServicioDatos(id_servicio_datos="d-9"), "d-9"),
    motivos.SERVICIO_REQUERIDO_POR_PLAN: (TerminarServicioDatos(id_servicio_datos="d-1"), "d-1"),
    motivos.EXPERTO_YA_ASIGNADO: (replace(RELEVO, experto_codigo="e-9"), "d-1"),
    motivos.EXPERTO_DESCONOCIDO: (RELEVO, "d-1"),
    motivos.SIN_CAPACIDAD: (replace(RELEVO, experto_codigo="e-9"), "d-1"),
    motivos.NUBE_DESCONOCIDA: (SERVICIO, "d-9"),
    motivos.DATASET_DESCONOCIDO: (SERVICIO, "d-9"),
}
"""Of each reason: a command that can't have been refused for it, with its subject, where s-1 is PRO and d-1 by hand."""


@pytest.mark.parametrize("motivo", comandos.CIERTOS)
def test_un_rechazo_por_lo_que_no_es_se_encuentra(motivo: str) -> None:
    relato = Relato()
    relato.alta("s-1", "pro")
    relato.alta("s-2", "free")
    relato.servicio_a_mano("d-1", "s-2")
    comando, sujeto = MENTIRAS[motivo]
    relato.ordena_en_vano(comando, sujeto, motivo)
    hallazgos = comandos.cada_rechazo_dice_la_verdad(relato.evidencia())
    assert [h.que for h in hallazgos if f"refused as {motivo}, which it was not" in h.que]


def test_cada_regla_tiene_su_dano() -> None:
    assert DANOS.keys() == set(REGLAS)
    assert max(Counter(REGLAS).values()) == 1


def test_no_sabe_nada_de_los_servicios() -> None:
    """What it compares is written down anew, from the contract: of the platform it knows the messages alone."""
    conocidos = {*sys.stdlib_module_names, "contratos", "pytest"}
    for archivo in Path(__file__).parent.rglob("*.py"):
        for nodo in ast.walk(ast.parse(archivo.read_text())):
            modulos = [a.name for a in nodo.names] if isinstance(nodo, ast.Import) else []
            if isinstance(nodo, ast.ImportFrom):
                modulos = [nodo.module or ""]
            ajenos = [m for m in modulos if m.partition(".")[0] not in conocidos and not m.startswith("tests.auditor.")]
            assert ajenos == [], archivo.name
