"""A run of the platform: the infrastructure, then the services' preparation, then the services, then the door."""

import shutil
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from rich.console import Console

from plataforma.ajustes import Ajustes, leer_entorno
from plataforma.errores import ErrorPlataforma, PuertoOcupado
from plataforma.gestor import Estado, Gestor
from plataforma.operacion import dejar_entornos
from plataforma.partes import Grupo, Parte, Preparativo
from plataforma.plano import Plano, planear
from plataforma.postgres import crear_bases
from plataforma.puertos import INTENTOS, esta_libre, por_quien
from plataforma.sistema import (
    REGISTRO,
    cerrojo,
    cpu,
    escuchados,
    exigir_seguir,
    familia,
    matar,
    pss,
    registrar,
    solo_para_su_dueno,
    terminar_restos,
)

SEGUNDOS_DE_ARRANQUE = 180.0
SEGUNDOS_ENTRE_ESCALAS = 5.0
PAUSA = 0.2


class Corrida:
    """A platform that runs; made by `correr`, which began at `comienzo` by the clock that only goes on."""

    def __init__(
        self, ajustes: Ajustes, plano: Plano, gestor: Gestor, estado: Path, consola: Console, comienzo: float
    ) -> None:
        self.ajustes = ajustes
        self.plano = plano
        self.estado = estado
        self._gestor = gestor
        self._consola = consola
        self._procesos: dict[str, int] = {}
        self._comienzo = comienzo

    def iniciar(self, nuevas: Iterable[Parte]) -> None:
        """Start these parts together and wait until each is ready.

        Raises ErrorPlataforma when one ends instead, or takes longer than SEGUNDOS_DE_ARRANQUE; PuertoOcupado when that
        is for a port that somebody else has.
        """
        comienzo = time.monotonic()
        pendientes = {parte.nombre: parte for parte in nuevas}
        for nombre in pendientes:
            self._gestor.iniciar(nombre)
        primeros: dict[str, int] = {}
        while pendientes:
            for nombre, estado in self.latir().items():
                if nombre not in pendientes:
                    continue
                if estado.caido or (estado.pid and primeros.setdefault(nombre, estado.pid) != estado.pid):
                    self._exigir_puertos(pendientes[nombre], set())
                    raise ErrorPlataforma(
                        f"{nombre} does not start ({estado.salida if estado.caido else 'it ended at once'}). "
                        "The end of its log:\n" + self._gestor.final_del_log(nombre)
                    )
                motivo = pendientes[nombre].sonda()
                if motivo is None:
                    # Whoever else has the port may well answer as this part would.
                    self._exigir_puertos(pendientes[nombre], escuchados(estado.pid))
                    self._anunciar(pendientes.pop(nombre))
                elif time.monotonic() - comienzo > SEGUNDOS_DE_ARRANQUE:
                    raise ErrorPlataforma(
                        f"{nombre} is not ready after {SEGUNDOS_DE_ARRANQUE:.0f} s: {motivo}. The end of its log:\n"
                        + self._gestor.final_del_log(nombre)
                    )
            time.sleep(PAUSA)

    def _exigir_puertos(self, parte: Parte, suyos: set[int] | None) -> None:
        """Raise PuertoOcupado where one is taken, and not by the part itself: `suyos` are those that it listens on, if
        that can be told."""
        if suyos is None:
            return
        ajenos = [p.numero for p in parte.puertos if p.numero not in suyos and not esta_libre(p.numero)]
        if ajenos:
            raise PuertoOcupado(
                f"{parte.nombre} does not start: somebody took its port first:"
                + ",".join(f" {numero}{por_quien(numero)}" for numero in ajenos)
            )

    def parar(self, nombre: str) -> None:
        """Stop one part, until `iniciar` starts it again. Raises ErrorPlataforma when it can't be."""
        self._gestor.parar(nombre)

    def preparar(self, preparativos: Iterable[Preparativo], raiz: Path, entorno: Mapping[str, str]) -> None:
        """Run the one-shot commands side by side. Raises ErrorPlataforma when one fails."""
        comienzo = time.monotonic()
        with ExitStack() as pila:
            corriendo: dict[str, subprocess.Popen[bytes]] = {}
            for preparativo in preparativos:
                nombre = f"{preparativo.nombre}-preparar"
                log = pila.enter_context((self.estado / "logs" / f"{nombre}.log").open("wb"))
                proceso = subprocess.Popen(
                    preparativo.orden,
                    cwd=raiz,
                    env={**entorno, **preparativo.entorno},
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
                pila.callback(proceso.wait)
                pila.callback(proceso.kill)
                corriendo[nombre] = proceso
            while corriendo:
                self.latir()
                for nombre, proceso in list(corriendo.items()):
                    if (codigo := proceso.poll()) is None:
                        continue
                    if codigo:
                        raise ErrorPlataforma(
                            f"{nombre} failed (exit status {codigo}). The end of its log:\n"
                            + self._gestor.final_del_log(nombre)
                        )
                    del corriendo[nombre]
                if time.monotonic() - comienzo > SEGUNDOS_DE_ARRANQUE:
                    raise ErrorPlataforma(f"{', '.join(corriendo)} did not end in {SEGUNDOS_DE_ARRANQUE:.0f} s.")
                time.sleep(PAUSA)
        self._decir("migrations and topics", "")

    def vigilar(self) -> None:
        """Keep procesos.json true and tell of every restart, until Interrumpida is raised.

        Raises ErrorPlataforma when the process manager itself dies.
        """
        antes = dict(self._procesos)
        proxima = time.monotonic()
        while True:
            if time.monotonic() >= proxima:
                for parado in self.escalar():
                    antes.pop(parado, None)
                proxima = time.monotonic() + SEGUNDOS_ENTRE_ESCALAS
            for nombre, estado in self.latir().items():
                if nombre in antes and nombre not in self._procesos:
                    self._consola.print(f"{nombre} (pid {antes[nombre]}) ended; starting it again", style="yellow")
                elif self._procesos.get(nombre) not in (None, antes.get(nombre)):
                    otra_vez = " again" if nombre in antes else ""
                    self._consola.print(f"{nombre} started{otra_vez} as pid {estado.pid}", style="yellow")
                if estado.rendido:
                    with suppress(ErrorPlataforma):  # what can't be started now is tried again
                        self._gestor.iniciar(nombre)
            antes = antes | self._procesos
            time.sleep(PAUSA)

    def escalar(self) -> list[str]:
        """Have as many workers run as each service that is scaled by its metric wants by now. Gives the names of those
        that were stopped; one that can't be started now is looked at again the next time."""
        parados: list[str] = []
        for escalado in self.plano.escalados:
            if (deseados := escalado.deseados()) is None:
                continue
            detenidos = [nombre for nombre, estado in self.latir().items() if estado.detenido]
            arrancar, parar = escalado.cambios(deseados, detenidos)
            for nombre in (*arrancar, *parar):
                que = "stopping" if nombre in parar else "starting"
                self._consola.print(f"{escalado.servicio} wants {deseados} workers: {que} {nombre}", style="cyan")
            for nombre in arrancar:
                with suppress(ErrorPlataforma):
                    self._gestor.iniciar(nombre)
            for nombre in parar:
                self._gestor.parar(nombre)
            parados += parar
        return parados

    def latir(self) -> dict[str, Estado]:
        """Look at every process once, and rewrite procesos.json if it changed. Raises Interrumpida after a signal."""
        exigir_seguir()
        estados = self._gestor.estados()
        self._registrar({nombre: estado.pid for nombre, estado in estados.items() if estado.pid})
        return estados

    def memoria(self) -> dict[str, int]:
        """Bytes of memory (PSS, shared pages divided among their users) of each part with all its children."""
        return {nombre: sum(map(pss, familia(pid))) for nombre, pid in self._procesos.items()}

    def cpu(self) -> dict[str, float]:
        """Seconds of CPU that each part with all its children has used since it began."""
        return {nombre: sum(map(cpu, familia(pid))) for nombre, pid in self._procesos.items()}

    def detener(self) -> None:
        """Stop everything in order, within 15 s, and leave an empty procesos.json."""
        self._gestor.detener()
        matar(self._procesos.values())
        self._registrar({})

    def _registrar(self, procesos: dict[str, int]) -> None:
        if procesos != self._procesos or not (self.estado / REGISTRO).exists():
            self._procesos = procesos
            registrar(self.estado, procesos)

    def _anunciar(self, parte: Parte) -> None:
        self._decir(parte.nombre, ", ".join(f"127.0.0.1:{puerto.numero}" for puerto in parte.puertos))

    def _decir(self, que: str, lugares: str) -> None:
        """That it is there, and since how many seconds this run goes."""
        segundos = time.monotonic() - self._comienzo
        self._consola.print(f"  {que:<22} {lugares:<34} {segundos:5.1f} s", style="dim", highlight=False)


@contextmanager
def correr(
    ajustes: Ajustes | Callable[[], Ajustes],
    raiz: Path,
    estado: Path,
    consola: Console,
    *,
    con_servicios: bool = True,
    de_paso: bool = False,
    entorno: Mapping[str, str] | None = None,
) -> Iterator[Corrida]:
    """The platform, or its broker and PostgreSQL alone, ready in the body and stopped in order after it.

    Every process gets the caller's environment and what the checkout's .env says, under the given one. Servers that are
    `de_paso` keep what they have across kill -9, but not across a power cut.

    Args:
        ajustes: the settings; or who chooses them, with free ports, and is asked again where somebody took one of them
            before the run listened there.

    Raises ErrorPlataforma when it can't start; nothing is left running then either.
    """
    comienzo = time.monotonic()
    heredado = leer_entorno(raiz) | {"PYTHONUNBUFFERED": "1"} | dict(entorno or {})

    @contextmanager
    def intento(elegidos: Ajustes) -> Iterator[Corrida]:
        plano = planear(elegidos, estado, consola, con_servicios=con_servicios, de_paso=de_paso)
        _vaciar_metricas(plano)
        dejar_entornos(estado, plano.preparativos)
        corrida = Corrida(elegidos, plano, Gestor(plano.partes, estado, raiz, heredado), estado, consola, comienzo)
        try:
            corrida.iniciar(plano.infraestructura)
            for externo in plano.externos:
                consola.print(f"  {externo}", style="dim")
            if con_servicios:
                crear_bases(plano.postgres_url, plano.claves, plano.claves_de_duenos)
                corrida.preparar(plano.preparativos, raiz, heredado)
            for grupo in (Grupo.SERVICIOS, Grupo.BFF):
                corrida.iniciar(p for p in plano.servicios if p.grupo is grupo and not p.reserva)
            yield corrida
        finally:
            corrida.detener()

    with solo_para_su_dueno(), cerrojo(estado), ExitStack() as pila:
        terminar_restos(estado)
        for quedan in reversed(range(INTENTOS)):
            try:
                corrida = pila.enter_context(intento(ajustes() if callable(ajustes) else ajustes))
                break
            except PuertoOcupado as error:
                if not quedan or not callable(ajustes):
                    raise
                consola.print(f"{error}\nStarting on other ports", style="yellow", highlight=False, markup=False)
        yield corrida


def _vaciar_metricas(plano: Plano) -> None:
    """Make each server's folder of figures anew: they are those of one life."""
    for parte in plano.partes:
        if carpeta := parte.entorno.get("PROMETHEUS_MULTIPROC_DIR"):
            shutil.rmtree(carpeta, ignore_errors=True)
            Path(carpeta).mkdir(parents=True)
