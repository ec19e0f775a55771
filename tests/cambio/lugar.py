"""The platform as it is, two more plans in a folder beside its own, and a new participant that it knows nothing of."""

import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import urllib3
from rich.console import Console
from tests.saga.negocio import Negocio
from tests.saga.plataforma_viva import Plataforma, Proceso, plataforma_viva

import contratos
from plataforma import proveedores, sondas
from plataforma.partes import Grupo, Parte
from plataforma.postgres import borrar_base, crear_bases
from plataforma.proveedores import Servidores
from plataforma.puertos import LOCAL, libres
from seedwork.pruebas.bases import de_dueno
from suscripciones.infraestructura.catalogo import INCLUIDOS

AQUI = Path(__file__).parent
SERVICIO = AQUI / "microservicio-computo"
PLANES = AQUI / "planes"
CAPACIDAD = 6


class Computo:
    """The new participant's processes: a worker and an API, on a database of its own."""

    def __init__(self, servidores: Servidores, base: str, carpeta: Path) -> None:
        self.base = base
        salud, puerto = libres(2)
        self._api = f"http://{LOCAL}:{puerto}"
        self._entorno = {
            **os.environ,
            "PYTHONPATH": str(SERVICIO),
            "PYTHONUNBUFFERED": "1",
            "DATABASE_URL": base,
            "DATABASE_URL_MIGRACION": de_dueno(base),
            "PULSAR_URL": servidores.pulsar_url,
            "PULSAR_ADMIN_URL": servidores.admin_url,
            "COMPUTO_CAPACIDAD": str(CAPACIDAD),
            "PROMETHEUS_MULTIPROC_DIR": str(carpeta / "metricas-computo"),
        }
        self._procesos = [
            self._proceso("trabajador", carpeta, salud, "SALUD_PUERTO"),
            self._proceso("api", carpeta, puerto, "HTTP_PUERTO"),
        ]
        (carpeta / "metricas-computo").mkdir()

    def _proceso(self, verbo: str, carpeta: Path, puerto: int, variable: str) -> Proceso:
        sonda = sondas.http(f"http://{LOCAL}:{puerto}/salud/lista")
        orden = [sys.executable, "-m", "computo", verbo]
        parte = Parte(f"computo-{verbo}", Grupo.SERVICIOS, orden, sonda, entorno={variable: str(puerto)})
        return Proceso(parte, self._entorno, carpeta / f"computo-{verbo}.log")

    def levantar(self) -> None:
        """Migrate, provision, start, and wait until it is ready."""
        orden = [sys.executable, "-m", "computo", "preparar"]
        hecho = subprocess.run(orden, env=self._entorno, capture_output=True, text=True, timeout=120, check=False)
        assert hecho.returncode == 0, hecho.stdout + hecho.stderr
        for proceso in self._procesos:
            proceso.arrancar()
        for proceso in self._procesos:
            proceso.esperar_listo()

    def acabar(self) -> None:
        """Kill what runs."""
        for proceso in self._procesos:
            proceso.matar()

    def existencias(self) -> Any:
        """Its stock, as its API tells it: `capacidad` and `usados`."""
        return urllib3.request("GET", f"{self._api}/computo/existencias").json()

    def reservas(self, id_suscripcion: str) -> list[str]:
        """The states of what a subscription reserved there, oldest first."""
        pagina = urllib3.request("GET", f"{self._api}/computo", fields={"suscripcion": id_suscripcion}).json()
        return [r["estado"] for r in reversed(pagina["elementos"])]


@dataclass(frozen=True)
class Lugar:
    """Where the new participant works beside the others."""

    servidores: Servidores
    plataforma: Plataforma
    negocio: Negocio
    computo: Computo


@contextmanager
def lugar_de_cambio(consola: Console, carpeta: Path) -> Iterator[Lugar]:
    """Everything ready in the body, and gone after it.

    The platform is up and at work before anything of the new comes: first the participant, which hears nothing that
    concerns it, then the plans, for which suscripciones alone is started again, with the contracts that tell who
    provides what they require: with those of before, it does not start.
    """
    with ExitStack() as pila:
        servidores = pila.enter_context(proveedores.servidores(consola))
        viva = pila.enter_context(plataforma_viva(servidores, carpeta))
        negocio = Negocio(viva)
        base = f"computo_{secrets.token_hex(4)}"
        pila.callback(borrar_base, servidores.postgres_url, base)
        url = crear_bases(servidores.postgres_url, {base: secrets.token_hex(16)})[base]
        computo = Computo(servidores, url, carpeta)
        pila.callback(computo.acabar)
        computo.levantar()
        _ofrecer_planes(viva, carpeta)
        yield Lugar(servidores, viva, negocio, computo)


def _ofrecer_planes(viva: Plataforma, carpeta: Path) -> None:
    catalogo = Path(shutil.copytree(INCLUIDOS, carpeta / "planes"))
    for plan in PLANES.glob("*.toml"):
        shutil.copy(plan, catalogo)
    suyos = [viva.proceso(nombre) for nombre in ("suscripciones", "suscripciones-api")]
    ajustes = {"CATALOGO_PLANES": str(catalogo), "PYTHONPATH": str(_contratos_con_el_suyo(carpeta))}
    for proceso in suyos:
        proceso.parar()
        proceso.arrancar(**ajustes)
    for proceso in suyos:
        proceso.esperar_listo()


def _contratos_con_el_suyo(carpeta: Path) -> Path:
    """The published contracts as they are once the new participant's is one of them; where they are found."""
    lugar = carpeta / "contratos-nuevos"
    publicados = shutil.copytree(Path(contratos.__file__).parent, lugar / "contratos")
    shutil.copy(SERVICIO / "contrato_computo.py", publicados / "computo.py")
    return lugar
