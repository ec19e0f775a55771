"""Races between commands, and between commands and the saga: exactly one outcome each; and everything at once.

The auditor (`tests/auditor`) looks after every round: a saga that was activated and refused, a service of what is
cancelled, a place that is not given back, a second invoice, a client who was told twice would be found there.
"""

import random
import time
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.auditor.hallazgos import Clase
from tests.fallos.acta import Acta
from tests.fallos.escenario import Escenario
from tests.fallos.tropiezo import ACTIVAR, NOTIFICAR, Paso, retenido
from tests.saga.bases import filas
from tests.saga.espera import hasta


def cancelar_justo_detras_de_crear(lugar: Escenario, acta: Acta, *, vueltas: int = 10, sagas: int = 10) -> None:
    """The cancellation is sent as soon as the creation has its 202, of plans with and without resources."""
    for vuelta in range(vueltas):
        ids = []
        for _ in range(sagas):
            id = _pedir(lugar, "pro" if vuelta % 2 else "free")
            lugar.clientela.cancelar(id)
            ids.append(id)
        _cerrar(lugar, acta, ids, 2 * sagas)
        estados = Counter(lugar.estados(ids).values())
        acta.hallar(Clase.OTRO, estados.keys() - {"CANCELADA"}, "created and cancelled, and yet")


def exito_y_cancelacion_a_la_vez(lugar: Escenario, acta: Acta, *, vueltas: int = 10, sagas: int = 10) -> None:
    """The step that makes it ACTIVA, or the one before, is let through while the cancellations arrive."""
    azar = random.Random(11)
    for vuelta in range(vueltas):
        paso: Paso = (NOTIFICAR, ACTIVAR)[vuelta % 2]
        with retenido(lugar.base_de(paso), paso) as retencion:
            ids = [_pedir(lugar, "pro") for _ in range(sagas)]
            retencion.esperar_a_alguien()
            with ThreadPoolExecutor(sagas) as hilos:
                cancelando = [hilos.submit(lugar.clientela.cancelar, id) for id in ids]
                time.sleep(azar.uniform(0.0, 0.03))
                retencion.soltar()
                for cancelada in cancelando:
                    cancelada.result()
            _cerrar(lugar, acta, ids, 2 * sagas)
        estados = Counter(lugar.estados(ids).values())
        acta.hallar(Clase.OTRO, estados.keys() - {"CANCELADA"}, "was cancelled, and yet")
        acta.notas = [_como_acabaron(lugar)]


def cambio_contra_cancelacion(lugar: Escenario, acta: Acta, *, vueltas: int = 10, sagas: int = 10) -> None:
    """A change of plan and a cancellation of the same subscription are sent at the same instant, up and down."""
    azar = random.Random(12)
    for vuelta in range(vueltas):
        antes, despues = (("basico", "pro"), ("pro", "free"))[vuelta % 2]
        ids = [_pedir(lugar, antes) for _ in range(sagas)]
        lugar.sosegar(acta)
        with ThreadPoolExecutor(2 * sagas) as hilos:
            pedidos = [hilos.submit(lugar.clientela.cambiar_plan, id, despues) for id in ids]
            time.sleep(azar.uniform(0.0, 0.05))
            pedidos += [hilos.submit(lugar.clientela.cancelar, id) for id in ids]
            for pedido in pedidos:
                pedido.result()
        _cerrar(lugar, acta, ids, 3 * sagas)
        estados = Counter(lugar.estados(ids).values())
        acta.hallar(Clase.OTRO, estados.keys() - {"CANCELADA"}, "was cancelled, and yet")
    acta.notas = [_como_acabaron(lugar)]


