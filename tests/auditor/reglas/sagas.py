"""Rules about sagas, as their topic tells them (§4): each step by whom it is, once, and only where it is due.

That both ends are final needs no rule of its own: nothing turns a COMPENSADA into a COMPLETADA where no saga is both
refused and activated, and nothing is done after LIBERAR.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator

from tests.auditor.evidencia import Evidencia
from tests.auditor.hallazgos import Clase, Hallazgo, hallar
from tests.auditor.historia import EN_CURSO, Historia

from contratos import Mensaje, motivos
from contratos import servicio_datos as datos
from contratos.sagas import (
    ACTIVAR,
    AVISAR,
    CAMBIAR,
    CANCELAR,
    COMPENSACIONES,
    CREAR,
    FALLIDO,
    HECHO,
    INICIAR,
    LIBERAR,
    NOTIFICAR,
    OMITIDO,
    RECHAZADO,
    RECHAZAR,
    RESERVAR,
    TransicionSaga,
)
from contratos.suscripciones import (
    CambioPlanIniciado,
    CambioPlanRechazado,
    HechoSuscripcion,
    SuscripcionActivada,
    SuscripcionAprovisionada,
    SuscripcionCancelada,
    SuscripcionCreada,
    SuscripcionPlanModificado,
    SuscripcionRechazada,
)

DEL_DUENO = (CREAR, CAMBIAR, ACTIVAR, RECHAZAR, CANCELAR)
DE_PROVEEDORES = (RESERVAR, INICIAR, LIBERAR)
QUIEN = {**dict.fromkeys(DEL_DUENO, "suscripciones"), NOTIFICAR: "notificaciones", AVISAR: "notificaciones"}
"""Whose the steps are that are about no resource."""
PROVEEDORES = {"servicio_datos": "servicio-datos"}
RESULTADOS = {
    CREAR: {HECHO, RECHAZADO},
    CAMBIAR: {HECHO},
    RESERVAR: {HECHO, RECHAZADO, OMITIDO},
    NOTIFICAR: {HECHO, FALLIDO, OMITIDO},
    ACTIVAR: {HECHO},
    INICIAR: {HECHO, OMITIDO},
    RECHAZAR: {HECHO},
    CANCELAR: {HECHO},
    LIBERAR: {HECHO, OMITIDO},
    AVISAR: {HECHO, FALLIDO},
}
DECISIONES = {
    (CREAR, ACTIVAR),
    (CREAR, RECHAZAR),
    (CREAR, CANCELAR),
    (CREAR, ACTIVAR, CANCELAR),
    (CAMBIAR, ACTIVAR),
    (CAMBIAR, RECHAZAR),
    (CAMBIAR, ACTIVAR, CANCELAR),
    (CAMBIAR, RECHAZAR, CANCELAR),
}
"""What suscripciones may say of one saga, in its order. The end of an active subscription is told under its latest."""
POR_PASO: dict[str, Collection[type[Mensaje]]] = {
    CREAR: (SuscripcionCreada,),
    CAMBIAR: (CambioPlanIniciado,),
    ACTIVAR: (SuscripcionActivada, SuscripcionPlanModificado),
    RECHAZAR: (SuscripcionRechazada, CambioPlanRechazado),
    CANCELAR: (SuscripcionCancelada,),
}
"""The facts that go with a step of suscripciones that is HECHO."""


def la_linea_tiene_cada_paso(evidencia: Evidencia) -> Iterator[Hallazgo]:
    """§4: the timeline is a fold of the topic: it has each step, and no other."""
    contados = {d.id for d in evidencia.de(TransicionSaga)}
    yield from hallar(Clase.PERDIDO, contados - evidencia.pasos, "step not in the view")
    yield from hallar(Clase.OTRO, evidencia.pasos - contados, "step in the view that nobody told")


def cada_saga_se_decide_una_vez_y_termina(evidencia: Evidencia) -> Iterator[Hallazgo]:
    """§4: a saga begins once, is decided one way, and ends COMPLETADA or COMPENSADA; its id is its command's."""
    for id, historia in evidencia.historias.items():
        propios = tuple(p.paso for p in historia.pasos if p.paso in DEL_DUENO)
        if propios not in DECISIONES:
            clase = Clase.DOBLADO if len(set(propios)) < len(propios) else Clase.OTRO
            yield Hallazgo(clase, f"saga {historia} was decided as {propios}")
        if historia.fin == EN_CURSO:
            yield Hallazgo(Clase.ATASCADO, f"saga in course: {historia}")
        if id not in evidencia.comandos:
            yield Hallazgo(Clase.OTRO, f"saga of no command: {historia}")


