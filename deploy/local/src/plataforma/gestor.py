"""The process manager: supervisord, its configuration and its XML-RPC door."""

import secrets
import shlex
import subprocess
import sys
import time
import xmlrpc.client  # nosec B411 # supervisord alone answers, which we start, on the loopback
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from plataforma.errores import ErrorPlataforma
from plataforma.partes import Grupo, Parte
from plataforma.puertos import INTENTOS, LOCAL, esta_libre, libres
from plataforma.secretos import escribir_privado
from plataforma.sistema import MASCARA

REINTENTOS = 4
"""Restarts, each after a second more than the one before, until supervisord gives a process up; the runner then
starts it again, so a part that keeps failing is tried about every fourth second for as long as it takes."""
ARRANQUE_S = 60
"""Seconds that the manager has to answer: its own start takes one, on a machine that is busy many."""
SEGUNDOS_DE_PARADA = 14.5
_NO_CORRE = 70
"""supervisord's code for a process that does not run."""
_LOG_MAXIMO = "20MB"
_LOGS_VIEJOS = 3


@dataclass(frozen=True)
class Estado:
    """What supervisord knows of a process."""

    pid: int
    nombre_estado: str
    salida: str

    @property
    def caido(self) -> bool:
        """Whether it ended by itself."""
        return self.nombre_estado in ("BACKOFF", "EXITED", "FATAL")

    @property
    def rendido(self) -> bool:
        """Whether it ended so often that it is not started again by itself."""
        return self.nombre_estado == "FATAL"

    @property
    def detenido(self) -> bool:
        """Whether it was never started, or was told to stop and has ended."""
        return self.nombre_estado == "STOPPED"


def configuracion(partes: Iterable[Parte], logs: Path, raiz: Path, puerto: int, clave: str) -> str:
    """The text of supervisord.conf."""
    partes = list(partes)
    secciones: list[tuple[str, Mapping[str, object]]] = [
        ("inet_http_server", {"port": f"{LOCAL}:{puerto}", "username": "plataforma", "password": clave}),
        ("supervisord", {"logfile": _texto(logs / "supervisord.log"), "logfile_maxbytes": _LOG_MAXIMO,
                         "logfile_backups": 1, "pidfile": _texto(logs / "supervisord.pid"), "nodaemon": "true",
                         "umask": f"{MASCARA:03o}"}),
        ("rpcinterface:supervisor",
         {"supervisor.rpcinterface_factory": "supervisor.rpcinterface:make_main_rpcinterface"}),
    ]  # fmt: skip
    for grupo in Grupo:
        miembros = [parte.nombre for parte in partes if parte.grupo is grupo]
        if miembros:
            nombre = f"group:{grupo.name.lower()}"
            secciones.append((nombre, {"programs": ",".join(miembros), "priority": grupo.prioridad}))
    for parte in partes:
        programa = {
            "command": _texto(shlex.join(parte.orden)),
            "directory": _texto(raiz),
            "environment": ",".join(f"{nombre}={_citar(valor)}" for nombre, valor in parte.entorno.items()),
            "autostart": "false",
            "autorestart": "true",
            "startsecs": 1,
            "startretries": REINTENTOS,
            "stopsignal": parte.senal,
            "stopwaitsecs": parte.grupo.value,
            # A process that had to be killed takes what it started along.
            "killasgroup": "true",
            "redirect_stderr": "true",
            "stdout_logfile": _texto(logs / f"{parte.nombre}.log"),
            "stdout_logfile_maxbytes": _LOG_MAXIMO,
            "stdout_logfile_backups": _LOGS_VIEJOS,
        }
        secciones.append((f"program:{parte.nombre}", programa))
    return "\n".join(
        f"[{seccion}]\n" + "".join(f"{clave} = {valor}\n" for clave, valor in valores.items())
        for seccion, valores in secciones
    )


def _texto(valor: object) -> str:
    """Without the expansions that supervisord would make of a per cent sign."""
    return str(valor).replace("%", "%%")


def _citar(valor: str) -> str:
    """One value of `environment`. Raises ErrorPlataforma for what supervisord can't express."""
    if '"' in valor or "\n" in valor or valor != valor.strip("'"):
        raise ErrorPlataforma(f"A setting can't hold a double quote, or begin or end with a quote: {valor}")
    return f'"{_texto(valor)}"'


