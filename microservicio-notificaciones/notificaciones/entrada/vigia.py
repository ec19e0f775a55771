"""The watch over the channel: whether it takes letters at all, for the sender and for the operators.

Trouble of the channel is nobody's letter's fault. So it uses no letter up: while a look of the watch's own meets
trouble, the channel counts as closed, and letters wait. Only such a look closes it, and none names a mailbox: no letter
and no mailbox can hold the others up. Nor does one recipient make it not ready, however many letters are for it and
however often they are tried: what counts is how many different recipients in a row got none.
"""

import threading

import structlog
from prometheus_client import Gauge

from notificaciones.aplicacion.envio import Politica
from notificaciones.aplicacion.puertos import Canal, CanalNoDisponible
from seedwork.aplicacion.entorno import Entorno

log = structlog.get_logger(__name__)

AVERIA_SEGUNDOS = Gauge(
    "saludtech_canal_averia_segundos",
    "Seconds since the channel takes no letter, for trouble that is no letter's; 0 for none",
    ["canal"],
    multiprocess_mode="max",
)

OCIO_S = 30.0
"""After so long without a letter, it looks all the same: operators learn of trouble before a client does."""
SEGUIDOS = 3
"""After letters to so many recipients met trouble in a row while the channel was open, something is wrong."""
RECHAZADOS = 5
"""After so many recipients in a row whose mailboxes were refused, it is hardly theirs: a relay may refuse all so. More
than for trouble, since mistyped addresses are nobody's trouble."""
_ENTRE_MIRADAS_S = 1.0


class Vigia:
    """Watches one channel. Any number of threads may tell it what letters met, and one looks.

    Args:
        politica: after looks that met trouble it pauses as after attempts.
    """

    def __init__(self, canal: Canal, politica: Politica, entorno: Entorno) -> None:
        self._canal = canal
        self._politica = politica
        self._entorno = entorno
        self._cerrojo = threading.Lock()
        self._aviso = threading.Event()
        self._cierre: str | None = None
        self._miradas = 0
        self._seguidos = 0
        self._ultimo = ""
        self._averiados: set[int] = set()
        self._rechazados: set[int] = set()
        self._desde = entorno.monotono()
        self._mirado = entorno.monotono() - _ENTRE_MIRADAS_S
        self._proxima = entorno.monotono()

    @property
    def cerrado(self) -> bool:
        """Whether the channel would hear no letter, as the last look had it."""
        return self._cierre is not None

    @property
    def proxima(self) -> float:
        """When to look next, on the process's own clock."""
        return self._proxima

    def entregada(self) -> None:
        """The channel took a letter: it works."""
        with self._cerrojo:
            self._bien()
            self._seguidos = 0
            self._averiados.clear()
            self._rechazados.clear()

    def rechazada(self, texto: str, direccion: str) -> None:
        """The channel refused a letter for its mailbox's sake."""
        with self._cerrojo:
            self._sin_entrega(texto, direccion, self._rechazados)

    def averia(self, texto: str, direccion: str) -> None:
        """A letter met trouble of the channel's. A look will show whether others would."""
        with self._cerrojo:
            self._sin_entrega(texto, direccion, self._averiados)
            if self._cierre is None:
                self._proxima = max(self._entorno.monotono(), self._mirado + _ENTRE_MIRADAS_S)
        self._aviso.set()

    def mirar(self) -> None:
        """Look at the channel, and note when to look again."""
        try:
            self._canal.probar()
        except CanalNoDisponible as error:
            with self._cerrojo:
                self._mirado = self._entorno.monotono()
                if self._cierre is None:
                    self._desde = self._mirado
                    log.error("el canal está cerrado", motivo=str(error))
                self._cierre = str(error)
                self._miradas += 1
                pausa = self._politica.pausa(self._miradas, self._entorno.azar)
                self._proxima = self._mirado + pausa.total_seconds()
        else:
            with self._cerrojo:
                self._mirado = self._entorno.monotono()
                self._bien()

    def correr(self, parada: threading.Event) -> None:
        """Look whenever it is time, until ``parada`` is set."""
        while not parada.is_set():
            falta_s = self._proxima - self._entorno.monotono()
            if falta_s <= 0:
                self.mirar()
            elif self._aviso.wait(min(falta_s, 0.5)):
                self._aviso.clear()

    def motivo(self) -> str | None:
        """Why letters don't get through for trouble that is ours, in codes; None while they do."""
        with self._cerrojo:
            if self._cierre is not None:
                return f"no toma correos desde hace {self._hace_s():.0f} s: {self._cierre}"
            if len(self._averiados) >= SEGUIDOS or len(self._rechazados) >= RECHAZADOS:
                return f"ninguna de las últimas {self._seguidos} entregas: {self._ultimo}"
        return None

    def medir(self) -> None:
        """Set the gauge."""
        AVERIA_SEGUNDOS.labels(self._canal.nombre).set(0.0 if self.motivo() is None else self._hace_s())

    def _sin_entrega(self, texto: str, direccion: str, de_quienes: set[int]) -> None:
        if self._cierre is None and not self._seguidos:
            self._desde = self._entorno.monotono()
        self._seguidos, self._ultimo = self._seguidos + 1, texto
        # More of them tell nothing more. Python's own hash has a key that is each process's: no address is kept.
        if len(de_quienes) < max(SEGUIDOS, RECHAZADOS):
            de_quienes.add(hash(direccion.casefold()))

    def _bien(self) -> None:
        if self._cierre is not None:
            log.info("el canal vuelve a tomar correos", segundos=round(self._hace_s(), 1))
        self._cierre = None
        self._miradas = 0
        self._proxima = self._entorno.monotono() + OCIO_S

    def _hace_s(self) -> float:
        """Seconds since the trouble began."""
        return self._entorno.monotono() - self._desde
