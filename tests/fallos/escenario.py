"""The whole platform on a stage: somebody watches over its processes, clients ask for things, and an auditor looks."""

import email
import json
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import psycopg2
import pulsar
import urllib3
from tests.auditor.evidencia import Plan
from tests.auditor.hallazgos import Clase, Hallazgo
from tests.auditor.reglas import juzgar
from tests.fallos.acta import Acta
from tests.fallos.cimiento import Cimiento
from tests.fallos.coherencia import pendiente, reunir
from tests.fallos.tropiezo import Paso
from tests.saga.bases import filas
from tests.saga.negocio import CUERPO_IMAGEN, Negocio
from tests.saga.plataforma_viva import Plataforma, Proceso, plataforma_viva
from tests.saga.topicos import leer, repetir_todos

from contratos import Mensaje
from seedwork.infraestructura.aprovisionamiento import ErrorDeAprovisionamiento
from seedwork.infraestructura.publicador import cerrar_cliente, crear_cliente

REPOSO_S = 120.0
RUTA_IMAGEN = "/procesar/procesar-imagen"
RUTA_SUSCRIPCION = "/suscripciones/suscripcion-comando"


class Guardia:
    """Starts again whatever dies, as a process manager does; what was stopped on purpose stays away."""

    def __init__(self, procesos: Sequence[Proceso]) -> None:
        self._procesos = procesos
        self._fin = threading.Event()
        self._hilo = threading.Thread(target=self._velar, daemon=True)
        self._ausentes: dict[str, float] = {}
        self.rearranques: Counter[str] = Counter()
        """How often each process was started again."""
        self.salidas: dict[str, tuple[int, float]] = {}
        """With which exit code each last ended, and when that was seen, on the monotonic clock."""
        self.peor_s = 0.0
        """The longest that one was away until it was ready again, in seconds."""

    def __enter__(self) -> "Guardia":
        self._hilo.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._fin.set()
        self._hilo.join()

    def _velar(self) -> None:
        while not self._fin.wait(0.1):
            for proceso in self._procesos:
                if (codigo := proceso.codigo) is not None:
                    self.salidas[proceso.nombre] = codigo, time.monotonic()
                    self._ausentes.setdefault(proceso.nombre, time.monotonic())
                    self.rearranques[proceso.nombre] += 1
                    proceso.rearrancar()
                elif proceso.nombre in self._ausentes and proceso.listo:
                    self.peor_s = max(self.peor_s, time.monotonic() - self._ausentes.pop(proceso.nombre))


@dataclass
class Clientela:
    """Clients at the door, each with an Idempotency-Key: whoever gets no 202 asks again until there is one.

    Attributes:
        imagenes: ids of the images that were accepted.
        suscripciones: likewise.
        intentos: what else came than 202, by status; 0 for no answer at all.
    """

    bff: str
    imagenes: list[str] = field(default_factory=list)
    suscripciones: list[str] = field(default_factory=list)
    intentos: Counter[int] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._http = urllib3.PoolManager(maxsize=32, retries=False, timeout=10)
        self._marca = f"m{secrets.token_hex(4)}"
        self._numero = 0
        self._cerrojo = threading.Lock()

    def pedir_imagen(self) -> None:
        """Send an image's metadata until it is accepted."""
        n = self._siguiente()
        cuerpo = {**CUERPO_IMAGEN, "id_imagen": f"{self._marca}-{n}", "id_paciente": f"p-{self._marca}-{n // 5}"}
        self.imagenes.append(self._hasta_202(RUTA_IMAGEN, cuerpo, f"i-{self._marca}-{n}")["id_imagen"])

    def pedir_suscripcion(self, cuerpo: Mapping[str, Any]) -> str:
        """Ask for a subscription until it is accepted; its id."""
        n = self._siguiente()
        id = str(self._hasta_202(RUTA_SUSCRIPCION, cuerpo, f"s-{self._marca}-{n}")["id_suscripcion"])
        self.suscripciones.append(id)
        return id

    def ordenar(self, ruta: str, cuerpo: Mapping[str, Any]) -> None:
        """Send any other command until it is accepted."""
        self._hasta_202(ruta, cuerpo, f"o-{self._marca}-{self._siguiente()}")

    def cambiar_plan(self, id_suscripcion: str, plan: str) -> None:
        """Ask for another plan until that is accepted."""
        cuerpo = {"plan": {"codigo": plan, "nombre": plan.upper()}}
        self.ordenar(f"/suscripciones/{id_suscripcion}/plan-comando", cuerpo)

    def cancelar(self, id_suscripcion: str) -> None:
        """Ask for the end of a subscription until that is accepted."""
        self.ordenar(f"/suscripciones/{id_suscripcion}/cancelacion-comando", {"motivo": "ya no"})

    def _siguiente(self) -> int:
        with self._cerrojo:
            self._numero += 1
            return self._numero

    def _hasta_202(self, ruta: str, cuerpo: Mapping[str, Any], clave: str) -> Any:
        # A connection each, so that any of the door's workers may get it.
        cabeceras = {"Content-Type": "application/json", "Idempotency-Key": clave, "Connection": "close"}
        limite = time.monotonic() + REPOSO_S
        while True:
            try:
                respuesta = self._http.request("POST", self.bff + ruta, body=json.dumps(cuerpo), headers=cabeceras)
            except urllib3.exceptions.HTTPError:
                codigo = 0
            else:
                codigo = respuesta.status
                if codigo == 202:
                    return json.loads(respuesta.data)
            self.intentos[codigo] += 1
            assert codigo in (0, 503), f"the door answers {codigo}: {respuesta.data!r}"
            assert time.monotonic() < limite, f"not accepted within {REPOSO_S:.0f} s"
            time.sleep(0.2)


