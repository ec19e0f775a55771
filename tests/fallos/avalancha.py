"""`make avalancha`: a flood of commands for subscriptions that nobody ever makes, twice, with a kill -9 in between.

Such a command waits before it is refused (ADR 11), and its wait must cost the others nothing: ten times a second a
client asks for a FREE subscription, and is timed from the command's publication to SuscripcionActivada on its topic,
before the flood, under it and after it. What runs is what that takes: the broker, PostgreSQL and suscripciones' worker,
which is killed when all of the first flood have come to it and still wait. Then every command must have been refused,
once, for the right reason and not too early, nothing may be left in the tables, and the worker must have been ready all
the time. It ends non-zero otherwise, and when it isn't done in time. The table is in .local/avalancha.md.
"""

import itertools
import secrets
import statistics
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated

import pulsar
import typer
from rich.console import Console
from tests.auditor.hallazgos import Clase
from tests.fallos.acta import Acta, levantar, tabla
from tests.fallos.cimiento import Cimiento, cimiento
from tests.fallos.experimento import contando_errores
from tests.fallos.medidas import SIN_ENVIAR, Medida, medir
from tests.saga.bases import filas
from tests.saga.espera import hasta
from tests.saga.plataforma_viva import Plataforma, Proceso, plataforma_viva
from tests.saga.topicos import leer

from contratos import Mensaje, motivos
from contratos.ejemplos import CREAR_SUSCRIPCION
from contratos.suscripciones import (
    CancelarSuscripcion,
    ComandoSuscripcionRechazado,
    SuscripcionActivada,
)
from seedwork.aplicacion.broker import Confirmar
from seedwork.infraestructura import avro, cloudevents
from seedwork.infraestructura.publicador import Publicador, cerrar_cliente, crear_cliente
from seedwork.infraestructura.topicos import topico_cartas
from seedwork.pruebas.sobres import sobre_nuevo

INFORME = Path(".local/avalancha.md")
SERVICIO = "suscripciones"
POR_SEGUNDO = 10
"""How often a client asks for a subscription."""
CALENTAMIENTO = 100
"""Creations that nobody times: the broker compiles what it runs meanwhile."""
MINIMO_S = 10.0
"""How long a command waits, at least (contract §3)."""
MAXIMO_MB = 10.0
"""By so much the worker's own memory may be higher at its highest in the second round than in the first; 50,000
commands of which it kept 200 bytes each would show. Half of it is what Pulsar's client keeps of the first messages."""
ESPERA_S = 60.0
"""How long the last of a phase's creations may take."""
DICE_CADA_S = 30
CALENTANDO, REINICIO = "warm-up", "restart"
PASAJERAS: Mapping[str, str] = {
    "esperas": "SELECT count(*) FROM esperas",
    "intentos": "SELECT count(*) FROM intentos",
    "lotes": """SELECT count(*) FROM lotes WHERE EXISTS (
        SELECT FROM unnest(ce_ids) AS suyo WHERE NOT EXISTS (SELECT FROM inbox WHERE ce_id = suyo))""",
    SIN_ENVIAR: "SELECT count(*) FROM outbox WHERE enviado IS NULL",
}
"""How many rows there are of what must be gone when all is done. A batch that vanished with its process stays for a day
(ADR 4): it counts while any of its messages is not done with."""

consola = Console(highlight=False, soft_wrap=True)
app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def principal(
    comandos: Annotated[int, typer.Option(min=1, help="How many, in each of the two rounds.")] = 50_000,
    minutos: Annotated[float, typer.Option(min=0.5, help="Both rounds must be done by then.")] = 60,
) -> None:
    """Run it, print the table, and write it down."""
    cronica = Cronica()
    with contando_errores(), cimiento(consola) as base:
        consola.print(f"2 × {comandos:,} commands begin at {time.strftime('%H:%M:%S')}", style="dim")
        acta = levantar(
            avalancha, base, cronica=cronica, comandos=comandos, sondas=60 * POR_SEGUNDO, limite_s=60 * minutos
        )
    juzgar_memoria(acta, cronica)
    _escribir(acta, cronica, comandos)
    if acta.hallazgos:
        sys.exit(1)


