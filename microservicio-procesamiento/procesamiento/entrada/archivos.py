"""The hand that looks at files, one at a time, and the broom behind it. No transaction is open while a file is read."""

import math
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from prometheus_client import Counter

from contratos import motivos
from procesamiento.aplicacion import desenlace
from procesamiento.dominio.archivo import Archivo
from procesamiento.dominio.imagen import ANONIMIZADA, FALLIDA
from procesamiento.dominio.metadatos import MetadatosImagen
from procesamiento.entrada.empleado import Empleado, Perdido
from procesamiento.entrada.limpieza import Ausente, Encargo, Hecho, Taller
from procesamiento.infraestructura.archivos import ColaArchivosSQL
from seedwork.aplicacion.almacen import ORIGINALES, Almacen, SinAlmacen
from seedwork.aplicacion.sobre import Sobre
from seedwork.aplicacion.unidad import Abrir
from seedwork.entrada.proceso import es_ajeno

log = structlog.get_logger(__name__)

ARCHIVOS = Counter("saludtech_archivos_total", "Attempts at an image's file", ["resultado"])

ARRIENDO_S = 15.0
"""Seconds that a file stays with whoever took it last: a frozen worker keeps it from the others for no longer."""
SONDEO_S = 1.0
PAUSA_S = 5.0
"""Seconds before a file is tried again."""
HUERFANOS_S = 600.0
"""Seconds between two looks for originals that nothing names."""
HUERFANO = timedelta(hours=24)
"""After so long, an original that nothing names goes."""
_HOLGURA = timedelta(hours=1)
"""By so much a command may be younger than its file, and clocks differ."""


class Mano:
    """Takes files from the queue and has each cleaned by a process that may die of it.

    Args:
        cola: the queue.
        abrir: opens a unit of work.
        taller: what the process cleans with.
        intentos: how often a file is tried that ends its process, or takes too long.
        plazo_s: seconds that one attempt may take.
        conservar: how long the original of what could not be cleaned is kept.
    """

    def __init__(
        self,
        cola: ColaArchivosSQL,
        abrir: Abrir,
        almacen: Almacen,
        taller: Taller,
        *,
        intentos: int,
        plazo_s: float,
        conservar: timedelta,
    ) -> None:
        self._cola = cola
        self._abrir = abrir
        self._almacen = almacen
        self._intentos = intentos
        self._plazo_s = plazo_s
        self._conservar = conservar
        # The engine and its decoders are this process's alone.
        self._empleado = Empleado(taller, preparar="anonimizacion.motor")

    def correr(self, parada: threading.Event) -> None:
        """Look at files until ``parada`` is set; what is in hand then is given back."""
        while not parada.is_set():
            try:
                hubo = self.vuelta(parada)
            except Exception as error:
                if not es_ajeno(error):
                    raise
                log.warning("la mano espera", error=type(error).__name__)
                hubo = False
            if not hubo:
                parada.wait(SONDEO_S)
        self.despedir()

    def vuelta(self, parada: threading.Event) -> bool:
        """One file, if any is due; whether there was one.

        Raises:
            Exception: the database is away.
        """
        archivo = self._cola.tomar(ARRIENDO_S)
        if archivo is None or archivo.sobre is None:
            return False
        sobre = Sobre(**archivo.sobre)
        with structlog.contextvars.bound_contextvars(correlacion=sobre.correlacion):
            # What its last attempt was lost with, the worker itself, may have been its doing.
            hecho = self._encargar(archivo, parada) if archivo.intentos <= self._intentos else None
            if isinstance(hecho, Ausente):
                self._cola.devolver(archivo, PAUSA_S, cuenta=False)
                self._contar(archivo, "sin_almacen")
            elif hecho is not None:
                self._anotar(archivo, sobre, hecho, parada)
            elif parada.is_set():
                self._cola.devolver(archivo, 0.0, cuenta=False)
            elif archivo.intentos >= self._intentos:
                self._anotar(archivo, sobre, Hecho(estado=FALLIDA, motivo=motivos.LIMPIEZA_FALLIDA), parada)
            else:
                self._cola.devolver(archivo, PAUSA_S, cuenta=True)
                self._contar(archivo, "perdido")
        return True

    def despedir(self) -> None:
        """End the process, whatever it does."""
        self._empleado.despedir()

    def _encargar(self, archivo: Archivo, parada: threading.Event) -> Hecho | Ausente | None:
        """What became of it; None where its process died, took too long, or lost its lease, or where all is to stop."""
        metadatos = archivo.metadatos or {}
        encargo = Encargo(
            uri=archivo.uri or "",
            sha256=archivo.sha256,
            formato=metadatos["formato_imagen"],
            fuente=metadatos["fuente_de_datos"],
            id_paciente=metadatos["id_paciente"],
            region_anatomica=metadatos["region_anatomica"],
            despejadas=archivo.despejadas,
            paquete=archivo.paquete,
            metadatos=MetadatosImagen(**metadatos) if archivo.paquete else None,
        )
        try:
            (hecho,) = self._empleado.pedir(
                encargo, plazo_s=self._plazo_s, parada=parada, renovar=lambda: self._renovar(archivo)
            )
        except Perdido:
            return None
        respuesta: Hecho | Ausente = hecho
        return respuesta

    def _renovar(self, archivo: Archivo) -> bool:
        """Whether it is still this hand's, as far as anybody can tell: what was done so far is not given up because the
        database is away for a moment, and whose it is in the end its outcome's note finds out."""
        try:
            return self._cola.renovar(archivo, ARRIENDO_S)
        except Exception as error:
            if not es_ajeno(error):
                raise
            log.warning("la mano espera", error=type(error).__name__)
            return True

    def _anotar(self, archivo: Archivo, sobre: Sobre, hecho: Hecho, parada: threading.Event) -> None:
        """Note what became of it; what was done is not lost because the database is away for a moment."""
        while True:
            try:
                vale = self._asentar(archivo, sobre, hecho)
                break
            except Exception as error:
                if not es_ajeno(error):
                    raise
                log.warning("la mano espera", error=type(error).__name__)
                if parada.wait(0.5):
                    return
        self._contar(archivo, hecho.estado or ANONIMIZADA if vale else "ajeno")
        nombre = self._almacen.nombre(archivo.uri or "")
        if vale and hecho.resultado is not None and nombre is not None:
            try:
                self._almacen.borrar(nombre)
            except SinAlmacen as error:
                # Nothing names it any more: the broom takes it.
                log.warning("un original queda por borrar", error=str(error))

    def _asentar(self, archivo: Archivo, sobre: Sobre, hecho: Hecho) -> bool:
        with self._abrir() as unidad, unidad.mensaje(sobre, deshacible=False):
            if hecho.resultado is not None:
                return desenlace.limpio(
                    unidad, archivo.id, archivo.arriendo, hecho.resultado, hecho.informe or {}, hecho.completos
                )
            return desenlace.apartado(
                unidad, archivo.id, archivo.arriendo, hecho.estado, hecho.motivo, hecho.informe, self._conservar
            )

    def _contar(self, archivo: Archivo, resultado: str) -> None:
        ARCHIVOS.labels(resultado).inc()
        log.info("archivo atendido", fin=resultado, intento=archivo.intentos)


