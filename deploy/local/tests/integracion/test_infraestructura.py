"""The broker and PostgreSQL alone: they survive kill -9, and stop in order.

Those that start servers of their own are in the long tier. In `make test`, the same runner brings both back to a worker
(`seedwork/tests/integracion/test_caidas.py`), and a state folder's lock is tried by itself (`unit/test_sistema.py`).
"""

import json
import os
import signal
import socket
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import psutil
import psycopg2
import pytest
from rich.console import Console

from plataforma import partes, puertos, sondas
from plataforma.ajustes import leer_ajustes, leer_ajustes_libres
from plataforma.corrida import Corrida, correr
from plataforma.errores import ErrorPlataforma, PuertoOcupado
from plataforma.gestor import Gestor
from plataforma.proveedores import Fabrica, Servidores

pytestmark = [pytest.mark.integracion, pytest.mark.timeout(400)]


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
    elegir = partial(leer_ajustes_libres, raiz)
    with correr(elegir, raiz, raiz / ".local", Console(quiet=True), con_servicios=False) as corrida:
        yield corrida


@pytest.mark.largo
def test_nadie_mas_lee_nada_de_lo_que_guarda(corrida: Corrida) -> None:
    """The broker's and PostgreSQL's files, logs, secrets: those of a run that lives; its sockets too, if there are."""
    rutas = [corrida.estado, *corrida.estado.rglob("*")]
    abiertas = [r for r in rutas if not r.is_symlink() and r.lstat().st_mode & 0o077]
    # The broker sets that one's mode itself; the folder around it is closed, and so are the files in it.
    assert [r for r in abiertas if r != corrida.estado / "pulsar" / "metadata"] == []
    nombres = {r.name for r in rutas}
    assert {
        "secretos.json",
        "pulsar.log",
        "postgres.log",
        "PG_VERSION",
        "standalone.conf",
        "supervisord.conf",
    } <= nombres
    # RocksDB's and the bookie's.
    assert any(r.suffix == ".sst" or r.name == "CURRENT" for r in rutas)


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
        correr(leer_ajustes_libres(raiz), raiz, raiz / ".local", Console(quiet=True), con_servicios=False),
    ):
        pass


def test_un_puerto_ocupado_no_deja_nada_en_marcha(tmp_path: Path) -> None:
    ajustes = leer_ajustes_libres(tmp_path)
    with (
        socket.create_server(("127.0.0.1", ajustes.postgres_puerto)),
        pytest.raises(ErrorPlataforma, match=r"for postgres is taken .*POSTGRES_PUERTO"),
        correr(ajustes, tmp_path, tmp_path / ".local", Console(quiet=True), con_servicios=False),
    ):
        pass
    assert not (tmp_path / ".local" / "supervisord.conf").exists()


class Ladron:
    """Takes a port of a run's after the run has seen that it is free, as another run that looked then would."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
        self.robados: list[int] = []
        self._variable = variable
        self._mirar = puertos.comprobar
        self._tomados: list[socket.socket] = []
        monkeypatch.setattr(puertos, "comprobar", self._comprobar)

    def _comprobar(self, vistos: Iterable[puertos.Puerto]) -> None:
        vistos = list(vistos)
        self._mirar(vistos)
        if not self.robados:
            self.robados = [p.numero for p in vistos if p.variable == self._variable]
            self._tomados = [socket.create_server(("127.0.0.1", numero)) for numero in self.robados]

    def devolver(self) -> None:
        for tomado in self._tomados:
            tomado.close()


@pytest.mark.parametrize("variable", ["POSTGRES_PUERTO", pytest.param("PULSAR_URL", marks=pytest.mark.largo)])
def test_quien_elige_puertos_libres_y_pierde_uno_empieza_en_otros(
    servidores: Servidores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    """The broker's is in the long tier, since it starts two of them; in `make test`, the session's stands in for it."""
    ladron = Ladron(monkeypatch, variable)
    dado = {"pulsar_url": servidores.pulsar_url, "pulsar_admin_url": servidores.admin_url}
    elegir = partial(leer_ajustes_libres, tmp_path, **dado if variable == "POSTGRES_PUERTO" else {})
    with correr(elegir, tmp_path, tmp_path / ".local", Console(quiet=True), con_servicios=False) as corrida:
        corre = procesos(corrida)
        assert set(corre) == ({"postgres"} if variable == "POSTGRES_PUERTO" else {"postgres", "pulsar"})
        suyos = {p.numero for parte in corrida.plano.partes for p in parte.puertos}
        assert len(ladron.robados) == 1
        assert not suyos & set(ladron.robados)
        assert sondas.postgres(corrida.plano.postgres_url)() is None
    ladron.devolver()


def test_quien_pierde_un_puerto_que_se_le_dio_dice_cual_y_de_quien_es(
    servidores: Servidores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ladron = Ladron(monkeypatch, "POSTGRES_PUERTO")
    dado = {"pulsar_url": servidores.pulsar_url, "pulsar_admin_url": servidores.admin_url}
    ajustes = leer_ajustes_libres(tmp_path, **dado)
    with (
        pytest.raises(ErrorPlataforma, match=rf"somebody took its port first: {ajustes.postgres_puerto} by "),
        correr(ajustes, tmp_path, tmp_path / ".local", Console(quiet=True), con_servicios=False),
    ):
        pass
    ladron.devolver()


def test_un_extrano_que_contesta_en_el_puerto_no_se_toma_por_lo_propio(
    servidores: Servidores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its answers would do: a mail server is a mail server."""
    ladron = Ladron(monkeypatch, "CORREO_PUERTO")
    ajustes = leer_ajustes_libres(tmp_path)
    correo = partes.correo(ajustes, tmp_path / "correo")
    ladron._comprobar(correo.puertos)
    gestor = Gestor([correo], tmp_path, tmp_path, os.environ)
    corrida = Corrida(ajustes, None, gestor, tmp_path, Console(quiet=True), time.monotonic())  # type: ignore[arg-type]
    try:
        with pytest.raises(PuertoOcupado):
            corrida.iniciar([replace(correo, sonda=lambda: None)])
    finally:
        corrida.detener()
        ladron.devolver()


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
