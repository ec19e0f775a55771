"""The public samples that pydicom carries: each comes out clean, or is kept apart for a reason that can be named.

They have what files made here have not: other makers' writers, enhanced objects, segmentations, plans, doses, reports,
waveforms, fifteen character sets. In make check their pictures are not read, as if a person had looked at them: the
smallest are read there by the verification, and all of them here in make test-largo (`largo`), which takes half a
minute of CPU time.
"""

import io
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom._uid_dict import UID_dictionary

from anonimizacion.dicom.tabla import TABLA
from anonimizacion.modelo import Apartada, Formato, Limpia, Motivo, Opciones, Remitente, Resultado
from anonimizacion.motor import anonimizar
from anonimizacion.seudonimos import Seudonimizador

CLAVE = Seudonimizador(bytes(range(32)), 2)
CARPETA = Path(pydicom.__file__).parent / "data"
MUESTRAS = [ruta for ruta in sorted(CARPETA.rglob("*")) if ruta.is_file() and ruta.read_bytes()[128:132] == b"DICM"]
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:pydicom")


SIN_LEER = Opciones(leer_texto=False, despejadas=frozenset({Motivo.TEXTO_QUEMADO_POSIBLE}))


def anonima(octetos: bytes, opciones: Opciones = SIN_LEER) -> Resultado:
    resultado = anonimizar(octetos, Formato.DICOM, CLAVE, Remitente("Hospital del norte"), opciones)
    if isinstance(resultado, Apartada) and resultado.motivo is Motivo.PACIENTE_DESCONOCIDO:
        quien = Remitente("Hospital del norte", "PEDIDO-77120934")
        return anonimizar(octetos, Formato.DICOM, CLAVE, quien, opciones)
    return resultado


def leida(nombre: str) -> tuple[pydicom.FileDataset, pydicom.FileDataset]:
    """A sample, and what became of it."""
    (ruta,) = (ruta for ruta in MUESTRAS if ruta.name == nombre)
    resultado = anonima(ruta.read_bytes())
    assert isinstance(resultado, Limpia), resultado
    return pydicom.dcmread(ruta), pydicom.dcmread(io.BytesIO(resultado.contenido()))


@pytest.mark.parametrize("opciones", [SIN_LEER, pytest.param(Opciones(), marks=pytest.mark.largo)], ids=["", "leida"])
@pytest.mark.parametrize("ruta", MUESTRAS, ids=[ruta.name for ruta in MUESTRAS])
def test_cada_muestra_sale_limpia_o_se_aparta(ruta: Path, opciones: Opciones) -> None:
    resultado = anonima(ruta.read_bytes(), opciones)
    if isinstance(resultado, Apartada):
        assert resultado.motivo is not Motivo.ERROR_INTERNO, resultado.informe.avisos
        return
    contenido = resultado.contenido()
    for elemento in pydicom.dcmread(io.BytesIO(contenido)).iterall():
        assert elemento.VR != "UN"
        str(elemento.value)
    for elemento in pydicom.dcmread(ruta).iterall():
        if elemento.tag in TABLA and elemento.VR in ("PN", "UI", "LO", "SH", "LT", "ST", "UT", "AE"):
            for valor in map(str, elemento.value if elemento.VM > 1 else [elemento.value]):
                # A name, a number, or a sentence; a plain word or an offset from UTC is met elsewhere by right.
                if valor not in UID_dictionary and (len(valor) >= 12 or sum(c.isdigit() for c in valor) > 4):
                    assert valor.encode() not in contenido, elemento.tag
    # What is clean already is cleaned again: nothing that the engine wrote is taken for a rest.
    assert isinstance(anonima(contenido, opciones), Limpia)


def test_salen_bastantes() -> None:
    """So that the test above is about something."""
    assert sum(isinstance(anonima(ruta.read_bytes()), Limpia) for ruta in MUESTRAS) >= 40


def test_de_un_electrocardiograma_quedan_las_ondas() -> None:
    original, limpia = leida("waveform_ecg.dcm")
    assert len(limpia.WaveformSequence) == len(original.WaveformSequence)
    for antes, despues in zip(original.WaveformSequence, limpia.WaveformSequence, strict=True):
        assert despues.WaveformData == antes.WaveformData
        assert despues.SamplingFrequency == antes.SamplingFrequency
        assert all("ChannelLabel" not in canal for canal in despues.ChannelDefinitionSequence)
        fuentes = [
            [canal.ChannelSourceSequence[0].CodeValue for canal in serie.ChannelDefinitionSequence]
            for serie in (antes, despues)
        ]
        assert fuentes[0] == fuentes[1]


def test_de_un_plan_quedan_los_haces() -> None:
    original, limpia = leida("rtplan.dcm")
    antes, despues = original.BeamSequence[0], limpia.BeamSequence[0]
    assert despues.BeamNumber == antes.BeamNumber
    posiciones = [
        haz.ControlPointSequence[0].BeamLimitingDevicePositionSequence[0].LeafJawPositions for haz in (antes, despues)
    ]
    assert list(posiciones[0]) == list(posiciones[1])
    assert despues.BeamName != antes.BeamName


def test_de_una_segmentacion_quedan_los_cuadros_y_sus_referencias() -> None:
    original, limpia = leida("liver_1frame.dcm")
    np.testing.assert_array_equal(original.pixel_array, limpia.pixel_array)
    fuente = limpia.PerFrameFunctionalGroupsSequence[0].DerivationImageSequence[0].SourceImageSequence[0]
    assert fuente.ReferencedSOPInstanceUID.startswith("2.25.")
    assert fuente.PurposeOfReferenceCodeSequence[0].CodeValue == "121322"


def test_de_un_informe_queda_quien_es_y_una_frase() -> None:
    _, limpia = leida("test-SR.dcm")
    (unico,) = limpia.ContentSequence
    assert (unico.ValueType, unico.TextValue) == ("TEXT", "ANONIMIZADO")
