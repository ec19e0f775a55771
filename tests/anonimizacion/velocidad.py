"""How many files a second of CPU cleans, beside reading and writing them; and what a second process brings."""

import hashlib
import io
import json
import multiprocessing
import time
import warnings
from collections.abc import Sequence
from multiprocessing.connection import Connection

import pydicom
from tests.anonimizacion.publicos import Publico
from tests.anonimizacion.verificacion import HOSPITAL, clave_nueva

from anonimizacion.modelo import Formato, Limpia, Remitente
from anonimizacion.motor import anonimizar
from anonimizacion.seudonimos import Seudonimizador

VUELTAS = 3
SEGUNDOS = 4.0
"""Of CPU per process, for the second one's gain."""


def cpu(archivos: Sequence[Publico]) -> tuple[int, float, float]:
    """Files that the engine cleans, how many of them in a second of CPU, and how many of them pydicom reads and writes.

    With report and checksum; what is kept apart is left out of both.
    """
    clave = clave_nueva()
    limpiables = [p.octetos for p in archivos if _limpiar(p.octetos, clave)]
    mejor_motor = mejor_lector = float("inf")
    for _ in range(VUELTAS):
        inicio = time.process_time()
        for octetos in limpiables:
            _limpiar(octetos, clave)
        medio = time.process_time()
        for octetos in limpiables:
            _leer_y_escribir(octetos)
        mejor_motor = min(mejor_motor, medio - inicio)
        mejor_lector = min(mejor_lector, time.process_time() - medio)
    return len(limpiables), len(limpiables) / mejor_motor, len(limpiables) / mejor_lector


def _limpiar(octetos: bytes, clave: Seudonimizador) -> bool:
    resultado = anonimizar(octetos, Formato.DICOM, clave, Remitente(HOSPITAL))
    json.dumps(resultado.informe.como_documento())
    return isinstance(resultado, Limpia) and bool(resultado.sha256())


def _leer_y_escribir(octetos: bytes) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        leido = pydicom.dcmread(io.BytesIO(octetos))
        salida = io.BytesIO()
        pydicom.dcmwrite(salida, leido)
        hashlib.sha256(salida.getvalue()).hexdigest()


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
    clave = clave_nueva()
    _limpiar(octetos[0], clave)
    tubo.send(None)
    tubo.recv()
    hechos, inicio = 0, time.process_time()
    while time.process_time() - inicio < SEGUNDOS:
        _limpiar(octetos[hechos % len(octetos)], clave)
        hechos += 1
    tubo.send(hechos / (time.process_time() - inicio))