@dataclass
class Escenario:
    """The platform, its ground, its watch and its clients, for the cases that need all of it."""

    cimiento: Cimiento
    plataforma: Plataforma
    guardia: Guardia
    clientela: Clientela
    negocio: Negocio
    planes: Mapping[str, Plan]
    _conocidos: set[Hallazgo] = field(default_factory=set)

    @contextmanager
    def bajo_carga(
        self,
        acta: Acta,
        *,
        imagenes: int = 0,
        suscripciones: int = 0,
        otros: Sequence[Callable[[], None]] = (),
        segundos: float,
    ) -> Iterator[None]:
        """So many are asked for, evenly over so many seconds, while the body does its worst; all are accepted after it.

        Then everything comes to rest and is examined. A body that is broken off breaks off what was still to be asked.
        """
        quehaceres = [self.clientela.pedir_imagen] * imagenes + [self.pedir_pro] * suscripciones + [*otros]
        # The few are spread evenly among the many.
        quehaceres.sort(key=_Reparto(quehaceres))
        antes = self.clientela.intentos.total()
        with ThreadPoolExecutor(24) as hilos:
            pedidos: list[Future[None]] = []
            basta = threading.Event()
            emisor = threading.Thread(target=_emitir, args=(hilos, quehaceres, segundos, pedidos, basta))
            emisor.start()
            try:
                yield
            except BaseException:
                basta.set()
                emisor.join()
                hilos.shutdown(cancel_futures=True)
                raise
            emisor.join()
        ultimo_fallo = time.monotonic()
        errores = [error for pedido in pedidos if (error := pedido.exception())]
        acta.hallar(Clase.OTRO, [f"{type(e).__name__} {e}" for e in errores], "a request came to nothing")
        acta.mensajes += len(pedidos)
        if repetidas := self.clientela.intentos.total() - antes:
            acta.notas.append(f"{repetidas:,} requests asked again")
        self.reposar(acta, desde=ultimo_fallo)

    def restablecer(self) -> None:
        """Start what a case that was broken off left stopped."""
        for proceso in self.plataforma.procesos:
            if proceso.parado:
                proceso.arrancar()

    def pedir_pro(self) -> None:
        """A client whom nobody knew asks for PRO."""
        self.clientela.pedir_suscripcion(self.negocio.cuerpo_suscripcion("pro"))

    def reposar(self, acta: Acta, *, desde: float | None = None) -> None:
        """Wait until nothing is in course, and note what is not as it ought to be then."""
        self.sosegar(acta, desde=desde)
        self.examinar(acta)

    def sosegar(self, acta: Acta, *, desde: float | None = None, segundos: float = REPOSO_S) -> None:
        """Wait until nothing is in course, and note how long that took."""
        comienzo = time.monotonic() if desde is None else desde
        limite = time.monotonic() + segundos
        while motivo := self.pendiente():
            if time.monotonic() > limite:
                acta.hallar(Clase.ATASCADO, [motivo], f"not at rest after {segundos:.0f} s")
                break
            time.sleep(0.1)
        acta.recuperado(max(time.monotonic() - comienzo, self.guardia.peor_s))
        self.guardia.peor_s = 0.0

    def pendiente(self) -> str | None:
        """What is in course, or which server is away; None at rest."""
        try:
            return pendiente(self.cimiento.servidores, self.plataforma.bases)
        except (psycopg2.Error, ErrorDeAprovisionamiento) as error:
            return f"{type(error).__name__}"

    def examinar(self, acta: Acta) -> None:
        """Note what is not as it ought to be, and was not noted by a case before."""
        evidencia = reunir(
            self.cimiento.servidores,
            self.plataforma.bases,
            planes=self.planes,
            pedidas=self.clientela.suscripciones,
            enviadas=self.clientela.imagenes,
            cartas=[_id_de(texto) for _, texto in list(self.plataforma.buzon.cartas)],
        )
        nuevos = [h for h in juzgar(evidencia) if h not in self._conocidos]
        self._conocidos.update(nuevos)
        acta.hallazgos += nuevos

    # Looking, and saying again

    @cached_property
    def recursos(self) -> tuple[str, str, str]:
        """The codes of an expert, a cloud and a data set of the catalogue."""
        base = self.plataforma.bases["servicio_datos"]
        tablas = ("expertos", "nubes", "datasets")
        experto, nube, dataset = (filas(base, f"SELECT min(codigo) FROM {t} WHERE vigente")[0][0] for t in tablas)
        return experto, nube, dataset

    def base_de(self, paso: Paso) -> str:
        """The database of a step's participant."""
        return self.plataforma.bases[paso.base]

    def estados(self, ids: Collection[str]) -> dict[str, str]:
        """The state of each subscription that is known."""
        todas = filas(self.plataforma.bases["suscripciones"], "SELECT id, estado FROM suscripciones")
        return {id: estado for id, estado in todas if id in ids}

    def pasos(self, ids: Collection[str]) -> Counter[str]:
        """How often each step was taken in for these subscriptions."""
        todos = filas(self.plataforma.bases["suscripciones"], "SELECT paso, id_suscripcion FROM saga_pasos")
        return Counter(paso for paso, id in todos if id in ids)

    def foto(self) -> dict[str, str]:
        """A fingerprint of each table, those of deliveries and of what they cost left out: they change when a message
        comes again."""
        huellas = {}
        for paquete, base in self.plataforma.bases.items():
            for (tabla,) in filas(base, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"):
                if tabla not in ("inbox", "lotes", "intentos", "mandos", "escala"):
                    consulta = f"SELECT md5(string_agg(t::text, '' ORDER BY t::text)) FROM {tabla} AS t"
                    huellas[f"{paquete}.{tabla}"] = filas(base, consulta)[0][0]
        return huellas

    def dichos_de(self, tipo: type[Mensaje], ids: Collection[str] | None = None) -> list[pulsar.Message]:
        """What a topic holds about these subjects, or about all, each message once."""
        cliente = crear_cliente(self.cimiento.servidores.pulsar_url)
        try:
            todos = {m.properties()["ce_id"]: m for m in leer(cliente, tipo.topico)}
        finally:
            cerrar_cliente(cliente)
        return [m for m in todos.values() if ids is None or m.properties()["ce_subject"] in ids]

    def repetir(self, tipo: type[Mensaje], mensajes: Sequence[pulsar.Message]) -> None:
        """Say them again, in this order."""
        repetir_todos(self.cimiento.servidores.pulsar_url, tipo.topico, mensajes)

    def saltar(self, tipo: type[Mensaje], paquete: str) -> None:
        """A service, which must be away, will not be delivered what waits for it on a topic."""
        ruta = f"{tipo.topico.replace('://', '/')}/subscription/{paquete.replace('_', '-')}/skip_all"
        respuesta = urllib3.request("POST", f"{self.cimiento.servidores.admin_url}/admin/v2/{ruta}")
        assert respuesta.status < 300, respuesta.data


def _id_de(carta: str) -> str:
    """The notification whose id a letter bears."""
    return str(email.message_from_string(carta)["Message-ID"]).strip("<>").partition("@")[0]


class _Reparto:
    """A sort key that spreads the members of each kind evenly."""

    def __init__(self, cosas: Sequence[Any]) -> None:
        self._total = Counter(cosas)
        self._visto: Counter[Any] = Counter()

    def __call__(self, cosa: Any) -> float:
        self._visto[cosa] += 1
        return self._visto[cosa] / self._total[cosa]


def _emitir(
    hilos: ThreadPoolExecutor,
    quehaceres: Sequence[Callable[[], None]],
    segundos: float,
    pedidos: list[Future[None]],
    basta: threading.Event,
) -> None:
    comienzo = time.monotonic()
    for numero, hacer in enumerate(quehaceres):
        debido = comienzo + segundos * numero / len(quehaceres)
        if basta.wait(max(0.0, debido - time.monotonic())):
            return
        pedidos.append(hilos.submit(hacer))


@contextmanager
def escenario(cimiento: Cimiento, *, procesamiento: int = 2) -> Iterator[Escenario]:
    """The whole platform, watched over, in the body."""
    carpeta = cimiento.carpeta / f"plataforma-{secrets.token_hex(4)}"
    carpeta.mkdir()
    with (
        plataforma_viva(cimiento.servidores, carpeta, procesamiento=procesamiento) as viva,
        Guardia(viva.procesos) as guardia,
    ):
        negocio = Negocio(viva)
        yield Escenario(cimiento, viva, guardia, Clientela(viva.bff), negocio, _planes(negocio))


def _planes(negocio: Negocio) -> Mapping[str, Plan]:
    """The catalogue, as clients see it."""
    elementos = negocio.pregunta("/planes").cuerpo["elementos"]
    return {p["codigo"]: Plan(p["recursos"], p["precio"], p["moneda"], p["periodo_dias"]) for p in elementos}
