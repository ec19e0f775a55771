"""The broker and PostgreSQL alone: they survive kill -9, and stop in order.

Those that start servers of their own are in the long tier. In `make test`, the same runner brings both back to a worker
(`seedwork/tests/integracion/test_caidas.py`), and a state folder's lock is tried by itself (`unit/test_sistema.py`).
"""

import json
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg2
import pytest
from rich.console import Console

from plataforma import sondas
from plataforma.ajustes import Ajustes, leer_ajustes
from plataforma.corrida import Corrida, correr
from plataforma.errores import ErrorPlataforma
from plataforma.proveedores import Fabrica, Servidores
from plataforma.puertos import libres

pytestmark = [pytest.mark.integracion, pytest.mark.timeout(400)]


def ajustes_libres(raiz: Path) -> Ajustes:
    postgres, pulsar, admin = libres(3)
    return leer_ajustes(
        raiz,
        postgres_puerto=postgres,
        postgres_url=None,
        pulsar_url=f"pulsar://127.0.0.1:{pulsar}",
        pulsar_admin_url=f"http://127.0.0.1:{admin}",
    )


def hasta(cumple: Callable[[], object], segundos: float = 60) -> None:
    limite = time.monotonic() + segundos
    while not cumple():
        assert time.monotonic() < limite, "it did not come true in time"
        time.sleep(0.05)


def procesos(corrida: Corrida) -> dict[str, int]:
    corrida.latir()
    leidos: dict[str, int] = json.loads((corrida.estado / "procesos.json").read_text())
    return leidos


@pytest.fixture(scope="module")
def raiz(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("checkout")


@pytest.fixture(scope="module")
def corrida(raiz: Path) -> Iterator[Corrida]:
    with correr(ajustes_libres(raiz), raiz, raiz / ".local", Console(quiet=True), con_servicios=False) as corrida:
        yield corrida


@pytest.mark.largo
def test_postgres_muerto_vuelve_con_sus_datos(corrida: Corrida) -> None:
    url = corrida.plano.postgres_url
    with psycopg2.connect(url) as conexion, conexion.cursor() as cursor:
        cursor.execute("CREATE TABLE guardada AS SELECT 1 AS uno")
    conexion.close()
    antes = procesos(corrida)["postgres"]
    assert psutil.Process(antes).name() == "postgres"
    os.kill(antes, signal.SIGKILL)
    hasta(lambda: procesos(corrida).get("postgres", antes) != antes)
    hasta(lambda: sondas.postgres(url)() is None)
    with psycopg2.connect(url) as conexion, conexion.cursor() as cursor:
        cursor.execute("SELECT uno FROM guardada")
        assert cursor.fetchone() == (1,)
    conexion.close()


@pytest.mark.largo
def test_el_broker_muerto_vuelve(corrida: Corrida) -> None:
    antes = procesos(corrida)["pulsar"]
    assert psutil.Process(antes).name() == "java"
    os.kill(antes, signal.SIGKILL)
    hasta(lambda: procesos(corrida).get("pulsar", antes) != antes)
    hasta(lambda: sondas.pulsar(corrida.plano.conexiones.pulsar_admin_url)() is None, 120)


@pytest.mark.largo
def test_el_estado_no_se_comparte(corrida: Corrida, raiz: Path) -> None:
    with (
        pytest.raises(ErrorPlataforma, match="already runs"),
        correr(ajustes_libres(raiz), raiz, raiz / ".local", Console(quiet=True), con_servicios=False),
    ):
        pass


def test_un_puerto_ocupado_no_deja_nada_en_marcha(tmp_path: Path) -> None:
    ajustes = ajustes_libres(tmp_path)
    with (
        socket.create_server(("127.0.0.1", ajustes.postgres_puerto)),
        pytest.raises(ErrorPlataforma, match=r"for postgres is taken .*POSTGRES_PUERTO"),
        correr(ajustes, tmp_path, tmp_path / ".local", Console(quiet=True), con_servicios=False),
    ):
        pass
    assert not (tmp_path / ".local" / "supervisord.conf").exists()


def test_los_servidores_dados_se_usan_y_no_se_arrancan(servidores: Servidores, tmp_path: Path) -> None:
    ajustes = leer_ajustes(
        tmp_path,
        pulsar_url=servidores.pulsar_url,
        pulsar_admin_url=servidores.admin_url,
        postgres_url=servidores.postgres_url,
    )
    with correr(ajustes, tmp_path, tmp_path / ".local", Console(quiet=True), con_servicios=False) as corrida:
        assert procesos(corrida) == {}
        assert corrida.plano.conexiones.pulsar_url == servidores.pulsar_url
        assert len(corrida.plano.externos) == 2


def test_un_broker_ajeno_que_no_responde_se_dice(tmp_path: Path) -> None:
    ajustes = leer_ajustes(tmp_path, pulsar_url="pulsar://broker.invalid:6650")
    with (
        pytest.raises(ErrorPlataforma, match="No broker answers at PULSAR_URL"),
        correr(ajustes, tmp_path, tmp_path / ".local", Console(quiet=True), con_servicios=False),
    ):
        pass


def test_cada_rol_entra_solo_en_su_base(servidores: Servidores, nueva_base: Fabrica) -> None:
    una, otra = nueva_base("una"), nueva_base("otra")
    assert sondas.postgres(una)() is None
    for ajena in (otra.rpartition("/")[2], "postgres", "template1"):
        motivo = sondas.postgres(f"{una.rpartition('/')[0]}/{ajena}")()
        assert motivo is not None
        assert "permission denied for database" in motivo
