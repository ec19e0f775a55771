"""From the readers to the streams: one set of readers for a process, whatever the number of browsers.

What was read comes from the readers' thread; all else here runs on the server's loop.
"""

import asyncio
import time
from collections import defaultdict, deque
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

import structlog
from prometheus_client import Counter, Gauge

from bff_web.eventos.hechos import FILAS, Hecho, proyectar
from bff_web.eventos.memoria import MARGEN_S, Memoria, Novedad
from bff_web.eventos.vector import NINGUNO, Vector, Vectores
from seedwork.aplicacion.broker import Esquemas
from seedwork.infraestructura.cloudevents import MensajeIlegible
from seedwork.infraestructura.decodificador import Decodificador
from seedwork.infraestructura.lector import Leido, Lugar

log = structlog.get_logger(__name__)

LATIDO_S = 15.0
"""Seconds after which a stream says something though nothing happened: proxies close what is silent."""
COLA = 500
"""Events that may wait for one client. What comes besides, it reads from memory once it has these; and whoever reads
nothing for long is cut, as with every answer (:data:`seedwork.entrada.conexiones.ENVIO_S`)."""
REPASO = 500
"""Events that a stream looks through at a time before others have their turn."""
REINTENTO_MS = 1000
"""Milliseconds after which a browser comes back."""
RECIENTE_S = 2.0
"""Seconds by which the clock of who publishes may be behind ours, for what counts as happening from now on."""
_PODA_S = 5.0
_MIRADA_S = 1.0
_A_LA_VEZ = 100
_ESPERA = b": espera\n\n"
_REINICIO = b"event: reinicio\nid: %s\ndata: {}\n\n"

ABIERTAS = Gauge("saludtech_corrientes", "Open streams of events", multiprocess_mode="livesum")
CONTADOS = Counter("saludtech_corrientes_hechos", "Events written to streams")
ATRASADAS = Counter("saludtech_corrientes_atrasadas", "Streams that fell behind, and read from memory what they missed")
ILEGIBLES = Counter("saludtech_corrientes_ilegibles", "Messages that no stream tells, since they can't be read")

TIPOS = tuple(sorted(FILAS, key=lambda tipo: tipo.topico))
"""What is read, in the order of the topics' names."""
TOPICOS = tuple(tipo.topico for tipo in TIPOS)

COSAS = ("comando", "suscripcion", "saga", "paquete", "imagen")
"""What a stream may be about: an event is about one of each at most. Any may come of a command."""

Oir = Callable[[Sequence[Leido], Esquemas], None]
AlDia = Callable[[float | None], None]


class Espectador(Protocol):
    """Somebody who watches."""

    def sabe(self, hecho: Hecho) -> bool | None:
        """Whether they may hear of an event; None where somebody has to be asked."""
        ...

    async def preguntar(self, hecho: Hecho) -> bool:
        """The same, however long it takes."""
        ...


class Lector(Protocol):
    """Reads topics on a thread of its own."""

    def empezar(self) -> None:
        """Begin."""

    def parar(self) -> None:
        """End, soon."""


