"""The engine that the tests of this folder run on. Without one, they are skipped, and the run says so at its end."""

import shutil
import time
from collections.abc import Iterator

import pytest
from deploy.compose import secretos
from tests.arquitectura.codigo import RAIZ
from tests.contenedores.motor import CARPETA, Motor, SinMotor, exigir

from plataforma.sistema import cerrojo

_AUSENTE = pytest.StashKey[str]()
_MOTOR = pytest.StashKey[Motor]()


@pytest.fixture(scope="session")
def motor(request: pytest.FixtureRequest) -> Iterator[Motor]:
    """The engine, with nothing of the tests on it before and after; the secrets are fresh ones."""
    try:
        motor = Motor.hallado()
    except SinMotor as error:
        request.config.stash[_AUSENTE] = str(error)
        pytest.skip(f"no container engine: {error}")
    with cerrojo(RAIZ / CARPETA):
        shutil.rmtree(RAIZ / CARPETA / "deploy", ignore_errors=True)
        secretos.hacer(RAIZ / CARPETA)
        motor.entorno["SECRETOS_CONTENEDORES"] = (CARPETA / secretos.CARPETA).as_posix()
        motor.quitar()
        request.config.stash[_MOTOR] = motor
        yield motor
        motor.quitar()


@pytest.fixture(scope="session")
def construidas(motor: Motor) -> set[str]:
    """The names of the images, built."""
    comienzo = time.monotonic()
    exigir(motor.compose("build"))
    motor.tiempos["build"] = time.monotonic() - comienzo
    return set(exigir(motor.compose("config", "--images")).split())


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """What was measured; or, in red, that nothing was."""
    if motivo := config.stash.get(_AUSENTE, None):
        terminalreporter.section("NO CONTAINER ENGINE: NOTHING OF THE CONTAINERS WAS TRIED", red=True)
        terminalreporter.write_line(f"{motivo}\nDOCKER names the command of an engine, `docker` by default.")
    if motor := config.stash.get(_MOTOR, None):
        terminalreporter.section("containers: seconds")
        for que, segundos in motor.tiempos.items():
            terminalreporter.write_line(f"{que:<40} {segundos:6.1f}")
