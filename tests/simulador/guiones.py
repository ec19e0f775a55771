"""Schedules on paper: a failing one is made smaller, written down, and repeated exactly."""

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from tests.simulador.corrida import Hecho, Resultado, correr
from tests.simulador.enjambre import Enjambre

SUJETOS = [f"{clase}-{n}" for n in range(20) for clase in ("s", "i", "d", "nadie")]
"""All whom clients may be about."""


@dataclass(frozen=True)
class Guion:
    """What has to be repeated.

    Attributes:
        semilla: the run's.
        enjambre: what it had.
        hechos: its deeds; None for those that the seed itself draws.
        sin: subjects whose clients send nothing.
        nota: what it was that this showed.
    """

    semilla: int
    enjambre: Enjambre
    hechos: Sequence[Hecho] | None = None
    sin: Collection[str] = frozenset()
    nota: str = ""
    hallazgos: Sequence[str] = field(default=(), compare=False)

    def correr(self) -> Resultado:
        """Repeat it."""
        return correr(self.semilla, enjambre=self.enjambre, hechos=self.hechos, sin=self.sin)

    def texto(self) -> str:
        """As it is written down: JSON, one deed a line."""
        enjambre = asdict(self.enjambre)
        cabeza = {"nota": self.nota, "semilla": self.semilla, "sin": sorted(self.sin), "enjambre": enjambre}
        lineas = json.dumps(cabeza, ensure_ascii=False)[:-1]
        if self.hechos is None:
            return f"{lineas}}}\n"
        hechos = ",\n".join(f"  {json.dumps(list(h), ensure_ascii=False)}" for h in self.hechos)
        return f'{lineas}, "hechos": [\n{hechos}\n]}}\n'

    @classmethod
    def leer(cls, archivo: Path) -> "Guion":
        """One that was written down."""
        datos = json.loads(archivo.read_text(encoding="utf-8"))
        hechos = datos.get("hechos")
        return cls(
            semilla=datos["semilla"],
            enjambre=Enjambre.de(datos["enjambre"]),
            hechos=None if hechos is None else [(hecho, semilla) for hecho, semilla in hechos],
            sin=frozenset(datos["sin"]),
            nota=datos["nota"],
        )


def encoger(resultado: Resultado, decir: Callable[[str], None] = lambda _: None, intentos: int = 400) -> Guion:
    """The schedule of a failing run, with as few deeds and clients as still show a finding of the same kind.

    Deeds are left out by halves, then quarters and so on (delta debugging, Zeller and Hildebrandt 2002). Where the
    finding needs what the scheduler drew after it (a deed without which another means something else), less goes.

    Args:
        resultado: the failing run.
        decir: hears how far it has come.
        intentos: most runs that this takes.
    """
    clase, quedan = resultado.clase, [intentos]

    def falla(guion: Guion) -> Resultado | None:
        if quedan[0] <= 0:
            return None
        quedan[0] -= 1
        otro = guion.correr()
        return otro if otro.clase & clase else None

    entero = Guion(resultado.semilla, resultado.enjambre, hallazgos=resultado.hallazgos)
    guion = replace(entero, hechos=list(resultado.hechos))
    if falla(guion) is None:
        # It shows only in what follows the faults: the seed alone repeats it.
        return entero
    guion = _menos_hechos(guion, falla, decir)
    for sujeto in SUJETOS:
        menos = replace(guion, sin=frozenset({*guion.sin, sujeto}))
        if falla(menos):
            guion = menos
    guion = _menos_hechos(guion, falla, decir)
    return replace(guion, hallazgos=guion.correr().hallazgos)


def _menos_hechos(guion: Guion, falla: Callable[[Guion], Resultado | None], decir: Callable[[str], None]) -> Guion:
    hechos, partes = list(guion.hechos or ()), 2
    while len(hechos) > 1:
        largo, desde, quitado = -(-len(hechos) // partes), 0, False
        while desde < len(hechos):
            resto = hechos[:desde] + hechos[desde + largo :]
            if falla(replace(guion, hechos=resto)):
                hechos, quitado = resto, True
                decir(f"{len(hechos)} deeds")
            else:
                desde += largo
        if not quitado and largo == 1:
            break
        partes = max(2, partes if quitado else min(len(hechos), 2 * partes))
    return replace(guion, hechos=hechos)
