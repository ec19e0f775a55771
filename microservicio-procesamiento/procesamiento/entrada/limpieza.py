"""A process that cleans one file after another, within limits: what kills it costs that file an attempt, and no more.

It gets files' places and gives what became of them; it knows neither the broker nor the database. Whoever asks it ends
it when it takes too long, and makes another.
"""

import ctypes
import hashlib
import json
import mmap
import os
import resource
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import IO, Any

from anonimizacion.modelo import DUDAS, Formato, Limpia, Octetos, Opciones, Remitente
from anonimizacion.seudonimos import Seudonimizador
from contratos import motivos
from procesamiento.dominio.archivo import Resultado
from procesamiento.dominio.imagen import CUARENTENA, FALLIDA
from seedwork.aplicacion.almacen import ORIGINALES, RESULTADOS, NoEsta, SinAlmacen
from seedwork.infraestructura.almacen import TROZO, AlmacenDeObjetos, Referencias

_TIPOS = {
    Formato.DICOM: "application/dicom",
    Formato.PNG: "image/png",
    Formato.JPEG: "image/jpeg",
    Formato.NIFTI: "application/octet-stream",
}
_CORTESIA = 10
_DEL_ENTORNO = frozenset(
    {"PATH", "HOME", "LANG", "TZ", "TMPDIR", "NO_PROXY", "HTTPS_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"}
)
_DEL_ENTORNO_ASI = ("PYTHON", "LC_", "LD_", "AWS_", "GOOGLE_", "OMP_", "OPENBLAS_")
"""Of the worker's environment, all that the process is told: how to run, and how the store lets it in."""
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, kw_only=True)
class Taller:
    """What files are cleaned with.

    Attributes:
        almacen: the store's address.
        referencias: the addresses below which originals may lie besides.
        clave: the key in force, and its version.
        memoria: octets that the process may have in all.
        maximo: octets that an original may have.
        leer_texto: whether text burned into pictures is read, and blacked out; else what may have any is kept apart.
    """

    almacen: str
    referencias: tuple[str, ...]
    clave: bytes = field(repr=False)
    version: int
    memoria: int
    maximo: int
    leer_texto: bool

    @cached_property
    def propio(self) -> AlmacenDeObjetos:
        """The platform's own store; whoever cleans one file after another keeps its connections."""
        return AlmacenDeObjetos(self.almacen)

    @cached_property
    def _ajenos(self) -> Referencias:
        return Referencias(self.propio, self.referencias)

    def lugar(self, uri: str) -> tuple[AlmacenDeObjetos, str] | None:
        """The store, and the name in it, of an original that may be fetched; None for any other."""
        nombre = self.propio.nombre(uri)
        if nombre is not None and nombre.startswith(ORIGINALES):
            return self.propio, nombre
        return self._ajenos.lugar(uri)


@dataclass(frozen=True, kw_only=True)
class Encargo:
    """A file to be cleaned."""

    uri: str = field(repr=False)
    sha256: str
    formato: str
    fuente: str
    id_paciente: str = field(repr=False)
    region_anatomica: str
    despejadas: frozenset[str] = frozenset()
    """The codes of what it was kept apart for, and a person has settled."""


@dataclass(frozen=True, kw_only=True)
class Hecho:
    """What became of it: a clean file, or the state and the reason for none."""

    resultado: Resultado | None = None
    estado: str = ""
    motivo: str = ""
    informe: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Ausente:
    """The store was away: nothing is known of the file."""


def emplear(taller: Taller) -> tuple[subprocess.Popen[bytes], Connection]:
    """A new process, and the way to it: an :class:`Encargo` goes in, a :class:`Hecho` or :class:`Ausente` comes out.

    What a file makes of it may be an attacker's: of the settings it is told the workshop's alone, and neither the
    database's address nor anybody else's secret is in its environment.
    """
    nuestra, suya = Pipe()
    programa = f"from {__name__} import trabajar; trabajar({suya.fileno()}, {os.getpid()})"
    with suya:
        proceso = subprocess.Popen(
            [sys.executable, "-c", programa],
            env={n: v for n, v in os.environ.items() if n in _DEL_ENTORNO or n.startswith(_DEL_ENTORNO_ASI)},
            stdin=subprocess.DEVNULL,
            pass_fds=[suya.fileno()],
        )
    with suppress(OSError):
        # That it is dead already is for whoever asks it to find.
        nuestra.send(taller)
    return proceso, nuestra


