"""The saga matrix: each step × refused, failing, crashed, duplicated, late, reordered, silent past the deadline.

Each saga ends complete or fully undone, in agreement with itself (`tests/auditor`), and the experts' places add up.
"""

import random
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager

from tests.auditor.evidencia import OIDOS
from tests.auditor.hallazgos import Clase
from tests.fallos.acta import Acta
from tests.fallos.escenario import Escenario
from tests.fallos.tropiezo import NOTIFICAR, NOTIFICAR_MAS, PASOS, RESERVAR, RESERVAR_MAS, Paso, que_falla, retenido
from tests.saga.bases import ejecutar, filas
from tests.saga.espera import hasta
from tests.saga.plataforma_viva import RECHAZA

from contratos.sagas import TransicionSaga
from seedwork.infraestructura import avro

PLAZO_S = 3


def paso_rechazado(lugar: Escenario, acta: Acta, *, sagas: int = 8) -> None:
    """What can be refused is: the plan, the expert's place, the letter."""
    expertos = lugar.plataforma.bases["servicio_datos"]
    with _sagas(lugar, acta, 3 * sagas) as pedir:
        pedir(sagas, plan="platino")
        pedir(sagas, malograda=True)
        lugar.sosegar(acta)
        ejecutar(expertos, "UPDATE expertos SET vigente = false")
        pedir(sagas)
        lugar.sosegar(acta)
        ejecutar(expertos, "UPDATE expertos SET vigente = true")
    acta.fallos = 3 * sagas


def paso_que_falla(lugar: Escenario, acta: Acta, *, sagas: int = 5) -> None:
    """The step's transaction fails a few times, together with what it was batched with, and then by itself."""
    for paso in PASOS:
        with _sagas(lugar, acta, sagas, paso) as pedir, que_falla(lugar.base_de(paso), paso, 4):
            pedir(sagas, malograda=paso.malograda)
            lugar.sosegar(acta)
        acta.fallos += 4


def paso_en_que_se_muere(lugar: Escenario, acta: Acta, *, sagas: int = 5) -> None:
    """The participant's worker is killed -9 in the middle of the step's transaction."""
    for paso in PASOS:
        with _sagas(lugar, acta, sagas, paso) as pedir, retenido(lugar.base_de(paso), paso) as retencion:
            pedir(sagas, malograda=paso.malograda)
            retencion.esperar_a_alguien()
            lugar.plataforma.proceso(paso.proceso).derribar()
            retencion.soltar()
            lugar.sosegar(acta)
        acta.fallos += 1


def paso_duplicado(lugar: Escenario, acta: Acta, *, sagas: int = 5, pasos: Collection[Paso] = PASOS) -> None:
    """While the step is being done, its cause and all else on its topic come five times more, and 20 copies of one."""
    for paso in pasos:
        with _sagas(lugar, acta, sagas, paso) as pedir, retenido(lugar.base_de(paso), paso) as retencion:
            ids = pedir(sagas, malograda=paso.malograda)
            retencion.esperar_a_alguien()
            suyos = lugar.dichos_de(paso.causa, ids)
            lugar.repetir(paso.causa, suyos * 5 + suyos[:1] * 20)
            retencion.soltar()
            lugar.sosegar(acta)
            acta.fallos += 5 * len(suyos) + 20


def paso_tardio(lugar: Escenario, acta: Acta, *, sagas: int = 5, segundos: float = 1.5) -> None:
    """The step takes its time, and everybody else goes on."""
    for paso in PASOS:
        with _sagas(lugar, acta, sagas, paso) as pedir, retenido(lugar.base_de(paso), paso) as retencion:
            pedir(sagas, malograda=paso.malograda)
            retencion.esperar_a_alguien()
            time.sleep(segundos)
            retencion.soltar()
            lugar.sosegar(acta)
        acta.fallos += 1


def paso_desordenado(lugar: Escenario, acta: Acta, *, sagas: int = 5) -> None:
    """The step's causes, and all that was said before on their topic, come backwards and last."""
    for paso in PASOS:
        with _sagas_sin(lugar, acta, paso, sagas) as ids:
            lugar.saltar(paso.causa, paso.base)
            suyos = lugar.dichos_de(paso.causa, ids)
            lugar.repetir(paso.causa, suyos[::-1])
            acta.fallos += len(suyos)


