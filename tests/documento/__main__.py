"""The door's documents as others read them, on demand: `make documento`, `make puerta` and `make clientes`.

What they need is fetched once, in pinned versions, into build/documento. Each says aloud where it can't be run.
"""

import json
import os
import secrets
import shutil
import subprocess
import sys
import venv
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from tests.documento.plataforma import NADIE, QUIENES, plataforma
from tests.documento.recorrido import RAIZ, recorrer

from bff_web.papeles import asyncapi
from bff_web.papeles.openapi import describir
from contratos import ejemplos
from plataforma.errores import ErrorPlataforma, Interrumpida
from plataforma.sistema import senales_que_detienen

HERRAMIENTAS = Path(__file__).parent / "herramientas"
TALLER = RAIZ / "build/documento"
DOCUMENTO = "openapi.json"
MENSAJES = "asyncapi.json"

consola = Console(highlight=False, soft_wrap=True)
app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True)


@app.command()
def revisar() -> None:
    """Two linters read the document: redocly and spectral, each with all its rules save those that its file names.

    AsyncAPI's parser reads the messages'.
    """
    _preparar_node()
    _correr("npx", "--no-install", "redocly", "lint", DOCUMENTO)
    _correr("npx", "--no-install", "spectral", "lint", "--fail-severity=warn", DOCUMENTO)
    _correr("node", "mensajes.js", MENSAJES)


@app.command()
def puerta(
    casos: Annotated[int, typer.Option(help="Requests that each operation gets in each phase, at most.")] = 100,
    semilla: Annotated[int, typer.Option(help="Of the chance by which they are drawn.")] = 1,
    autenticacion: Annotated[str, typer.Option(help="desarrollo: a walk as each role, and one as nobody.")] = "ninguna",
) -> None:
    """A long walk of schemathesis over the document, on a platform of its own."""
    correcto = True
    with plataforma(consola, autenticacion) as viva:
        for quien in QUIENES if autenticacion == "desarrollo" else [NADIE]:
            hecho = recorrer(viva.url, ejemplos=casos, semilla=semilla, token=viva.token(quien))
            consola.print(hecho.salida, markup=False)
            consola.print(f"{quien}: {hecho.casos} requests to {hecho.operaciones} operations")
            correcto = correcto and hecho.correcto
    if not correcto:
        sys.exit(1)


@app.command()
def clientes() -> None:
    """Generated clients, in TypeScript and in Python: each creates, follows and lists, on a platform of its own."""
    _preparar_node()
    _correr("npx", "--no-install", "openapi-typescript", DOCUMENTO, "--output", "puerta.ts")
    _correr("npx", "--no-install", "tsc", "--project", "tsconfig.json")
    bin = _preparar_python()
    shutil.rmtree(TALLER / "puerta", ignore_errors=True)
    generador = (str(bin / "openapi-python-client"), "generate", "--meta", "none", "--fail-on-warning")
    _correr(*generador, "--path", DOCUMENTO, "--output-path", "puerta", PATH=f"{bin}{os.pathsep}{os.environ['PATH']}")
    cuerpos = (ejemplos.SUSCRIPCION, ejemplos.IMAGEN)
    with plataforma(consola) as viva:
        _correr("node", "cliente.js", viva.url, f"ts-{secrets.token_hex(4)}")
        _correr(str(bin / "python"), "cliente.py", viva.url, f"py-{secrets.token_hex(4)}", *cuerpos)


def _preparar_node() -> None:
    """The document and the tools, in their folder.

    Raises:
        SystemExit: there is no Node.js.
    """
    if not (shutil.which("node") and shutil.which("npm")):
        sys.exit("NOTHING WAS CHECKED: this needs Node.js 20 or newer, with npm.")
    _copiar()
    if _nuevo("package-lock.json"):
        _correr("npm", "ci")
        _hecho("package-lock.json")


def _preparar_python() -> Path:
    """The generator of Python clients in an environment of its own; where its programs are."""
    bin = TALLER / ".venv/bin"
    _copiar()
    if _nuevo("requirements.lock"):
        venv.create(TALLER / ".venv", with_pip=True, clear=True)
        opciones = ("--quiet", "--disable-pip-version-check", "--no-deps", "--require-hashes")
        _correr(str(bin / "python"), "-m", "pip", "install", *opciones, "-r", "requirements.lock")
        _hecho("requirements.lock")
    return bin


def _copiar() -> None:
    shutil.copytree(HERRAMIENTAS, TALLER, dirs_exist_ok=True)
    for nombre, documento in ((DOCUMENTO, describir()), (MENSAJES, asyncapi.describir())):
        (TALLER / nombre).write_text(json.dumps(documento, ensure_ascii=False, indent=2), encoding="utf-8")


def _nuevo(fijado: str) -> bool:
    """Whether what a lock names has yet to be fetched."""
    marca = TALLER / f".{fijado}"
    return not marca.exists() or marca.read_bytes() != (TALLER / fijado).read_bytes()


def _hecho(fijado: str) -> None:
    shutil.copyfile(TALLER / fijado, TALLER / f".{fijado}")


def _correr(*orden: str, **entorno: str) -> None:
    """Run it in the tools' folder.

    Raises:
        SystemExit: it failed, as it will have said.
    """
    hecho = subprocess.run(orden, cwd=TALLER, env={**os.environ, **entorno}, stdin=subprocess.DEVNULL, check=False)
    if hecho.returncode:
        sys.exit(hecho.returncode)


def main() -> None:
    """Run a command; what was started has stopped by the time that this ends."""
    try:
        with senales_que_detienen():
            app()
    except Interrumpida as senal:
        sys.exit(f"Stopped by {senal}.")
    except ErrorPlataforma as error:
        sys.exit(f"Error: {error}")


if __name__ == "__main__":
    main()
