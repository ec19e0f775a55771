"""A run's environment for its operators: each service's command line, with the databases and keys of the run."""

import json
import os
import pwd
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from plataforma.ajustes import leer_entorno
from plataforma.errores import ErrorPlataforma
from plataforma.partes import Preparativo
from plataforma.secretos import escribir_privado
from plataforma.servicios import SERVICIOS

CARPETA = "entorno"


def dejar_entornos(estado: Path, preparativos: Iterable[Preparativo]) -> None:
    """Write ``entorno/<service>.json`` for each service, readable for its owner only: it holds secrets."""
    carpeta = estado / CARPETA
    carpeta.mkdir(exist_ok=True)
    for preparativo in preparativos:
        if preparativo.nombre not in {servicio.nombre for servicio in SERVICIOS.values()}:
            continue  # what an administrator does is no operator's
        texto = json.dumps(dict(preparativo.entorno), indent=1)
        escribir_privado(carpeta / f"{preparativo.nombre}.json", texto)


def operar(raiz: Path, estado: Path, servicio: str, orden: Sequence[str]) -> None:
    """Become ``python -m <service> <orden>`` in the environment of the latest run. Does not return.

    Raises ErrorPlataforma for a service that there is none of, and where the platform has not run yet.
    """
    nombres = {servicio.nombre: paquete for paquete, servicio in SERVICIOS.items()}
    if servicio not in nombres:
        raise ErrorPlataforma(f"There is no service {servicio}; there are: {', '.join(nombres)}.")
    archivo = estado / CARPETA / f"{servicio}.json"
    if not archivo.exists():
        raise ErrorPlataforma(f"The platform has not run on {estado} yet: start it with make run.")
    entorno: dict[str, str] = json.loads(archivo.read_text("utf-8"))
    programa = [sys.executable, "-m", nombres[servicio], *orden]
    # On a developer's machine its user is who operates, unless it says otherwise.
    quien = {"OPERADOR": pwd.getpwuid(os.getuid()).pw_name}
    os.execve(sys.executable, programa, quien | leer_entorno(raiz) | entorno)