def una_saga_espera_al_fin_de_la_anterior(evidencia: Evidencia) -> Iterator[Hallazgo]:
    """§4: a change while a saga is in course is refused: what begins one was told behind what ended the one before."""
    dados: dict[str, dict[str, list[TransicionSaga]]] = defaultdict(lambda: defaultdict(list))
    for dicho in evidencia.de(TransicionSaga):
        p = dicho.mensaje
        suyas = dados[p.id_suscripcion]
        if p.paso == CAMBIAR:
            for id, pasos in suyas.items():
                if id != p.id_saga and Historia(id, pasos).fin == EN_CURSO:
                    yield Hallazgo(Clase.OTRO, f"saga {p.id_saga} began while another was in course: {id}")
        suyas[p.id_saga].append(p)


def cada_paso_es_de_quien_es_y_se_dice_una_vez(evidencia: Evidencia) -> Iterator[Hallazgo]:
    """§4: a step is told by its participant, once, of a resource or of none, with a result and a reason that exist.

    LIBERAR and AVISAR are undos, and no other is. A change that is refused by its subscription's end has two undos to
    tell of: how many AVISAR there are is judged with the letters.
    """
    for historia in evidencia.historias.values():
        vistos: set[tuple[str, str]] = set()
        for p in historia.pasos:
            quien = QUIEN.get(p.paso) or PROVEEDORES.get(p.recurso, p.participante)
            de_recurso = p.paso in DE_PROVEEDORES
            if p.participante != quien or bool(p.recurso) != de_recurso:
                yield Hallazgo(Clase.OTRO, f"{p.paso} of {p.participante}, of {p.recurso or 'no resource'}: {historia}")
            if p.resultado not in RESULTADOS.get(p.paso, ()) or (p.motivo and p.motivo not in motivos.TEXTOS):
                yield Hallazgo(Clase.OTRO, f"{p.paso} {p.resultado} {p.motivo}: {historia}")
            if p.compensacion != (p.paso in COMPENSACIONES):
                yield Hallazgo(Clase.OTRO, f"{p.paso}, as an undo {p.compensacion}: {historia}")
            if p.id_suscripcion != historia.id_suscripcion:
                yield Hallazgo(Clase.OTRO, f"{p.paso} of another subscription: {historia}")
            if p.paso != AVISAR and (p.paso, p.recurso) in vistos:
                yield Hallazgo(Clase.DOBLADO, f"{p.paso} of {historia}")
            vistos.add((p.paso, p.recurso))


def las_listas_son_las_de_su_saga(evidencia: Evidencia) -> Iterator[Hallazgo]:
    """§4: every step and every fact of a saga carries its id and both its lists, and nothing is in both."""
    listas: dict[str, tuple[frozenset[str], frozenset[str]]] = {}
    for historia in evidencia.historias.values():
        listas[historia.id] = requeridos, liberados = historia.requeridos, historia.liberados
        if requeridos & liberados:
            yield Hallazgo(Clase.OTRO, f"required and released: {historia}")
        for p in historia.pasos:
            if requeridos != frozenset(p.recursos_requeridos) or liberados != frozenset(p.recursos_liberados):
                yield Hallazgo(Clase.OTRO, f"{p.paso} has other lists than the first step: {historia}")
    for tipo, dichos in evidencia.unicos.items():
        if not issubclass(tipo, HechoSuscripcion):
            continue
        for d in dichos:
            m = d.mensaje
            if (frozenset(m.recursos_requeridos), frozenset(m.recursos_liberados)) != listas.get(m.id_saga):
                yield Hallazgo(Clase.OTRO, f"{tipo.__name__} has not the lists of its saga: {m.id_saga}")


def cada_paso_del_dueno_va_con_su_hecho(evidencia: Evidencia) -> Iterator[Hallazgo]:
    """§4, rows 1, 5 and ✗: what suscripciones does is told as a fact and as a step, in one transaction."""
    for paso, tipos in POR_PASO.items():
        dados = {h.id for h in evidencia.historias.values() if h.resultado(paso) == HECHO}
        veces = Counter(m.id_saga for tipo in tipos for m in evidencia.mensajes(tipo))
        nombre = " or ".join(tipo.__name__ for tipo in tipos)
        yield from hallar(Clase.PERDIDO, dados - veces.keys(), f"{paso}, and no {nombre}")
        yield from hallar(Clase.OTRO, veces.keys() - dados, f"{nombre} without {paso}")
        yield from hallar(Clase.DOBLADO, [id for id, n in veces.items() if n > 1], nombre)