class Escoba:
    """Deletes originals: those that were kept long enough, at each pass; and now and then those that nothing names.

    Args:
        cola: the files.
        almacen: the platform's own store.
        oido: until when, at that instant, all commands about files have been heard: a file whose command is still on
            its way is named by nothing yet.
    """

    def __init__(self, cola: ColaArchivosSQL, almacen: Almacen, oido: Callable[[datetime], datetime]) -> None:
        self._cola = cola
        self._almacen = almacen
        self._oido = oido
        self._siguiente = -math.inf

    def vuelta(self) -> None:
        """One pass.

        Raises:
            Exception: database, store or broker are away.
        """
        while vencidos := self._cola.retirar():
            for id, uri in vencidos:
                nombre = self._almacen.nombre(uri or "")
                # What is by reference is its owner's.
                if nombre is not None and nombre.startswith(ORIGINALES):
                    self._almacen.borrar(nombre)
                self._cola.sin_original(id)
        if time.monotonic() >= self._siguiente:
            # Before it is tried: who is away is not asked for all names at each pass.
            self._siguiente = time.monotonic() + HUERFANOS_S
            self._barrer_huerfanos()

    def _barrer_huerfanos(self) -> None:
        ahora = self._cola.reloj()
        antes_de = min(ahora - HUERFANO, self._oido(ahora) - _HOLGURA)
        grupo: list[str] = []
        for objeto in self._almacen.listar(ORIGINALES, antes_de):
            grupo.append(objeto.nombre)
            if len(grupo) == 500:
                self._borrar_huerfanos(grupo)
                grupo = []
        self._borrar_huerfanos(grupo)
        self._almacen.olvidar_a_medias(antes_de)

    def _borrar_huerfanos(self, nombres: list[str]) -> None:
        nombradas = self._cola.nombradas([self._almacen.uri(nombre) for nombre in nombres])
        huerfanos = [nombre for nombre in nombres if self._almacen.uri(nombre) not in nombradas]
        for nombre in huerfanos:
            self._almacen.borrar(nombre)
        if huerfanos:
            log.info("originales huérfanos borrados", cuantos=len(huerfanos))
