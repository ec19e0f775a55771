"""The whole platform as real processes on free ports, with one test's hand on each of them."""

import asyncio
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Literal

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from tests.saga.espera import hasta

from contratos.acceso import Rol
from plataforma import identidad, partes, sondas
from plataforma.ajustes import CAMPOS_DE_PUERTO, MAXIMO_AUTOMATICO, Ajustes, leer_ajustes
from plataforma.partes import Conexiones, Parte
from plataforma.postgres import borrar_base, crear_bases
from plataforma.proveedores import Servidores
from plataforma.puertos import LOCAL, esta_libre, libres
from plataforma.secretos import Secretos, escribir_privado
from plataforma.servicios import SERVICIOS
from seedwork.infraestructura.tokens import Firmante
from seedwork.pruebas.bases import de_dueno
from seedwork.pruebas.llavero import CLAVES

Trabajadores = int | Literal["auto"]
RECHAZA = "rechazado"
"""The mail server refuses every address that begins so, for good (550)."""
TARDA = "tarda"
"""The mail server refuses every address that begins so for now (451), the first time that it hears it."""


class Buzon:
    """The mail server: keeps each letter as (address, text).

    Attributes:
        demora_s: seconds that it takes over each letter.
        averias: what it answers to every such step of a dialogue, MAIL or RCPT.
    """

    def __init__(self) -> None:
        self.cartas: list[tuple[str, str]] = []
        self.demora_s = 0.0
        self.averias: dict[str, str] = {}
        self._conocidas: set[str] = set()

    async def handle_MAIL(
        self, _servidor: SMTP, _sesion: Session, sobre: Envelope, direccion: str, _opciones: list[str]
    ) -> str:
        if averia := self.averias.get("MAIL"):
            return averia
        sobre.mail_from = direccion
        return "250 OK"

    async def handle_RCPT(
        self, _servidor: SMTP, _sesion: Session, sobre: Envelope, direccion: str, _opciones: list[str]
    ) -> str:
        if averia := self.averias.get("RCPT"):
            return averia
        if direccion.startswith(RECHAZA):
            return "550 5.1.1 no such mailbox"
        if direccion.startswith(TARDA) and direccion not in self._conocidas:
            self._conocidas.add(direccion)
            return "451 4.2.1 not now"
        sobre.rcpt_tos.append(direccion)
        return "250 OK"

    async def handle_DATA(self, _servidor: SMTP, _sesion: Session, sobre: Envelope) -> str:
        await asyncio.sleep(self.demora_s)
        contenido = sobre.content
        texto = contenido.decode("utf-8", "replace") if isinstance(contenido, bytes) else str(contenido)
        self.cartas += [(direccion, texto) for direccion in sobre.rcpt_tos]
        return "250 OK"

    def de(self, direccion: str) -> list[str]:
        """The letters that reached an address."""
        return [texto for destino, texto in list(self.cartas) if destino == direccion]


