"""The whole platform as its users start it: `run`, kept up, grown and shrunk by its load, and stopped; and `demo`.

In the long tier, since each starts a platform with servers of its own. In `make test`, the same processes do the same
work in `tests/saga/`, and the same runner starts the servers, brings back a killed one, and stops them
(`seedwork/tests/integracion/test_caidas.py`), and the metric by which workers come and go is proved
(`tests/saga/test_escala.py`).
"""

import http.client
import json
import os
import re
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import psutil
import psycopg2
import pytest

from contratos.ejemplos import IMAGEN
from plataforma import sondas
from plataforma.ajustes import CAMPOS_DE_PUERTO
from plataforma.escala import Escalado
from plataforma.puertos import libres
from plataforma.servicios import SERVICIOS

pytestmark = [pytest.mark.integracion, pytest.mark.largo, pytest.mark.timeout(600)]


def hasta(cumple: Callable[[], object], segundos: float) -> None:
    limite = time.monotonic() + segundos
    while not cumple():
        assert time.monotonic() < limite, "it did not come true in time"
        time.sleep(0.1)


def operar(carpeta: Path, *orden: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "plataforma", "operar", *orden], cwd=carpeta, capture_output=True, text=True, check=False
    )


class Corriendo:
    """`run`, in a folder of its own, ready."""

    def __init__(self, carpeta: Path, **ajustes: str) -> None:
        pulsar, admin, *otros = libres(2 + len(CAMPOS_DE_PUERTO))
        self.puertos = dict(zip(CAMPOS_DE_PUERTO, otros, strict=True))
        entorno = os.environ | {c.upper(): str(p) for c, p in self.puertos.items()}
        entorno |= {"PULSAR_URL": f"pulsar://127.0.0.1:{pulsar}", "PULSAR_ADMIN_URL": f"http://127.0.0.1:{admin}"}
        self._salida = carpeta / "salida.txt"
        self._registro = carpeta / ".local" / "procesos.json"
        with self._salida.open("w") as archivo:
            self._proceso = subprocess.Popen(
                [sys.executable, "-m", "plataforma", "run"],
                cwd=carpeta,
                env=entorno | {"POSTGRES_URL": ""} | ajustes,
                stdout=archivo,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        hasta(lambda: "Ready." in self.dicho() or self._proceso.poll() is not None, 400)
        assert self._proceso.poll() is None, self.dicho()

    def dicho(self) -> str:
        """What it has said so far."""
        return self._salida.read_text()

    def procesos(self) -> dict[str, int]:
        """What it says that runs."""
        leidos: dict[str, int] = json.loads(self._registro.read_text())
        return leidos

    def parar(self) -> int:
        """Ctrl-C; its exit code."""
        os.killpg(self._proceso.pid, signal.SIGINT)
        return self._proceso.wait(timeout=60)

    def matar(self) -> None:
        self._proceso.kill()
        self._proceso.wait()


def test_run_se_mantiene_y_para_en_orden(tmp_path: Path) -> None:
    """With two instances of the door behind the balancer; `demo` and the next one have one alone."""
    corriendo = Corriendo(tmp_path, BFF="2")
    procesos = corriendo.procesos
    try:
        vivos = procesos()
        nombres = {servicio.nombre for servicio in SERVICIOS.values()}
        apis = {f"{nombre}-api" for nombre in nombres}
        trabajadores = nombres - {"procesamiento"} | {"procesamiento-1", "procesamiento-relay"}
        puerta = {"bff-1", "bff-2", "balanceador"}
        assert set(vivos) == {"pulsar", "postgres", "correo"} | puerta | apis | trabajadores
        assert sondas.http(f"http://127.0.0.1:{corriendo.puertos['bff_puerto']}/planes")() is None
        familia = [psutil.Process(pid) for pid in vivos.values()]

        # Those of the services, and of the broker and PostgreSQL beneath them.
        rutas = [tmp_path / ".local", *(tmp_path / ".local").rglob("*")]
        abiertas = [r for r in rutas if r.exists() and not r.is_symlink() and r.stat().st_mode & 0o077]
        # The broker sets that one's mode itself; the folder around it is closed.
        assert [r for r in abiertas if r != tmp_path / ".local" / "pulsar" / "metadata"] == []
        for nombre in nombres:
            archivo = tmp_path / ".local" / "entorno" / f"{nombre}.json"
            assert archivo.stat().st_mode & 0o777 == 0o600
            assert "DATABASE_URL" in archivo.read_text()
        cartas = operar(tmp_path, "procesamiento", "cartas", "list")
        assert (cartas.returncode, cartas.stdout) == (0, ""), cartas.stderr
        rehecha = operar(tmp_path, "notificaciones", "vistas", "reconstruir")
        assert (rehecha.returncode, rehecha.stdout) == (0, "vista reconstruida de 0 eventos\n"), rehecha.stderr

        os.kill(vivos["procesamiento-1"], signal.SIGKILL)
        hasta(lambda: procesos().get("procesamiento-1", vivos["procesamiento-1"]) != vivos["procesamiento-1"], 30)

        # Within 15 s, by what each part is given (test_partes.py).
        assert corriendo.parar() == 0, corriendo.dicho()
        assert procesos() == {}
        assert not any(proceso.is_running() for proceso in familia)
    finally:
        corriendo.matar()


def test_run_arranca_y_detiene_trabajadores_segun_lo_que_espera(tmp_path: Path) -> None:
    """The rule's five minutes are let go by in the database, which is where they are counted."""
    corriendo = Corriendo(tmp_path, PROCESAMIENTO="auto", LOG_NIVEL="DEBUG")

    def trabajadores() -> set[str]:
        return {nombre for nombre in corriendo.procesos() if re.fullmatch(r"procesamiento-\d", nombre)}

    def hechas(trabajador: str) -> int:
        registro = (tmp_path / ".local" / "logs" / f"{trabajador}.log").read_text("utf-8")
        return registro.count('"mensaje atendido"')

    try:
        base = json.loads((tmp_path / ".local" / "entorno" / "procesamiento.json").read_text())["DATABASE_URL"]
        assert trabajadores() == {"procesamiento-1"}
        uno = corriendo.procesos()["procesamiento-1"]
        escalado = Escalado(
            "procesamiento", ["1", "2", "3"], f"http://127.0.0.1:{corriendo.puertos['procesamiento_puerto']}/metrics"
        )
        hasta(lambda: escalado.deseados() == 1, 60)
        # More than one a second, which is what one is taken for that nobody has measured: it stands still.
        os.kill(uno, signal.SIGSTOP)
        pedidas = enviar_imagenes(corriendo.puertos["bff_puerto"], 120)
        hasta(lambda: trabajadores() == {f"procesamiento-{n}" for n in (1, 2, 3)}, 60)
        os.kill(uno, signal.SIGCONT)

        salud = corriendo.puertos["procesamiento_salud_puerto"]
        hasta(lambda: all(lista(salud + n) for n in range(3)), 60)
        while not all(hechas(f"procesamiento-{n}") for n in (1, 2, 3)):
            pedidas += enviar_imagenes(corriendo.puertos["bff_puerto"], 60)
            assert pedidas < 6000, "the load is not shared"

        os.kill(corriendo.procesos()["procesamiento-2"], signal.SIGKILL)
        hasta(lambda: "procesamiento-2 started again" in corriendo.dicho(), 30)
        for quedan in (2, 1):
            with closing(psycopg2.connect(base)) as conexion, conexion, conexion.cursor() as cursor:
                # Enough is known of them by now to see that one would do.
                cursor.execute("UPDATE escala SET ritmo = 10000, con_falta = con_falta - interval '5 minutes'")
            hasta(lambda q=quedan: trabajadores() == {f"procesamiento-{n + 1}" for n in range(q)}, 60)
            ultimas = (tmp_path / ".local" / "logs" / f"procesamiento-{quedan + 1}.log").read_text("utf-8")
            assert '"detenido"' in ultimas.splitlines()[-1], "it stopped in order"
        assert corriendo.procesos()["procesamiento-1"] == uno
        assert "ended; starting it again" not in corriendo.dicho().split("procesamiento-2 started again")[1]

        with closing(psycopg2.connect(base)) as conexion, conexion.cursor() as cursor:
            conexion.autocommit = True
            hasta(lambda: contar(cursor, "SELECT count(*) FROM imagenes") == pedidas, 60)
        assert corriendo.parar() == 0, corriendo.dicho()
        assert corriendo.procesos() == {}
    finally:
        corriendo.matar()


def lista(puerto: int) -> bool:
    return sondas.http(f"http://127.0.0.1:{puerto}/salud/lista")() is None


def enviar_imagenes(puerto: int, cuantas: int) -> int:
    """New images at the door; all of them are taken."""
    serie = secrets.token_hex(4)
    with closing(http.client.HTTPConnection("127.0.0.1", puerto)) as puerta:
        for numero in range(cuantas):
            cuerpo = json.loads(IMAGEN) | {"id_imagen": f"auto-{serie}-{numero}"}
            puerta.request(
                "POST", "/procesar/procesar-imagen", json.dumps(cuerpo), {"Content-Type": "application/json"}
            )
            respuesta = puerta.getresponse()
            respuesta.read()
            assert respuesta.status == 202
    return cuantas


def contar(cursor: Any, consulta: str) -> int:
    cursor.execute(consulta)
    return int(cursor.fetchone()[0])


def test_demo_cumple_todo_lo_que_promete(tmp_path: Path) -> None:
    hecho = subprocess.run(
        [sys.executable, "-m", "plataforma", "demo"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert hecho.returncode == 0, hecho.stdout + hecho.stderr
    assert "one image in CUARENTENA" in hecho.stdout
    assert "its saga COMPENSADA" in hecho.stdout
    assert (tmp_path / ".local" / "demo" / "antes-y-despues.png").read_bytes().startswith(b"\x89PNG")
    assert json.loads((tmp_path / ".local" / "demo" / "procesos.json").read_text()) == {}
