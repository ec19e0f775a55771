"""What a case of the fault suite found: its figures, and everything that is not as it was promised."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.auditor.hallazgos import Clase, Hallazgo, hallar

from plataforma.errores import Interrumpida


@dataclass
class Acta:
    """The record of one case.

    Attributes:
        vueltas: rounds.
        mensajes: commands or events that were sent on purpose.
        fallos: faults injected: kills, stops, copies, errors.
        recuperacion_s: the longest that it took after a fault until nothing was left to do, in seconds.
        estados: how many sagas ended in each state, where that can differ.
        notas: what is worth telling and breaks nothing.
        omitido: why the case could not run here, if so.
    """

    caso: str
    vueltas: int = 0
    mensajes: int = 0
    fallos: int = 0
    recuperacion_s: float = 0.0
    segundos: float = 0.0
    hallazgos: list[Hallazgo] = field(default_factory=list)
    notas: list[str] = field(default_factory=list)
    omitido: str = ""
    estados: Counter[str] = field(default_factory=Counter)

    def hallar(self, clase: Clase, cuales: Iterable[object], que: str) -> None:
        """Note each of ``cuales`` as a broken promise."""
        self.hallazgos += hallar(clase, cuales, que)

    def exigir(self, condicion: bool, que: str) -> None:
        """Note a broken promise of no kind in particular where the condition does not hold."""
        if not condicion:
            self.hallazgos.append(Hallazgo(Clase.OTRO, que))

    def anotar_estados(self, estados: Mapping[str, int]) -> None:
        """Count how the sagas ended."""
        self.estados.update(estados)

    def recuperado(self, segundos: float) -> None:
        """It took so long after a fault until all was done."""
        self.recuperacion_s = max(self.recuperacion_s, segundos)

    def cuantos(self, clase: Clase) -> int:
        """How many findings of a kind there are."""
        return Counter(h.clase for h in self.hallazgos)[clase]

    @property
    def cifras(self) -> list[str]:
        """The cells of its row, in the order of COLUMNAS."""
        if self.omitido:
            return [self.caso, *["–"] * (len(COLUMNAS) - 2), f"skipped: {self.omitido}"]
        cuentas = [str(self.cuantos(clase)) for clase in Clase]
        enteros = [f"{n:,}" for n in (self.vueltas, self.mensajes, self.fallos)]
        fin = "; ".join([*(f"{n} {estado}" for estado, n in sorted(self.estados.items())), *self.notas])
        return [self.caso, *enteros, *cuentas, f"{self.recuperacion_s:.1f}", f"{self.segundos:.0f}", fin]

    def __str__(self) -> str:
        celdas = dict(zip(COLUMNAS, self.cifras, strict=True))
        if self.omitido:
            return f"{self.caso}: skipped: {self.omitido}"
        return f"{self.caso}: " + ", ".join(f"{n} {v}" for n, v in celdas.items() if n != "case" and v)


COLUMNAS = [
    "case",
    "runs",
    "messages",
    "faults",
    *(str(clase) for clase in Clase),
    "worst recovery s",
    "seconds",
    "notes",
]


class Omitido(Exception):
    """The case can't run on this machine; the text says why."""


Caso = Callable[..., None]
"""``(workbench or stage, record, **sizes)``. Its docstring says what is done and what must hold."""


def nombre(caso: Caso) -> str:
    """A case's name, as it is asked for and shown."""
    return str(getattr(caso, "__name__", "")).replace("_", "-")


def levantar(caso: Caso, lugar: Any, **tamanos: Any) -> Acta:
    """Run a case and give its record; what it did not live to see is a finding too."""
    acta = Acta(nombre(caso))
    comienzo = time.monotonic()
    try:
        caso(lugar, acta, **tamanos)
    except Omitido as motivo:
        acta.omitido = str(motivo)
    except Interrumpida:
        raise
    except Exception as error:
        # A case that breaks off is a finding, and the others are run all the same.
        acta.hallar(Clase.ATASCADO, [f"{type(error).__name__} {error}"], "did not come true")
    acta.segundos = time.monotonic() - comienzo
    return acta


def tabla(actas: Iterable[Acta]) -> str:
    """The records as a Markdown table."""
    filas = [COLUMNAS, ["---"] * len(COLUMNAS), *(acta.cifras for acta in actas)]
    return "\n".join("| " + " | ".join(fila) + " |" for fila in filas) + "\n"
