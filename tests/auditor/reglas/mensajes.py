"""Rules about messages, whatever they tell: outbox, topics, inbox, envelopes."""

from collections import defaultdict
from collections.abc import Iterator

from tests.auditor.evidencia import OIDOS, Evidencia
from tests.auditor.hallazgos import Clase, Hallazgo, hallar

from contratos.notificaciones import HechoNotificacion
from contratos.procesamiento import ConsultaAnonimizacion
from contratos.sagas import TransicionSaga
from contratos.servicio_datos import ComandoServicioDatosRechazado, HechoServicioDatos
from contratos.suscripciones import ComandoSuscripcionRechazado, HechoSuscripcion

SIN_NUMERO = {TransicionSaga, ConsultaAnonimizacion, ComandoSuscripcionRechazado, ComandoServicioDatosRechazado}
"""Events that are none of an aggregate's own."""

SUJETOS = {
    HechoSuscripcion: "id_suscripcion",
    TransicionSaga: "id_suscripcion",
    HechoServicioDatos: "id_servicio_datos",
    HechoNotificacion: "id_notificacion",
}
"""The field that names the aggregate, in the messages that tell it in their payload too."""


def lo_confirmado_se_dijo(evidencia: Evidencia) -> Iterator[Hallazgo]:
    """§5: outbox rows are committed with the state, and the relay publishes all of them, and nothing else."""
    dichos: dict[str, set[str]] = defaultdict(set)
    for unicos in evidencia.unicos.values():
        for d in unicos:
            dichos[d.fuente].add(d.id)
    for contexto, servicio in evidencia.servicios.items():
        propios = dichos[f"/saludtech/{contexto}"]
        yield from hallar(Clase.PERDIDO, servicio.outbox - propios, f"{contexto}: committed and not on its topic")
        yield from hallar(Clase.OTRO, propios - servicio.outbox, f"{contexto}: on a topic and never committed")


def lo_dicho_se_oyo(evidencia: Evidencia) -> Iterator[Hallazgo]:
    """§1, §5: every message of a topic that a service hears is in its inbox."""
    for contexto, servicio in evidencia.servicios.items():
        oidos = {d.id for tipo in OIDOS[contexto] for d in evidencia.de(tipo)}
        yield from hallar(Clase.PERDIDO, oidos - servicio.inbox, f"{contexto}: on a topic and not in the inbox")


def nada_queda_a_medias(evidencia: Evidencia) -> Iterator[Hallazgo]:
    """§3, §5: at rest no attempt, batch, wait or delivery is left over, and no dead letter that nobody expects.

    A batch that vanished stays noted until it is pruned; what it held must have been taken in.
    """
    for contexto, servicio in evidencia.servicios.items():
        yield from hallar(Clase.ATASCADO, servicio.intentos, f"{contexto}: attempts left")
        yield from hallar(Clase.ATASCADO, servicio.esperas, f"{contexto}: a command still waits")
        en_lotes = [id for id in servicio.lotes if id not in servicio.inbox]
        yield from hallar(Clase.ATASCADO, en_lotes, f"{contexto}: in a batch that never ended")
    yield from hallar(Clase.ATASCADO, evidencia.envios, "a delivery is left over")
    aparcadas = {contexto: s.aparcadas for contexto, s in evidencia.servicios.items() if s.aparcadas}
    if sum(aparcadas.values()) != evidencia.aparcadas:
        yield Hallazgo(Clase.OTRO, f"dead letters: {aparcadas}, not {evidencia.aparcadas}")


def cada_agregado_cuenta_de_uno_en_uno(evidencia: Evidencia) -> Iterator[Hallazgo]:
    """§3: ``ce_sequence`` is +1 per event of the aggregate, and absent on what is none; topics keep its order."""
    numeros: dict[tuple[str, str], list[int]] = defaultdict(list)
    for tipo, dichos in evidencia.unicos.items():
        if tipo.clase == "comando" or tipo in SIN_NUMERO:
            con = [d.id for d in dichos if d.secuencia is not None]
            yield from hallar(Clase.OTRO, con, f"{tipo.__name__} has a sequence number")
            continue
        ultimo: dict[str, int] = {}
        for d in dichos:
            if d.secuencia is None:
                yield Hallazgo(Clase.OTRO, f"{tipo.__name__} has no sequence number: {d.id}")
                continue
            if d.secuencia <= ultimo.get(d.sujeto, 0):
                yield Hallazgo(Clase.OTRO, f"{tipo.__name__} out of order: {d.sujeto}")
            ultimo[d.sujeto] = d.secuencia
            numeros[d.fuente, d.sujeto].append(d.secuencia)
    for (fuente, sujeto), de in numeros.items():
        if len(de) != max(de) or len(set(de)) != len(de):
            yield Hallazgo(Clase.OTRO, f"{fuente}: sequence numbers {sorted(de)}: {sujeto}")


def todo_desciende_de_un_comando(evidencia: Evidencia) -> Iterator[Hallazgo]:
    """§3: a command is its own correlation, and all that follows from it bears that.

    An audit fact (ConsultaAnonimizacion) follows from a query.
    """
    comandos = evidencia.comandos
    for tipo, dichos in evidencia.unicos.items():
        if tipo.clase == "comando":
            ajenos = [d.id for d in dichos if d.correlacion != d.id]
            yield from hallar(Clase.OTRO, ajenos, f"{tipo.__name__} is not its own correlation")
        elif tipo is not ConsultaAnonimizacion:
            sueltos = [d.id for d in dichos if d.correlacion not in comandos]
            yield from hallar(Clase.OTRO, sueltos, f"{tipo.__name__} follows from no command")


def cada_mensaje_es_de_su_agregado(evidencia: Evidencia) -> Iterator[Hallazgo]:
    """§3, §4: ``ce_subject`` is the aggregate's id (of a saga's step, ``id_suscripcion``), and its owner says it."""
    for tipo, dichos in evidencia.unicos.items():
        campo = next((campo for base, campo in SUJETOS.items() if issubclass(tipo, base)), None)
        if campo is None:
            continue
        otros = [d.id for d in dichos if d.sujeto != getattr(d.mensaje, campo)]
        yield from hallar(Clase.OTRO, otros, f"{tipo.__name__} has another subject than its {campo}")
        if tipo is TransicionSaga:
            ajenos = [d.id for d in dichos if d.fuente != f"/saludtech/{d.mensaje.participante}"]
        else:
            fuente = f"/saludtech/{tipo.contexto}"
            ajenos = [d.id for d in dichos if d.fuente != fuente]
        yield from hallar(Clase.OTRO, ajenos, f"{tipo.__name__} was said by another")


REGLAS = (
    lo_confirmado_se_dijo,
    lo_dicho_se_oyo,
    nada_queda_a_medias,
    cada_agregado_cuenta_de_uno_en_uno,
    todo_desciende_de_un_comando,
    cada_mensaje_es_de_su_agregado,
)
