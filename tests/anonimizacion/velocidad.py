"""How many public files a second of CPU cleans, beside reading and writing them; and what a second process brings."""

import multiprocessing
import time
import warnings
from collections.abc import Sequence
from multiprocessing.connection import Connection
from statistics import median

from tests.anonimizacion.publicos import Publico
from tests.dicom_casos.velocidad import VUELTAS, leer_y_escribir, limpiar, por_segundo

SEGUNDOS = 4.0
"""Of CPU per process, for the second one's gain."""


def cpu(archivos: Sequence[Publico]) -> tuple[int, float, float, float]:
    """Files that the engine cleans; how many in a second of CPU, how many pydicom reads and writes, and their ratio.

    With report and checksum; what is kept apart is left out of both.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        limpiables = [p.octetos for p in archivos if limpiar(p.octetos)]
        vueltas = [(por_segundo(limpiar, limpiables), por_segundo(leer_y_escribir, limpiables)) for _ in range(VUELTAS)]
    motor, lector = (median(vuelta) for vuelta in zip(*vueltas, strict=True))
    return len(limpiables), motor, lector, median(m / s for m, s in vueltas)


def ganancia(archivos: Sequence[Publico]) -> float:
    """What two processes clean together, as a multiple of what one does alone, each by its own CPU time.

    So it tells what they cost one another (memory, caches), and not what else the machine has to do.
    """
    octetos = [p.octetos for p in archivos]
    return _a_la_vez(octetos, 2) / _a_la_vez(octetos, 1)


def _a_la_vez(octetos: list[bytes], procesos: int) -> float:
    """Files a second of CPU, added up, of so many processes that work at the same time."""
    contexto = multiprocessing.get_context("spawn")
    tubos, obreros = [], []
    for _ in range(procesos):
        aqui, alla = contexto.Pipe()
        obreros.append(contexto.Process(target=_trabajar, args=(octetos, alla)))
        obreros[-1].start()
        tubos.append(aqui)
    for tubo in tubos:
        tubo.recv()
    for tubo in tubos:
        tubo.send(None)
    ritmo = sum(tubo.recv() for tubo in tubos)
    for obrero in obreros:
        obrero.join()
    return float(ritmo)


def _trabajar(octetos: list[bytes], tubo: Connection) -> None:
    limpiar(octetos[0])
    tubo.send(None)
    tubo.recv()
    hechos, inicio = 0, time.process_time()
    while time.process_time() - inicio < SEGUNDOS:
        limpiar(octetos[hechos % len(octetos)])
        hechos += 1
    tubo.send(hechos / (time.process_time() - inicio))