def lo_requerido_se_reserva(evidencia: Evidencia) -> Iterator[Hallazgo]:
    """§4, row 2: each resource in R is answered with one RESERVAR, and no other; OMITIDO where the saga was undone."""
    for historia in evidencia.historias.values():
        reservas = {r: resultado for (paso, r), resultado in historia.resultados.items() if paso == RESERVAR}
        for r in historia.requeridos - reservas.keys():
            yield Hallazgo(Clase.PERDIDO, f"no RESERVAR of {r}: {historia}")
        for r in reservas.keys() - historia.requeridos:
            yield Hallazgo(Clase.OTRO, f"RESERVAR of {r}, which is not required: {historia}")
        if OMITIDO in reservas.values() and not historia.deshecha:
            yield Hallazgo(Clase.OTRO, f"RESERVAR OMITIDO of what was not undone: {historia}")


def se_avanza_con_todo_reservado_y_notificado(evidencia: Evidencia) -> Iterator[Hallazgo]:
    """§4, rows 3 to 5: SuscripcionAprovisionada once all of R is reserved, then NOTIFICAR, and ACTIVAR after HECHO.

    Where R is empty, ACTIVAR comes at once, and there is nobody to refuse it.
    """
    veces = Counter(m.id_saga for m in evidencia.mensajes(SuscripcionAprovisionada))
    for id, historia in evidencia.historias.items():
        aprovisionada, notificada = veces.pop(id, 0), historia.resultado(NOTIFICAR)
        if aprovisionada > 1:
            yield Hallazgo(Clase.DOBLADO, f"SuscripcionAprovisionada: {historia}")
        if bool(aprovisionada) != (notificada is not None):
            clase = Clase.PERDIDO if aprovisionada else Clase.OTRO
            yield Hallazgo(clase, f"{aprovisionada} SuscripcionAprovisionada, NOTIFICAR {notificada}: {historia}")
        if notificada == OMITIDO and not historia.deshecha:
            yield Hallazgo(Clase.OTRO, f"NOTIFICAR OMITIDO of what was not undone: {historia}")
        if not historia.requeridos:
            if aprovisionada or (not historia.activada and historia.resultado(CREAR) != RECHAZADO):
                yield Hallazgo(Clase.OTRO, f"it requires nothing, and is not activated at once: {historia}")
            continue
        reservada = historia.todos(RESERVAR, HECHO)
        if aprovisionada and not reservada:
            yield Hallazgo(Clase.OTRO, f"SuscripcionAprovisionada without all of R: {historia}")
        if reservada and not aprovisionada and not historia.deshecha:
            yield Hallazgo(Clase.PERDIDO, f"all of R, and no SuscripcionAprovisionada: {historia}")
        if historia.activada and (not reservada or notificada != HECHO):
            yield Hallazgo(Clase.OTRO, f"ACTIVAR before all was reserved and notified: {historia}")
    yield from hallar(Clase.OTRO, veces, "SuscripcionAprovisionada of no saga")


def lo_activado_se_inicia(evidencia: Evidencia) -> Iterator[Hallazgo]:
    """§4, row 6: after ACTIVAR, and only then, each resource in R has one INICIAR; OMITIDO where it was cancelled."""
    for historia in evidencia.historias.values():
        iniciados = {r: resultado for (paso, r), resultado in historia.resultados.items() if paso == INICIAR}
        debidos = historia.requeridos if historia.activada else frozenset()
        for r in debidos - iniciados.keys():
            yield Hallazgo(Clase.PERDIDO, f"no INICIAR of {r}: {historia}")
        for r in iniciados.keys() - debidos:
            yield Hallazgo(Clase.OTRO, f"INICIAR of {r}, which is not activated: {historia}")
        if OMITIDO in iniciados.values() and CANCELAR not in historia.nombres:
            yield Hallazgo(Clase.OTRO, f"INICIAR OMITIDO of what was not cancelled: {historia}")


def lo_deshecho_y_lo_soltado_se_libera(evidencia: Evidencia) -> Iterator[Hallazgo]:
    """§4, rows 6 and ↩: one LIBERAR of each resource that an undo or a release asks back, and of no other.

    An undo asks back R; an activation, L; a cancellation besides what the subscription holds. OMITIDO where there was
    nothing to give back; and after it, or before its cause, nothing is done any more.
    """
    for id, historia in evidencia.historias.items():
        debidos: set[str] = set()
        if historia.deshecha:
            debidos |= historia.requeridos
        if historia.activada:
            debidos |= historia.liberados
        if CANCELAR in historia.nombres:
            debidos.update(evidencia.en_poder.get(id, ()))
        liberados: set[str] = set()
        for p in historia.pasos:
            if p.paso == LIBERAR:
                liberados.add(p.recurso)
                if p.resultado == OMITIDO and p.recurso in historia.requeridos and _tomado(historia, p.recurso):
                    yield Hallazgo(Clase.SIN_DEVOLVER, f"LIBERAR OMITIDO of what was reserved: {historia}")
            elif p.recurso in liberados and p.resultado == HECHO:
                yield Hallazgo(Clase.OTRO, f"{p.paso} after LIBERAR: {historia}")
        for r in debidos - liberados:
            yield Hallazgo(Clase.SIN_DEVOLVER, f"no LIBERAR of {r}: {historia}")
        for r in liberados - debidos:
            yield Hallazgo(Clase.OTRO, f"LIBERAR of {r}, which nobody asks back: {historia}")