# What is written down


@dataclass(eq=False)
class Fase:
    """A part of the time.

    Attributes:
        decididas: of the creations that were asked for in it, the milliseconds from publication to the command's fate.
        latencias: likewise, to the event's arrival.
        medidas: the worker, once a second.
        esperaron: the most commands that waited at once.
        por_enviar: the most messages that the outbox held unsent.
    """

    nombre: str
    segundos: float = 0.0
    decididas: list[float] = field(default_factory=list)
    latencias: list[float] = field(default_factory=list)
    medidas: list[Medida] = field(default_factory=list)
    esperaron: int = 0
    por_enviar: int = 0


@dataclass(frozen=True, slots=True)
class Orden:
    """A command of the flood, and when it was published, in seconds since 1970."""

    id: str
    sujeto: str
    publicada: float


@dataclass(frozen=True, slots=True)
class Destino:
    """A command's fate as the database keeps it, and when it was noted."""

    estado: str
    motivo: str | None
    ocurrido: float


@dataclass
class Cronica:
    """All that was seen.

    Attributes:
        fases: in their order; the last one goes on.
        rondas: how long each round took, in seconds, from the first command's publication to the last one's fate.
        rechazados: how many commands were found refused as they must be.
        al_morir: how many commands waited when the worker was killed.
    """

    fases: list[Fase] = field(default_factory=list)
    rondas: list[float] = field(default_factory=list)
    rechazados: int = 0
    al_morir: int = 0
    _desde: float = 0.0

    @property
    def fase(self) -> Fase:
        """The one that goes on."""
        return self.fases[-1]

    def abrir(self, nombre: str) -> Fase:
        """The one before it has ended."""
        self.cerrar()
        self.fases.append(Fase(nombre))
        return self.fase

    def cerrar(self) -> None:
        """The last one has ended."""
        ahora = time.monotonic()
        if self.fases:
            self.fase.segundos = ahora - self._desde
        self._desde = ahora


# The case


def avalancha(base: Cimiento, acta: Acta, *, cronica: Cronica, comandos: int, sondas: int, limite_s: float) -> None:
    """Commands for unknown ids, twice, with a kill -9 in between: others keep their pace, and each is refused once.

    Args:
        sondas: how many creations are timed before the flood, and as many after it.
        limite_s: both rounds must be done after so many seconds.
    """
    with _trabajador(base) as viva, _cliente(base.servidores.pulsar_url) as cliente:
        proceso, datos, url = viva.proceso(SERVICIO), viva.bases[SERVICIO], base.servidores.pulsar_url
        cronica.abrir(CALENTANDO)
        dichos: dict[str, dict[str, str]] = defaultdict(dict)

        def anotar(mensaje: pulsar.Message) -> None:
            propiedades, hecho = mensaje.properties(), avro.decodificar(ComandoSuscripcionRechazado, mensaje.data())
            dichos[propiedades["ce_subject"]][propiedades["ce_id"]] = hecho.motivo

        with (
            # Closed at the very end: while a client of Pulsar's closes, no thread of this process goes on.
            publicador_de(url) as avenida,
            _escuchando(cliente, ComandoSuscripcionRechazado, anotar),
            _sondeando(url, cliente, cronica, acta) as sondeo,
            _vigilando(proceso, datos, cronica, acta),
        ):
            sondeo.esperar(CALENTAMIENTO)
            cronica.abrir("before")
            sondeo.esperar(sondas)
            limite = time.monotonic() + limite_s
            ordenes: list[Orden] = []
            for ronda in (1, 2):
                comienzo = time.monotonic()
                cronica.abrir(f"round {ronda} comes in")
                ordenes += _inundar(avenida, ronda, comandos)
                acta.mensajes += comandos
                # The last one to come waits for ten seconds: there is time to see it.
                _hasta(
                    lambda n=ronda: _cuantas(datos, "esperas") + len(dichos) >= n * comandos,
                    f"all of round {ronda} wait",
                    limite,
                )
                if ronda == 1:
                    cronica.al_morir = _cuantas(datos, "esperas")
                    _reiniciar(proceso, sondeo, cronica, acta)
                cronica.abrir(f"round {ronda} waits")
                _hasta(lambda n=ronda: len(dichos) >= n * comandos, f"round {ronda} has its fates", limite)
                cronica.rondas.append(time.monotonic() - comienzo)
                acta.vueltas += 1
            cronica.abrir("after")
            sondeo.esperar(sondas)
            cronica.cerrar()
        destinos = _destinos(datos)
        sondeo.anotar_destinos(destinos)
        cronica.rechazados = len(ordenes) - juzgar(acta, ordenes, destinos, dichos)
        _examinar_restos(datos, cliente, acta)