class Proceso:
    """One process of the platform, in a process group of its own."""

    def __init__(self, parte: Parte, entorno: Mapping[str, str], log: Path) -> None:
        self._parte = parte
        self._entorno = {**entorno, **parte.entorno}
        self._log = log
        self._proceso: subprocess.Popen[bytes] | None = None
        self._ajustes: Mapping[str, str] = {}

    @property
    def nombre(self) -> str:
        """Its name, as `make run` gives it."""
        return self._parte.nombre

    @property
    def puerto(self) -> int:
        """Where it listens."""
        return self._parte.puertos[0].numero

    @property
    def pid(self) -> int:
        """The running process. Raises AssertionError when there is none."""
        assert self._proceso is not None, f"{self.nombre} was stopped"
        return self._proceso.pid

    @property
    def de_reserva(self) -> bool:
        """Whether it is started only when the load asks for it."""
        return self._parte.reserva

    @property
    def parado(self) -> bool:
        """Whether it was stopped here."""
        return self._proceso is None

    @property
    def codigo(self) -> int | None:
        """With which exit code it ended, without having been stopped here; None where it did not."""
        return None if self._proceso is None else self._proceso.poll()

    @property
    def caido(self) -> bool:
        """Whether it ended without having been stopped here."""
        return self.codigo is not None

    @property
    def motivo(self) -> str | None:
        """Why it is not ready, as it says; None when it is."""
        return self._parte.sonda()

    @property
    def listo(self) -> bool:
        """Whether it says that it is ready."""
        return self.motivo is None

    def arrancar(self, **ajustes: str) -> None:
        """Start it, with further settings; it may not be ready yet when this returns."""
        self._ajustes = ajustes
        self.rearrancar()

    def rearrancar(self) -> None:
        """Start it as it was started before."""
        salida: IO[bytes]
        with self._log.open("ab") as salida:
            self._proceso = subprocess.Popen(
                self._parte.orden,
                env={**self._entorno, **self._ajustes},
                stdin=subprocess.DEVNULL,
                stdout=salida,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def esperar_listo(self) -> None:
        """Wait for its readiness. Raises AssertionError when it ends instead."""

        def listo() -> bool:
            codigo = self._proceso.poll() if self._proceso else None
            assert codigo is None, f"{self._parte.nombre} ended with {codigo}: {self._log.read_text()[-2000:]}"
            return self.listo

        hasta(listo, f"{self._parte.nombre} está listo", segundos=90)

    def parar(self) -> int:
        """Ask it to stop, as an operator does; its exit code. Raises AssertionError when it takes much too long."""
        proceso, self._proceso = self._proceso, None
        assert proceso is not None
        _senal(proceso, signal.SIGTERM)
        try:
            return proceso.wait(10)
        except subprocess.TimeoutExpired:
            _senal(proceso, signal.SIGKILL)
            proceso.wait()
            raise AssertionError(f"{self._parte.nombre} did not stop on SIGTERM") from None

    def matar(self) -> None:
        """kill -9, children included; it stays away."""
        proceso, self._proceso = self._proceso, None
        if proceso is not None:
            _senal(proceso, signal.SIGKILL)
            proceso.wait()

    def derribar(self) -> None:
        """kill -9, children included; whoever watches over it starts it again."""
        if self._proceso is not None:
            _senal(self._proceso, signal.SIGKILL)


def _senal(proceso: subprocess.Popen[bytes], senal: signal.Signals) -> None:
    if proceso.poll() is None:
        os.killpg(proceso.pid, senal)


class Plataforma:
    """What runs, and where."""

    def __init__(
        self,
        servidores: Servidores,
        bases: Mapping[str, str],
        carpeta: Path,
        buzon: Buzon,
        puerto_smtp: int,
        procesamiento: Trabajadores,
        solo: Collection[str] = (),
        bff: int = 1,
        arreglar: Callable[[list[Parte]], list[Parte]] = list,
        *,
        identificada: bool = False,
    ) -> None:
        self.servidores = servidores
        self.bases = bases
        """Each service's own database, by its package."""
        self.buzon = buzon
        self.almacen = carpeta / "almacen"
        """The files' folder."""
        self.logs = carpeta / "logs"
        self.logs.mkdir()
        ajustes = _ajustar(carpeta, puerto_smtp, procesamiento, bff, identificada)
        self._claves = carpeta / "identidad"
        if identificada:
            self._claves.mkdir()
            identidad.hacer(self._claves, escribir_privado)
        de_duenos = {paquete: de_dueno(url) for paquete, url in bases.items()}
        conexiones = Conexiones(
            *(servidores.pulsar_url, servidores.admin_url, bases, str(self.almacen), de_duenos),
            identidad=str(self._claves) if identificada else "",
        )
        secretos, metricas = Secretos(carpeta / "secretos.json", {"campos": CLAVES}), carpeta / "metricas"
        servicios = [
            *partes.servicios(ajustes, conexiones, secretos, metricas),
            *partes.puerta(ajustes, conexiones, secretos, metricas, carpeta / "balanceador"),
        ]
        servicios = arreglar([parte for parte in servicios if not solo or parte.nombre in solo])
        self.escalados = partes.escalados(ajustes)
        """The services whose workers come and go by their metric: whoever wants that asks it, and starts and stops."""
        self.bff = f"http://{LOCAL}:{ajustes.puerto('bff_puerto').numero}"
        """The public door's address."""
        self._ajustes = ajustes
        self._entorno = {**os.environ, "PYTHONUNBUFFERED": "1"}
        self._preparativos = {p.nombre: p for p in partes.preparativos(ajustes, conexiones, secretos)}
        self._procesos = {p.nombre: Proceso(p, self._entorno, self.logs / f"{p.nombre}.log") for p in servicios}
        for parte in servicios:
            if metricas_propias := parte.entorno.get("PROMETHEUS_MULTIPROC_DIR"):
                Path(metricas_propias).mkdir(parents=True)

    def levantar(self) -> None:
        """Migrate, provision and start everything, and wait until all of it is ready."""
        preparando = [self._preparar(nombre) for nombre in self._preparativos]
        for preparativo in preparando:
            assert preparativo.wait(120) == 0, self.registros()[-3000:]
        en_marcha = [proceso for proceso in self._procesos.values() if not proceso.de_reserva]
        for proceso in en_marcha:
            proceso.arrancar()
        for proceso in en_marcha:
            proceso.esperar_listo()

    def proceso(self, nombre: str) -> Proceso:
        """A process by its name, as `make run` names it."""
        return self._procesos[nombre]

    def token(self, *roles: Rol, sub: str, **codigos: str) -> str:
        """A caller's token for all that those roles may; `codigos` are a client's or a clinic's."""
        desarrollo = json.loads((self._claves / identidad.DESARROLLO_CLAVE).read_text("utf-8"))
        ahora = int(time.time())
        dichas = {
            **{"iss": desarrollo["emisor"], "aud": desarrollo["audiencia"], "sub": sub, "client_id": "pruebas"},
            **{"iat": ahora, "exp": ahora + 3600, "roles": list(roles)},
            "scope": " ".join({ambito for rol in roles for ambito in desarrollo["ambitos"][rol]}),
            **codigos,
        }
        return Firmante(desarrollo["clave"], "at+jwt").firmar(dichas)

    def api(self, paquete: str) -> str:
        """The address of a service's API."""
        return f"http://{LOCAL}:{self._ajustes.puerto(f'{paquete}_puerto').numero}"

    @property
    def procesos(self) -> list[Proceso]:
        """Everything: workers, APIs, the door."""
        return list(self._procesos.values())

    @property
    def trabajadores(self) -> list[Proceso]:
        """Every service's worker."""
        return [p for nombre, p in self._procesos.items() if nombre != "bff" and not nombre.endswith("-api")]

    def ordenar(self, paquete: str, *verbo: str) -> str:
        """Run a service's command to its end, and give what it says. Raises AssertionError when it fails."""
        nombre = paquete.replace("_", "-")
        hecho = subprocess.run(
            [*self._preparativos[nombre].orden[:-1], *verbo],
            env={"OPERADOR": "op-1", **self._entorno, **self._preparativos[nombre].entorno},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert hecho.returncode == 0, hecho.stdout + hecho.stderr
        return hecho.stdout

    def registros(self) -> str:
        """All that any process has logged so far."""
        return "\n".join(log.read_text("utf-8", "replace") for log in sorted(self.logs.iterdir()))

    def acabar(self) -> None:
        """Kill what still runs."""
        for proceso in self._procesos.values():
            proceso.matar()

    def _preparar(self, nombre: str) -> subprocess.Popen[bytes]:
        with (self.logs / f"{nombre}-preparar.log").open("wb") as salida:
            preparativo = self._preparativos[nombre]
            return subprocess.Popen(
                preparativo.orden,
                env={**self._entorno, **preparativo.entorno},
                stdin=subprocess.DEVNULL,
                stdout=salida,
                stderr=subprocess.STDOUT,
            )


def _ajustar(carpeta: Path, puerto_smtp: int, procesamiento: Trabajadores, bff: int, identificada: bool) -> Ajustes:
    puertos: dict[str, int] = dict(zip(CAMPOS_DE_PUERTO, libres(len(CAMPOS_DE_PUERTO)), strict=True))
    # The workers' ports follow the first one's.
    cuantos = MAXIMO_AUTOMATICO if procesamiento == "auto" else procesamiento
    while not all(map(esta_libre, range((p := puertos["procesamiento_salud_puerto"]), p + cuantos))):
        (puertos["procesamiento_salud_puerto"],) = libres(1)
    fijados = {"correo_puerto": puerto_smtp, "procesamiento": procesamiento, "bff": bff}
    fijados["autenticacion"] = "desarrollo" if identificada else "ninguna"
    return leer_ajustes(carpeta, **puertos | fijados)


@contextmanager
def plataforma_viva(
    servidores: Servidores,
    carpeta: Path,
    *,
    procesamiento: Trabajadores = 1,
    solo: Collection[str] = (),
    bff: int = 1,
    arreglar: Callable[[list[Parte]], list[Parte]] = list,
    identificada: bool = False,
) -> Iterator[Plataforma]:
    """The platform, with so many procesamiento workers, ready in the body, and gone with its databases after it.

    Of its processes only those in `solo` are started, where any are named; all topics and databases are there.
    The door has so many instances, with a balancer before two. What is started is what `arreglar` makes of it. One that
    is `identificada` asks its callers who they are; the broker asks nobody.
    """
    marca = os.urandom(4).hex()
    claves = {f"{paquete}_{marca}": os.urandom(16).hex() for paquete in SERVICIOS}
    urls = crear_bases(servidores.postgres_url, claves)
    buzon = Buzon()
    (puerto,) = libres(1)
    correo = Controller(buzon, hostname=LOCAL, port=puerto)
    correo.start()
    bases = {p: urls[f"{p}_{marca}"] for p in SERVICIOS}
    viva = Plataforma(
        servidores, bases, carpeta, buzon, puerto, procesamiento, solo, bff, arreglar, identificada=identificada
    )
    try:
        hasta(lambda: sondas.smtp(puerto)() is None, "el correo está listo")
        viva.levantar()
        yield viva
    finally:
        viva.acabar()
        correo.stop()
        for base in claves:
            borrar_base(servidores.postgres_url, base)
