"""A container engine with the platform's containers, as somebody at a terminal uses them."""

import json
import os
import shlex
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from tests.arquitectura.codigo import RAIZ

from plataforma import autoridad
from plataforma.identidad import DESARROLLO_CLAVE
from plataforma.puertos import libres
from seedwork.entrada.tls import de_cliente

CARPETA = Path(".local/contenedores")
"""Where the tests' own secrets are, beneath the checkout: an engine may see no other folder of this machine."""
PROYECTO = "saludtech-pruebas"
"""Not the operator's: its volumes and networks are others."""
PUERTOS = ("BFF_PUERTO", "PULSAR_PUERTO", "PULSAR_ADMIN_PUERTO", "CORREO_WEB_PUERTO")
SEGUNDOS = 1200
Hecho = subprocess.CompletedProcess[str]


class SinMotor(Exception):
    """There is no container engine to be had; the text says why."""


@dataclass
class Motor:
    """The engine, and the platform on it as a Compose project of the tests' own."""

    orden: Sequence[str]
    entorno: dict[str, str] = field(default_factory=dict)
    """What the compose file takes from the environment."""
    tiempos: dict[str, float] = field(default_factory=dict)
    """Seconds that something took, by what it was."""

    @classmethod
    def hallado(cls) -> "Motor":
        """The one that the command in DOCKER talks to. Raises SinMotor where there is none, or no Compose."""
        motor = cls(shlex.split(os.environ.get("DOCKER", "docker")))
        for pregunta in (("version",), ("compose", "version")):
            try:
                hecho = motor.docker(*pregunta)
            except OSError as error:
                raise SinMotor(f"{motor.orden[0]}: {error.strerror}") from None
            if hecho.returncode:
                raise SinMotor(f"{shlex.join(motor.orden)} {' '.join(pregunta)}: {hecho.stderr.strip()}")
        motor.entorno = {nombre: str(puerto) for nombre, puerto in zip(PUERTOS, libres(len(PUERTOS)), strict=True)}
        return motor

    def docker(self, *argumentos: str, **variables: str) -> Hecho:
        """A command of the engine's, to its end, whatever that is."""
        entorno = {nombre: valor for nombre, valor in os.environ.items() if not nombre.startswith("COMPOSE_")}
        return subprocess.run(
            [*self.orden, *argumentos],
            cwd=RAIZ,
            env=entorno | self.entorno | variables,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SEGUNDOS,
            check=False,
        )

    def compose(self, *argumentos: str, perfil: str | None = "all", **variables: str) -> Hecho:
        """A Compose command on the project, with a profile; what a checkout's .env says is not heard.

        The file is named: a command with the project's name alone means all its containers, whatever the profile.
        """
        con_perfil = ("--profile", perfil) if perfil else ()
        fijos = ("compose", "--ansi", "never", "--env-file", os.devnull, "-f", "docker-compose.yml", "-p", PROYECTO)
        return self.docker(*fijos, *con_perfil, *argumentos, **variables)

    def levantar(self, perfil: str, *opciones: str, **variables: str) -> float:
        """Start a profile until all of it is ready; gives the seconds. Raises AssertionError with what went wrong."""
        comienzo = time.monotonic()
        exigir(self.compose("up", "--wait", *opciones, perfil=perfil, **variables))
        return time.monotonic() - comienzo

    def quitar(self) -> None:
        """Remove all of the project, its data too."""
        exigir(self.compose("down", "--volumes", "--remove-orphans", "--timeout", "30"))

    def contenedores(self) -> dict[str, list[dict[str, Any]]]:
        """All that `inspect` tells of each container, by its name in the compose file; ended ones too."""
        hallados: dict[str, list[dict[str, Any]]] = {}
        filtro = f"label=com.docker.compose.project={PROYECTO}"
        if ids := exigir(self.docker("ps", "-aq", "--no-trunc", "--filter", filtro)).split():
            for ficha in json.loads(exigir(self.docker("inspect", *ids))):
                hallados.setdefault(ficha["Config"]["Labels"]["com.docker.compose.service"], []).append(ficha)
        return hallados

    def ids(self) -> set[str]:
        """Every container's, ended ones too."""
        return {ficha["Id"] for fichas in self.contenedores().values() for ficha in fichas}

    def sin_nombre(self) -> set[str]:
        """The images that have no name any more."""
        return set(exigir(self.docker("images", "-q", "--no-trunc", "--filter", "dangling=true")).split())

    def operar(self, servicio: str, *orden: str) -> Hecho:
        """A service's command, as an operator gives it."""
        return self.compose("run", "--rm", "--no-deps", "-T", f"{servicio}-preparar", *orden)

    def en(self, contenedor: str, *orden: str, opciones: Sequence[str] = ()) -> Hecho:
        """A command in a container that runs, by its id."""
        return self.docker("exec", *opciones, contenedor, *orden)

    def matar(self, ficha: Mapping[str, Any]) -> None:
        """kill -9 the process of a container, from outside: the engine does not know that it was meant."""
        pid, imagen = ficha["State"]["Pid"], "saludtech/bff:local"
        programa = f"import os; os.kill({pid}, 9)"
        ayudante = ("run", "--rm", "--pid=host", "--user=0", "--network=none", "--entrypoint=python")
        exigir(self.docker(*ayudante, imagen, "-c", programa))

    def pedir(
        self, ruta: str, cuerpo: str | None = None, *, puerto: str = "BFF_PUERTO", token: str | None = None
    ) -> Any:
        """Ask a published port, the door's unless told otherwise, as an operator or with a token of one's own (an empty
        one: none); gives the JSON of the answer. Only the mail's page is asked in the clear."""
        return json.loads(self.traer(ruta, cuerpo and cuerpo.encode(), puerto=puerto, token=token))

    def traer(
        self,
        ruta: str,
        cuerpo: bytes | None = None,
        *,
        puerto: str = "BFF_PUERTO",
        token: str | None = None,
        **cabeceras: str,
    ) -> bytes:
        """Likewise, with headers of one's own (their hyphens written as low lines); gives the answer as it came."""
        dicho = self.token_de_operador if token is None else token
        esquema = "http" if puerto == "CORREO_WEB_PUERTO" else "https"
        pedido = urllib.request.Request(
            f"{esquema}://127.0.0.1:{self.entorno[puerto]}{ruta}",
            cuerpo,
            {"Content-Type": "application/json"}
            | ({"Authorization": f"Bearer {dicho}"} if dicho else {})
            | {nombre.replace("_", "-"): valor for nombre, valor in cabeceras.items()},
        )
        with self._abridor.open(pedido, timeout=15) as respuesta:
            return bytes(respuesta.read())

    def secreto(self, nombre: str) -> Path:
        """A file that `make secretos` made."""
        return RAIZ / self.entorno["SECRETOS_CONTENEDORES"] / nombre

    @property
    def _abridor(self) -> urllib.request.OpenerDirector:
        de_la_autoridad = urllib.request.HTTPSHandler(context=de_cliente(self.secreto(autoridad.CERTIFICADO)))
        return urllib.request.build_opener(urllib.request.ProxyHandler({}), de_la_autoridad)

    @cached_property
    def token_de_operador(self) -> str:
        """As whoever made the secrets gets one."""
        clave = str(self.secreto(DESARROLLO_CLAVE))
        orden = [sys.executable, "-m", "saludtech_cli", "token", "--rol", "operador", "--clave", clave]
        return exigir(subprocess.run(orden, capture_output=True, text=True, timeout=180, check=False)).strip()


def exigir(hecho: Hecho) -> str:
    """What a command printed. Raises AssertionError, with what it said, when it failed."""
    assert hecho.returncode == 0, (
        f"{hecho.args[-6:]}: {hecho.returncode}\n{hecho.stdout[-2000:]}\n{hecho.stderr[-4000:]}"
    )
    return hecho.stdout


def hasta(cumple: Callable[[], Any], segundos: float = 300) -> Any:
    """What it gives, once that is true; an answer that does not come yet, or is an error's, is not."""
    limite = time.monotonic() + segundos
    while True:
        problema: object = None
        try:
            if dado := cumple():
                return dado
        except (OSError, KeyError, IndexError, json.JSONDecodeError) as error:
            problema = error
        assert time.monotonic() < limite, f"it did not come true in {segundos:.0f} s: {problema}"
        time.sleep(0.25)