Leer = Callable[[float, Oir, AlDia], Lector]
"""Makes what reads :data:`TOPICOS` from an instant on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filtro:
    """What a stream is about; empty for whatever it is."""

    comando: str = ""
    suscripcion: str = ""
    cliente: str = ""
    saga: str = ""
    paquete: str = ""
    imagen: str = ""

    @property
    def de_una_cosa(self) -> bool:
        """Whether it is about one thing: then what just happened to it is told, too."""
        return self.llave is not None

    @property
    def llave(self) -> tuple[str, str] | None:
        """Where a stream waits for an event: one of what it is about. A client's waits for all: most events don't say
        whose they are."""
        return next(((nombre, valor) for nombre in COSAS if (valor := getattr(self, nombre))), None)

    def pasa(self, hecho: Hecho) -> bool:
        """Whether an event is about it, as far as that says."""
        return (
            all(not (valor := getattr(self, cosa)) or valor == getattr(hecho, cosa) for cosa in COSAS)
            and (not self.cliente or not hecho.cliente or self.cliente == hecho.cliente)
            and (not self.cliente or bool(hecho.cliente or hecho.suscripcion))
        )

    def cuales(self) -> frozenset[int]:
        """The topics on which there may be something about it."""
        return frozenset(
            cual
            for cual, tipo in enumerate(TIPOS)
            if all(not getattr(self, cosa) or f"id_{cosa}" in FILAS[tipo].campos for cosa in COSAS if cosa != "comando")
            and (not self.cliente or FILAS[tipo].con_dueno or "id_suscripcion" in FILAS[tipo].campos)
        )


class Reparto:
    """Keeps what happened of late, and tells it to the streams. It begins to read when the first one opens.

    Args:
        vectores: writes their ids.
        leer: makes what reads.
        ventana_s: seconds that a client may have been away and still go on where it was.
        aprender: hears of each event first.
    """

    def __init__(
        self, vectores: Vectores, leer: Leer, *, ventana_s: float, aprender: Callable[[Hecho], None] = lambda _: None
    ) -> None:
        self._vectores = vectores
        self._leer = leer
        self.ventana_s = ventana_s
        self._aprender = aprender
        self._bucle: asyncio.AbstractEventLoop | None = None
        self._lector: Lector | None = None
        self._llegados: deque[Hecho] = deque()
        self._avisado = False
        self._decodificador: tuple[Esquemas, Decodificador] | None = None
        self._atentas: dict[tuple[str, str] | None, set[CorrienteDeHechos]] = defaultdict(set)
        self.conectado = False
        """Whether the broker is there."""
        self.hasta = 0.0
        """All that was published until then was heard of."""
        self.memoria = Memoria(len(TOPICOS), 0.0, ventana_s)

    def abrir(
        self,
        filtro: Filtro,
        espectador: Espectador,
        *,
        ultimo: Vector | None = None,
        caduca: float | None = None,
    ) -> "CorrienteDeHechos":
        """A stream.

        Args:
            filtro: what it is about.
            espectador: who watches.
            ultimo: how far it had come.
            caduca: when it ends, in seconds of the epoch.
        """
        return CorrienteDeHechos(self, filtro, espectador, ultimo, caduca)

    def parar(self) -> None:
        """End."""
        if self._lector is not None:
            self._lector.parar()

    def empezar(self) -> None:
        """Begin to read, unless that is done."""
        if self._bucle is not None:
            return
        # Not before: the broker's client must not cross a fork.
        self._bucle = asyncio.get_running_loop()
        desde = time.time() - self.ventana_s - MARGEN_S
        self.memoria = Memoria(len(TOPICOS), desde, self.ventana_s)
        self._lector = self._leer(desde, self._oir, self._al_dia)
        self._lector.empezar()
        self._bucle.call_later(_PODA_S, self._podar)

    def _podar(self) -> None:
        self.memoria.podar(time.time())
        if self._bucle is not None:
            self._bucle.call_later(_PODA_S, self._podar)

    def _oir(self, leidos: Sequence[Leido], esquemas: Esquemas) -> None:
        """On the readers' thread."""
        if self._decodificador is None or self._decodificador[0] is not esquemas:
            self._decodificador = esquemas, Decodificador(esquemas, TIPOS)
        for leido in leidos:
            try:
                tipo, sobre, registro = self._decodificador[1].cerrado(leido.original)
            except MensajeIlegible as error:
                # Whoever owns the topic parks it, or has done so.
                ILEGIBLES.inc()
                log.debug("un mensaje que no se puede contar", motivo=str(error))
                continue
            self._llegados.append(
                proyectar(tipo, sobre, registro, cual=leido.cual, lugar=leido.lugar, publicado=leido.publicado)
            )
        if not self._avisado:
            self._avisado = True
            self._en_bucle(self._repartir)

    def _al_dia(self, hasta: float | None) -> None:
        """On the readers' thread."""
        self._en_bucle(self._estar_al_dia, hasta)

    def _en_bucle(self, hacer: Callable[..., None], *dicho: float | None) -> None:
        if self._bucle is not None:
            # The process may be ending, and its loop closed.
            with suppress(RuntimeError):
                self._bucle.call_soon_threadsafe(hacer, *dicho)

    def _estar_al_dia(self, hasta: float | None) -> None:
        self.conectado = hasta is not None
        self.hasta = max(self.hasta, hasta or 0.0)

    def _repartir(self) -> None:
        # Before they are taken: what comes after that calls again.
        self._avisado = False
        for _ in range(min(_A_LA_VEZ, len(self._llegados))):
            self.contar(self._llegados.popleft())
        if self._llegados and not self._avisado and self._bucle is not None:
            # The streams are to write meanwhile, and requests to be answered.
            self._avisado = True
            self._bucle.call_soon(self._repartir)

    def contar(self, hecho: Hecho) -> None:
        """Tell an event to whoever it is for."""
        antes = self.memoria.lugares[hecho.cual]
        novedad = self.memoria.guardar(hecho)
        if novedad is Novedad.REPETIDO:
            return
        if novedad is Novedad.RECREADO:
            log.warning("un tópico se hizo de nuevo: las corrientes empiezan de nuevo", topico=TOPICOS[hecho.cual])
            self.memoria = Memoria(len(TOPICOS), hecho.publicado, self.ventana_s)
            self.memoria.guardar(hecho)
            for corriente in [c for suyas in self._atentas.values() for c in suyas]:
                corriente.empezar_de_nuevo()
        self._aprender(hecho)
        bloque = b""
        for llave in (*((cosa, getattr(hecho, cosa)) for cosa in COSAS), None):
            if (llave is None or llave[1]) and (atentas := self._atentas.get(llave)):
                for corriente in tuple(atentas):
                    if corriente.filtro.pasa(hecho):
                        bloque = bloque or en_bloque(hecho, self.escribir())
                        corriente.ofrecer(hecho, bloque, antes)

    def escribir(self) -> str:
        """How far this process has come by now."""
        return self.escribir_de(self.memoria.lugares, self.hasta)

    def escribir_de(self, lugares: Sequence[Lugar], hasta: float) -> str:
        """How far somebody else has."""
        return self._vectores.escribir(lugares, hasta)

    def atender(self, corriente: "CorrienteDeHechos") -> None:
        """From now on the stream is told what happens."""
        self._atentas[corriente.filtro.llave].add(corriente)

    def desatender(self, corriente: "CorrienteDeHechos") -> None:
        """No longer."""
        suyas = self._atentas[corriente.filtro.llave]
        suyas.discard(corriente)
        if not suyas:
            del self._atentas[corriente.filtro.llave]