def trabajar(descriptor: int, de: int) -> None:
    """Be such a process.

    Args:
        descriptor: its end of the way, over which the workshop comes first.
        de: the process that made it, and that it ends with.
    """
    _morir_con(de)
    _callar()
    # Before anything waits for it, and before its memory is counted.
    import anonimizacion.motor  # noqa: F401

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(_CORTESIA)
    with suppress(EOFError, OSError), Connection(descriptor) as conexion:
        taller: Taller = conexion.recv()
        resource.setrlimit(resource.RLIMIT_AS, (taller.memoria, taller.memoria))
        # Its memory would be a person's file.
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        while True:
            encargo = conexion.recv()
            conexion.send(hacer(taller, encargo))


def _morir_con(padre: int) -> None:
    """End as soon as whoever asks has ended, where the system can see to that."""
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != padre:
        os._exit(0)


def _callar() -> None:
    """Whatever a decoder says, or a stack trace, may quote a person's file: none of it reaches a log."""
    nada = os.open(os.devnull, os.O_WRONLY)
    for salida in (1, 2):
        os.dup2(nada, salida)
    os.close(nada)


def hacer(taller: Taller, encargo: Encargo) -> Hecho | Ausente:
    """Fetch an original, clean it and store the result under its content's name. Nothing of it is printed or raised but
    what ends the process."""
    lugar = taller.lugar(encargo.uri)
    if lugar is None:
        return Hecho(estado=FALLIDA, motivo=motivos.REFERENCIA_NO_PERMITIDA)
    try:
        with tempfile.TemporaryFile() as copia:
            if not _traer(*lugar, copia, encargo.sha256, taller.maximo):
                return Hecho(estado=FALLIDA, motivo=motivos.HUELLA_DISTINTA)
            with mmap.mmap(copia.fileno(), 0, access=mmap.ACCESS_READ) as mapa, memoryview(mapa) as octetos:
                return _limpiar(taller, encargo, octetos)
    except NoEsta:
        return Hecho(estado=FALLIDA, motivo=motivos.ORIGINAL_AUSENTE)
    except SinAlmacen:
        return Ausente()


def _traer(almacen: AlmacenDeObjetos, nombre: str, copia: IO[bytes], sha256: str, maximo: int) -> bool:
    """Copy an original to this machine; whether it is what it was said to be."""
    resumen, octetos = hashlib.sha256(), 0
    for trozo in almacen.leer(nombre):
        octetos += len(trozo)
        if octetos > maximo:
            return False
        resumen.update(trozo)
        copia.write(trozo)
    copia.flush()
    return octetos > 0 and resumen.hexdigest() == sha256


def _limpiar(taller: Taller, encargo: Encargo, octetos: Octetos) -> Hecho:
    # The engine and its decoders are this process's alone: whoever only asks it does without some 60 MB.
    from anonimizacion.motor import anonimizar

    formato = Formato(encargo.formato)
    remitente = Remitente(encargo.fuente, encargo.id_paciente, encargo.region_anatomica)
    despejadas = frozenset(duda for duda in DUDAS if duda.value in encargo.despejadas)
    opciones = Opciones(leer_texto=taller.leer_texto, despejadas=despejadas)
    hecho = anonimizar(octetos, formato, Seudonimizador(taller.clave, taller.version), remitente, opciones)
    informe = json.loads(json.dumps(hecho.informe.como_documento()))
    if not isinstance(hecho, Limpia):
        return Hecho(estado=CUARENTENA, motivo=hecho.motivo.value, informe=informe)
    almacen, sha256 = taller.propio, hecho.sha256()
    if almacen.describir(RESULTADOS + sha256) is None:
        almacen.guardar(RESULTADOS + sha256, _trozos(hecho.partes))
    # A NIfTI in gzip stays in it.
    tipo = "application/gzip" if bytes(hecho.partes[0][:2]) == b"\x1f\x8b" else _TIPOS[formato]
    resultado = Resultado(
        sha256=sha256,
        octetos=hecho.octetos,
        tipo=tipo,
        uri=almacen.uri(RESULTADOS + sha256),
        seudonimo=hecho.seudonimo,
        banda_de_edad=hecho.rasgos.banda_de_edad or "",
        sexo=hecho.rasgos.sexo or "",
        mes=hecho.rasgos.mes or "",
    )
    return Hecho(resultado=resultado, informe=informe)


def _trozos(partes: tuple[Octetos, ...]) -> Iterator[bytes]:
    for parte in partes:
        for desde in range(0, len(parte), TROZO):
            yield bytes(parte[desde : desde + TROZO])
