"""The hand that looks at files, one at a time. No transaction is open while a file is read."""

import threading
from datetime import timedelta

import structlog
from prometheus_client import Counter

from anonimizacion.empleado import Perdido
from contratos import motivos
from procesamiento.aplicacion import desenlace
from procesamiento.dominio.archivo import ArchivoPorVer
from procesamiento.dominio.imagen import ANONIMIZADA, CUARENTENA, FALLIDA
from procesamiento.dominio.metadatos import MetadatosImagen
from procesamiento.entrada.limpieza import Ausente, Encargo, Hecho, Taller
from procesamiento.entrada.manos import ManoDeCola, emplear, lectores
from procesamiento.infraestructura.archivos import ColaArchivosSQL
from seedwork.aplicacion.almacen import RESULTADOS, Almacen, SinAlmacen
from seedwork.aplicacion.sobre import Sobre
from seedwork.aplicacion.unidad import Abrir
from seedwork.entrada.proceso import es_ajeno

log = structlog.get_logger(__name__)

ARCHIVOS = Counter("saludtech_archivos_total", "Attempts at an image's file", ["resultado"])

_LECTORES = lectores(Hecho, Ausente)


class Mano(ManoDeCola[ArchivoPorVer]):
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
        # The engine and its decoders are this process's alone.
        super().__init__(cola, "archivo", ARCHIVOS, emplear(taller, preparar="anonimizacion.motor"))
        self._abrir = abrir
        self._almacen = almacen
        self._intentos = intentos
        self._plazo_s = plazo_s
        self._conservar = conservar

    def _atender(self, tomado: ArchivoPorVer, sobre: Sobre, parada: threading.Event) -> str:
        try:
            if tomado.intentos > self._intentos:
                # What its last attempt was lost with, the worker itself, may have been its doing.
                raise Perdido
            hecho = self._encargar(tomado, parada)
        except Perdido:
            if parada.is_set() or tomado.intentos < self._intentos:
                raise
            hecho = Hecho(estado=FALLIDA, motivo=motivos.LIMPIEZA_FALLIDA)
        return self._anotar(tomado, sobre, hecho, parada)

    def _encargar(self, archivo: ArchivoPorVer, parada: threading.Event) -> Hecho:
        """What became of it.

        Raises:
            Perdido: its process died, took too long, or lost its lease, or all is to stop.
            Impedido, SinAlmacen: it can't be done here and now.
        """
        metadatos = MetadatosImagen(**(archivo.metadatos or {}))
        encargo = Encargo(
            uri=archivo.uri,
            sha256=archivo.sha256,
            formato=metadatos.formato_imagen,
            emisor=metadatos.emisor,
            id_paciente=metadatos.id_paciente,
            region_anatomica=metadatos.region_anatomica,
            despejadas=frozenset(archivo.despejadas),
            paquete=archivo.paquete,
            metadatos=metadatos if archivo.paquete else None,
        )
        (hecho,) = self._empleado.pedir(
            encargo,
            _LECTORES,
            plazo_s=self._plazo_s,
            parada=parada,
            renovar=lambda: self._renovar(archivo),
        )
        if isinstance(hecho, Ausente):
            raise SinAlmacen
        if not isinstance(hecho, Hecho) or not self._puede_ser(hecho):
            raise Perdido
        return hecho

    def _puede_ser(self, hecho: Hecho) -> bool:
        """Whether it is an outcome at all: a result, where results are, or a state without one."""
        if (resultado := hecho.resultado) is None:
            return hecho.estado in (CUARENTENA, FALLIDA) and bool(hecho.motivo)
        return not hecho.estado and resultado.uri == self._almacen.uri(RESULTADOS + resultado.sha256)

    def _anotar(self, archivo: ArchivoPorVer, sobre: Sobre, hecho: Hecho, parada: threading.Event) -> str:
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
                    return "sin_anotar"
        nombre = self._almacen.nombre(archivo.uri)
        if vale and hecho.resultado is not None and nombre is not None:
            try:
                self._almacen.borrar(nombre)
            except SinAlmacen as error:
                # Nothing names it any more: the broom takes it.
                log.warning("un original queda por borrar", error=str(error))
        return hecho.estado or ANONIMIZADA if vale else "ajeno"

    def _asentar(self, archivo: ArchivoPorVer, sobre: Sobre, hecho: Hecho) -> bool:
        with self._abrir() as unidad, unidad.mensaje(sobre, deshacible=False):
            if hecho.resultado is not None:
                return desenlace.limpio(
                    unidad, archivo.id, archivo.arriendo, hecho.resultado, hecho.informe or {}, hecho.completos
                )
            return desenlace.apartado(
                unidad, archivo.id, archivo.arriendo, hecho.estado, hecho.motivo, hecho.informe, self._conservar
            )
