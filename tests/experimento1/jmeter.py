"""Runs the plan `deploy/jmeter/experimento1.jmx` with Apache JMeter, and reads what it measured."""

import csv
import math
import shutil
import statistics
import subprocess
import time
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from plataforma.descargas import JMETER, encontrar_java
from plataforma.errores import ErrorPlataforma
from plataforma.servicios import RAIZ

PLAN = RAIZ / "deploy/jmeter/experimento1.jmx"
MIXTO = RAIZ / "deploy/jmeter/mixto.properties"
PROPIO = "id_propio"
"""The plan's variable with the id of what a request made that is like no other."""
_MEMORIA = ("-Xms128m", "-Xmx512m", "-XX:+UseSerialGC")
_MUESTREO = {
    "sample_variables": PROPIO,
    "jmeter.save.saveservice.output_format": "csv",
    "jmeter.save.saveservice.timestamp_format": "ms",
    "summariser.interval": "10",
    "jmeterengine.force.system.exit": "true",
    "jmeterengine.nongui.port": "0",
}


@dataclass(frozen=True)
class Muestra:
    """One request: when it began (seconds since 1970), what it was, how long it took (ms), what was answered."""

    comienzo: float
    perfil: str
    ms: float
    codigo: str
    bien: bool
    propio: str = ""
    """The id that it made, where that is like no other's."""

    @property
    def orden(self) -> bool:
        """Whether it is a command, and no query."""
        return self.perfil.startswith(("imagen-", "suscripcion")) or self.perfil == "imagen"


@dataclass(frozen=True)
class Resumen:
    """What a series of requests took, in milliseconds."""

    peticiones: int
    errores: int
    media: float
    mediana: float
    p95: float
    p99: float
    minimo: float
    maximo: float
    desviacion: float
    por_segundo: float


class Muestras(Sequence[Muestra]):
    """All requests of a run, in the order in which they began."""

    def __init__(self, todas: Sequence[Muestra]) -> None:
        self._todas = sorted(todas, key=lambda muestra: muestra.comienzo)

    def __getitem__(self, cual):  # type: ignore[no-untyped-def]
        return self._todas[cual]

    def __len__(self) -> int:
        return len(self._todas)

    def codigos(self, *, ordenes: bool = False) -> Counter[str]:
        """How many answers there were of each status; of the commands alone, if so asked."""
        return Counter(m.codigo for m in self._todas if m.orden or not ordenes)

    @property
    def segundos(self) -> float:
        """From the first request to the last answer."""
        return max(m.comienzo + m.ms / 1000 for m in self._todas) - self._todas[0].comienzo

    def resumen(self) -> Resumen:
        """Means, percentiles and throughput. Raises ErrorPlataforma where there are none to summarise."""
        if not self._todas:
            raise ErrorPlataforma("JMeter sent nothing.")
        tiempos = sorted(m.ms for m in self._todas)
        return Resumen(
            peticiones=len(tiempos),
            errores=sum(not m.bien for m in self._todas),
            media=statistics.fmean(tiempos),
            mediana=percentil(tiempos, 50),
            p95=percentil(tiempos, 95),
            p99=percentil(tiempos, 99),
            minimo=tiempos[0],
            maximo=tiempos[-1],
            desviacion=statistics.pstdev(tiempos),
            por_segundo=len(tiempos) / max(self.segundos, 0.001),
        )


def percentil(ordenados: Sequence[float], cual: float) -> float:
    """The smallest value that so many per cent do not exceed."""
    return ordenados[max(0, math.ceil(len(ordenados) * cual / 100) - 1)]


@dataclass(frozen=True)
class Carga:
    """What JMeter is told."""

    hilos: int = 1000
    subida_s: int = 60
    vueltas: int = 4
    perfiles: Sequence[str] = ("imagen",)
    """Each request is one of these, by chance; empty: as `MIXTO` says."""

    @property
    def peticiones(self) -> int:
        """How many requests it makes."""
        return self.hilos * self.vueltas

    def propiedades(self) -> dict[str, str]:
        """The plan's."""
        propias = {"hilos": str(self.hilos), "subida": str(self.subida_s), "vueltas": str(self.vueltas)}
        if self.perfiles:
            propias["perfiles"] = str(len(self.perfiles))
            propias |= {f"perfil_{n}": perfil for n, perfil in enumerate(self.perfiles, 1)}
        return propias