def carga_mezclada(lugar: Escenario, acta: Acta, *, ordenes: int = 2000, imagenes: int = 4000) -> None:
    """Everything that clients, operators and clinics can ask for, at once and at full speed; all ends, and all agrees.

    Thousands of images beside the commands: servicio-datos counts them by the consumer that reserves for sagas.
    """
    azar = random.Random(13)
    creaciones = ordenes * 2 // 5
    comienzo = time.monotonic()
    with ThreadPoolExecutor(16) as hilos, ThreadPoolExecutor(8) as clinicas:
        llegando = [clinicas.submit(lugar.clientela.pedir_imagen) for _ in range(imagenes)]
        planes = azar.choices(("free", "basico", "pro"), (3, 3, 4), k=creaciones)
        ids = list(hilos.map(lambda plan: _pedir(lugar, plan), planes))
        # Half of the rest comes while creations are still under way; invoices have to be there to be paid.
        otras = [_una_orden(lugar, azar, ids) for _ in range((ordenes - creaciones) // 2)]
        for hecha in [hilos.submit(orden) for orden in otras]:
            hecha.result()
        facturas = _facturas(lugar, azar, set(ids), (ordenes - creaciones - len(otras)) // 2)
        servicios = _servicios(lugar)
        resto = ordenes - creaciones - len(otras) - len(facturas)
        otras = [_una_orden(lugar, azar, ids, servicios) for _ in range(resto)]
        otras += [_un_pago(lugar, factura) for factura in facturas]
        azar.shuffle(otras)
        for hecha in [*[hilos.submit(orden) for orden in otras], *llegando]:
            hecha.result()
    enviadas = time.monotonic()
    lugar.reposar(acta, desde=enviadas)
    acta.vueltas += 1
    acta.mensajes += ordenes + imagenes
    acta.anotar_estados(Counter(lugar.estados(ids).values()))
    acta.notas += [
        f"{(ordenes + imagenes) / (time.monotonic() - comienzo):.0f} commands/s from the first to rest",
        _destinos(lugar),
    ]


def _pedir(lugar: Escenario, plan: str) -> str:
    return lugar.clientela.pedir_suscripcion(lugar.negocio.cuerpo_suscripcion(plan))


def _una_orden(
    lugar: Escenario, azar: random.Random, ids: Collection[str], servicios: Sequence[str] = ()
) -> Callable[[], object]:
    """Any command on any of them; many have to be refused."""
    id = azar.choice(list(ids))
    pesos = {"cambio": 5, "cancelacion": 2, "servicio": 2, "imagen": 1, "a_mano": 2 if servicios else 0}
    tipo = azar.choices([*pesos], [*pesos.values()])[0]
    if tipo == "cambio":
        plan = azar.choice(("free", "basico", "pro"))
        return lambda: lugar.clientela.cambiar_plan(id, plan)
    if tipo == "cancelacion":
        return lambda: lugar.clientela.cancelar(id)
    if tipo == "imagen":
        return lugar.clientela.pedir_imagen
    experto, nube, dataset = lugar.recursos
    if tipo == "a_mano":
        ruta = f"/servicios-datos/{azar.choice(servicios)}"
        verbo, cuerpo = azar.choice([("inicio", {}), ("fin", {}), ("experto", {"experto": {"codigo": experto}})])
        return lambda: lugar.clientela.ordenar(f"{ruta}/{verbo}-comando", cuerpo)
    return lambda: lugar.clientela.ordenar(
        "/servicios-datos/servicio-datos-comando",
        {
            "experto": {"codigo": experto},
            "nube": {"codigo": nube},
            "dataset": {"codigo": dataset},
            "suscripcion": {"codigo": id},
        },
    )


def _facturas(lugar: Escenario, azar: random.Random, ids: Collection[str], cuantas: int) -> list[Any]:
    """So many invoices to be paid, once many are issued; some of them twice."""
    consulta = "SELECT id, id_suscripcion, monto::text, moneda FROM facturas"
    base = lugar.plataforma.bases["suscripciones"]

    def emitidas() -> list[Any]:
        propias = [f for f in filas(base, consulta) if f[1] in ids]
        return propias if len(propias) > len(ids) / 3 else []

    todas = hasta(emitidas, "hay facturas", segundos=120)
    return [azar.choice(todas) for _ in range(cuantas)]


def _servicios(lugar: Escenario) -> Sequence[str]:
    """The data services that there are by now, made by a saga or by hand; alive or not."""
    consulta = "SELECT id FROM servicios_datos"
    base = lugar.plataforma.bases["servicio_datos"]
    return hasta(lambda: [f[0] for f in filas(base, consulta)], "hay servicios de datos")


def _un_pago(lugar: Escenario, factura: Any) -> Callable[[], object]:
    id, id_suscripcion, monto, moneda = factura
    cuerpo = {"id_factura": id, "monto": monto, "moneda": moneda, "medio": "tarjeta"}
    return lambda: lugar.clientela.ordenar(f"/suscripciones/{id_suscripcion}/pago-comando", cuerpo)


def _cerrar(lugar: Escenario, acta: Acta, ids: Collection[str], mensajes: int) -> None:
    lugar.reposar(acta)
    acta.vueltas += 1
    acta.mensajes += mensajes
    acta.fallos += len(ids)
    acta.anotar_estados(Counter(lugar.estados(ids).values()))


def _como_acabaron(lugar: Escenario) -> str:
    """In how many the success, or the change, came first."""
    consulta = (
        "SELECT count(*) FILTER (WHERE 'ACTIVAR' = ANY(pasos)), count(*) FROM (SELECT array_agg(paso) AS pasos"
        " FROM saga_pasos GROUP BY id_saga) AS sagas WHERE 'CANCELAR' = ANY(pasos)"
    )
    antes, todas = filas(lugar.plataforma.bases["suscripciones"], consulta)[0]
    return f"so far on this platform, of {todas} cancelled sagas {antes} had been activated"


def _destinos(lugar: Escenario) -> str:
    """How many commands were applied and refused, by their type."""
    cuentas: Counter[str] = Counter()
    for paquete in ("suscripciones", "servicio_datos"):
        consulta = "SELECT split_part(tipo, '.', 4), estado FROM comandos"
        for tipo, estado in filas(lugar.plataforma.bases[paquete], consulta):
            cuentas[f"{tipo} {estado}"] += 1
    return ", ".join(f"{n} {que}" for que, n in sorted(cuentas.items()))


CASOS = (cancelar_justo_detras_de_crear, exito_y_cancelacion_a_la_vez, cambio_contra_cancelacion, carga_mezclada)