def juzgar(
    acta: Acta,
    ordenes: Sequence[Orden],
    destinos: Mapping[str, Destino],
    dichos: Mapping[str, Mapping[str, str]],
) -> int:
    """Note each command that did not end by the rule, and give how many there are.

    Args:
        destinos: the fates, by command id.
        dichos: what was told of each subject: the reason, by the event's id.
    """
    bien = ("RECHAZADO", motivos.SUSCRIPCION_DESCONOCIDA)
    sin_destino = [o.id for o in ordenes if o.id not in destinos]
    conocidas = [(o, destinos[o.id]) for o in ordenes if o.id in destinos]
    otros = [f"{o.id} {d.estado} {d.motivo}" for o, d in conocidas if (d.estado, d.motivo) != bien]
    pronto = [o.id for o, d in conocidas if d.ocurrido - o.publicada < MINIMO_S]
    callados = [o.id for o in ordenes if not dichos.get(o.sujeto)]
    doblados = [o.id for o in ordenes if len(dichos.get(o.sujeto, ())) > 1]
    torcidos = [o.id for o in ordenes if set(dichos.get(o.sujeto, {}).values()) - {bien[1]}]
    acta.hallar(Clase.PERDIDO, sin_destino, "no fate")
    acta.hallar(Clase.OTRO, otros, "another fate")
    acta.hallar(Clase.OTRO, pronto, f"refused within {MINIMO_S:.0f} s")
    acta.hallar(Clase.PERDIDO, callados, "refused, and no event tells of it")
    acta.hallar(Clase.DOBLADO, doblados, "told of twice")
    acta.hallar(Clase.OTRO, torcidos, "told of with another reason")
    return len({*sin_destino, *(o.split()[0] for o in otros), *pronto, *callados, *doblados, *torcidos})


def juzgar_memoria(acta: Acta, cronica: Cronica) -> None:
    """Note where the second round took more of the worker's memory than the first."""
    primera, segunda = (
        [m.propia for f in cronica.fases if f.nombre.startswith(ronda) for m in f.medidas]
        for ronda in ("round 1", "round 2")
    )
    if primera and segunda and (mas := max(segunda) - max(primera)) > MAXIMO_MB:
        acta.hallar(Clase.OTRO, [f"{mas:+.1f} MB, the limit is {MAXIMO_MB:.0f}"], "the worker's memory in round 2")


@contextmanager
def _trabajador(base: Cimiento) -> Iterator[Plataforma]:
    carpeta = base.carpeta / f"avalancha-{secrets.token_hex(4)}"
    carpeta.mkdir()
    with plataforma_viva(base.servidores, carpeta, solo=[SERVICIO]) as viva:
        yield viva


