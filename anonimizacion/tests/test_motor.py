"""The engine from bytes to clean bytes, on files made here; read again by a library that had no part in it."""

import errno
import io

import numpy as np
import pydicom
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian

from anonimizacion import motor
from anonimizacion.modelo import Apartada, Formato, Limpia, Motivo, Remitente
from anonimizacion.motor import anonimizar
from anonimizacion.paciente import Paciente
from anonimizacion.seudonimos import Seudonimizador

CLAVE = Seudonimizador(bytes(range(32)), 2)
CLINICA = Remitente("Hospital del norte")


def archivo(sintaxis: str = ExplicitVRLittleEndian, **mas: object) -> bytes:
    datos = Dataset()
    datos.SOPClassUID, datos.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.2", "1.3.6.1.4.1.99999.1001"
    datos.StudyInstanceUID = "1.3.6.1.4.1.99999.1002"
    datos.Modality, datos.StudyDate, datos.StudyTime = "CT", "20100302", "101530"
    datos.PatientName, datos.PatientID, datos.PatientBirthDate = "RAMIREZ^ELVIRA", "79-448812", "19510911"
    datos.StudyDescription = "TORAX de Elvira"
    datos.Rows = datos.Columns = 4
    datos.SamplesPerPixel, datos.PhotometricInterpretation = 1, "MONOCHROME2"
    datos.BitsAllocated, datos.BitsStored, datos.HighBit, datos.PixelRepresentation = 16, 12, 11, 0
    datos.add_new(0x7FE00010, "OW", np.arange(16, dtype="<u2").tobytes())
    for clave, valor in mas.items():
        setattr(datos, clave, valor)
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = sintaxis
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = datos.SOPClassUID, datos.SOPInstanceUID
    hecho = io.BytesIO()
    pydicom.dcmwrite(hecho, FileDataset(hecho, datos, file_meta=meta, preamble=bytes(128)), enforce_file_format=True)
    return hecho.getvalue()


ORIGINAL = archivo()


def limpia(octetos: bytes) -> tuple[Limpia, FileDataset]:
    resultado = anonimizar(octetos, Formato.DICOM, CLAVE, CLINICA)
    assert isinstance(resultado, Limpia), resultado
    return resultado, pydicom.dcmread(io.BytesIO(resultado.contenido()))


@pytest.mark.parametrize("sintaxis", [ExplicitVRLittleEndian, ImplicitVRLittleEndian])
def test_de_un_archivo_queda_la_imagen_y_nadie(sintaxis: str) -> None:
    original = archivo(sintaxis)
    resultado, leido = limpia(original)
    contenido = resultado.contenido()
    for suyo in (b"RAMIREZ", b"ELVIRA", b"79-448812", b"19510911", b"20100302", b"99999", b"TORAX"):
        assert suyo in original
        assert suyo not in contenido
    paciente = Paciente("Hospital del norte", "79-448812")
    assert leido.PatientID == resultado.seudonimo == CLAVE.paciente(paciente)
    assert leido.StudyTime == "101530"
    assert leido.file_meta.MediaStorageSOPInstanceUID == leido.SOPInstanceUID != leido.StudyInstanceUID
    assert leido.PixelData == pydicom.dcmread(io.BytesIO(original)).PixelData
    assert (leido.PatientIdentityRemoved, leido.LongitudinalTemporalInformationModified) == ("YES", "MODIFIED")
    assert resultado.octetos == len(contenido)


def test_lo_mismo_da_lo_mismo_y_el_informe_no_dice_ningun_valor() -> None:
    uno, otro = limpia(archivo())[0], limpia(archivo())[0]
    assert uno.sha256() == otro.sha256()
    documento = str(uno.informe.como_documento())
    assert "'ruta': '0010,0010', 'accion': 'VACIAR', 'veces': 1" in documento
    for suyo in ("RAMIREZ", "79-448812", "20100302", "99999"):
        assert suyo not in documento


@pytest.mark.parametrize("formato", [Formato.PNG, Formato.JPEG, Formato.NIFTI])
def test_lo_que_no_es_del_formato_que_se_dijo_se_aparta(formato: Formato) -> None:
    resultado = anonimizar(archivo(), formato, CLAVE, Remitente("Hospital del norte", "79-448812"))
    assert isinstance(resultado, Apartada)
    assert resultado.motivo is Motivo.NO_ES_DEL_FORMATO


@pytest.mark.parametrize("hasta", [0, 100, 131, 140, 200, 400, -1, -33])
def test_un_archivo_cortado_se_aparta(hasta: int) -> None:
    resultado = anonimizar(archivo()[:hasta], Formato.DICOM, CLAVE, CLINICA)
    assert isinstance(resultado, Apartada)


def test_lo_que_ya_esta_limpio_se_limpia_otra_vez() -> None:
    """What the engine writes is nobody's: it is not found as what it took out."""
    original = archivo(PatientName="BASIC^OPTION", OperatorsName="ANONIMIZADO", PatientBirthDate="19000101")
    otra_vez, leido = limpia(limpia(original)[0].contenido())
    assert leido.PatientID == otra_vez.seudonimo


@given(st.lists(st.tuples(st.integers(132, 2000), st.integers(0, 3), st.binary(max_size=8)), min_size=1, max_size=4))
def test_un_archivo_estropeado_se_aparta_con_un_motivo_o_sale_limpio(cambios: list[tuple[int, int, bytes]]) -> None:
    """Bytes put in, taken out and changed anywhere: no error that nobody foresaw, and nobody in what comes out."""
    octetos = bytearray(ORIGINAL)
    for donde, cuantos, nuevos in cambios:
        octetos[donde % len(octetos) : donde % len(octetos) + cuantos] = nuevos
    resultado = anonimizar(bytes(octetos), Formato.DICOM, CLAVE, CLINICA)
    if isinstance(resultado, Limpia):
        pydicom.dcmread(io.BytesIO(resultado.contenido()))
        assert b"RAMIREZ" not in resultado.contenido()
    else:
        assert resultado.motivo is not Motivo.ERROR_INTERNO


@pytest.mark.parametrize("falta", [OSError(errno.ENOSPC, "no room"), MemoryError()])
def test_lo_que_le_falta_a_la_maquina_no_condena_al_archivo(falta: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def limpiar(*_: object) -> Limpia:
        raise falta

    monkeypatch.setitem(motor._LIMPIEZAS, Formato.DICOM, limpiar)
    with pytest.raises(type(falta)):
        anonimizar(ORIGINAL, Formato.DICOM, CLAVE, CLINICA)


def test_lo_que_dice_un_decodificador_es_del_archivo(monkeypatch: pytest.MonkeyPatch) -> None:
    def limpiar(*_: object) -> Limpia:
        raise OSError("image file is truncated: RAMIREZ")

    monkeypatch.setitem(motor._LIMPIEZAS, Formato.DICOM, limpiar)
    resultado = anonimizar(ORIGINAL, Formato.DICOM, CLAVE, CLINICA)
    assert isinstance(resultado, Apartada)
    assert resultado.motivo is Motivo.ERROR_INTERNO
    assert "RAMIREZ" not in str(resultado.informe)