def _tomado(historia: Historia, recurso: str) -> bool:
    return historia.resultado(RESERVAR, recurso) == HECHO


def cada_rechazo_tiene_su_motivo(evidencia: Evidencia) -> Iterator[Hallazgo]:
    """§4, row ✗: RECHAZAR follows from a refusal, a failed letter, the deadline, or its subscription's end.

    Its reason is that one's, and its event bears the same. A plan that left the catalogue can't be activated either.
    """
    hechos = {m.id_saga: m for tipo in POR_PASO[RECHAZAR] for m in evidencia.mensajes(tipo)}
    for id, historia in evidencia.historias.items():
        if RECHAZAR not in historia.nombres:
            continue
        posibles = {motivos.PLAZO_VENCIDO} if historia.requeridos else set()
        dado = ""
        for p in historia.pasos:
            if p.paso == RECHAZAR:
                dado = p.motivo
            elif p.paso in (CREAR, RESERVAR) and p.resultado == RECHAZADO:
                posibles.add(p.motivo)
            elif p.paso == NOTIFICAR and p.resultado == FALLIDO:
                posibles.add(motivos.NOTIFICACION_FALLIDA)
            elif p.paso == CANCELAR:
                posibles.add(p.motivo)
        hecho = hechos.get(id)
        if hecho is not None and hecho.plan_codigo not in evidencia.planes.keys() - evidencia.retirados:
            posibles.add(motivos.PLAN_DESCONOCIDO)
        if dado not in posibles:
            yield Hallazgo(Clase.OTRO, f"RECHAZAR {dado}, of {sorted(posibles)}: {historia}")
        if hecho is not None and hecho.motivo != dado:
            yield Hallazgo(Clase.OTRO, f"RECHAZAR {dado}, and {type(hecho).__name__} {hecho.motivo}: {historia}")


def cada_paso_de_servicio_datos_va_con_su_hecho(evidencia: Evidencia) -> Iterator[Hallazgo]:
    """§4, rows 2, 6 and ↩: what servicio-datos does for a saga is told as a fact and as a step, in one transaction.

    A service that somebody has started by hand is INICIAR HECHO too: the saga waits for it, and there is no fact.
    """
    recurso = "servicio_datos"
    pasos = {
        (paso, resultado): {h.id for h in evidencia.historias.values() if h.resultado(paso, recurso) == resultado}
        for paso, resultado in ((RESERVAR, HECHO), (RESERVAR, RECHAZADO), (INICIAR, HECHO), (LIBERAR, HECHO))
    }
    for tipo, paso, resultado in (
        (datos.ServicioDatosCreada, RESERVAR, HECHO),
        (datos.ServicioDatosRechazada, RESERVAR, RECHAZADO),
        (datos.ServicioDatosIniciado, INICIAR, HECHO),
        (datos.ServicioDatosTerminado, LIBERAR, HECHO),
    ):
        dados = pasos[paso, resultado]
        veces = Counter(m.id_saga for m in evidencia.mensajes(tipo) if m.id_saga)
        if paso != INICIAR:
            yield from hallar(Clase.PERDIDO, dados - veces.keys(), f"{paso} {resultado}, and no {tipo.__name__}")
        yield from hallar(Clase.OTRO, veces.keys() - dados, f"{tipo.__name__} without {paso} {resultado}")
        yield from hallar(Clase.DOBLADO, [id for id, n in veces.items() if n > 1], tipo.__name__)


REGLAS = (
    la_linea_tiene_cada_paso,
    cada_saga_se_decide_una_vez_y_termina,
    una_saga_espera_al_fin_de_la_anterior,
    cada_paso_es_de_quien_es_y_se_dice_una_vez,
    las_listas_son_las_de_su_saga,
    cada_paso_del_dueno_va_con_su_hecho,
    lo_requerido_se_reserva,
    se_avanza_con_todo_reservado_y_notificado,
    lo_activado_se_inicia,
    lo_deshecho_y_lo_soltado_se_libera,
    cada_rechazo_tiene_su_motivo,
    cada_paso_de_servicio_datos_va_con_su_hecho,
)