def en_bloque(hecho: Hecho, id: str) -> bytes:
    """An event as a stream has it."""
    return b"event: hecho\nid: %s\ndata: %s\n\n" % (id.encode(), hecho.datos)


class CorrienteDeHechos:
    """What one client is told."""

    def __init__(
        self,
        reparto: Reparto,
        filtro: Filtro,
        espectador: Espectador,
        ultimo: Vector | None,
        caduca: float | None,
    ) -> None:
        self.filtro = filtro
        self._cuales = filtro.cuales()
        self._desde_aqui = 0
        self._memoria = reparto.memoria
        self._reparto = reparto
        self._espectador = espectador
        self._ultimo = ultimo
        self._caduca = caduca
        self._cola: deque[tuple[Hecho, bytes]] = deque()
        self._timbre = asyncio.Event()
        self._cerrada = self._de_nuevo = False
        self._numero = 0
        """From which event on it reads from memory; 0 where it waits for what comes."""
        self._vistos: list[Lugar] = []
        """How far its client has seen, while it reads from there."""
        self._suelo: list[Lugar] | None = list(ultimo.lugares) if ultimo is not None else None
        """Of each topic, how far its client has seen; None once this process has come as far on all of them."""
        ahora = time.time()
        self._hasta = ultimo.hasta if ultimo is not None else ahora - reparto.ventana_s
        """All that was published until then its client has seen, or is not interested in."""
        self._desde = 0.0
        """What was published before is nothing new."""
        if ultimo is not None:
            self._desde = ultimo.hasta - MARGEN_S
        elif not filtro.de_una_cosa:
            self._desde = ahora - RECIENTE_S

    def cerrar(self) -> None:
        """Come to an end."""
        self._cerrada = True
        self._timbre.set()

    def empezar_de_nuevo(self) -> None:
        """What it was told counts no more."""
        self._de_nuevo = True
        self._timbre.set()

    def ofrecer(self, hecho: Hecho, bloque: bytes, antes: Lugar) -> None:
        """The newest event, which it is about.

        Args:
            bloque: what it is to be told, unless it has seen more than this process.
            antes: how far its topic had come before.
        """
        if not self._es_nuevo(hecho):
            return
        if len(self._cola) >= COLA:
            ATRASADAS.inc()
            self._reparto.desatender(self)
            self._vistos = list(self._reparto.memoria.lugares)
            self._vistos[hecho.cual] = antes
            if self._suelo is not None:
                self._vistos = [max(par) for par in zip(self._vistos, self._suelo, strict=True)]
            self._hasta = max(self._hasta, self._reparto.hasta)
            self._numero = self._reparto.memoria.ultimo
            return
        if self._suelo is not None:
            bloque = en_bloque(hecho, self._id())
        self._cola.append((hecho, bloque))
        self._timbre.set()

    def _es_nuevo(self, hecho: Hecho) -> bool:
        if hecho.publicado < self._desde:
            return False
        if self._suelo is None or hecho.lugar > self._suelo[hecho.cual]:
            return True
        if hecho.publicado > self._hasta + MARGEN_S:
            # What it had seen is of another life of that topic.
            self.empezar_de_nuevo()
        return False

    def _id(self) -> str:
        """How far its client has seen, once it has been told what waits."""
        reparto = self._reparto
        if self._suelo is None:
            return reparto.escribir()
        propios = reparto.memoria.lugares
        vistos = [max(par) for par in zip(self._suelo, propios, strict=True)]
        if vistos == propios:
            self._suelo = None
        return reparto.escribir_de(vistos, max(self._hasta, reparto.hasta))

    async def trozos(self) -> AsyncGenerator[bytes, None]:
        """All that it is told."""
        self._reparto.empezar()
        ABIERTAS.inc()
        try:
            yield b"retry: %d\n\n" % REINTENTO_MS
            self._empezar()
            while not self._acabada:
                async for trozo in self._repasar():
                    yield trozo
                async for trozo in self._seguir():
                    yield trozo
        finally:
            ABIERTAS.dec()
            self._reparto.desatender(self)

    def _empezar(self) -> None:
        """From where on it tells."""
        memoria = self._memoria = self._reparto.memoria
        if self._ultimo is not None and not memoria.sostiene(self._ultimo, self._cuales):
            self._de_nuevo = True
        self._vistos = list(self._suelo) if self._suelo is not None else [NINGUNO] * len(TOPICOS)
        repasa = self._ultimo is not None or self.filtro.de_una_cosa
        self._numero = 1 if repasa else memoria.ultimo + 1
        # What was forgotten before is told by the time that all is held from.
        self._desde_aqui = memoria.olvidado

    @property
    def _acabada(self) -> bool:
        return self._cerrada or (self._caduca is not None and time.time() >= self._caduca)

    async def _repasar(self) -> AsyncGenerator[bytes, None]:
        """What happened already, and its client has not seen; then it is told what happens."""
        reparto, memoria = self._reparto, self._memoria
        if reparto.memoria is not memoria:
            self._de_nuevo = True
        while not self._de_nuevo and self._numero <= memoria.ultimo and not self._acabada:
            if memoria.perdio(max(self._numero, self._desde_aqui + 1), self._cuales):
                self._de_nuevo = True
                break
            hasta = min(self._numero + REPASO - 1, memoria.ultimo)
            dichos = []
            for hecho in memoria.entre(self._numero, hasta):
                es_nuevo = self._es_nuevo(hecho)
                self._vistos[hecho.cual] = max(self._vistos[hecho.cual], hecho.lugar)
                if es_nuevo and self.filtro.pasa(hecho):
                    # Of what happened until this process was heard from, it may not have been told all yet.
                    dichos.append((hecho, en_bloque(hecho, reparto.escribir_de(self._vistos, self._hasta))))
            self._numero = hasta + 1
            async for trozo in self._permitidos(dichos):
                yield trozo
            await asyncio.sleep(0)
            if reparto.memoria is not memoria:
                self._de_nuevo = True
        # Nothing awaits between the last look and this.
        self._numero = 0
        reparto.atender(self)
        if self._suelo is not None:
            self._suelo = self._vistos
        if not self._de_nuevo:
            # The ids until here were those of who has not heard all yet.
            yield b"id: %s\n\n" % self._id().encode()

    def _reiniciar(self) -> bytes:
        self._de_nuevo = False
        self._memoria = self._reparto.memoria
        self._cola.clear()
        if self._numero:
            self._numero = self._reparto.memoria.ultimo + 1
        self._suelo = None
        self._desde = time.time() - RECIENTE_S
        return _REINICIO % self._reparto.escribir().encode()

    async def _seguir(self) -> AsyncGenerator[bytes, None]:
        """What happens, until its end, or until it falls behind."""
        while not self._acabada:
            if self._de_nuevo:
                yield self._reiniciar()
            if self._cola:
                async for trozo in self._permitidos(self._sacar()):
                    yield trozo
            if self._cola or self._de_nuevo:
                continue
            if self._numero:
                return
            queda = LATIDO_S if self._caduca is None else min(LATIDO_S, self._caduca - time.time())
            try:
                async with asyncio.timeout(queda):
                    await self._timbre.wait()
                self._timbre.clear()
            except TimeoutError:
                if not self._cola:
                    yield b"id: %s\n\n" % self._id().encode() if self._reparto.conectado else _ESPERA

    def _sacar(self) -> Iterator[tuple[Hecho, bytes]]:
        while self._cola:
            yield self._cola.popleft()

    async def _permitidos(self, pares: Iterable[tuple[Hecho, bytes]]) -> AsyncGenerator[bytes, None]:
        """What its client may hear of these; and a word now and then, while an owner is waited for."""
        dichos: list[bytes] = []
        for hecho, bloque in pares:
            permitido = self._espectador.sabe(hecho)
            if permitido is None:
                if dichos:
                    yield _juntos(dichos)
                    dichos = []
                pregunta = asyncio.ensure_future(self._espectador.preguntar(hecho))
                try:
                    callado = 0.0
                    while not self._cerrada and not (await asyncio.wait({pregunta}, timeout=_MIRADA_S))[0]:
                        callado += _MIRADA_S
                        if callado >= LATIDO_S:
                            callado = 0.0
                            yield _ESPERA
                    if self._cerrada:
                        return
                    permitido = await pregunta
                finally:
                    pregunta.cancel()
            if permitido:
                dichos.append(bloque)
        if dichos:
            yield _juntos(dichos)


def _juntos(bloques: Sequence[bytes]) -> bytes:
    CONTADOS.inc(len(bloques))
    return b"".join(bloques)