def _inundar(publicador: Publicador, ronda: int, cuantos: int) -> Sequence[Orden]:
    """Publish them as fast as the broker takes them, and wait until it has all."""
    marca = secrets.token_hex(4)
    ordenes: list[Orden] = []
    confirmados = threading.Semaphore(0)
    for numero in range(cuantos):
        id = f"nadie-{marca}-{ronda}-{numero}"
        publicada = time.time()
        ce_id = publicar(publicador, CancelarSuscripcion(id_suscripcion=id), id, lambda _: confirmados.release())
        ordenes.append(Orden(ce_id, id, publicada))
    for _ in ordenes:
        assert confirmados.acquire(timeout=ESPERA_S), "the broker does not confirm the flood"
    return ordenes


def _reiniciar(proceso: Proceso, sondeo: "_Sondeo", cronica: Cronica, acta: Acta) -> None:
    """kill -9, and start it again at once, as a process manager does."""
    sondeo.pasar_pendientes_a(cronica.abrir(REINICIO))
    comienzo = time.monotonic()
    proceso.matar()
    proceso.arrancar()
    proceso.esperar_listo()
    acta.fallos += 1
    acta.recuperado(time.monotonic() - comienzo)


def _examinar_restos(datos: str, cliente: pulsar.Client, acta: Acta) -> None:
    """Nothing is left in the tables that hold things for moments only, and nothing is parked."""

    def restos() -> Mapping[str, int]:
        return {que: n for que in PASAJERAS if (n := _cuantas(datos, que))}

    try:
        hasta(lambda: not restos(), "no queda nada")
    except AssertionError:
        acta.hallar(Clase.ATASCADO, [f"{que}: {n:,}" for que, n in restos().items()], "rows left")
    acta.exigir(not (cartas := leer(cliente, topico_cartas(SERVICIO))), f"{len(cartas)} dead letters")


# Other work


@dataclass(eq=False)
class _Sonda:
    fase: Fase
    publicada: float
    id_comando: str = ""


class _Sondeo:
    """A client asks for a FREE subscription ten times a second, whatever becomes of those before.

    Args:
        publicador: of its own, or a creation would wait behind the flood in this very process.
    """

    def __init__(self, publicador: Publicador, cronica: Cronica) -> None:
        self._publicador = publicador
        self._cronica = cronica
        self._marca = secrets.token_hex(4)
        self._cerrojo = threading.Lock()
        self._sondas: list[_Sonda] = []
        self._pendientes: dict[str, _Sonda] = {}
        self._basta = threading.Event()

    def correr(self) -> None:
        """Until `acabar`."""
        debida = time.monotonic()
        while not self._basta.wait(max(0.0, debida - time.monotonic())):
            debida += 1 / POR_SEGUNDO
            id = f"sonda-{self._marca}-{len(self._sondas)}"
            comando = replace(CREAR_SUSCRIPCION, cliente_codigo=id, plan_codigo="free", plan_nombre="FREE")
            with self._cerrojo:
                sonda = self._pendientes[id] = _Sonda(self._cronica.fase, time.time())
            self._sondas.append(sonda)
            sonda.id_comando = publicar(self._publicador, comando, id, lambda _: None)

    def oir(self, mensaje: pulsar.Message) -> None:
        """A subscription is in force; the first time that this is told counts."""
        ahora = time.time()
        with self._cerrojo:
            sonda = self._pendientes.pop(mensaje.properties()["ce_subject"], None)
            if sonda is not None:
                sonda.fase.latencias.append(1000 * (ahora - sonda.publicada))

    def esperar(self, cuantas: int) -> None:
        """Until so many of the phase that goes on are done."""
        fase = self._cronica.fase
        hasta(lambda: len(fase.latencias) >= cuantas, "las sondas acaban", segundos=ESPERA_S + cuantas / POR_SEGUNDO)

    def pasar_pendientes_a(self, fase: Fase) -> None:
        """Those that are on their way belong to that phase."""
        with self._cerrojo:
            for sonda in self._pendientes.values():
                sonda.fase = fase

    def acabar(self, acta: Acta) -> None:
        """No more are sent; what does not come to its end is a finding."""
        self._basta.set()
        acta.mensajes += len(self._sondas)
        try:
            hasta(lambda: not self._pendientes, "las últimas sondas acaban", segundos=ESPERA_S)
        except AssertionError:
            acta.hallar(Clase.PERDIDO, list(self._pendientes), "not in force")

    def anotar_destinos(self, destinos: Mapping[str, Destino]) -> None:
        """How soon each was decided, as the database tells."""
        for sonda in self._sondas:
            if destino := destinos.get(sonda.id_comando):
                sonda.fase.decididas.append(1000 * (destino.ocurrido - sonda.publicada))


