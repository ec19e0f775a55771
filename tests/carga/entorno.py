"""What the bench measures, started by the local run's own machinery: on free ports, with its state in a temp folder."""

import base64
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from rich.console import Console

from plataforma import partes, sondas
from plataforma.ajustes import Ajustes, leer_ajustes_libres
from plataforma.corrida import Corrida, correr
from plataforma.identidad import DESARROLLO_CLAVE
from plataforma.partes import Conexiones, Parte
from plataforma.postgres import crear_bases
from plataforma.puertos import LOCAL, libres
from plataforma.secretos import Secretos
from plataforma.sondas import Sonda
from seedwork.infraestructura import campos
from seedwork.infraestructura.campos import Llavero

SEGUNDOS_DE_ARRANQUE = 60.0
SEGUNDOS_DE_PARADA = 8.0


@dataclass(frozen=True)
class Plataforma:
    """Everything of it, as `make run` starts it, with one procesamiento worker."""

    corrida: Corrida
    bff: int
    """The BFF's port."""

    @property
    def bases(self) -> Mapping[str, str]:
        """Each service's database URL."""
        return self.corrida.plano.conexiones.bases

    def token(self) -> str:
        """An operator's, where the platform asks its callers who they are."""
        clave = self.corrida.estado / "identidad" / DESARROLLO_CLAVE
        orden = [Path(sys.executable).with_name("saludtech"), "token", f"--clave={clave}", "--rol=operador"]
        return subprocess.run(orden, capture_output=True, text=True, check=True).stdout.strip()


@dataclass(frozen=True)
class Cimientos:
    """Broker, PostgreSQL, databases and topics, and no service: the parts to be started one by one."""

    conexiones: Conexiones
    carpeta: Path
    _partes: Mapping[str, Parte]

    def puerto(self, nombre: str) -> int:
        """Where a part listens once it runs."""
        return self._partes[nombre].puertos[0].numero

    @contextmanager
    def parte(self, nombre: str) -> Iterator[None]:
        """The process of a part, ready in the body."""
        parte = self._partes[nombre]
        with proceso(parte.orden, parte.entorno, parte.sonda, self.carpeta / f"{nombre}.log"):
            yield

    @contextmanager
    def otra_puerta(self, **ajustes: str) -> Iterator[int]:
        """A door more with further settings, ready in the body; its port."""
        (puerto,) = libres(1)
        parte, metricas = self._partes["bff"], self.carpeta / f"metricas-{puerto}"
        metricas.mkdir()
        propio = {"BFF_PUERTO": str(puerto), "PROMETHEUS_MULTIPROC_DIR": str(metricas)}
        sonda = sondas.http(f"http://{LOCAL}:{puerto}/salud/viva")
        with proceso(parte.orden, {**parte.entorno, **propio, **ajustes}, sonda, self.carpeta / f"bff-{puerto}.log"):
            yield puerto


@contextmanager
def completa(consola: Console, autenticacion: str = "ninguna") -> Iterator[Plataforma]:
    """The whole platform, ready in the body."""
    with (
        _carpeta() as raiz,
        correr(_elegir(raiz, autenticacion=autenticacion), raiz, raiz / ".local", consola) as corrida,
    ):
        yield Plataforma(corrida, corrida.ajustes.bff_puerto)


@contextmanager
def cimientos(consola: Console) -> Iterator[Cimientos]:
    """What every service needs, ready in the body."""
    with _carpeta() as raiz:
        estado = raiz / ".local"
        # None of them runs before it is asked for.
        with correr(_elegir(raiz, 3), raiz, estado, consola, con_servicios=False) as corrida:
            ajustes, plano, secretos = corrida.ajustes, corrida.plano, Secretos(estado / "secretos.json")
            # What is published from here, its services read.
            os.environ["CAMPOS_CLAVES"] = secretos["campos"]
            campos.usar(Llavero([base64.b64decode(secretos["campos"])]))
            crear_bases(plano.postgres_url, plano.claves, plano.claves_de_duenos)
            corrida.preparar(partes.preparativos(ajustes, plano.conexiones, secretos), raiz, dict(os.environ))
            metricas = estado / "metricas"
            todas = partes.servicios(ajustes, plano.conexiones, secretos, metricas)
            todas += partes.puerta(ajustes, plano.conexiones, secretos, metricas, estado / "balanceador")
            for parte in todas:
                if "PROMETHEUS_MULTIPROC_DIR" in parte.entorno:
                    Path(parte.entorno["PROMETHEUS_MULTIPROC_DIR"]).mkdir(parents=True)
            yield Cimientos(plano.conexiones, raiz, {parte.nombre: parte for parte in todas})


@contextmanager
def proceso(orden: Sequence[str], entorno: Mapping[str, str], sonda: Sonda, log: Path) -> Iterator[None]:
    """A process, ready in the body and ended with all its children after it.

    Raises RuntimeError, with the end of its log, when it does not come up.
    """
    with log.open("wb") as salida:
        hijo = subprocess.Popen(
            orden,
            env={**os.environ, **entorno},
            stdin=subprocess.DEVNULL,
            stdout=salida,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            limite = time.monotonic() + SEGUNDOS_DE_ARRANQUE
            while motivo := sonda():
                if hijo.poll() is not None or time.monotonic() > limite:
                    raise RuntimeError(f"{orden} does not start: {motivo}\n{log.read_text()[-2000:]}")
                time.sleep(0.02)
            yield
        finally:
            hijo.terminate()
            try:
                hijo.wait(SEGUNDOS_DE_PARADA)
            except subprocess.TimeoutExpired:
                os.killpg(hijo.pid, signal.SIGKILL)
                hijo.wait()


@contextmanager
def _carpeta() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="saludtech-banco-") as carpeta:
        yield Path(carpeta)


def _elegir(raiz: Path, trabajadores: int = 1, autenticacion: str = "ninguna") -> Callable[[], Ajustes]:
    return partial(leer_ajustes_libres, raiz, procesamiento=trabajadores, bff=1, autenticacion=autenticacion)