def paso_callado(lugar: Escenario, acta: Acta, *, sagas: int = 5) -> None:
    """The participant is away until long past the deadline, and then finds everything at once."""
    with plazo_corto(lugar):
        for paso in PASOS:
            with _sagas_sin(lugar, acta, paso, sagas) as ids:
                time.sleep(PLAZO_S + 1)
                if paso in (RESERVAR, NOTIFICAR):
                    esperar_estado(lugar, ids, "RECHAZADA")
                elif paso in (RESERVAR_MAS, NOTIFICAR_MAS):
                    hasta(lambda: lugar.pasos(ids)["RECHAZAR"] == sagas, "todo cambio se rechaza", segundos=60)
            acta.fallos += 1


def todo_otra_vez_y_al_reves(lugar: Escenario, acta: Acta, *, veces: int = 5, tope: int = 1000) -> None:
    """All that was ever said on the platform is said again: five times, and backwards. Nothing changes."""
    antes = lugar.foto()
    for tipo in {tipo for tipos in OIDOS.values() for tipo in tipos}:
        dichos = lugar.dichos_de(tipo)[:tope]
        lugar.repetir(tipo, dichos * (veces - 1) + dichos[::-1])
        acta.mensajes += len(dichos)
        acta.fallos += veces * len(dichos)
    acta.vueltas = veces
    lugar.reposar(acta)
    acta.hallar(Clase.DOBLADO, [tabla for tabla, filas in lugar.foto().items() if filas != antes[tabla]], "changed")


def deshacer_antes_que_la_causa(lugar: Escenario, acta: Acta, *, sagas: int = 10) -> None:
    """The undo reaches each participant before its cause, which then reserves and sends nothing: OMITIDO."""
    with plazo_corto(lugar):
        _deshacer_antes(lugar, acta, RESERVAR, "LIBERAR", sagas)
        _deshacer_antes(lugar, acta, NOTIFICAR, "AVISAR", sagas)


def _deshacer_antes(lugar: Escenario, acta: Acta, paso: Paso, deshecho: str, sagas: int) -> None:
    with _sagas(lugar, acta, sagas) as pedir:
        proceso = lugar.plataforma.proceso(paso.proceso)
        proceso.parar()
        ids = pedir(sagas)
        esperar_estado(lugar, ids, "RECHAZADA")
        lugar.saltar(paso.causa, paso.base)
        proceso.rearrancar()
        hasta(lambda: lugar.pasos(ids)[deshecho] == sagas, f"{deshecho} de cada saga", segundos=60)
        lugar.repetir(paso.causa, lugar.dichos_de(paso.causa, ids))
    omitidos = filas(
        lugar.plataforma.bases["suscripciones"],
        f"SELECT id_suscripcion FROM saga_pasos WHERE paso = '{paso.nombre}' AND resultado = 'OMITIDO'",
    )
    acta.hallar(Clase.OTRO, set(ids) - {id for (id,) in omitidos}, f"{paso.nombre} was not answered with OMITIDO")
    acta.fallos += sagas


def exito_y_plazo_a_la_vez(lugar: Escenario, acta: Acta, *, vueltas: int = 12, sagas: int = 10) -> None:
    """The last step before success is let through around the instant of the deadline: one outcome each, never both."""
    azar = random.Random(4)
    with plazo_corto(lugar):
        for _ in range(vueltas):
            with _sagas(lugar, acta, sagas) as pedir, retenido(lugar.base_de(NOTIFICAR), NOTIFICAR) as retencion:
                comienzo = time.monotonic()
                pedir(sagas)
                retencion.esperar_a_alguien()
                time.sleep(max(0.0, comienzo + PLAZO_S + azar.uniform(-0.2, 0.5) - time.monotonic()))
                retencion.soltar()
                lugar.sosegar(acta)
            acta.fallos += sagas


@contextmanager
def plazo_corto(lugar: Escenario) -> Iterator[None]:
    """In the body, the saga's deadline is a few seconds, for suscripciones alone."""
    servicio = lugar.plataforma.proceso("suscripciones")
    servicio.parar()
    servicio.arrancar(SAGA_PLAZO_S=str(PLAZO_S))
    servicio.esperar_listo()
    try:
        yield
    finally:
        servicio.matar()
        servicio.arrancar()
    servicio.esperar_listo()


def esperar_estado(lugar: Escenario, ids: Collection[str], estado: str) -> None:
    """Wait until all of them are in it."""
    hasta(lambda: Counter(lugar.estados(ids).values())[estado] == len(ids), f"todas {estado}", segundos=60)