@contextmanager
def _sondeando(url: str, cliente: pulsar.Client, cronica: Cronica, acta: Acta) -> Iterator[_Sondeo]:
    with publicador_de(url) as publicador:
        sondeo = _Sondeo(publicador, cronica)
        with _escuchando(cliente, SuscripcionActivada, sondeo.oir):
            hilo = threading.Thread(target=sondeo.correr)
            hilo.start()
            try:
                yield sondeo
            finally:
                sondeo.acabar(acta)
                hilo.join()


@contextmanager
def _vigilando(proceso: Proceso, datos: str, cronica: Cronica, acta: Acta) -> Iterator[None]:
    """Once a second: is the worker ready, what does it hold, how many commands wait? Not while it is started again."""
    motivos_vistos = list[str]()

    def velar(basta: threading.Event) -> None:
        for vez in itertools.count(1):
            if basta.wait(1):
                return
            if (fase := cronica.fase).nombre == REINICIO:
                continue
            motivo, esperan = proceso.motivo, _cuantas(datos, "esperas")
            fase.esperaron = max(fase.esperaron, esperan)
            fase.por_enviar = max(fase.por_enviar, _cuantas(datos, SIN_ENVIAR))
            if vez % DICE_CADA_S == 0:
                consola.print(f"{time.strftime('%H:%M:%S')} {fase.nombre}: {esperan:,} wait", style="dim")
            # It may have been killed just now.
            if fase is not cronica.fase:
                continue
            if motivo:
                motivos_vistos.append(f"{fase.nombre}: {motivo}")
            # Or in this very moment.
            with suppress(AssertionError, OSError, KeyError):
                fase.medidas.append(medir(proceso.pid))

    try:
        with _al_lado(velar):
            yield
    finally:
        acta.hallar(Clase.OTRO, motivos_vistos, "not ready")


# Hands


@contextmanager
def _al_lado(hacer: Callable[[threading.Event], None]) -> Iterator[None]:
    """It goes on on a thread of its own until the block ends, which it is told."""
    basta = threading.Event()
    hilo = threading.Thread(target=hacer, args=(basta,))
    hilo.start()
    try:
        yield
    finally:
        basta.set()
        hilo.join()


@contextmanager
def _cliente(url: str) -> Iterator[pulsar.Client]:
    cliente = crear_cliente(url)
    try:
        yield cliente
    finally:
        cerrar_cliente(cliente)


@contextmanager
def publicador_de(url: str) -> Iterator[Publicador]:
    """One that waits for as long as it takes, closed after the body."""
    publicador = Publicador(url, plazo_ms=0, esperar_cola=True)
    try:
        yield publicador
    finally:
        publicador.cerrar()


def publicar(publicador: Publicador, comando: Mensaje, sujeto: str, al_terminar: Confirmar) -> str:
    """Publish as the door does; the command's id."""
    sobre = sobre_nuevo(comando, fuente="/saludtech/bff", sujeto=sujeto)
    propiedades = cloudevents.a_propiedades(sobre, comando.topico)
    publicador.enviar(comando.topico, avro.codificar(comando, sobre), propiedades, sujeto, al_terminar)
    return sobre.id


