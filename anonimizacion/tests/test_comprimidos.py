"""Compressed pictures and burned-in text from bytes to clean bytes; read again by a library that had no part in it.

In make check: small pictures; what is read takes some tenths of a second.
"""

import io
import struct
from functools import partial

import jpeg_ls
import numpy as np
import pydicom
import pytest
from openjpeg.utils import encode_array
from PIL import Image, ImageDraw, ImageFont
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.encaps import encapsulate, encapsulate_extended
from pydicom.sequence import Sequence
from rle.utils import encode_pixel_data

from anonimizacion import ocr, quemado
from anonimizacion.dicom import comprimidos, flujos
from anonimizacion.modelo import DUDAS, Apartada, ApartarError, Formato, Limpia, Motivo, Opciones, Remitente, Resultado
from anonimizacion.motor import anonimizar
from anonimizacion.seudonimos import Seudonimizador

NATIVA, GRANDE, RLE = "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2", "1.2.840.10008.1.2.5"
BASE, SIN_PERDIDA, LS, J2K = (f"1.2.840.10008.1.2.4.{fin}" for fin in ("50", "70", "80", "90"))
CT, SC, US = (f"1.2.840.10008.5.1.4.1.1.{fin}" for fin in ("2", "7", "3.1"))
NOMBRE = b"RAMIREZ ELVIRA"
con_lector = pytest.mark.skipif(not ocr.hay_lector(), reason="the reader is not made for this Python yet")


def dicom(
    pixeles: np.ndarray,
    sintaxis: str,
    valor: bytes | None = None,
    clase: str = CT,
    modalidad: str = "MG",
    **mas: object,
) -> bytes:
    """A file of these pixels: frames (if four dimensions, or ``NumberOfFrames``), rows, columns, colours."""
    datos = Dataset()
    datos.SOPClassUID, datos.SOPInstanceUID, datos.Modality = clase, "1.3.6.1.4.1.99999.7", modalidad
    datos.PatientID, datos.BurnedInAnnotation = "79-448812", "NO"
    color = pixeles.shape[-1] == 3
    datos.Rows, datos.Columns = pixeles.shape[-3:-1] if color else pixeles.shape[-2:]
    datos.SamplesPerPixel, datos.PhotometricInterpretation = (3, "RGB") if color else (1, "MONOCHROME2")
    if color:
        datos.PlanarConfiguration = 0
    bits = 8 * pixeles.dtype.itemsize
    datos.BitsAllocated, datos.BitsStored, datos.HighBit = bits, bits, bits - 1
    datos.PixelRepresentation = int(pixeles.dtype.kind == "i")
    for nombre, suyo in mas.items():
        setattr(datos, nombre, suyo)
    datos.add_new(0x7FE00010, "OB" if valor is not None or bits == 8 else "OW", valor or pixeles.tobytes())
    datos["PixelData"].is_undefined_length = valor is not None
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = sintaxis
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = datos.SOPClassUID, datos.SOPInstanceUID
    hecho = io.BytesIO()
    pydicom.dcmwrite(hecho, FileDataset(hecho, datos, file_meta=meta, preamble=bytes(128)), enforce_file_format=True)
    return hecho.getvalue()


def anonima(octetos: bytes, opciones: Opciones | None = None) -> Resultado:
    return anonimizar(
        octetos, Formato.DICOM, Seudonimizador(bytes(range(32)), 2), Remitente("Hospital del norte"), opciones
    )


def limpia(octetos: bytes) -> tuple[Limpia, pydicom.FileDataset]:
    resultado = anonima(octetos)
    assert isinstance(resultado, Limpia), resultado
    return resultado, pydicom.dcmread(io.BytesIO(resultado.contenido()))


def motivo(octetos: bytes, opciones: Opciones | None = None) -> Motivo:
    resultado = anonima(octetos, opciones)
    assert isinstance(resultado, Apartada), resultado
    return resultado.motivo


def degradado(alto: int = 48, ancho: int = 64, tipo: str = "u1") -> np.ndarray:
    y, x = np.mgrid[:alto, :ancho]
    return ((3 * x + 5 * y) % 250).astype(tipo)


def jpeg(pixeles: np.ndarray) -> bytes:
    hecho = io.BytesIO()
    Image.fromarray(pixeles).save(hecho, "JPEG", quality=95)
    return hecho.getvalue()


def ls(pixeles: np.ndarray) -> bytes:
    return bytes(jpeg_ls.encode_array(pixeles))


def rle(pixeles: np.ndarray) -> bytes:
    return bytes(
        encode_pixel_data(
            pixeles.tobytes(),
            rows=pixeles.shape[0],
            columns=pixeles.shape[1],
            samples_per_pixel=pixeles.shape[2] if pixeles.ndim == 3 else 1,
            bits_allocated=8 * pixeles.dtype.itemsize,
            byteorder="<",
        )
    )


def j2k(pixeles: np.ndarray) -> bytes:
    return bytes(encode_array(pixeles, photometric_interpretation=1 if pixeles.ndim == 3 else 2, use_mct=False))


CODIGOS = {BASE: jpeg, LS: ls, RLE: rle, J2K: j2k}


def segmento(marca: int, datos: bytes) -> bytes:
    return bytes((0xFF, marca)) + struct.pack(">H", len(datos) + 2) + datos


