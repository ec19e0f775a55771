"""The broker and the PostgreSQL that the suite may kill: embedded ones of its own, under the process manager."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from tests.saga.espera import hasta

from plataforma.corrida import Corrida
from plataforma.partes import Parte
from plataforma.proveedores import Servidores, pasajeros


class Cimiento:
    """Broker and PostgreSQL, by the names that `make run` gives them: `pulsar` and `postgres`."""

    def __init__(self, corrida: Corrida) -> None:
        conexiones = corrida.plano.conexiones
        self.servidores = Servidores(
            conexiones.pulsar_url, conexiones.pulsar_admin_url, corrida.plano.postgres_url, "embedded", corrida.estado
        )
        self.carpeta = corrida.estado.parent
        self._corrida = corrida

    def matar(self, nombre: str) -> None:
        """kill -9; the process manager starts it again at once."""
        os.kill(self.pid(nombre), signal.SIGKILL)

    def tumbar(self, nombre: str, segundos: float) -> None:
        """kill -9, and it stays away for so long; it is ready again when this returns."""
        self.matar(nombre)
        self._corrida.parar(nombre)
        time.sleep(segundos)
        self._corrida.iniciar([self._parte(nombre)])

    def pid(self, nombre: str) -> int:
        """Its process, once there is one."""
        return hasta(lambda: self._corrida.latir()[nombre].pid, f"{nombre} corre", segundos=90)

    def esperar_listo(self, nombre: str) -> None:
        """Wait until it answers."""
        hasta(lambda: self._parte(nombre).sonda() is None, f"{nombre} está listo", segundos=90)

    def _parte(self, nombre: str) -> Parte:
        return next(p for p in self._corrida.plano.infraestructura if p.nombre == nombre)


@contextmanager
def cimiento(consola: Console, *, de_paso: bool = False) -> Iterator[Cimiento]:
    """Both, ready in the body; those that are `de_paso` would not survive a power cut, which nobody makes here."""
    with pasajeros(consola, de_paso=de_paso) as corrida:
        yield Cimiento(corrida)
