"""The variants of experiment 1: what JMeter sends, what happens meanwhile, and what must hold."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from tests.experimento1.escena import Cuentas, Escena, incierta, perdidas
from tests.experimento1.jmeter import Carga, Corriendo, Muestras, percentil
from tests.experimento1.molestos import Lentos, Pesados
from tests.saga.espera import hasta
from tests.saga.plataforma_viva import Trabajadores

from plataforma.balanceador import APARTADO_S, DRENAJE_S, FALLOS
from plataforma.puertos import LOCAL

YERRA_S = 15.0
LLEGAN_S = 5.0
"""Seconds in which troublesome clients come: what they ask for is answered then, as anybody's would be."""
PRIMERAS = 20
"""How many requests count as the first ones after a start."""


@dataclass
class Hechos:
    """What a variant has to show for itself."""

    hallazgos: list[str] = field(default_factory=list)
    notas: list[str] = field(default_factory=list)
    desde: float = 0.0
    """When its event began, in seconds of the epoch, where that divides the requests."""

    def exigir(self, condicion: bool, que: str) -> None:
        """Note a broken promise where the condition does not hold."""
        if not condicion:
            self.hallazgos.append(que)


Suceso = Callable[[Escena, Corriendo, Carga, Hechos], None]
Juicio = Callable[[Escena, Muestras, Cuentas, Hechos], None]


def nada(_lugar: Escena, _corriendo: Corriendo, _carga: Carga, _hechos: Hechos) -> None:
    """Nothing happens."""


def sin_un_error(_lugar: Escena, muestras: Muestras, _cuentas: Cuentas, hechos: Hechos) -> None:
    """No request failed."""
    malas = {codigo: n for codigo, n in muestras.codigos().items() if codigo not in ("200", "202")}
    hechos.exigir(not malas, f"requests failed: {malas}")


@dataclass(frozen=True)
class Variante:
    """One of them; its `suceso` begins when a third of the answers are there."""

    nombre: str
    dice: str
    perfiles: tuple[str, ...] = ("imagen",)
    trabajadores: Trabajadores = 1
    averia: bool = False
    suceso: Suceso = nada
    juicio: Juicio = sin_un_error

    def carga(self, base: Carga) -> Carga:
        """JMeter's part, in the given size."""
        return replace(base, perfiles=self.perfiles)


def juzgar(variante: Variante, lugar: Escena, muestras: Muestras, cuentas: Cuentas, hechos: Hechos) -> None:
    """What holds in every variant, and what in this one."""
    hechos.exigir(cuentas.en_cola == 0, f"{cuentas.en_cola} accepted commands never ended")
    hechos.exigir(cuentas.sagas_en_curso == 0, f"{cuentas.sagas_en_curso} sagas never ended")
    otras = {estado: n for estado, n in cuentas.sagas.items() if estado != "ACTIVA"}
    hechos.exigir(not otras, f"subscriptions are not in force: {otras}")
    if cuentas.sagas:
        hechos.notas.append(f"{cuentas.sagas['ACTIVA']:,} subscriptions are in force")
    de_mas = cuentas.terminadas - cuentas.aceptadas - cuentas.inciertas
    hechos.exigir(de_mas <= 0, f"{de_mas} commands ended that nobody sent")
    rechazadas = cuentas.destinos["RECHAZADO"]
    hechos.exigir(not rechazadas, f"{rechazadas} accepted commands were refused by their owner")
    idas = perdidas(muestras, lugar.hechas())
    hechos.exigir(not idas, f"accepted, and not there: {[m.propio for m in idas[:5]]}")
    variante.juicio(lugar, muestras, cuentas, hechos)


# What happens


def matar_una_puerta(lugar: Escena, _corriendo: Corriendo, _carga: Carga, hechos: Hechos) -> None:
    """kill -9 of an instance, with all its processes, while commands are in flight on it."""
    puerta = lugar.proceso("bff-1")
    puerta.derribar()
    _volvio(lugar, "bff-1", hechos)


def retirar_una_puerta(lugar: Escena, corriendo: Corriendo, carga: Carga, hechos: Hechos) -> None:
    """SIGTERM to an instance: it drains, ends, and another one takes its place."""
    comienzo = time.monotonic()
    lugar.retirar("bff-1")
    _volvio(lugar, "bff-1", hechos)
    vuelta = time.monotonic() - comienzo
    codigo, cuando = lugar.guardia.salidas["bff-1"]
    acabo = cuando - comienzo
    hechos.notas.append(f"bff-1 ended {acabo:.1f} s after the signal, and its successor was ready after {vuelta:.1f} s")
    hechos.exigir(codigo == 0, f"the instance that was asked to go ended with {codigo}")
    hechos.exigir(
        acabo >= DRENAJE_S, f"it ended {acabo:.1f} s after the signal: it did not drain for {DRENAJE_S:.1f} s"
    )
    hechos.exigir(corriendo.hechas < carga.peticiones, "the load was over before the instance was back")


