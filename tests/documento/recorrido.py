"""schemathesis with all its checks, as schemathesis.toml has them, over the whole document of a door that runs."""

import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

SIN_FINAL = "/eventos"
"""The one operation whose answer has no end, which schemathesis would wait for; bff_web/tests/test_acceso.py and
test_eventos.py ask it by hand."""
RAIZ = Path(__file__).parents[2]
_CASOS = re.compile(r"^\s*(\d+) generated", re.MULTILINE)
_OPERACIONES = re.compile(r"^\s*Tested: (\d+)", re.MULTILINE)
_SIN_VALORES = "Unsupported regex patterns"


@dataclass(frozen=True)
class Recorrido:
    """A walk over the document.

    Attributes:
        casos: how many requests were made up and sent.
        operaciones: how many operations they went to.
        correcto: whether no check failed, and every pattern was one that values can be drawn from.
        salida: all that schemathesis said, with a command that repeats each failure.
    """

    casos: int
    operaciones: int
    correcto: bool
    salida: str


def recorrer(url: str, *, ejemplos: int, semilla: int = 1, token: str = "") -> Recorrido:
    """Walk over a door's document.

    Args:
        url: the door's address.
        ejemplos: how many requests each operation gets in each of the phases that draw them by chance, at most.
        semilla: of that chance.
        token: who asks; nobody where it is empty.
    """
    quien = [f"--header=Authorization: Bearer {token}"] if token else []
    with tempfile.TemporaryDirectory() as carpeta:
        hecho = subprocess.run(
            [
                str(Path(sys.executable).parent / "schemathesis"),
                f"--config-file={Path(__file__).with_name('schemathesis.toml')}",
                "run",
                f"{url}/openapi.json",
                "--phases=examples,coverage,fuzzing,stateful",
                f"--max-examples={ejemplos}",
                f"--seed={semilla}",
                "--include-path-regex=.",  # it would leave out the document itself
                f"--exclude-path={SIN_FINAL}",
                "--continue-on-failure",
                "--request-timeout=10",
                "--suppress-health-check=all",
                "--no-color",
                *quien,
            ],
            cwd=carpeta,
            env={
                **os.environ,
                "PYTHONPATH": str(RAIZ),
                "PYTHONUNBUFFERED": "1",
                "SCHEMATHESIS_HOOKS": "tests.documento.ganchos",
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
    salida = hecho.stdout
    return Recorrido(
        casos=_numero(_CASOS, salida),
        operaciones=_numero(_OPERACIONES, salida),
        correcto=hecho.returncode == 0 and _SIN_VALORES not in salida,
        salida=salida,
    )


def _numero(patron: re.Pattern[str], salida: str) -> int:
    hallado = patron.search(salida)
    return int(hallado[1]) if hallado else 0