@contextmanager
def _escuchando(
    cliente: pulsar.Client, tipo: type[Mensaje], al_oir: Callable[[pulsar.Message], None]
) -> Iterator[None]:
    """All that is said from now on, on a thread of its own."""
    consumidor = cliente.subscribe(tipo.topico, "avalancha")

    def oir(basta: threading.Event) -> None:
        while not basta.is_set():
            try:
                mensaje = consumidor.receive(500)
            except pulsar.Timeout:
                continue
            al_oir(mensaje)
            consumidor.acknowledge(mensaje)

    try:
        with _al_lado(oir):
            yield
    finally:
        consumidor.close()


def _hasta(mirar: Callable[[], bool], que: str, limite: float) -> None:
    """Like `hasta`, until an instant; what is asked here is dear, so less often."""
    while not mirar():
        assert time.monotonic() < limite, f"not in time: {que}"
        time.sleep(0.5)


def _cuantas(datos: str, que: str) -> int:
    return int(filas(datos, PASAJERAS[que])[0][0])


def _destinos(datos: str) -> Mapping[str, Destino]:
    consulta = "SELECT id_comando, estado, motivo, extract(epoch FROM ocurrido)::float8 FROM comandos"
    return {id: Destino(*resto) for id, *resto in filas(datos, consulta)}


# The report


def _escribir(acta: Acta, cronica: Cronica, comandos: int) -> None:
    INFORME.parent.mkdir(exist_ok=True)
    fecha = time.strftime("%Y-%m-%d %H:%M %Z")
    rondas = ", ".join(f"round {n}: {segundos:,.0f} s" for n, segundos in enumerate(cronica.rondas, 1))
    partes = [f"# A flood of 2 × {comandos:,} commands for unknown ids, {fecha}", tabla([acta]), cuadro(cronica)]
    partes.append(
        f"Refused as they must be: {cronica.rechazados:,} of {2 * comandos:,}; {rondas or 'no round ended'}."
        f" {cronica.al_morir:,} waited when the worker was killed."
    )
    partes.append("\n".join(f"- {hallazgo}" for hallazgo in acta.hallazgos[:100]) or "Nothing is amiss.")
    texto = "\n\n".join(partes) + "\n"
    INFORME.write_text(texto, encoding="utf-8")
    consola.print(texto, markup=False)
    consola.print(f"All of it: {INFORME}", style="dim")


def cuadro(cronica: Cronica) -> str:
    """The phases as a Markdown table."""
    columnas = ["phase", "s", "waited", SIN_ENVIAR, "creations", "fate p50", "p99", "event p50", "p99", "most"]
    columnas += ["RSS MB", "most", "own MB"]
    lineas = [columnas, ["---", *["---:"] * (len(columnas) - 1)]]
    for fase in cronica.fases:
        if fase.nombre == CALENTANDO:
            continue
        linea = [fase.nombre, *(f"{n:,.0f}" for n in (fase.segundos, fase.esperaron, fase.por_enviar))]
        linea += [f"{len(fase.latencias):,}", *_tramos(fase.decididas)[:2], *_tramos(fase.latencias)]
        rss, propia = [m.rss for m in fase.medidas], [m.propia for m in fase.medidas]
        linea += [f"{rss[0]:,.0f} → {rss[-1]:,.0f}", f"{max(rss):,.0f}"] if rss else ["–"] * 2
        linea.append(f"{propia[0]:,.0f} → {propia[-1]:,.0f}" if propia else "–")
        lineas.append(linea)
    return "\n".join("| " + " | ".join(linea) + " |" for linea in lineas)


def _tramos(latencias: Sequence[float]) -> Sequence[str]:
    """Median, 99th percentile and greatest."""
    if not latencias:
        return ["–"] * 3
    en_orden = sorted(latencias)
    tramos = statistics.median(en_orden), en_orden[(99 * len(en_orden) - 1) // 100], en_orden[-1]
    return [f"{ms:,.0f}" for ms in tramos]


if __name__ == "__main__":
    app()