def averiar_una_puerta(lugar: Escena, _corriendo: Corriendo, _carga: Carga, _hechos: Hechos) -> None:
    """An instance answers 500 to all but its health for a while, and is well again."""
    assert lugar.averia is not None
    lugar.averia.empezar()
    hasta(lambda: any(codigo == 500 for _, codigo in lugar.averia.recibidas()), "la instancia yerra")  # type: ignore[union-attr]
    time.sleep(YERRA_S)
    lugar.averia.acabar()


def matar_un_trabajador(lugar: Escena, _corriendo: Corriendo, _carga: Carga, hechos: Hechos) -> None:
    """kill -9 of a worker."""
    lugar.proceso("procesamiento-1").derribar()
    _volvio(lugar, "procesamiento-1", hechos)


def congelar_un_trabajador(lugar: Escena, _corriendo: Corriendo, _carga: Carga, _hechos: Hechos) -> None:
    """A worker stops in its tracks, with what it holds, and nobody wakes it."""
    lugar.congelar("procesamiento-1")


def molestar_con_lentos(lugar: Escena, corriendo: Corriendo, carga: Carga, hechos: Hechos) -> None:
    """500 clients that never read, 500 that send an octet a second and 500 that say nothing come to the balancer."""
    _molestar(Lentos(lugar.plataforma.bff), corriendo, carga, hechos)


def molestar_a_una_puerta(lugar: Escena, corriendo: Corriendo, carga: Carga, hechos: Hechos) -> None:
    """The same come to an instance itself, past the balancer."""
    _molestar(Lentos(f"http://{LOCAL}:{lugar.proceso('bff-1').puerto}"), corriendo, carga, hechos)


def molestar_con_pesados(lugar: Escena, corriendo: Corriendo, carga: Carga, hechos: Hechos) -> None:
    """Four clients send the costliest bodies that are read, as fast as they are answered."""
    molestos = Pesados(lugar.plataforma.bff)
    _molestar(molestos, corriendo, carga, hechos)
    hechos.notas.append(f"the heavy bodies' answers: {molestos.estados}")


def _molestar(molestos: Lentos | Pesados, corriendo: Corriendo, carga: Carga, hechos: Hechos) -> None:
    """From now on until the load's end."""
    hechos.desde = time.time()
    with molestos:
        while corriendo.trabaja and corriendo.hechas < carga.peticiones:
            time.sleep(0.5)


def _volvio(lugar: Escena, nombre: str, hechos: Hechos) -> None:
    """Wait until a process that ends has been started again, and is ready."""
    proceso = lugar.proceso(nombre)
    hasta(
        lambda: lugar.guardia.rearranques[nombre] and not proceso.caido and proceso.listo,
        f"{nombre} acaba, y vuelve a estar listo",
        segundos=120,
    )
    hechos.notas.append(f"{nombre} was started again once it had ended")


# What must hold


def solo_lo_incierto(lugar: Escena, muestras: Muestras, cuentas: Cuentas, hechos: Hechos) -> None:
    """No request failed but those whose outcome nobody knows; each of these is looked up."""
    malas = {c: n for c, n in muestras.codigos().items() if c not in ("200", "202") and not incierta(c)}
    hechos.exigir(not malas, f"requests failed otherwise than by an answer that was lost: {malas}")
    for muestra in muestras:
        if incierta(muestra.codigo):
            estado = lugar.preguntar(f"/procesar/imagenes/{muestra.propio}")
            hechos.exigir(estado in (200, 404), f"{muestra.propio}: the outcome can't be asked: {estado}")
            cuentas.inciertas_hechas += estado == 200
            hecha = "done" if estado == 200 else "never came to be"
            hechos.notas.append(f"{muestra.propio} ({muestra.codigo} after {muestra.ms:.0f} ms): {hecha}")


def siguio_la_siguiente(lugar: Escena, muestras: Muestras, cuentas: Cuentas, hechos: Hechos) -> None:
    """No request failed, and the instance in the other's place had its part of them."""
    sin_un_error(lugar, muestras, cuentas, hechos)
    suyas = lugar.atendidas("bff-1")
    hechos.exigir(suyas > 0, "the instance that took the other's place got no request")
    hechos.notas.append(f"the instance that took its place answered {suyas:,} requests")


