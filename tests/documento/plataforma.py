"""A whole platform of its own, and tokens for whoever asks it."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from rich.console import Console

from plataforma.ajustes import leer_ajustes_libres
from plataforma.corrida import Corrida, correr
from plataforma.identidad import DESARROLLO_CLAVE
from plataforma.puertos import LOCAL
from seedwork.pruebas.identidad import SIN_LIMITE

NADIE = "nadie"
QUIENES: Mapping[str, tuple[str, ...]] = {
    "cliente": ("--rol=cliente", "--cliente=0001"),
    "clinica": ("--rol=clinica", "--clinica=hospital-del-norte"),
    "investigador": ("--rol=investigador",),
    "operador": ("--rol=operador",),
    NADIE: (),
}
"""Who asks, and what `saludtech token` is told for it."""


@dataclass(frozen=True)
class Viva:
    """A platform that runs.

    Attributes:
        url: its door's address.
        clave: the file of the key that its callers' tokens come from; there is none where nobody is asked who they are.
        corrida: its processes.
    """

    url: str
    clave: Path
    corrida: Corrida

    def token(self, quien: str, *otras: str) -> str:
        """One of `QUIENES`' own; empty for nobody. What else `saludtech token` is told overrules that."""
        if not (opciones := (*QUIENES[quien], *otras)):
            return ""
        orden = (str(Path(sys.executable).parent / "saludtech"), "token", f"--clave={self.clave}", *opciones)
        return subprocess.run(orden, capture_output=True, text=True, check=True).stdout.strip()


@contextmanager
def plataforma(consola: Console, autenticacion: str = "ninguna", *, bff: int = 1, **entorno: str) -> Iterator[Viva]:
    """A platform in the body, gone with its state after it. A walk is faster than one caller may be, and what it is to
    hear is each route's own answer: the limit's has tests of its own (bff_web/tests/test_acceso.py).

    Args:
        consola: where its start is told.
        autenticacion: whether callers are asked who they are.
        bff: how many instances of the door there are; two have a balancer before them.
        entorno: settings of its services.
    """
    with tempfile.TemporaryDirectory(prefix="saludtech-") as carpeta:
        raiz = Path(carpeta)
        elegir = partial(leer_ajustes_libres, raiz, autenticacion=autenticacion, bff=bff)
        with correr(elegir, raiz, raiz / ".local", consola, de_paso=True, entorno=SIN_LIMITE | entorno) as corrida:
            puerto = corrida.ajustes.puerto("bff_puerto").numero
            yield Viva(f"http://{LOCAL}:{puerto}", corrida.estado / "identidad" / DESARROLLO_CLAVE, corrida)