class Gestor:
    """A supervisord of our own, in a session of its own: the terminal's Ctrl-C does not reach its processes."""

    def __init__(self, partes: Iterable[Parte], estado: Path, raiz: Path, entorno: Mapping[str, str]) -> None:
        """Write its configuration into the state folder, and start it; it starts none of the parts yet.

        Raises ErrorPlataforma when it does not come up.
        """
        self._partes = {parte.nombre: parte for parte in partes}
        self._logs = estado / "logs"
        self._logs.mkdir(parents=True, exist_ok=True)
        clave = secrets.token_urlsafe(24)
        conf = estado / "supervisord.conf"
        for quedan in reversed(range(INTENTOS)):
            (puerto,) = libres(1)
            escribir_privado(conf, configuracion(self._partes.values(), self._logs, raiz, puerto, clave))
            self._url = f"http://plataforma:{clave}@{LOCAL}:{puerto}/RPC2"
            if self._arrancar(conf, entorno):
                return
            self.detener()
            if not quedan or esta_libre(puerto):
                raise ErrorPlataforma(f"The process manager does not start:\n{self.final_del_log('supervisord')}")

    def _arrancar(self, conf: Path, entorno: Mapping[str, str]) -> bool:
        """Start it. Gives whether it answers in time."""
        with (self._logs / "supervisord.out").open("wb") as salida:
            self._proceso = subprocess.Popen(
                [sys.executable, "-m", "plataforma.supervisado", str(conf)],
                stdin=subprocess.PIPE,
                stdout=salida,
                stderr=subprocess.STDOUT,
                env=dict(entorno),
                start_new_session=True,
            )
        limite = time.monotonic() + ARRANQUE_S
        while not self._contesta():
            if self._proceso.poll() is not None or time.monotonic() > limite:
                return False
            time.sleep(0.05)
        return True

    def iniciar(self, nombre: str) -> None:
        """Start a part, and return at once. Raises ErrorPlataforma when it can't be."""
        try:
            self._rpc().startProcess(self._nombre_completo(nombre), False)
        except (xmlrpc.client.Fault, OSError) as error:
            raise ErrorPlataforma(f"{nombre} can't be started: {error}") from error

    def parar(self, nombre: str) -> None:
        """Stop a part, which is not started again by itself. Raises ErrorPlataforma when it can't be."""
        try:
            self._rpc().stopProcess(self._nombre_completo(nombre), True)
        except xmlrpc.client.Fault as error:
            if error.faultCode != _NO_CORRE:
                raise ErrorPlataforma(f"{nombre} can't be stopped: {error}") from error
        except OSError as error:
            raise ErrorPlataforma(f"{nombre} can't be stopped: {error}") from error

    def estados(self) -> dict[str, Estado]:
        """Every part by name. Raises ErrorPlataforma when the manager itself is gone."""
        try:
            fichas = cast(list[dict[str, Any]], self._rpc().getAllProcessInfo())
        except OSError as error:
            raise ErrorPlataforma(f"The process manager died: {error}") from error
        return {
            ficha["name"]: Estado(
                ficha["pid"], ficha["statename"], ficha["spawnerr"] or f"exit status {ficha['exitstatus']}"
            )
            for ficha in fichas
        }

    def final_del_log(self, nombre: str, lineas: int = 15) -> str:
        """The last lines of a part's log, and where the whole of it is."""
        ruta = self._logs / f"{nombre}.log"
        texto = ruta.read_text("utf-8", "replace") if ruta.exists() else ""
        return "\n".join([*texto.splitlines()[-lineas:], f"(all of it: {ruta})"])

    def detener(self) -> None:
        """Stop everything in order, the manager last; what does not stop in time is killed."""
        if self._proceso.poll() is None:
            self._proceso.terminate()
            limite = time.monotonic() + SEGUNDOS_DE_PARADA
            # Each call wakes its loop, which would else look for ended processes once a second.
            while self._proceso.poll() is None and time.monotonic() < limite:
                self._contesta()
                time.sleep(0.1)
            self._proceso.kill()
        self._proceso.wait()
        if self._proceso.stdin:
            self._proceso.stdin.close()

    def _contesta(self) -> bool:
        try:
            self._rpc().getState()
        except (OSError, xmlrpc.client.ProtocolError):
            # Not there; or it is another one, which refuses our password.
            return False
        except xmlrpc.client.Error:
            pass
        return True

    def _rpc(self) -> Any:
        """The XML-RPC door's `supervisor` namespace; a fresh one, since a signal may have cut a call short."""
        return xmlrpc.client.ServerProxy(self._url).supervisor

    def _nombre_completo(self, nombre: str) -> str:
        return f"{self._partes[nombre].grupo.name.lower()}:{nombre}"