@contextmanager
def _sagas_sin(lugar: Escenario, acta: Acta, paso: Paso, cuantas: int) -> Iterator[list[str]]:
    """In the body, what causes the step was said, and who would do it is away; after it, it is back.

    Gives the subscriptions' ids.
    """
    proceso = lugar.plataforma.proceso(paso.proceso)
    with _sagas(lugar, acta, cuantas, paso) as pedir:
        if paso.previo is None:
            proceso.parar()
            ids = pedir(cuantas, malograda=paso.malograda)
        else:
            with retenido(lugar.base_de(paso.previo), paso.previo) as retencion:
                ids = _pedir_juntas(lugar, paso.previo, lambda: pedir(cuantas, malograda=paso.malograda))
                retencion.esperar_a_alguien()
                _esperar_causas(lugar, paso.previo, ids)
                proceso.parar()
                retencion.soltar()
                _esperar_causas(lugar, paso, ids)
        yield ids
        proceso.rearrancar()


def _pedir_juntas(lugar: Escenario, paso: Paso, pedir: Callable[[], list[str]]) -> list[str]:
    """Ask, and have all of them come to the step: the first one held there must not hold up what brings the others.

    One consumer of suscripciones takes in every step of every saga.
    """
    if paso.previo is None or paso.base != "suscripciones":
        return pedir()
    with retenido(lugar.base_de(paso.previo), paso.previo) as retencion:
        ids = pedir()
        retencion.esperar_a_alguien()
        _esperar_causas(lugar, paso.previo, ids)
    return ids


def _esperar_causas(lugar: Escenario, paso: Paso, ids: Collection[str]) -> None:
    hasta(lambda: len(_causas(lugar, paso, ids)) == len(ids), f"lo que causa {paso.nombre} se dijo")


def _causas(lugar: Escenario, paso: Paso, ids: Collection[str]) -> set[str]:
    """The subscriptions whose cause of the step is on its topic."""
    dichos = lugar.dichos_de(paso.causa, ids)
    if paso.causa is TransicionSaga and paso.previo is not None:
        previo = paso.previo.nombre
        dichos = [m for m in dichos if getattr(avro.decodificar(TransicionSaga, m.data()), "paso", "") == previo]
    return {m.properties()["ce_subject"] for m in dichos}


@contextmanager
def _sagas(lugar: Escenario, acta: Acta, cuantas: int, paso: Paso | None = None) -> Iterator["_Pedido"]:
    """Sagas are asked for in the body; at rest after it, they are counted and examined.

    Where the step befalls subscriptions in force, these are so when the body begins.
    """
    pedido = _Pedido(lugar)
    if paso is not None and paso.tras is not None:
        pedido.preparar(cuantas, *paso.tras)
        lugar.sosegar(acta)
    yield pedido
    lugar.reposar(acta)
    acta.vueltas += 1
    acta.mensajes += len(pedido.ids)
    assert len(pedido.ids) == cuantas
    acta.anotar_estados(Counter(lugar.estados(pedido.ids).values()))


class _Pedido:
    def __init__(self, lugar: Escenario) -> None:
        self._lugar = lugar
        self.ids: list[str] = []
        self._listas: list[str] = []
        self._despues = ""

    def preparar(self, cuantas: int, plan: str, despues: str) -> None:
        """Ask for subscriptions that will be in force when something is asked of them."""
        self._listas = self(cuantas, plan=plan)
        self._despues = despues
        self.ids = []

    def __call__(self, cuantas: int, *, plan: str = "pro", malograda: bool = False) -> list[str]:
        """Ask for so many; the letters to those that are to end badly are refused. Answers their ids.

        Of those that were prepared, what was to be asked of them is.
        """
        if self._listas:
            clientela = self._lugar.clientela
            for id in self._listas:
                if self._despues == "CANCELAR":
                    clientela.cancelar(id)
                else:
                    clientela.cambiar_plan(id, self._despues)
            self.ids += self._listas
            return self._listas
        negocio = self._lugar.negocio
        correo = RECHAZA if malograda else "cliente"
        nuevos = [
            self._lugar.clientela.pedir_suscripcion(negocio.cuerpo_suscripcion(plan, negocio.cliente_nuevo(correo)))
            for _ in range(cuantas)
        ]
        self.ids += nuevos
        return nuevos


CASOS = (
    paso_rechazado,
    paso_que_falla,
    paso_en_que_se_muere,
    paso_duplicado,
    paso_tardio,
    paso_desordenado,
    paso_callado,
    deshacer_antes_que_la_causa,
    exito_y_plazo_a_la_vez,
    todo_otra_vez_y_al_reves,
)
