"""What a large picture costs: its process has its own memory limited, and the file is larger than that.

In make check: 128 MB, some two seconds; the other ways are in make test-largo. A service's process reads its file from
a map, as this one does.
"""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian, RLELossless
from rle.utils import encode_pixel_data
from tests.anonimizacion import canarios

MIB = 1 << 20
LADO, CUADROS = 1024, 128
LIMITE = 64 * MIB
"""Of what is not the file's, beyond what the process has before it begins."""
PROGRAMA = """
import mmap, re, resource, sys
import anonimizacion.motor
from anonimizacion.modelo import Formato, Limpia, Opciones, Remitente
from anonimizacion.seudonimos import Seudonimizador

# Who reads texts has more, but no more for a larger file.
SIN_LEER = Opciones(leer_texto=False)
tiene = int(re.search(r"VmData:\\s+(\\d+)", open("/proc/self/status").read())[1]) * 1024
resource.setrlimit(resource.RLIMIT_DATA, (tiene + int(sys.argv[2]),) * 2)
with open(sys.argv[1], "rb") as archivo:
    octetos = memoryview(mmap.mmap(archivo.fileno(), 0, access=mmap.ACCESS_READ))
hecho = anonimizacion.motor.anonimizar(octetos, Formato.DICOM, Seudonimizador(bytes(32), 2), Remitente("x"), SIN_LEER)
assert isinstance(hecho, Limpia), (hecho.motivo, hecho.informe.avisos)
print(hecho.octetos, hecho.sha256(), sorted(hecho.informe.avisos))
"""


def _tapada(ruta: Path) -> None:
    """An ultrasound that is blacked out around its region."""
    datos, region = canarios.base(ExplicitVRLittleEndian), Dataset()
    region.RegionLocationMinX0 = region.RegionLocationMinY0 = 100
    region.RegionLocationMaxX1 = region.RegionLocationMaxY1 = 900
    datos.SequenceOfUltrasoundRegions = Sequence([region])
    datos.SOPClassUID, datos.Modality = "1.2.840.10008.5.1.4.1.1.3.1", "US"
    datos.Rows = datos.Columns = LADO
    datos.BitsAllocated, datos.BitsStored, datos.HighBit, datos.NumberOfFrames = 8, 8, 7, CUADROS
    datos.add_new(0x7FE00010, "OB", bytes(range(256)) * (LADO * LADO * CUADROS // 256))
    ruta.write_bytes(canarios.escribir(datos, ExplicitVRLittleEndian))


def _con_bits_de_mas(ruta: Path) -> None:
    datos = canarios.base(ExplicitVRLittleEndian)
    datos.Rows = datos.Columns = LADO
    datos.NumberOfFrames = CUADROS // 2
    datos.add_new(0x7FE00010, "OW", b"\xff" * (2 * LADO * LADO * CUADROS // 2))
    ruta.write_bytes(canarios.escribir(datos, ExplicitVRLittleEndian))


def _en_rle(ruta: Path) -> None:
    """Frames that hardly get smaller, and are written anew."""
    datos = canarios.base(RLELossless)
    datos.Rows = datos.Columns = LADO
    datos.NumberOfFrames = CUADROS // 2
    valores = np.random.default_rng(1).normal(2000, 300, (LADO, LADO)).astype("<u2")
    cuadro = encode_pixel_data(
        valores.tobytes(), rows=LADO, columns=LADO, samples_per_pixel=1, bits_allocated=16, byteorder="<"
    )
    datos.add_new(0x7FE00010, "OB", encapsulate([cuadro] * (CUADROS // 2)))
    datos["PixelData"].is_undefined_length = True
    ruta.write_bytes(canarios.escribir(datos, RLELossless))


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the limit is Linux's")
@pytest.mark.parametrize(
    "hacer", [_tapada, *(pytest.param(otro, marks=pytest.mark.largo) for otro in (_con_bits_de_mas, _en_rle))]
)
def test_la_memoria_no_crece_con_el_archivo(tmp_path: Path, hacer: Callable[[Path], None]) -> None:
    archivo = tmp_path / "grande.dcm"
    hacer(archivo)
    assert archivo.stat().st_size > 1.5 * LIMITE
    orden = [sys.executable, "-c", PROGRAMA, str(archivo), str(LIMITE)]
    hecho = subprocess.run(orden, capture_output=True, text=True, check=False)
    assert hecho.returncode == 0, hecho.stderr[-1000:]
    assert int(hecho.stdout.split()[0]) > 1.4 * LIMITE
