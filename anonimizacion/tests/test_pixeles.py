"""A picture that is not compressed: whole, readable, and nothing in it that is no pixel."""

import io
import struct

import numpy as np
import pydicom
import pytest

from anonimizacion import ocr
from anonimizacion.dicom.elementos import Codificacion, Conjunto, Elemento
from anonimizacion.dicom.escritor import escribir
from anonimizacion.modelo import Apartada, Formato, Limpia, Motivo, Remitente, Resultado
from anonimizacion.motor import anonimizar
from anonimizacion.seudonimos import Seudonimizador

LITTLE, JPEG = "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.4.50"
EXPLICITA = Codificacion(explicita=True)


def us(n: int) -> Elemento:
    return Elemento("US", struct.pack("<H", n))


def imagen(pixeles: bytes, sintaxis: str = LITTLE, **cambios: Elemento | None) -> bytes:
    datos: Conjunto = {
        0x00080016: Elemento("UI", b"1.2.840.10008.5.1.4.1.1.2"),
        0x00080018: Elemento("UI", b"1.3.6.1.4.1.99999.1"),
        0x00080060: Elemento("CS", b"CT"),
        0x00100020: Elemento("LO", b"X1"),
        0x00280002: us(1),
        0x00280004: Elemento("CS", b"MONOCHROME2"),
        0x00280010: us(4),
        0x00280011: us(4),
        0x00280100: us(16),
        0x00280101: us(12),
        0x00280102: us(11),
        0x00280103: us(0),
        0x7FE00010: Elemento("OW", pixeles),
    }
    for tag, elemento in cambios.items():
        if elemento is None:
            del datos[int(tag[1:], 16)]
        else:
            datos[int(tag[1:], 16)] = elemento
    meta = b"".join(escribir({0x00020010: Elemento("UI", sintaxis.encode())}, EXPLICITA))
    return bytes(128) + b"DICM" + meta + b"".join(escribir(datos, EXPLICITA))


def anonima(octetos: bytes) -> Resultado:
    return anonimizar(octetos, Formato.DICOM, Seudonimizador(bytes(range(32)), 2), Remitente("Hospital del norte"))


def leida(octetos: bytes) -> pydicom.FileDataset:
    resultado = anonima(octetos)
    assert isinstance(resultado, Limpia), resultado
    return pydicom.dcmread(io.BytesIO(resultado.contenido()))


PIXELES = (np.arange(16, dtype="<u2") * 200).tobytes()


def test_los_octetos_tras_la_imagen_se_cortan() -> None:
    resultado = anonima(imagen(PIXELES + b"GARCIA LOPEZ"))
    assert isinstance(resultado, Limpia)
    assert "OCTETOS_TRAS_LA_IMAGEN" in resultado.informe.avisos
    assert leida(imagen(PIXELES + b"GARCIA LOPEZ")).PixelData == PIXELES


def test_los_bits_de_un_pixel_con_signo_siguen_diciendo_su_signo() -> None:
    valores = np.array([-2048, -1, 0, 1, 2047, -700, 5, 6] * 2, "<i2")
    # The same values with something else above bit 11, as an overlay would be.
    sucios = (valores.view("<u2") & 0x0FFF) | 0x5000
    limpia = leida(imagen(sucios.tobytes(), x00280103=us(1)))
    np.testing.assert_array_equal(np.frombuffer(limpia.PixelData, "<i2"), valores)
    np.testing.assert_array_equal(limpia.pixel_array.ravel(), valores)


@pytest.mark.parametrize(
    "octetos",
    [
        imagen(PIXELES[:-2]),
        imagen(b""),
        imagen(PIXELES, x00280010=Elemento("US", b"\4\0\4\0")),
        imagen(PIXELES, x00280010=Elemento("LO", b"GARCIA")),
        imagen(PIXELES, x00280010=us(0)),
        imagen(PIXELES, x00280100=None),
        imagen(PIXELES, x00280103=None),
        imagen(PIXELES, x00280101=us(17)),
        imagen(PIXELES, x00280102=us(3)),
        imagen(PIXELES, x00280008=Elemento("IS", b"2")),
        imagen(PIXELES, x00280008=Elemento("IS", b"GARCIA")),
        imagen(PIXELES, x7FE00010=None),
        imagen(PIXELES, JPEG),
        imagen(PIXELES, x7FE00008=Elemento("OF", bytes(64))),
        # What the walk takes out, for it is in a representation that is not its own, is no image's any more.
        imagen(PIXELES * 2, x00280008=us(2)),
        imagen(PIXELES, x00280010=Elemento("IS", b"4")),
    ],
)
def test_lo_que_no_se_puede_leer_como_imagen_se_aparta(octetos: bytes) -> None:
    resultado = anonima(octetos)
    assert isinstance(resultado, Apartada)
    assert resultado.motivo is Motivo.PIXELES_ILEGIBLES


