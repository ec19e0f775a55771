"""The hand that unpacks, one package at a time. No transaction is open while any of it is read.

It is taken from the queue in three states: RECIBIDO, to be unpacked and its images' commands said; and decided, in
whatever way, to be cleared away. Each goes on where the last attempt was.
"""

import threading
from collections.abc import Callable

import structlog
from prometheus_client import Counter

from contratos import motivos
from procesamiento.aplicacion import reparto
from procesamiento.dominio.paquete import EN_CURSO, RECHAZADO, RECIBIDO, Miembro, Paquete
from procesamiento.entrada.archivos import ARRIENDO_S, PAUSA_S, SONDEO_S
from procesamiento.entrada.desempaque import TANDA, Desempaque, Entero, Rechazo, Tanda, nombre_de
from procesamiento.entrada.empleado import Empleado, Perdido
from procesamiento.entrada.limpieza import Ausente, Taller
from procesamiento.infraestructura.paquetes import ColaPaquetesSQL
from seedwork.aplicacion.almacen import Almacen, SinAlmacen
from seedwork.aplicacion.sobre import Sobre
from seedwork.aplicacion.unidad import Abrir
from seedwork.entrada.proceso import es_ajeno

log = structlog.get_logger(__name__)

PAQUETES = Counter("saludtech_paquetes_total", "Attempts at a package", ["resultado"])

DICHOS = 200
"""Commands that are said in one transaction."""


class Desempacador:
    """Takes packages from the queue and has each unpacked by a process that may die of it.

    Args:
        cola: the queue.
        abrir: opens a unit of work.
        almacen: the platform's own store.
        taller: what the process unpacks with.
        intentos: how often a package is tried without getting anywhere.
        plazo_s: seconds that one attempt may take.
        maximo: octets that its members may have in all.
    """

    def __init__(
        self,
        cola: ColaPaquetesSQL,
        abrir: Abrir,
        almacen: Almacen,
        taller: Taller,
        *,
        intentos: int,
        plazo_s: float,
        maximo: int,
    ) -> None:
        self._cola = cola
        self._abrir = abrir
        self._almacen = almacen
        self._intentos = intentos
        self._plazo_s = plazo_s
        self._maximo = maximo
        self._empleado = Empleado(taller)

    def correr(self, parada: threading.Event) -> None:
        """Unpack until ``parada`` is set; what is in hand then is given back."""
        while not parada.is_set():
            try:
                hubo = self.vuelta(parada)
            except Exception as error:
                if not es_ajeno(error):
                    raise
                log.warning("el desempacador espera", error=type(error).__name__)
                hubo = False
            if not hubo:
                parada.wait(SONDEO_S)
        self.despedir()

    def vuelta(self, parada: threading.Event) -> bool:
        """One package, if any is due; whether there was one.

        Raises:
            Exception: the database is away.
        """
        paquete = self._cola.tomar(ARRIENDO_S)
        if paquete is None or paquete.sobre is None:
            return False
        sobre = Sobre(**paquete.sobre)
        with structlog.contextvars.bound_contextvars(correlacion=sobre.correlacion):
            try:
                fin = self._atender(paquete, sobre, parada)
            except SinAlmacen:
                self._cola.devolver(paquete, PAUSA_S, cuenta=False)
                fin = "sin_almacen"
            except Perdido:
                self._cola.devolver(paquete, 0.0 if parada.is_set() else PAUSA_S, cuenta=not parada.is_set())
                fin = "perdido"
            PAQUETES.labels(fin).inc()
            log.info("paquete atendido", fin=fin, intento=paquete.intentos)
        return True

    def despedir(self) -> None:
        """End the process, whatever it does."""
        self._empleado.despedir()

    def _atender(self, paquete: Paquete, sobre: Sobre, parada: threading.Event) -> str:
        """Do what is to be done of it; how that ended."""

        def asentar(hacer: Callable[..., bool], *de_que: object) -> None:
            with self._abrir() as unidad, unidad.mensaje(sobre, deshacible=False):
                if not hacer(unidad, paquete.id, paquete.arriendo, *de_que):
                    raise Perdido

        if paquete.estado == RECIBIDO:
            rechazo = None
            if not paquete.total:
                rechazo = self._desempacar(paquete, parada, asentar)
            if rechazo is not None:
                asentar(reparto.rechazar, rechazo.motivo, rechazo.detalle)
                paquete.estado = RECHAZADO
            else:
                self._decir(paquete, parada, asentar)
                paquete.estado = EN_CURSO
        self._limpiar(paquete)
        asentar(reparto.recoger)
        return paquete.estado

    def _desempacar(self, paquete: Paquete, parada: threading.Event, asentar: Callable[..., None]) -> Rechazo | None:
        """Have it unpacked; why it is not taken, None where all its members are listed.

        Raises:
            Perdido: it is not done, or no longer this hand's.
            SinAlmacen: the store is away.
        """
        if paquete.intentos > self._intentos:
            # What its last attempt was lost with, the worker itself, may have been its doing.
            return Rechazo(motivos.DESEMPAQUE_FALLIDO)
        encargo = Desempaque(
            id=paquete.id,
            uri=paquete.uri or "",
            sha256=paquete.sha256,
            uri_metadatos=paquete.uri_metadatos,
            sha256_metadatos=paquete.sha256_metadatos,
            desde=self._cola.listados(paquete),
            maximo=self._maximo,
        )
        for respuesta in self._empleado.pedir(
            encargo, plazo_s=self._plazo_s, parada=parada, renovar=lambda: self._renovar(paquete)
        ):
            match respuesta:
                case Tanda(hallados):
                    asentar(reparto.listar, [Miembro(paquete=paquete.id, **vars(hallado)) for hallado in hallados])
                    self._renovar(paquete)
                case Entero(total):
                    asentar(reparto.contar, total)
                case Rechazo():
                    return respuesta
                case Ausente():
                    raise SinAlmacen
        return None

    def _decir(self, paquete: Paquete, parada: threading.Event, asentar: Callable[..., None]) -> None:
        """Say what is not said yet of its images' commands."""
        ultimos = False
        while not ultimos:
            if parada.is_set() or not self._renovar(paquete):
                raise Perdido
            ids = self._cola.por_decir(paquete, DICHOS + 1)
            ultimos = len(ids) <= DICHOS
            asentar(reparto.decir, ids[:DICHOS], ultimos)

    def _limpiar(self, paquete: Paquete) -> None:
        """Delete what was sent; of what was refused, its members too, and those that were not listed yet."""
        for uri in (paquete.uri, paquete.uri_metadatos):
            self._borrar(uri)
        if paquete.estado == RECHAZADO and paquete.sha256:
            for lugar in range(self._cola.listados(paquete) + 2 * TANDA):
                if lugar % TANDA == 0 and not self._renovar(paquete):
                    raise Perdido
                self._almacen.borrar(nombre_de(paquete.id, paquete.sha256, lugar))
            self._cola.olvidar(paquete)

    def _borrar(self, uri: str | None) -> None:
        nombre = self._almacen.nombre(uri or "")
        if nombre is not None:
            self._almacen.borrar(nombre)

    def _renovar(self, paquete: Paquete) -> bool:
        """Whether it is still this hand's, as far as anybody can tell: whose it is in the end each transaction finds
        out."""
        try:
            return self._cola.renovar(paquete, ARRIENDO_S)
        except Exception as error:
            if not es_ajeno(error):
                raise
            log.warning("el desempacador espera", error=type(error).__name__)
            return True
