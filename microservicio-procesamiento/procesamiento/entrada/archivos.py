"""The hand that looks at files, one at a time. No transaction is open while a file is read."""

import threading
from datetime import timedelta

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
from seedwork.aplicacion.almacen import Almacen, SinAlmacen
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
            hecho = self._encargar(archivo, parada) if archivo.va_por() <= self._intentos else None
            if isinstance(hecho, Ausente):
                self._cola.devolver(archivo, PAUSA_S, cuenta=False)
                self._contar(archivo, "sin_almacen")
            elif hecho is not None:
                self._anotar(archivo, sobre, hecho, parada)
            elif parada.is_set():
                self._cola.devolver(archivo, 0.0, cuenta=False)
            elif archivo.va_por() >= self._intentos:
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
                    unidad, archivo.id, archivo.intentos, hecho.resultado, hecho.informe or {}, hecho.completos
                )
            return desenlace.apartado(
                unidad, archivo.id, archivo.intentos, hecho.estado, hecho.motivo, hecho.informe, self._conservar
            )

    def _contar(self, archivo: Archivo, resultado: str) -> None:
        ARCHIVOS.labels(resultado).inc()
        log.info("archivo atendido", fin=resultado, intento=archivo.intentos)