class Corriendo:
    """JMeter at work; made by `disparar`."""

    def __init__(self, proceso: "subprocess.Popen[bytes]", carpeta: Path, carga: Carga) -> None:
        self._proceso = proceso
        self._carpeta = carpeta
        self._carga = carga

    @property
    def pid(self) -> int:
        """Its process."""
        return self._proceso.pid

    @property
    def hechas(self) -> int:
        """How many requests have their answer, as far as it has written them down."""
        jtl = self._carpeta / "muestras.jtl"
        return max(0, jtl.read_bytes().count(b"\n") - 1) if jtl.exists() else 0

    @property
    def trabaja(self) -> bool:
        """Whether it has not ended yet."""
        return self._proceso.poll() is None

    def terminar(self) -> Muestras:
        """Wait until it has written its report, and give what it measured.

        Raises ErrorPlataforma where it failed, or did not send all that it was told to.
        """
        limite = self._carga.subida_s + 240
        try:
            codigo = self._proceso.wait(limite)
        except subprocess.TimeoutExpired:
            raise ErrorPlataforma(f"JMeter does not end: {self._final()}") from None
        if codigo or not (self._carpeta / "html/index.html").is_file():
            raise ErrorPlataforma(f"JMeter ended with {codigo}: {self._final()}")
        muestras = leer(self._carpeta / "muestras.jtl")
        if len(muestras) != self._carga.peticiones:
            raise ErrorPlataforma(f"JMeter sent {len(muestras)} of {self._carga.peticiones} requests: {self._final()}")
        return muestras

    def _final(self) -> str:
        return (self._carpeta / "jmeter.out").read_text("utf-8", "replace")[-2000:]


@contextmanager
def disparar(puerta: str, carga: Carga, carpeta: Path, consola: Console) -> Iterator[Corriendo]:
    """JMeter at work against an address (http://host:port) in the body; killed after it, if it still runs.

    Its samples, log and HTML report go to the folder. Raises ErrorPlataforma where it or Java can't be had.
    """
    java, jars = encontrar_java(), JMETER.obtener(consola)
    shutil.rmtree(carpeta, ignore_errors=True)
    casa = carpeta / "jmeter"
    for suya in ("lib/ext", "lib/junit"):
        (casa / suya).mkdir(parents=True)
    configuracion = next(jar for jar in jars if "ApacheJMeter_config" in jar.name)
    with zipfile.ZipFile(configuracion) as archivo:
        archivo.extractall(casa, [nombre for nombre in archivo.namelist() if nombre.startswith("bin/")])
    protocolo, _, resto = puerta.partition("://")
    anfitrion, _, puerto = resto.partition(":")
    destino = {"protocolo": protocolo, "anfitrion": anfitrion, "puerto": puerto}
    opciones = [f"-J{n}={v}" for n, v in {**destino, **carga.propiedades(), **_MUESTREO}.items()]
    if not carga.perfiles:
        opciones += ["-q", str(MIXTO)]
    orden = [
        str(java.ejecutable),
        *_MEMORIA,
        "-Djava.awt.headless=true",
        f"-Djava.util.prefs.userRoot={casa}",
        f"-Djmeter.home={casa}",
        "-cp",
        ":".join(map(str, jars)),
        "org.apache.jmeter.NewDriver",
        *("-n", "-t", str(PLAN), "-l", str(carpeta / "muestras.jtl"), "-j", str(carpeta / "jmeter.log")),
        *("-e", "-o", str(carpeta / "html")),
        *opciones,
    ]
    with (carpeta / "jmeter.out").open("wb") as salida:
        proceso = subprocess.Popen(
            orden, cwd=carpeta, stdin=subprocess.DEVNULL, stdout=salida, stderr=subprocess.STDOUT
        )
        try:
            yield Corriendo(proceso, carpeta, carga)
        finally:
            proceso.kill()
            proceso.wait()
            shutil.rmtree(casa, ignore_errors=True)


def leer(jtl: Path) -> Muestras:
    """What a run wrote down."""
    with jtl.open(encoding="utf-8", newline="") as archivo:
        return Muestras([_muestra(fila) for fila in csv.DictReader(archivo)])


def _muestra(fila: Mapping[str, str]) -> Muestra:
    propio = fila.get(PROPIO, "")
    return Muestra(
        comienzo=int(fila["timeStamp"]) / 1000,
        perfil=fila["label"],
        ms=float(fila["elapsed"]),
        codigo=fila["responseCode"],
        bien=fila["success"] == "true",
        propio="" if propio == "null" else propio,
    )


def esperar_primeras(corriendo: Corriendo, cuantas: int, segundos: float = 120) -> None:
    """Wait until so many requests have their answer. Raises ErrorPlataforma where that never comes."""
    limite = time.monotonic() + segundos
    while corriendo.hechas < cuantas:
        if not corriendo.trabaja or time.monotonic() > limite:
            raise ErrorPlataforma(f"JMeter has {corriendo.hechas} answers, and not {cuantas}")
        time.sleep(0.05)
