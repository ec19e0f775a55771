"""``python -m tests.dicom_casos.velocidad [FOLDER]``: the engine beside pydicom's bare read and write, by CPU time.

Both work on the same files, by turns: those of a folder that the engine releases (without one, the samples that pydicom
carries). With the engine's time are its report and its checksum; nothing is read from or written to a disk.
"""

import io
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from statistics import median

import pydicom

from anonimizacion.modelo import Formato, Limpia, Opciones, Remitente
from anonimizacion.motor import anonimizar
from anonimizacion.seudonimos import Seudonimizador

VUELTAS = 5
CLAVE, CLINICA = Seudonimizador(bytes(range(32)), 2), Remitente("Hospital del norte")
SIN_LEER = Opciones(leer_texto=False)
"""What would be read is kept apart at once, and left out: reading takes hundreds of times as long."""


def leer_y_escribir(octetos: bytes) -> None:
    pydicom.dcmread(io.BytesIO(octetos)).save_as(io.BytesIO())


def limpiar(octetos: bytes) -> bool:
    resultado = anonimizar(octetos, Formato.DICOM, CLAVE, CLINICA, SIN_LEER)
    resultado.informe.como_documento()
    return isinstance(resultado, Limpia) and bool(resultado.contenido()) and bool(resultado.sha256())


def por_segundo(hacer: Callable[[bytes], object], archivos: list[bytes]) -> float:
    antes = time.process_time()
    for octetos in archivos:
        hacer(octetos)
    return len(archivos) / (time.process_time() - antes)


def main(carpeta: Path) -> None:
    warnings.simplefilter("ignore")
    todos = [ruta.read_bytes() for ruta in sorted(carpeta.rglob("*")) if ruta.is_file() and ruta.suffix != ".py"]
    archivos = [octetos for octetos in todos if octetos[128:132] == b"DICM" and limpiar(octetos)]
    vueltas = [(por_segundo(leer_y_escribir, archivos), por_segundo(limpiar, archivos)) for _ in range(VUELTAS)]
    suelo, motor = (median(vuelta) for vuelta in zip(*vueltas, strict=True))
    print(f"{len(archivos)} files, {sum(map(len, archivos)) / len(archivos) / 1024:.0f} KiB each; per CPU second:")
    print(f"pydicom {suelo:.0f}, engine {motor:.0f}, ratio {median(m / s for s, m in vueltas):.2f}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(pydicom.__file__).parent / "data")