def par(octetos: bytes) -> bytes:
    return octetos + b"\0" * (len(octetos) % 2)


def decodificados(leido: pydicom.FileDataset) -> np.ndarray:
    return pydicom.pixels.pixel_array(leido, raw=True)


@pytest.mark.parametrize("sintaxis", CODIGOS)
@pytest.mark.parametrize("tipo", ["u1", "u2"])
def test_lo_que_no_es_imagen_se_va_de_cada_cuadro_y_la_imagen_queda(sintaxis: str, tipo: str) -> None:
    if (sintaxis, tipo) == (BASE, "u2"):
        pytest.skip("baseline has eight bits")
    pixeles = [degradado(tipo=tipo), degradado(tipo=tipo)[::-1].copy()]
    limpios = [CODIGOS[sintaxis](p) for p in pixeles]
    if sintaxis == J2K:
        comentario = b"\xff\x64" + struct.pack(">HH", 4 + len(NOMBRE), 1) + NOMBRE
        tras_siz = 4 + struct.unpack_from(">H", limpios[0], 4)[0]
        sucios = [s[:tras_siz] + comentario + s[tras_siz:] for s in limpios]
    elif sintaxis == RLE:
        sucios = limpios
    else:
        comentario = segmento(0xFE, NOMBRE) + segmento(0xE1, b"Exif\0\0" + NOMBRE) + segmento(0xED, NOMBRE)
        sucios = [s[:2] + comentario + s[2:] for s in limpios]
    # Bytes behind the end of RLE are taken for a segment's.
    cola = b"" if sintaxis == RLE else NOMBRE
    octetos = dicom(np.stack(pixeles), sintaxis, encapsulate([par(s + cola) for s in sucios]), NumberOfFrames=2)
    resultado, leido = limpia(octetos)
    assert NOMBRE in octetos or sintaxis == RLE
    assert NOMBRE not in resultado.contenido()
    assert ("7FE0,0010/segmentos", "QUITAR") in resultado.informe.acciones or sintaxis == RLE
    assert leido.file_meta.TransferSyntaxUID == sintaxis
    antes = decodificados(
        pydicom.dcmread(
            io.BytesIO(dicom(np.stack(pixeles), sintaxis, encapsulate([par(s) for s in limpios]), NumberOfFrames=2))
        )
    )
    np.testing.assert_array_equal(antes, decodificados(leido))
    for numero in range(2):
        # By the offset table too.
        np.testing.assert_array_equal(antes[numero], pydicom.pixels.pixel_array(leido, raw=True, index=numero))


def test_un_comentario_en_una_parte_de_j2k_se_vuelve_ceros() -> None:
    limpio = j2k(degradado())
    sot = limpio.index(b"\xff\x90")
    comentario = b"\xff\x64" + struct.pack(">HH", 4 + len(NOMBRE), 1) + NOMBRE
    (largo,) = struct.unpack_from(">I", limpio, sot + 6)
    sucio = limpio[: sot + 6] + struct.pack(">I", largo + len(comentario)) + limpio[sot + 10 : sot + 12]
    sucio += comentario + limpio[sot + 12 :]
    resultado, leido = limpia(dicom(degradado(), J2K, encapsulate([par(sucio)])))
    assert NOMBRE not in resultado.contenido()
    np.testing.assert_array_equal(decodificados(leido), degradado())


