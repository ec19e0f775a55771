"""What the platform's processes hold, looked up in /proc, and how many rows its databases keep."""

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import psycopg2
from tests.saga.bases import filas

from plataforma.sistema import familia

MEGA = 1024 * 1024
TABLAS = ("outbox", "inbox", "comandos", "lotes", "intentos")
SIN_ENVIAR = "outbox not sent"


@dataclass(frozen=True)
class Medida:
    """One process, or several together, at one moment; memory in MB.

    Attributes:
        propia: anonymous memory, swapped or not: what it has allocated itself. Unlike the two others, it does not
            change with the other programs of the machine, nor with the page cache.
        rss: resident, shared pages included.
        pss: resident, shared pages divided among their users.
    """

    propia: float
    rss: float
    pss: float
    hilos: int
    descriptores: int

    def __add__(self, otra: "Medida") -> "Medida":
        return Medida(
            self.propia + otra.propia,
            self.rss + otra.rss,
            self.pss + otra.pss,
            self.hilos + otra.hilos,
            self.descriptores + otra.descriptores,
        )


CIFRAS = ("propia", "rss", "pss", "hilos", "descriptores")


def medir(pid: int) -> Medida:
    """A process now. Raises OSError when it is gone."""
    carpeta = Path("/proc") / str(pid)
    estado = _campos(carpeta / "status")
    return Medida(
        propia=(estado["RssAnon"] + estado.get("VmSwap", 0)) / 1024,
        rss=estado["VmRSS"] / 1024,
        pss=_campos(carpeta / "smaps_rollup")["Pss"] / 1024,
        hilos=estado["Threads"],
        descriptores=sum(1 for _ in (carpeta / "fd").iterdir()),
    )


def _campos(archivo: Path) -> dict[str, int]:
    """The numbers of a file of lines like `VmRSS:  1234 kB`."""
    partidas = (linea.split() for linea in archivo.read_text("ascii", "replace").splitlines())
    return {p[0].rstrip(":"): int(p[1]) for p in partidas if len(p) > 1 and p[1].isdigit()}


@dataclass
class Bitacora:
    """All that was measured, at even intervals.

    Attributes:
        raices: the pid of each part of the platform; its children are measured too, each by itself.
        sumados: parts of which only the sum with all descendants is of interest.
        bases: each service's database.
        procesos: each process's measures; `bff/1` is the first child of `bff`.
        cuentas: each database's numbers of rows, by `package.table`.
    """

    raices: Mapping[str, int]
    sumados: Mapping[str, int]
    bases: Mapping[str, str]
    procesos: dict[str, list[Medida]] = field(default_factory=lambda: defaultdict(list))
    cuentas: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    veces: int = 0
    _pids: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))

    def anotar(self) -> None:
        """Measure everything now. A process that is just ending is left out, and shows in `inestables`."""
        self.veces += 1
        for nombre, raiz in self.raices.items():
            _, *hijos = [p.pid for p in familia(raiz)] or [raiz]
            for numero, pid in enumerate([raiz, *sorted(hijos)]):
                suyo = f"{nombre}/{numero}" if numero else nombre
                self._pids[suyo].add(pid)
                self._medir(suyo, [pid])
        for nombre, raiz in self.sumados.items():
            self._medir(nombre, [p.pid for p in familia(raiz)])
        for paquete, base in self.bases.items():
            for tabla, cuantas in _contar(base):
                self.cuentas[f"{paquete}.{tabla}"].append(cuantas)

    def inestables(self) -> list[str]:
        """Processes that were not there all the time, or not the same."""
        nombres = [*self.raices, *(n for n in self.procesos if n not in self.raices), *self.sumados]
        return [
            nombre
            for nombre in dict.fromkeys(nombres)
            if len(self.procesos[nombre]) != self.veces or len(self._pids[nombre]) > 1
        ]

    def serie(self, nombre: str, cifra: str) -> Sequence[float]:
        """One figure of one process over the time."""
        return [getattr(medida, cifra) for medida in self.procesos[nombre]]

    def guardar(self, archivo: Path) -> None:
        """All of it, as CSV: which measurement, of what, figure, value."""
        with archivo.open("w", newline="", encoding="utf-8") as salida:
            hoja = csv.writer(salida)
            hoja.writerow(["measurement", "of", "figure", "value"])
            for nombre, medidas in self.procesos.items():
                for vez, medida in enumerate(medidas):
                    hoja.writerows((vez, nombre, cifra, f"{valor:.2f}") for cifra, valor in asdict(medida).items())
            for nombre, cuentas in self.cuentas.items():
                hoja.writerows((vez, nombre, "rows", cuantas) for vez, cuantas in enumerate(cuentas))

    def _medir(self, nombre: str, pids: Iterable[int]) -> None:
        medidas = []
        for pid in pids:
            try:
                medidas.append(medir(pid))
            except (OSError, KeyError):
                # It has ended; a process that has ended but was not waited for has no memory to tell of.
                continue
        if medidas:
            self.procesos[nombre].append(sum(medidas[1:], medidas[0]))


def _contar(base: str) -> list[tuple[str, int]]:
    consultas = [f"SELECT '{tabla}', count(*) FROM {tabla}" for tabla in TABLAS]
    consultas.append(f"SELECT '{SIN_ENVIAR}', count(*) FROM outbox WHERE enviado IS NULL")
    try:
        return [(tabla, cuantas) for tabla, cuantas in filas(base, " UNION ALL ".join(consultas))]
    except psycopg2.OperationalError:
        return []
