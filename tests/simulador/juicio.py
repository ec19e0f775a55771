"""What a world holds at rest, as the auditor looks at it."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from tests.auditor import evidencia as de
from tests.auditor.reglas import juzgar as dictaminar
from tests.auditor.reglas.notificaciones import ANUNCIOS, UNDOS
from tests.simulador.mundo import PLANES, PROPIOS, Mundo
from tests.simulador.proceso import PLAZOS, Ficha

from contratos import Mensaje, motivos
from contratos.notificaciones import CAMBIO_PLAN_RECHAZADO
from contratos.sagas import CAMBIAR, CREAR, NOTIFICAR, RECHAZAR, RESERVAR, TransicionSaga
from contratos.servicio_datos import ComandoServicioDatosRechazado, CrearServicioDatos
from contratos.suscripciones import ComandoSuscripcionRechazado, CrearSuscripcion
from seedwork.infraestructura.topicos import SUBSCRIPTION_CARTAS, topico_cartas, topico_espera

TESTIMONIOS = ("hecho", "en_espera", "aparcado", "intento fallido", "lote", "lote partido")
"""What becomes of messages, as metrics and logs tell it."""
MINIMO_S = 10
"""For so long, at least, a command waits for what it names."""
SE_ESPERA = {motivos.SUSCRIPCION_DESCONOCIDA, motivos.SERVICIO_DESCONOCIDO}


def juzgar(mundo: Mundo) -> list[str]:
    """Everything that is not as it ought to be, in words; the kind comes first."""
    hallazgos = [f"{h.clase.name}: {h.que}" for h in dictaminar(evidencia(mundo))]
    hallazgos += [f"OTRO: refused as unknown, and it was asked for before: {id}" for id in _impacientes(mundo)]
    hallazgos += [f"OTRO: refused as unknown within {MINIMO_S} s: {id}" for id in _apresurados(mundo)]
    hallazgos += [f"OTRO: out of its turn: {id}" for id in _adelantados(mundo)]
    hallazgos += [f"OTRO: announced after its end: {id}" for id in _anunciadas_tarde(mundo)]
    hallazgos += [f"PERDIDO: given up while there was time left: {id}" for id in _abandonadas(mundo)]
    hallazgos += [f"OTRO: its deadline struck with an answer unhandled on its topic: {id}" for id in _sin_oir(mundo)]
    return hallazgos


def _impacientes(mundo: Mundo) -> Iterator[str]:
    """Commands that were refused though the creation of what they name lay on its topic before them (§3).

    Only a world knows when a message was published. For a creation that was parked, nobody could wait.
    """
    aparcados = _aparcados(mundo)
    creadas = {
        m.clave: m.micros
        for m in reversed(mundo.broker.leer(CrearSuscripcion.topico))
        if m.propiedades["ce_id"] not in aparcados
    }
    for ficha in mundo.fichas.values():
        for tipo in ficha.manejadores if ficha.con_comandos else ():
            # What is sent again was asked for when it was sent first.
            primeros = {m.propiedades["ce_id"]: m for m in reversed(mundo.broker.leer(tipo.topico))}
            for id, mensaje in primeros.items():
                destino = ficha.almacen.comandos.get(id)
                if destino is None or destino.rechazo != motivos.SUSCRIPCION_DESCONOCIDA:
                    continue
                de = mensaje.carga.suscripcion.codigo if tipo is CrearServicioDatos else mensaje.clave
                if creadas.get(de, math.inf) >= mensaje.micros:
                    continue
                if tipo is CrearServicioDatos:
                    # Its owner did handle it; what it told of it was held up for longer than a command waits for that.
                    mundo.cuentas["rechazado mientras el hecho de la creación no llegaba"] += 1
                else:
                    yield id


def _apresurados(mundo: Mundo) -> Iterator[str]:
    """Commands about what is not known yet that were refused sooner than §3 has it.

    Only a world knows when a command was published: it was delivered later.
    """
    enviados: dict[str, int] = {}
    for ficha in mundo.fichas.values():
        for tipo in ficha.manejadores if ficha.con_comandos else ():
            for mensaje in reversed(mundo.broker.leer(tipo.topico)):
                enviados[mensaje.propiedades["ce_id"]] = mensaje.micros
    for rechazo in (ComandoSuscripcionRechazado, ComandoServicioDatosRechazado):
        for mensaje in mundo.broker.leer(rechazo.topico):
            m = mensaje.carga
            if m.motivo in SE_ESPERA and mensaje.micros - enviados[m.id_comando] < MINIMO_S * 1e6:
                yield m.id_comando


def _adelantados(mundo: Mundo) -> Iterator[str]:
    """Commands of one type about one subject whose fates were decided in another order than they came.

    §5: order within a key. What was parked has lost its turn: the key went on without it.
    """
    aparcados = _aparcados(mundo)
    for ficha in mundo.fichas.values():
        turnos = {
            m.propiedades["ce_id"]: (m.indice, (tipo, m.clave))
            for tipo in ficha.manejadores
            if tipo.clase == "comando" and tipo.entrega == "ordenada"
            for m in reversed(mundo.broker.leer(tipo.topico))
        }
        ultimos: dict[tuple[type[Mensaje], str], int] = {}
        # One transaction follows the other here: so do the rows.
        for id in ficha.almacen.comandos:
            if id in aparcados or id not in turnos:
                continue
            turno, asunto = turnos[id]
            if turno < ultimos.get(asunto, -1):
                yield id
            ultimos[asunto] = turno


def _aparcados(mundo: Mundo) -> set[str]:
    """The ids of all that ever was a dead letter, whatever became of it."""
    return {m.propiedades["ce_id"] for s in mundo.fichas for m in mundo.broker.leer(topico_cartas(s))}


def _anunciadas_tarde(mundo: Mundo) -> Iterator[str]:
    """Notifications that announce something, made behind the one that tells its end (§4: it sends nothing any more).

    Only where one transaction follows the other is the event store's order that of what was decided.
    """
    terminadas: set[str] = set()
    for (id, version), evento in mundo.fichas["notificaciones"].almacen.eventos.items():
        if version > 1:
            continue
        de, saga, tipo = (evento["datos"][c] for c in ("id_suscripcion", "id_saga", "tipo"))
        if tipo in UNDOS:
            terminadas.add(saga if tipo == CAMBIO_PLAN_RECHAZADO else de)
        elif tipo in ANUNCIOS and terminadas & {saga, de}:
            yield id


def _abandonadas(mundo: Mundo) -> Iterator[str]:
    """Letters that nobody could take, given up though a further attempt would have ended in time (§4, §5)."""
    creadas: dict[str, Any] = {}
    for (id, version), evento in mundo.fichas["notificaciones"].almacen.eventos.items():
        if version == 1:
            creadas[id] = evento["ocurrido"]
            continue
        duro_s = (evento["ocurrido"] - creadas[id]).total_seconds()
        if evento["datos"].get("motivo") == motivos.CANAL_NO_DISPONIBLE and duro_s < mundo.politica.final_s:
            yield id


def _sin_oir(mundo: Mundo) -> Iterator[str]:
    """Sagas that were refused by their deadline, before its cap, while an answer that they waited for lay unhandled on
    their topic (§4: neither queue is silence).

    Only a world knows when a message was published. What was parked was handled, as well as it could be.
    """
    aparcados, filas = _aparcados(mundo), mundo.fichas["suscripciones"].almacen.tablas["saga_pasos"]
    comienzos: dict[str, float] = {}
    por_oir: dict[str, list[tuple[float, str]]] = defaultdict(list)
    for dicho in mundo.broker.leer(TransicionSaga.topico):
        paso: TransicionSaga = dicho.carga
        ocurrido, id = mundo.instante(datetime.fromisoformat(paso.ocurrido)), dicho.propiedades["ce_id"]
        if paso.paso in (CREAR, CAMBIAR):
            comienzos[paso.id_saga] = ocurrido
        elif paso.paso in (RESERVAR, NOTIFICAR) and id not in aparcados:
            por_oir[paso.id_saga].append((dicho.micros / 1e6, id))
        elif paso.paso == RECHAZAR and paso.motivo == motivos.PLAZO_VENCIDO:
            mundo.cuentas["plazo vencido"] += 1
            sin_oir = any(
                publicado < ocurrido < mundo.instante(filas[suyo]["apuntado"])
                for publicado, suyo in por_oir[paso.id_saga]
            )
            if ocurrido - comienzos[paso.id_saga] >= PLAZOS.tope_s:
                mundo.cuentas[f"plazo vencido por su tope{', con una respuesta sin atender' * sin_oir}"] += 1
            elif sin_oir:
                yield paso.id_saga


def evidencia(mundo: Mundo) -> de.Evidencia:
    """All that the auditor looks at."""
    tablas = {s: f.almacen.tablas for s, f in mundo.fichas.items()}
    sus, dat = tablas["suscripciones"], tablas["servicio-datos"]
    return de.Evidencia(
        dichos=_dichos(mundo),
        servicios={s: _mensajeria(mundo, f) for s, f in mundo.fichas.items()},
        suscripciones={
            id: de.Suscripcion(
                estado=f["estado"],
                id_saga=f["saga"]["id"],
                en_curso=f["saga"]["en_curso"],
                con_plazo=f["plazo"] is not None,
                plan=f["plan_codigo"],
                recursos=tuple(f["recursos"]),
                motivo=f["motivo"],
                detalle=f["detalle"],
                por_renovar=f["renueva"] is not None,
            )
            for id, f in sus["suscripciones"].items()
        },
        facturas={
            id: de.Factura(
                f["id_suscripcion"],
                f["estado"],
                f"{f['monto']:.2f}",
                f["moneda"],
                f["periodo"],
                f["periodo"] <= f["emitida"],
            )
            for id, f in sus["facturas"].items()
        },
        pasos=set(sus["saga_pasos"]),
        servicios_datos={
            id: de.ServicioDatos(f["id_suscripcion"], f["id_saga"], f["estado"], f["experto_codigo"], f["detalle"])
            for id, f in dat["servicios_datos"].items()
        },
        expertos={c: de.Experto(f["usados"], f["capacidad"]) for c, f in dat["expertos"].items()},
        nubes=dat["nubes"].keys(),
        datasets=dat["datasets"].keys(),
        conocidas={
            id: de.Conocida(f["estado"], f["requiere_servicio"]) for id, f in dat["suscripciones_conocidas"].items()
        },
        imagenes_contadas={m: f["cuantas"] for m, f in dat["imagenes_por_modalidad"].items()},
        envios=tuple(tablas["notificaciones"]["envios"]),
        notificaciones={
            id: de.Notificacion(f["id_suscripcion"], f["id_saga"], f["tipo"], f["estado"], f["version"])
            for id, f in tablas["notificaciones"]["vista_notificaciones"].items()
        },
        eventos=tuple(mundo.fichas["notificaciones"].almacen.eventos),
        imagenes={id: f["estado"] for id, f in tablas["procesamiento"]["imagenes"].items()},
        planes={c: de.Plan(p.recursos, str(p.precio), p.precio.moneda, p.periodo_dias) for c, p in PLANES.items()},
        retirados=PLANES.keys() - mundo.planes.keys(),
        cartas=tuple(mundo.cartas),
        pedidas=mundo.pedidos_confirmados,
    )


def censo(mundo: Mundo) -> Counter[str]:
    """How often commands met which fate, steps ended how, and witnesses were told what.

    Rules can't see what never happens any more.
    """
    visto = Counter({que: mundo.cuentas[que] for que in TESTIMONIOS})
    for ficha in mundo.fichas.values():
        for destino in ficha.almacen.comandos.values():
            visto[f"{destino.tipo.split('.')[-2]} {destino.rechazo or 'APLICADO'}"] += 1
    for mensaje in mundo.broker.leer(TransicionSaga.topico):
        visto[f"{mensaje.carga.paso} {mensaje.carga.resultado} {mensaje.carga.motivo}".rstrip()] += 1
    return visto


def _mensajeria(mundo: Mundo, ficha: Ficha) -> de.Mensajeria:
    almacen = ficha.almacen
    espera = topico_espera(ficha.nombre)
    return de.Mensajeria(
        outbox={f.sobre.id for f in almacen.outbox.values() if f.topico != espera},
        inbox={id for _, id in almacen.inbox},
        intentos=[id for _, id in almacen.intentos],
        lotes=[id for _, ids in almacen.lotes.values() for id in ids],
        esperas=[de.Espera(consumidor, id, f["tipo"], f["sujeto"]) for (consumidor, id), f in almacen.esperas.items()],
        destinos={
            id: de.Destino(d.tipo, "APLICADO" if d.rechazo is None else "RECHAZADO", d.rechazo)
            for id, d in almacen.comandos.items()
        },
        aparcadas=mundo.broker.atraso(topico_cartas(ficha.nombre), SUBSCRIPTION_CARTAS),
    )


def _dichos(mundo: Mundo) -> Mapping[type[Mensaje], Sequence[de.Dicho]]:
    return {tipo: [de.Dicho.de(m.propiedades, m.carga) for m in mundo.broker.leer(tipo.topico)] for tipo in PROPIOS}