def test_los_colores_de_un_jpeg_siguen_siendo_los_suyos() -> None:
    colores = np.stack([degradado(), 200 - degradado() // 2, degradado() // 4], axis=-1)
    con_jfif = jpeg(colores)
    rgb = io.BytesIO()
    Image.fromarray(colores).save(rgb, "JPEG", quality=95, keep_rgb=True)
    for cuadro, fotometria in ((con_jfif, "YBR_FULL_422"), (rgb.getvalue(), "RGB")):
        octetos = dicom(colores, BASE, encapsulate([par(cuadro)]), PhotometricInterpretation=fotometria)
        limpio, _ = flujos.jpeg(cuadro, frozenset({0xC0}))
        antes, despues = (np.asarray(Image.open(io.BytesIO(suyo))) for suyo in (cuadro, limpio))
        np.testing.assert_array_equal(antes, despues)
        if ocr.hay_lector():
            _, leido = limpia(octetos)
            antes, despues = (
                pydicom.pixels.pixel_array(d, raw=True) for d in (pydicom.dcmread(io.BytesIO(octetos)), leido)
            )
            np.testing.assert_array_equal(antes, despues)


@pytest.mark.parametrize("sintaxis", [LS, RLE, J2K])
@pytest.mark.parametrize("signo", [0, 1])
def test_los_bits_que_no_son_del_pixel_se_van_tambien_comprimidos(sintaxis: str, signo: int) -> None:
    valores = (np.arange(48 * 64).reshape(48, 64) * 3 % 4096).astype("<u2")
    sucios = valores | (np.where(np.arange(64) % 5 == 0, 0xA000, 0).astype("<u2"))
    octetos = dicom(
        sucios,
        sintaxis,
        encapsulate([par(CODIGOS[sintaxis](sucios))]),
        BitsStored=12,
        HighBit=11,
        PixelRepresentation=signo,
    )
    resultado, leido = limpia(octetos)
    assert "BITS_FUERA_DE_LOS_PIXELES" in resultado.informe.avisos
    assert leido.file_meta.TransferSyntaxUID == RLE
    esperados = np.where(valores >= 2048, valores.astype(int) - 4096, valores) if signo else valores
    np.testing.assert_array_equal(decodificados(leido), esperados)


@pytest.mark.parametrize("como", ["uno a uno", "tabla", "tabla extendida", "todos en uno"])
def test_los_cuadros_son_los_suyos_venga_como_vengan_los_fragmentos(como: str) -> None:
    cuadros = [degradado(), degradado()[::-1].copy(), 200 - degradado()]
    codificados = [par(ls(c)) for c in cuadros]
    mas: dict[str, object] = {"NumberOfFrames": 3}
    if como == "uno a uno":
        valor = encapsulate(codificados, has_bot=False)
    elif como == "tabla":
        valor = encapsulate(codificados, fragments_per_frame=2)
    elif como == "tabla extendida":
        valor, desde, largos = encapsulate_extended(codificados)
        mas |= {"ExtendedOffsetTable": desde, "ExtendedOffsetTableLengths": largos}
    else:
        valor, mas, cuadros = encapsulate(codificados[:1], fragments_per_frame=3), {}, cuadros[:1]
    _, leido = limpia(dicom(np.stack(cuadros), LS, valor, **mas))
    np.testing.assert_array_equal(np.squeeze(np.stack(cuadros)), decodificados(leido))
    assert "ExtendedOffsetTable" not in leido


def test_sin_tabla_no_se_adivina_de_que_cuadro_es_un_fragmento() -> None:
    cuadros = [degradado(), degradado()[::-1].copy()]
    valor = encapsulate([par(ls(c)) for c in cuadros], fragments_per_frame=2, has_bot=False)
    assert motivo(dicom(np.stack(cuadros), LS, valor, NumberOfFrames=2)) is Motivo.PIXELES_ILEGIBLES


def test_una_bomba_se_rehusa_por_su_cabeza(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comprimidos, "_decodificar", lambda *_: pytest.fail("decoded"))
    pixeles = degradado()
    for sintaxis, codigo in CODIGOS.items():
        cuadro = encapsulate([par(codigo(pixeles))])
        # More than the data set says, in its frame; and more than anybody has, in the data set.
        distinta = dicom(pixeles, sintaxis, cuadro, Rows=47)
        if sintaxis != RLE:
            assert motivo(distinta) is Motivo.PIXELES_ILEGIBLES
        assert motivo(dicom(pixeles, sintaxis, cuadro, Rows=65000, Columns=65000)) is Motivo.DEMASIADO_GRANDE
        muchos = dicom(pixeles, sintaxis, cuadro, Rows=20000, Columns=20000, NumberOfFrames=90)
        assert motivo(muchos) is Motivo.DEMASIADO_GRANDE
    muestras = rle(np.stack([pixeles] * 3, axis=-1))
    assert motivo(dicom(pixeles, RLE, encapsulate([par(muestras)]))) is Motivo.PIXELES_ILEGIBLES


@pytest.mark.parametrize("sintaxis", CODIGOS)
def test_ningun_corte_de_un_cuadro_pasa_por_entero(sintaxis: str) -> None:
    pixeles = degradado()
    entero = CODIGOS[sintaxis](pixeles)
    imagen = comprimidos.Imagen(48, 64, 1, 1, 8, 8, 7, False, "MONOCHROME2", False)
    for hasta in range(0, len(entero) - 2, 23):
        with pytest.raises(ApartarError) as error:
            limpio, bits = comprimidos.limpio(entero[:hasta], sintaxis, imagen)
            comprimidos.decodificado(limpio, bits, sintaxis, imagen)
        assert error.value.motivo is not Motivo.ERROR_INTERNO


def test_lo_que_no_se_conoce_se_aparta() -> None:
    pixeles = degradado()
    mpeg = dicom(pixeles, "1.2.840.10008.1.2.4.102", encapsulate([b"\0\0\1\xba"]))
    assert motivo(mpeg) is Motivo.PIXELES_NO_ADMITIDOS
    progresivo = io.BytesIO()
    Image.fromarray(pixeles).save(progresivo, "JPEG", progressive=True)
    assert motivo(dicom(pixeles, BASE, encapsulate([par(progresivo.getvalue())]))) is Motivo.PIXELES_NO_ADMITIDOS
    hp = ls(pixeles)
    hp = hp[:2] + segmento(0xE8, b"mrfx\1") + hp[2:]
    assert motivo(dicom(pixeles, LS, encapsulate([par(hp)]))) is Motivo.PIXELES_NO_ADMITIDOS
    assert motivo(dicom(pixeles, BASE, encapsulate([b"%PDF-1.4 RAMIREZ"]))) is Motivo.PIXELES_ILEGIBLES


# --- Burned-in text ---


def con_rotulo(alto: int = 120, ancho: int = 220, texto: str = "RAMIREZ 1960", y: int = 8) -> np.ndarray:
    lienzo = Image.fromarray(degradado(alto, ancho) // 5)
    ImageDraw.Draw(lienzo).text((20, y), texto, fill=255, font=ImageFont.load_default(size=18))
    return np.array(lienzo)


def se_lee(matriz: np.ndarray) -> bool:
    return any(ocr.se_lee(vista) for vista, realzada in quemado.vistas(matriz) if not realzada)


@con_lector
@pytest.mark.parametrize(
    ("sintaxis", "clase"),
    [
        (NATIVA, "gris"),
        *(pytest.param(*suyas, marks=pytest.mark.largo) for suyas in ((GRANDE, "dieciseis"), (RLE, "gris"))),
        (BASE, "color"),
    ],
)
def test_lo_escrito_se_tapa_en_todos_los_cuadros(sintaxis: str, clase: str) -> None:
    uno, otro = con_rotulo(), con_rotulo(texto="CC 79448812", y=60)
    if clase == "dieciseis":
        uno, otro = (p.astype("<u2") * 16 for p in (uno, otro))
    elif clase == "color":
        uno, otro = (np.stack([p, p, p // 2], axis=-1) for p in (uno, otro))
    pixeles = np.stack([uno, otro])
    valor, mas = None, {}
    if sintaxis == GRANDE:
        pixeles = pixeles.astype(pixeles.dtype.newbyteorder(">"))
    elif sintaxis != NATIVA:
        valor = encapsulate([par(CODIGOS[sintaxis](p)) for p in pixeles])
        if sintaxis == BASE and clase == "color":
            mas = {"PhotometricInterpretation": "YBR_FULL_422"}
    octetos = dicom(pixeles, sintaxis, valor, SC, "OT", NumberOfFrames=2, **mas)
    resultado, leido = limpia(octetos)
    antes, despues = decodificados(pydicom.dcmread(io.BytesIO(octetos))), decodificados(leido)
    for cuadro in despues:
        assert not se_lee(cuadro)
    tapado = np.zeros(pixeles.shape[1:3], bool)
    for izquierda, arriba, derecha, abajo in resultado.informe.regiones:
        tapado[arriba : abajo + 1, izquierda : derecha + 1] = True
    assert tapado.mean() < 0.4
    np.testing.assert_array_equal(antes[:, ~tapado], despues[:, ~tapado])
    # Each frame's text is taken out of both.
    assert len(np.unique(despues[:, tapado].reshape(-1, despues.shape[-1] if clase == "color" else 1), axis=0)) == 1
    assert se_dice_limpia(leido)
    assert leido.file_meta.TransferSyntaxUID == (sintaxis if sintaxis in (NATIVA, GRANDE) else RLE)
    if clase == "color":
        assert leido.PlanarConfiguration == (0 if sintaxis in (NATIVA, GRANDE) else 1)
    assert "RAMIREZ" not in str(resultado.informe.como_documento())


def test_los_pixeles_que_van_de_dos_en_dos_al_reves_tambien_se_tapan(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "hay_lector", lambda: True)
    monkeypatch.setattr(ocr, "textos", lambda vista: [(3, 5, 7, 9)] if vista[5, 3].any() else [])
    monkeypatch.setattr(ocr, "se_lee", lambda vista: False)
    pixeles = degradado()
    palabras = pixeles.reshape(-1, 2)[:, ::-1].copy()
    octetos = dicom(pixeles, GRANDE, None, SC, "OT")
    inicio = octetos.rindex(struct.pack(">HH", 0x7FE0, 0x0010))
    octetos = octetos[:inicio] + struct.pack(">HH2sHI", 0x7FE0, 0x0010, b"OW", 0, palabras.size) + palabras.tobytes()
    _, leido = limpia(octetos)
    pixeles[5:10, 3:8] = 0
    np.testing.assert_array_equal(leido.pixel_array, pixeles)


@pytest.mark.parametrize("sintaxis", [NATIVA, RLE])
def test_lo_que_aun_se_lee_en_el_cuadro_que_tenia_texto_se_aparta(
    sintaxis: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ocr, "hay_lector", lambda: True)
    monkeypatch.setattr(ocr, "textos", lambda vista: [(3, 5, 7, 9)] if vista[5, 3].any() else [])
    monkeypatch.setattr(ocr, "se_lee", lambda vista: True)
    valor = None if sintaxis == NATIVA else encapsulate([par(rle(degradado()))])
    assert motivo(dicom(degradado(), sintaxis, valor, SC, "OT")) is Motivo.TEXTO_QUEMADO_POSIBLE


@con_lector
def test_colores_que_dos_pixeles_comparten_se_tapan_tambien() -> None:
    brillo = con_rotulo()
    pares = np.full((120, 110, 4), 128, np.uint8)
    pares[..., :2] = brillo.reshape(120, 110, 2)
    octetos = dicom(
        np.repeat(brillo[..., None], 3, axis=-1), NATIVA, None, SC, "OT", PhotometricInterpretation="YBR_FULL_422"
    )
    inicio = octetos.rindex(struct.pack("<HH", 0x7FE0, 0x0010))
    octetos = octetos[:inicio] + struct.pack("<HH2sHI", 0x7FE0, 0x0010, b"OB", 0, pares.size) + pares.tobytes()
    _, leido = limpia(octetos)
    assert leido.PhotometricInterpretation == "YBR_FULL"
    despues = decodificados(leido)
    assert not se_lee(despues[..., 0])
    np.testing.assert_array_equal(despues[60:, :, 0], brillo[60:])


@con_lector
def test_lo_que_solo_la_paleta_deja_ver_se_lee() -> None:
    pixeles = con_rotulo()
    # Text of a shade between others, but of a colour of its own.
    indices = np.where(pixeles == 255, 25, pixeles).astype(np.uint8)
    paleta = (np.arange(256, dtype="<u2") * 4) << 8
    paleta[25] = 0xFF00
    nombres = ("Red", "Green", "Blue")
    mas: dict[str, object] = {f"{n}PaletteColorLookupTableData": paleta.tobytes() for n in nombres}
    mas |= {f"{n}PaletteColorLookupTableDescriptor": [256, 0, 16] for n in nombres}
    octetos = dicom(indices, NATIVA, None, SC, "OT", PhotometricInterpretation="PALETTE COLOR", **mas)
    resultado, leido = limpia(octetos)
    assert resultado.informe.regiones
    assert not se_lee((decodificados(leido) == 25).astype(np.uint8) * 255)


def se_dice_limpia(leido: Dataset) -> bool:
    """Whether the file itself vouches for its pixels."""
    return "113101" in [codigo.CodeValue for codigo in leido.DeidentificationMethodCodeSequence]


def region(izquierda: int, arriba: int, derecha: int, abajo: int) -> Dataset:
    item = Dataset()
    item.RegionLocationMinX0, item.RegionLocationMinY0 = izquierda, arriba
    item.RegionLocationMaxX1, item.RegionLocationMaxY1 = derecha, abajo
    return item


@pytest.mark.parametrize("sintaxis", [NATIVA, RLE, J2K])
def test_de_una_ecografia_queda_lo_de_sus_regiones(sintaxis: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "hay_lector", lambda: False)
    pixeles = np.stack([np.stack([con_rotulo()] * 3, axis=-1)] * 2)
    valor = None if sintaxis == NATIVA else encapsulate([par(CODIGOS[sintaxis](p)) for p in pixeles])
    regiones = Sequence([region(10, 40, 99, 110), region(120, 50, 500, 90), region(0, 0, 219, 119), region(9, 9, 3, 3)])
    resultado, leido = limpia(
        dicom(pixeles, sintaxis, valor, US, "US", NumberOfFrames=2, SequenceOfUltrasoundRegions=regiones)
    )
    dentro = np.zeros(pixeles.shape[1:3], bool)
    dentro[40:111, 10:100] = dentro[50:91, 120:220] = True
    despues = decodificados(leido)
    np.testing.assert_array_equal(despues[:, dentro], pixeles[:, dentro])
    assert not despues[:, ~dentro].any()
    cubierto = np.zeros_like(dentro, int)
    for izquierda, arriba, derecha, abajo in resultado.informe.regiones:
        cubierto[arriba : abajo + 1, izquierda : derecha + 1] += 1
    np.testing.assert_array_equal(cubierto, ~dentro)
    assert resultado.informe.avisos == {quemado.SIN_LEER}
    assert not se_dice_limpia(leido)


@con_lector
@pytest.mark.parametrize("cuadros", [1, 3])
def test_en_las_regiones_se_van_las_palabras_y_quedan_las_medidas(
    cuadros: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a device says is the body's may have been written into: operators type there."""
    monkeypatch.setattr(quemado, "CUADROS_DE_MUESTRA", 2)
    dibujo = Image.fromarray(degradado(240, 320) // 4)
    letra, trazo = ImageFont.load_default(22), ImageDraw.Draw(dibujo)
    trazo.text((30, 60), NOMBRE.decode(), fill=255, font=letra)
    trazo.text((30, 180), "3.5 cm", fill=255, font=letra)
    pixeles = np.stack([np.asarray(dibujo)] * cuadros)
    regiones = Sequence([region(10, 40, 300, 220)])
    resultado, leido = limpia(
        dicom(pixeles, NATIVA, None, US, "US", NumberOfFrames=cuadros, SequenceOfUltrasoundRegions=regiones)
    )
    for despues in decodificados(leido).reshape(pixeles.shape):
        assert not se_lee(despues[:120])
        np.testing.assert_array_equal(despues[170:215, 20:200], pixeles[0, 170:215, 20:200])
    assert resultado.informe.avisos == ({quemado.LEIDAS_EN_PARTE} if cuadros > 1 else set())
    assert se_dice_limpia(leido) is (cuadros == 1)


def test_lo_que_aun_se_lee_en_una_region_aparta_la_ecografia(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "hay_lector", lambda: True)
    monkeypatch.setattr(ocr, "palabras", lambda _: [(20, 50, 24, 54)])
    regiones = Sequence([region(10, 40, 99, 110)])
    octetos = dicom(con_rotulo(), NATIVA, None, US, "US", SequenceOfUltrasoundRegions=regiones)
    assert motivo(octetos) is Motivo.TEXTO_QUEMADO_POSIBLE


def test_una_ecografia_cuya_paleta_no_se_entiende_queda_por_sus_regiones() -> None:
    mas = {f"{n}PaletteColorLookupTableDescriptor": [256, 0, 16] for n in ("Red", "Green", "Blue")}
    regiones = Sequence([region(10, 40, 99, 110)])
    _, leido = limpia(
        dicom(
            con_rotulo(),
            NATIVA,
            None,
            US,
            "US",
            PhotometricInterpretation="PALETTE COLOR",
            SequenceOfUltrasoundRegions=regiones,
            **mas,
        )
    )
    assert not decodificados(leido)[:40].any()


@pytest.mark.parametrize(
    ("clase", "modalidad", "mas"),
    [
        (US, "US", {"SequenceOfUltrasoundRegions": Sequence([region(0, 0, 219, 119)])}),
        (US, "US", {"SequenceOfUltrasoundRegions": Sequence([region(0, 2, 219, 60), region(0, 60, 219, 119)])}),
        (US, "US", {"SequenceOfUltrasoundRegions": Sequence([region(0, 2, 219, 119)])}),
        (US, "US", {"SequenceOfUltrasoundRegions": Sequence([])}),
        (US, "US", {}),
        (SC, "CT", {}),
        (CT, "OT", {}),
        (CT, "XA", {}),
        (CT, "CT", {"ImageType": ["DERIVED", "SECONDARY", "SCREEN SAVE"]}),
        (CT, "MG", {"ConversionType": "DF"}),
        (CT, "MG", {"BurnedInAnnotation": "YES"}),
        (CT, "CT", {}),
    ],
)
def test_sin_leer_se_aparta_lo_que_puede_decir_algo(clase: str, modalidad: str, mas: dict[str, object]) -> None:
    octetos = dicom(con_rotulo(), NATIVA, None, clase, modalidad, **mas)
    assert motivo(octetos, Opciones(leer_texto=False)) is Motivo.TEXTO_QUEMADO_POSIBLE


@pytest.mark.parametrize(
    "tipo",
    [
        "DERIVED\\SECONDARY",
        "DERIVED\\SECONDARY\\REFORMATTED",
        "DERIVED\\PRIMARY\\VRT",
        "ORIGINAL\\PRIMARY\\SCREEN SAVE",
    ],
)
@pytest.mark.parametrize("modalidad", ["CT", "MR", "PT"])
def test_lo_que_se_hizo_despues_de_un_corte_puede_decir_algo(modalidad: str, tipo: str) -> None:
    """Views, maps and what was saved with its notes have as many bits as what they were made from."""
    octetos = dicom(con_rotulo().astype("<u2"), NATIVA, None, CT, modalidad, ImageType=tipo.split("\\"))
    assert motivo(octetos, Opciones(leer_texto=False)) is Motivo.TEXTO_QUEMADO_POSIBLE


DESPEJADA = frozenset({Motivo.TEXTO_QUEMADO_POSIBLE})


@pytest.mark.parametrize("dicho", ["YES", "NO"])
def test_la_duda_que_una_persona_despejo_no_aparta_y_el_motor_no_responde_por_ella(dicho: str) -> None:
    octetos = dicom(con_rotulo(), NATIVA, None, SC, "OT", PatientName="RAMIREZ^ELVIRA", BurnedInAnnotation=dicho)
    resultado = anonima(octetos, Opciones(leer_texto=False, despejadas=DESPEJADA))
    assert isinstance(resultado, Limpia), resultado
    assert resultado.informe.como_documento()["despejadas"] == ["TEXTO_QUEMADO_POSIBLE"]
    assert b"RAMIREZ" not in resultado.contenido()
    leido = pydicom.dcmread(io.BytesIO(resultado.contenido()))
    assert leido.BurnedInAnnotation == dicho
    assert not se_dice_limpia(leido)
    assert "pixeles_limpios" not in resultado.informe.opciones


def test_lo_que_se_lee_se_tapa_aunque_la_duda_este_despejada(monkeypatch: pytest.MonkeyPatch) -> None:
    """What can still be read afterwards is what the person looked at."""
    monkeypatch.setattr(ocr, "hay_lector", lambda: True)
    monkeypatch.setattr(ocr, "textos", lambda _: [(0, 0, 3, 3)])
    monkeypatch.setattr(ocr, "palabras", lambda _: [])
    monkeypatch.setattr(ocr, "se_lee", lambda _: True)
    octetos = dicom(con_rotulo(), NATIVA, None, SC, "OT", BurnedInAnnotation="YES")
    assert motivo(octetos) is Motivo.TEXTO_QUEMADO_POSIBLE
    resultado = anonima(octetos, Opciones(despejadas=DESPEJADA))
    assert isinstance(resultado, Limpia), resultado
    leido = pydicom.dcmread(io.BytesIO(resultado.contenido()))
    assert not leido.pixel_array[:4, :4].any()
    assert set(resultado.informe.regiones) == {(0, 0, 3, 3)}
    assert not se_dice_limpia(leido)
    assert leido.BurnedInAnnotation == "YES"


def test_una_duda_despejada_de_mas_no_se_menciona() -> None:
    resultado = anonima(dicom(con_rotulo().astype("<u2"), NATIVA, None, CT, "CT"), Opciones(despejadas=DESPEJADA))
    assert isinstance(resultado, Limpia)
    assert resultado.informe.despejadas == set()


def test_lo_que_no_es_una_duda_no_lo_despeja_nadie() -> None:
    octetos = dicom(con_rotulo(), NATIVA, None, SC, "OT", PatientID="")
    todos = Opciones(leer_texto=False, despejadas=frozenset(Motivo))
    assert motivo(octetos, todos) is Motivo.PACIENTE_DESCONOCIDO
    assert motivo(octetos[:-9], todos) not in DUDAS


MEDIDA = np.random.default_rng(1).normal(1500, 200, (120, 220)).astype("<u2")
"""What a device measures: its greatest value once."""


def escrita(claro: int) -> np.ndarray:
    rotulo = con_rotulo() == 255
    return np.where(rotulo, np.uint16(claro), MEDIDA).astype("<u2")


@con_lector
@pytest.mark.parametrize(("modalidad", "fotometria", "claro"), [("DX", "MONOCHROME2", 4095), ("MG", "MONOCHROME1", 0)])
def test_lo_que_esta_escrito_sobre_lo_medido_se_tapa(modalidad: str, fotometria: str, claro: int) -> None:
    """Nothing says so: an original of twelve bits, by a device that measures. But it has white strokes."""
    mas: dict[str, object] = {"BitsStored": 12, "HighBit": 11, "PhotometricInterpretation": fotometria}
    octetos = dicom(escrita(claro), NATIVA, None, CT, modalidad, ImageType=["ORIGINAL", "PRIMARY"], **mas)
    resultado, leido = limpia(octetos)
    assert resultado.informe.regiones
    assert resultado.informe.avisos == set()
    despues = leido.pixel_array
    assert not ocr.palabras(quemado.como_es(despues, claro_es_mayor=claro > 0).vista)
    np.testing.assert_array_equal(despues[60:], MEDIDA[60:])


@pytest.mark.parametrize("modalidad", ["CR", "DX", "MG", "MR"])
def test_sin_leer_se_aparta_lo_que_parece_escrito_sobre_lo_medido(modalidad: str) -> None:
    octetos = dicom(escrita(4095), NATIVA, None, CT, modalidad, ImageType=["ORIGINAL", "PRIMARY"])
    assert motivo(octetos, Opciones(leer_texto=False)) is Motivo.TEXTO_QUEMADO_POSIBLE


def test_una_superficie_clara_no_es_un_trazo() -> None:
    con_borde = MEDIDA.copy()
    con_borde[:, :40] = 4095
    assert not quemado.sobrepuesto(con_borde)
    assert not quemado.sobrepuesto(MEDIDA)
    assert quemado.sobrepuesto(np.where(con_borde == 4095, con_borde, escrita(4095)))


def test_lo_que_no_puede_decir_nada_no_se_lee_y_el_informe_lo_dice() -> None:
    octetos = dicom(MEDIDA, NATIVA, None, CT, "CT", ImageType=["ORIGINAL", "PRIMARY"])
    resultado = anonima(octetos, Opciones(leer_texto=False))
    assert isinstance(resultado, Limpia)
    assert resultado.informe.avisos == {quemado.SIN_MIRAR}
    leido = pydicom.dcmread(io.BytesIO(resultado.contenido()))
    assert not se_dice_limpia(leido)


def test_demasiados_cuadros_para_leerlos_se_apartan() -> None:
    pixeles = np.zeros((quemado.MAXIMO_DE_CUADROS + 1, 8, 8), np.uint8)
    octetos = dicom(pixeles, NATIVA, None, SC, "OT", NumberOfFrames=len(pixeles))
    assert motivo(octetos) is Motivo.TEXTO_QUEMADO_POSIBLE
    assert isinstance(anonima(octetos, Opciones(despejadas=DESPEJADA)), Limpia)


@pytest.mark.parametrize(
    ("modalidad", "clase", "tipo", "bits"),
    [
        *((m, "1.1", "ORIGINAL", 16) for m in ("RG", "PX", "IO", "NM")),
        *((m, "1.1", "ORIGINAL", 8) for m in ("CR", "DX", "MG", "RTIMAGE", "MR")),
        ("CT", "2", "DERIVED", 16),
    ],
)
def test_de_lo_que_viene_de_placas_y_pantallas_se_sospecha(modalidad: str, clase: str, tipo: str, bits: int) -> None:
    """Without a reader what is suspected is kept apart."""
    octetos = dicom(
        con_rotulo().astype(f"<u{bits // 8}"),
        NATIVA,
        None,
        f"1.2.840.10008.5.1.4.1.1.{clase}",
        modalidad,
        ImageType=[tipo, "PRIMARY"],
    )
    assert motivo(octetos, Opciones(leer_texto=False)) is Motivo.TEXTO_QUEMADO_POSIBLE


def letras(alto: int = 240, ancho: int = 420) -> np.ndarray:
    """Where letters are."""
    lienzo = Image.new("L", (ancho, alto))
    ImageDraw.Draw(lienzo).text((12, 20), "RAMIREZ ELVIRA", fill=255, font=ImageFont.load_default(size=26))
    return np.array(lienzo) > 128


def tenues() -> np.ndarray:
    """Six shades above a ground that has all of them."""
    fondo = np.tile((np.arange(420) // 2).astype(np.uint8), (240, 1))
    return fondo + np.uint8(6) * letras().astype(np.uint8)


def oscuras() -> np.ndarray:
    """Forty of 65,535 shades above black, beside something bright."""
    pixeles = letras().astype("<u2") * np.uint16(40)
    pixeles[120:] = np.random.default_rng(1).integers(0, 60000, (120, 420))
    return pixeles


@con_lector
@pytest.mark.parametrize("pixeles", [tenues(), oscuras()], ids=["tenues", "oscuras"])
def test_tambien_lo_que_apenas_se_ve_se_tapa(pixeles: np.ndarray) -> None:
    resultado, leido = limpia(dicom(pixeles, NATIVA, None, SC, "OT"))
    assert resultado.informe.regiones
    assert not leido.pixel_array[letras()].any()


@con_lector
def test_se_mira_como_el_archivo_dice_que_se_mire(monkeypatch: pytest.MonkeyPatch) -> None:
    rangos: list[tuple[float, float]] = []
    en_ocho_bits = quemado._en_ocho_bits

    def apuntando(cuadro: np.ndarray, minimo: float, maximo: float) -> np.ndarray:
        rangos.append((minimo, maximo))
        return en_ocho_bits(cuadro, minimo, maximo)

    monkeypatch.setattr(quemado, "_en_ocho_bits", apuntando)
    ventana = {"WindowCenter": "40", "WindowWidth": "400", "RescaleSlope": "2", "RescaleIntercept": "-1024"}
    limpia(dicom(oscuras(), NATIVA, None, SC, "OT", **ventana))
    assert (432.0, 632.0) in rangos


@con_lector
@pytest.mark.parametrize(
    "formato",
    # Those of bars take seconds: they are read once more after what was found is gone.
    [*(pytest.param(suyo, marks=pytest.mark.largo) for suyo in ("Code39", "Code128")), "QRCode", "DataMatrix"],
)
def test_los_codigos_de_barras_se_tapan(formato: str) -> None:
    import zxingcpp

    codigo = zxingcpp.create_barcode("RAMIREZ-79448812", getattr(zxingcpp.BarcodeFormat, formato))
    dibujo = np.array(codigo.to_image(scale=3))
    pixeles = np.full((dibujo.shape[0] + 80, dibujo.shape[1] + 80), 255, np.uint8)
    pixeles[40:-40, 40:-40] = dibujo
    assert zxingcpp.read_barcodes(pixeles)
    resultado, leido = limpia(dicom(pixeles, NATIVA, None, SC, "OT"))
    assert resultado.informe.regiones
    assert not zxingcpp.read_barcodes(leido.pixel_array)


# --- The small picture ---


def vista(resultado: Resultado) -> Image.Image:
    """The small picture, and that there is nothing in it but pixels."""
    assert isinstance(resultado, Limpia), resultado
    png = resultado.vista()
    assert png is not None
    trozos, desde = [], 8
    while desde < len(png):
        (largo,) = struct.unpack_from(">I", png, desde)
        trozos.append(png[desde + 4 : desde + 8])
        desde += 12 + largo
    assert {*trozos} == {b"IHDR", b"IDAT", b"IEND"}
    return Image.open(io.BytesIO(png))


@pytest.mark.parametrize("sintaxis", [NATIVA, RLE, LS, J2K])
def test_la_vista_es_del_cuadro_del_medio_y_pequena(sintaxis: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "_leer", lambda _: [])
    cuadros = np.zeros((3, 64, 600), np.uint16)
    cuadros[1, :, 300:] = 4000
    valor = None if sintaxis == NATIVA else encapsulate([par(CODIGOS[sintaxis](c)) for c in cuadros])
    hecha = vista(anonima(dicom(cuadros, sintaxis, valor, modalidad="CT", NumberOfFrames=3)))
    assert (hecha.mode, hecha.size) == ("L", (512, 55))
    pixeles = np.asarray(hecha)
    assert (pixeles[:, :250] == 0).all() and (pixeles[:, 262:] == 255).all()


def test_la_vista_ensena_lo_que_el_archivo_dice_que_se_ensene(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its window; of what has none, most of its values. Where the least is white, it is."""
    monkeypatch.setattr(ocr, "_leer", lambda _: [])
    pixeles = np.tile(np.linspace(0, 4000, 64).astype(np.int16), (64, 1))
    pixeles[0, 0] = 32000
    de = partial(dicom, pixeles, NATIVA, modalidad="CT")
    sin, con, al_reves = (
        np.asarray(vista(anonima(octetos)))[32]
        for octetos in (
            de(),
            de(WindowCenter="-500", WindowWidth="1000", RescaleSlope="1", RescaleIntercept="-1000"),
            de(PhotometricInterpretation="MONOCHROME1"),
        )
    )
    assert sin[0] == 0 and sin[-1] > 250 and 100 < sin[32] < 150, "one value far off hides nothing"
    assert (con[17:] == 255).all() and 120 < con[8] < 135
    assert np.array_equal(al_reves, 255 - sin)


@pytest.mark.parametrize("sintaxis", [NATIVA, RLE, J2K])
def test_lo_que_se_tapa_en_el_archivo_lo_esta_en_su_vista(sintaxis: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Outside of an ultrasound's regions all is black, in both; and colours are the file's."""
    monkeypatch.setattr(ocr, "_leer", lambda _: [])
    pixeles = np.full((64, 64, 3), (200, 100, 50), np.uint8)
    valor = None if sintaxis == NATIVA else encapsulate([par(CODIGOS[sintaxis](pixeles))])
    octetos = dicom(pixeles, sintaxis, valor, US, "US", SequenceOfUltrasoundRegions=Sequence([region(8, 16, 55, 63)]))
    vistos = np.asarray(vista(anonima(octetos)))
    assert not vistos[:16].any() and not vistos[:, :8].any() and not vistos[:, 56:].any()
    assert (vistos[16:, 8:56] == (200, 100, 50)).all()


def test_de_lo_que_no_es_para_una_pantalla_no_hay_vista() -> None:
    anchos = anonima(dicom(np.zeros((4, 4), np.uint64), NATIVA, modalidad="CT"), Opciones(despejadas=frozenset(DUDAS)))
    assert isinstance(anchos, Limpia) and anchos.vista() is None