def test_unos_pixeles_que_nadie_conocio_por_el_camino_quedan() -> None:
    assert leida(imagen(PIXELES, x7FE00010=Elemento("UN", PIXELES))).PixelData == PIXELES


@pytest.mark.parametrize(("vr", "queda"), [("OW", True), ("UN", True), ("OB", True), ("LO", False), ("OF", False)])
def test_una_senal_queda_o_el_archivo_se_aparta(vr: str, queda: bool) -> None:
    onda: Conjunto = {0x54001010: Elemento(vr, PIXELES)}
    resultado = anonima(imagen(PIXELES, x54000100=Elemento("SQ", [onda])))
    assert isinstance(resultado, Limpia) is queda
    if isinstance(resultado, Limpia):
        assert leida(imagen(PIXELES, x54000100=Elemento("SQ", [onda]))).WaveformSequence[0].WaveformData == PIXELES
    else:
        assert isinstance(resultado, Apartada)
        assert resultado.motivo is Motivo.ESTRUCTURA_INVALIDA


def en_reales(valores: np.ndarray) -> bytes:
    """An image of floating-point numbers that a program made of others."""
    sin = dict.fromkeys(("x7FE00010", "x00280101", "x00280102", "x00280103"))
    return imagen(
        b"",
        **sin,
        x00080008=Elemento("CS", b"DERIVED\\SECONDARY"),
        x00280100=us(32),
        x7FE00008=Elemento("OF", valores.astype("<f4").tobytes()),
    )


def test_tambien_se_lee_lo_que_esta_en_numeros_reales(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "hay_lector", lambda: True)
    monkeypatch.setattr(ocr, "textos", lambda vista: [(0, 0, 1, 0)] if vista[0, 1].any() else [])
    monkeypatch.setattr(ocr, "se_lee", lambda vista: False)
    valores = np.arange(16.0).reshape(4, 4)
    valores[3, 3] = np.nan
    hecha = leida(en_reales(valores))
    np.testing.assert_array_equal(hecha.pixel_array[0], [0, 0, 2, 3])
    np.testing.assert_array_equal(hecha.pixel_array[1:], valores[1:])


def test_unos_numeros_reales_que_nadie_lee_se_apartan(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "hay_lector", lambda: False)
    resultado = anonima(en_reales(np.arange(16.0)))
    assert isinstance(resultado, Apartada)
    assert resultado.motivo is Motivo.TEXTO_QUEMADO_POSIBLE


def test_una_voz_se_aparta() -> None:
    resultado = anonima(imagen(PIXELES, x00080016=Elemento("UI", b"1.2.840.10008.5.1.4.1.1.9.4.1")))
    assert isinstance(resultado, Apartada)
    assert resultado.motivo is Motivo.CLASE_NO_ADMITIDA


def test_lo_que_diria_el_peso_tampoco_queda() -> None:
    hecha = leida(imagen(PIXELES, x00101022=Elemento("DS", b"27.34 "), x00101023=Elemento("DS", b"201.5 ")))
    assert "PatientBodyMassIndex" not in hecha
    assert "MeasuredAPDimension" not in hecha


def test_ningun_corte_de_un_archivo_con_imagen_da_otro_archivo() -> None:
    entero = imagen(PIXELES)
    assert isinstance(anonima(entero), Limpia)
    for hasta in range(len(entero)):
        assert isinstance(anonima(entero[:hasta]), Apartada), hasta


def test_una_imagen_dentro_de_una_secuencia_se_va() -> None:
    dentro: Conjunto = {0x00280010: us(4), 0x7FE00010: Elemento("OW", b"GARCIA LOPEZ")}
    resultado = anonima(imagen(PIXELES, x00409096=Elemento("SQ", [dentro])))
    assert isinstance(resultado, Limpia)
    assert b"GARCIA" not in resultado.contenido()


def test_una_identidad_que_no_es_un_uid_no_es_ninguna() -> None:
    resultado = anonima(imagen(PIXELES, x00080018=Elemento("OB", b"1.3.6.1.4.1.99999.1\0")))
    assert isinstance(resultado, Apartada)
    assert resultado.motivo is Motivo.SIN_IDENTIDAD_DICOM