def se_la_aparto(lugar: Escena, muestras: Muestras, _cuentas: Cuentas, hechos: Hechos) -> None:
    """The instance that erred was found by its answers, left out, and taken back once it was well."""
    assert lugar.averia is not None
    recibidas = lugar.averia.recibidas()
    errores = [cuando for cuando, codigo in recibidas if codigo == 500]
    durante = [m for m in muestras if errores[0] <= m.comienzo <= errores[0] + YERRA_S]
    despues = [cuando for cuando, codigo in recibidas if codigo != 500 and cuando > errores[-1]]
    # As many as it takes, each time that it is tried again; and what was in flight when it was found.
    tope = (FALLOS + 5) * (1 + int(YERRA_S / APARTADO_S))
    hechos.exigir(len(errores) <= tope, f"{len(errores)} requests met the instance that erred, more than {tope}")
    hechos.exigir(len(errores) < len(durante) / 4, f"{len(errores)} of {len(durante)} requests meanwhile failed")
    hechos.exigir(len(despues) > 0, "it was not taken back once it was well")
    malas = {codigo: n for codigo, n in muestras.codigos().items() if codigo not in ("200", "202", "500")}
    hechos.exigir(not malas, f"requests failed: {malas}")
    hechos.exigir(muestras.codigos()["500"] == len(errores), "clients saw other errors than the instance's")
    hechos.notas.append(
        f"500 to all for {YERRA_S:.0f} s: {len(errores)} of the {len(durante)} requests meanwhile met it; "
        f"{len(despues):,} went to it after it was well"
    )


def como_sin_ellos(lugar: Escena, muestras: Muestras, cuentas: Cuentas, hechos: Hechos) -> None:
    """No request failed; what it cost the others is a figure."""
    sin_un_error(lugar, muestras, cuentas, hechos)
    antes = sorted(m.ms for m in muestras[PRIMERAS:] if m.comienzo < hechos.desde)
    vienen = sorted(m.ms for m in muestras if hechos.desde <= m.comienzo < hechos.desde + LLEGAN_S)
    despues = sorted(m.ms for m in muestras if m.comienzo >= hechos.desde + LLEGAN_S)
    hechos.exigir(len(despues) > len(antes), "they came too late to be in anybody's way")
    if antes and vienen and despues:
        p99 = percentil(antes, 99), percentil(despues, 99)
        hechos.notas.append(
            f"p99 {p99[0]:.0f} ms before they came, {p99[1]:.0f} ms beside them ({p99[1] / p99[0]:.2f} of it), at most "
            f"{vienen[-1]:.0f} ms in the {LLEGAN_S:.0f} s in which they came; "
            f"median {percentil(antes, 50):.0f} and {percentil(despues, 50):.0f} ms"
        )


def por_la_metrica(lugar: Escena, muestras: Muestras, cuentas: Cuentas, hechos: Hechos) -> None:
    """No request failed, whatever number of workers the metric asked for."""
    sin_un_error(lugar, muestras, cuentas, hechos)
    dichos = lugar.escalador.deseados
    hechos.exigir(bool(dichos), "the metric was never told")
    if dichos:
        hechos.notas.append(
            f"workers that the metric asked for: {dichos[0]} at first, {max(dichos)} at most, {dichos[-1]} at the end; "
            f"that ran: {max(lugar.escalador.en_marcha)} at most"
        )
        hechos.exigir(max(lugar.escalador.en_marcha) == max(dichos), "those that it asked for did not come")


VARIANTES: Mapping[str, Variante] = {
    v.nombre: v
    for v in (
        Variante("normal", "the first team's load: the verbatim body, two instances, one worker"),
        Variante("tres-trabajadores", "the same with three workers", trabajadores=3),
        Variante(
            "automaticos",
            "one to three workers, as many as the metric asks for",
            trabajadores="auto",
            juicio=por_la_metrica,
        ),
        Variante("ids-unicos", "each image another one", ("imagen-unica",)),
        Variante("suscripciones", "the verbatim subscription: 4,000 PRO sagas", ("suscripcion",)),
        Variante("mixto", "images, subscriptions and queries mixed", (), trabajadores=3),
        Variante(
            "bff-muere",
            "an instance of the door is killed -9",
            ("imagen-unica",),
            suceso=matar_una_puerta,
            juicio=solo_lo_incierto,
        ),
        Variante(
            "bff-se-retira",
            "an instance of the door is asked to go",
            suceso=retirar_una_puerta,
            juicio=siguio_la_siguiente,
        ),
        Variante(
            "bff-yerra",
            "an instance of the door answers 500 to all for a while",
            averia=True,
            suceso=averiar_una_puerta,
            juicio=se_la_aparto,
        ),
        Variante(
            "lentos",
            "1,500 clients that do not read, drip or say nothing come to the balancer",
            suceso=molestar_con_lentos,
            juicio=como_sin_ellos,
        ),
        Variante(
            "lentos-ante-una-puerta",
            "the same come to an instance, past the balancer",
            suceso=molestar_a_una_puerta,
            juicio=como_sin_ellos,
        ),
        Variante(
            "pesados",
            "four clients send the costliest bodies that are read, without a break",
            suceso=molestar_con_pesados,
            juicio=como_sin_ellos,
        ),
        Variante(
            "trabajador-muere", "one of three workers is killed -9", ("imagen-unica",), 3, suceso=matar_un_trabajador
        ),
        Variante(
            "trabajador-congelado",
            "one of three workers stops in its tracks, and stays so",
            ("imagen-unica",),
            3,
            suceso=congelar_un_trabajador,
        ),
    )
}
