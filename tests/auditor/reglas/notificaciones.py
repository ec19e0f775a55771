"""Rules about what clients are told."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from tests.auditor.evidencia import Evidencia
from tests.auditor.hallazgos import Clase, Hallazgo, hallar, hallar_una_por

from contratos.notificaciones import (
    CAMBIO_PLAN_RECHAZADO,
    PAGO_RECIBIDO,
    PLAN_MODIFICADO,
    SERVICIO_LISTO,
    SUSCRIPCION_ACTIVA,
    SUSCRIPCION_CANCELADA,
    SUSCRIPCION_RECHAZADA,
    ConfirmacionNotificacion,
    ErrorProcesamientoNotificacion,
    NotificacionCreada,
    NotificacionEnviada,
)
from contratos.sagas import AVISAR, FALLIDO, HECHO, NOTIFICAR, OMITIDO
from contratos.suscripciones import (
    CambioPlanRechazado,
    SuscripcionActivada,
    SuscripcionAprovisionada,
    SuscripcionCancelada,
    SuscripcionPagada,
    SuscripcionPlanModificado,
    SuscripcionRechazada,
)

CONFIRMADA = "CONFIRMADA"
FALLIDA = "FALLIDA"
ANULADA = "ANULADA"
UNDOS = {SUSCRIPCION_RECHAZADA, SUSCRIPCION_CANCELADA, CAMBIO_PLAN_RECHAZADO}
"""They tell an undo, and their outcome is AVISAR."""
ANUNCIOS = {SERVICIO_LISTO, SUSCRIPCION_ACTIVA, PLAN_MODIFICADO}
"""They tell what is, or is about to be: an undo calls them off."""
RESULTADO = {CONFIRMADA: HECHO, FALLIDA: FALLIDO, ANULADA: OMITIDO}


def cada_hecho_se_avisa_una_vez(evidencia: Evidencia) -> Iterator[Hallazgo]:
    """§2, §4: one notification per fact and type, its type follows from the fact, and there is none without one.

    A creation refused at once, under a saga that requires nothing, is told by its query and event alone. What announces
    something need not be told any more once its subscription has ended; until then it has to be.
    """
    pagos = Counter(m.id_suscripcion for m in evidencia.mensajes(SuscripcionPagada))
    dados: list[tuple[str, str]] = []
    for n in evidencia.notificaciones.values():
        if n.tipo == PAGO_RECIBIDO:
            pagos[n.id_suscripcion] -= 1
        else:
            dados.append((n.id_saga, n.tipo))
    for id, faltan in pagos.items():
        if faltan:
            yield Hallazgo(Clase.PERDIDO if faltan > 0 else Clase.DOBLADO, f"payments told, {-faltan:+}: {id}")
    debidos = {
        *(
            (m.id_saga, SUSCRIPCION_RECHAZADA)
            for m in evidencia.mensajes(SuscripcionRechazada)
            if m.recursos_requeridos
        ),
        *((m.id_saga, SUSCRIPCION_CANCELADA) for m in evidencia.mensajes(SuscripcionCancelada)),
        *((m.id_saga, CAMBIO_PLAN_RECHAZADO) for m in evidencia.mensajes(CambioPlanRechazado)),
    }
    anuncios = [(m, PLAN_MODIFICADO) for m in evidencia.mensajes(SuscripcionPlanModificado)]
    anuncios += [(m, SUSCRIPCION_ACTIVA) for m in evidencia.mensajes(SuscripcionActivada) if not m.recursos_requeridos]
    anuncios += [(m, SERVICIO_LISTO) for m in evidencia.mensajes(SuscripcionAprovisionada)]
    activas = evidencia.en("ACTIVA")
    for m, tipo in anuncios:
        historia = evidencia.historias.get(m.id_saga)
        if m.id_suscripcion in activas and historia is not None and historia.activada:
            debidos.add((m.id_saga, tipo))
    posibles = debidos | {(m.id_saga, tipo) for m, tipo in anuncios}
    hay = set(dados)
    if len(hay) != len(dados):
        yield from hallar(Clase.DOBLADO, [dado for dado, veces in Counter(dados).items() if veces > 1], "notification")
    yield from hallar(Clase.PERDIDO, debidos - hay, "not told")
    yield from hallar(Clase.OTRO, hay - posibles, "told without reason")


def cada_aviso_acaba(evidencia: Evidencia) -> Iterator[Hallazgo]:
    """§2, §4: at rest each was delivered, has failed, or was called off; that befalls what announces, if undone."""
    for id, n in evidencia.notificaciones.items():
        if n.estado not in RESULTADO:
            yield Hallazgo(Clase.ATASCADO, f"not delivered: {id}, {n}")
        elif n.estado == ANULADA:
            suscripcion, historia = evidencia.suscripciones.get(n.id_suscripcion), evidencia.historias.get(n.id_saga)
            cancelada = suscripcion is not None and suscripcion.estado == "CANCELADA"
            deshecha = historia is not None and historia.deshecha
            if n.tipo not in ANUNCIOS or not (cancelada or deshecha):
                yield Hallazgo(Clase.PERDIDO, f"called off, and nothing was undone: {id}, {n}")


def cada_entrega_responde_a_su_saga(evidencia: Evidencia) -> Iterator[Hallazgo]:
    """§4, rows 4 and ↩: NOTIFICAR and AVISAR tell how those letters ended, and are written for these alone.

    Each letter about an undo has its AVISAR. NOTIFICAR of what was closed before any letter was made is OMITIDO.
    """
    listos: dict[str, str] = {}
    avisos: dict[str, list[str]] = defaultdict(list)
    for n in evidencia.notificaciones.values():
        resultado = RESULTADO.get(n.estado, n.estado)
        if n.tipo == SERVICIO_LISTO:
            listos[n.id_saga] = resultado
        elif n.tipo in UNDOS:
            avisos[n.id_saga].append(resultado)
    for id, historia in evidencia.historias.items():
        notificada, lista = historia.resultado(NOTIFICAR), listos.pop(id, None)
        if notificada != lista and (lista is not None or notificada != OMITIDO) and (lista or notificada):
            yield Hallazgo(Clase.OTRO, f"NOTIFICAR {notificada}, and its letter {lista}: {historia}")
        avisados = [p.resultado for p in historia.pasos if p.paso == AVISAR]
        entregas = avisos.pop(id, [])
        if sorted(avisados) != sorted(entregas):
            clase = Clase.DOBLADO if len(avisados) > len(entregas) else Clase.PERDIDO
            yield Hallazgo(clase, f"AVISAR {avisados}, and its letters {entregas}: {historia}")
    yield from hallar(Clase.OTRO, [*listos, *avisos], "letters of no saga")


def cada_carta_es_de_un_aviso(evidencia: Evidencia) -> Iterator[Hallazgo]:
    """§5: what is CONFIRMADA has its letter; one may come twice after a crash, always with its notification's id.

    A letter whose answer was lost may be of what FALLIDA or ANULADA then became.
    """
    vistas, cartas = evidencia.notificaciones, set(evidencia.cartas)
    confirmadas = {id for id, n in vistas.items() if n.estado == CONFIRMADA}
    yield from hallar(Clase.PERDIDO, confirmadas - cartas, "CONFIRMADA, and no letter bears its id")
    ajenas = {id for id in cartas if id not in vistas or vistas[id].estado == "CREADA"}
    yield from hallar(Clase.OTRO, ajenas, "a letter, and no notification that was sent has its id")


def la_vista_es_lo_que_cuentan_los_eventos(evidencia: Evidencia) -> Iterator[Hallazgo]:
    """§1, §3: streams have no gap, the view is up to date with them, and each notification's facts were told once.

    That it was called off is no fact for others. Each fact is of the row's saga, subscription and
    type, and of one client.
    """
    ultimas: dict[str, int] = {}
    cuantas: Counter[str] = Counter()
    for flujo, version in evidencia.eventos:
        cuantas[flujo] += 1
        if version > ultimas.get(flujo, 0):
            ultimas[flujo] = version
    yield from hallar(
        Clase.PERDIDO, [f for f, ultima in ultimas.items() if ultima != cuantas[f]], "a stream with a gap"
    )
    vistas = evidencia.notificaciones
    lentas = [id for id, n in vistas.items() if n.version != ultimas.get(id)]
    yield from hallar(Clase.OTRO, lentas, "the view lags its events")
    yield from hallar(Clase.PERDIDO, ultimas.keys() - vistas.keys(), "a stream, and the view has it not")
    for id, hechos in evidencia.hechos_de_notificaciones.items():
        n = vistas.get(id)
        de = n and (n.id_suscripcion, n.id_saga, n.tipo, hechos[0].cliente_codigo)
        otros = {
            type(m).__name__
            for m in hechos
            if n and (m.id_suscripcion, m.id_saga, m.tipo_notificacion, m.cliente_codigo) != de
        }
        yield from hallar(Clase.OTRO, otros, f"{id} is another's, by its")
    for tipo, estados in (
        (NotificacionCreada, {*RESULTADO}),
        (NotificacionEnviada, {CONFIRMADA}),
        (ConfirmacionNotificacion, {CONFIRMADA}),
        (ErrorProcesamientoNotificacion, {FALLIDA}),
    ):
        debidos = {id for id, n in vistas.items() if n.estado in estados}
        dichos = [m.id_notificacion for m in evidencia.mensajes(tipo)]
        yield from hallar_una_por(debidos, dichos, tipo.__name__)


REGLAS = (
    cada_hecho_se_avisa_una_vez,
    cada_aviso_acaba,
    cada_entrega_responde_a_su_saga,
    cada_carta_es_de_un_aviso,
    la_vista_es_lo_que_cuentan_los_eventos,
)
