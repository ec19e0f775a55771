"""PNG and JPEG from bytes to clean bytes. In make check: small pictures, some tenths of a second each
for reading; what takes more than a second is there once, and its likes in make test-largo."""

import io
import logging
import struct
import subprocess
import sys
import zlib

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont, PngImagePlugin

from anonimizacion import ocr, quemado, raster
from anonimizacion.modelo import Apartada, Formato, Limpia, Motivo, Opciones, Remitente, Resultado
from anonimizacion.motor import anonimizar
from anonimizacion.paciente import Paciente
from anonimizacion.seudonimos import Seudonimizador

pytestmark = pytest.mark.skipif(not ocr.hay_lector(), reason="the reader is not made for this Python yet")
CLAVE = Seudonimizador(bytes(range(32)), 2)
REMITENTE = Remitente("Hospital del norte", "79-448812")
NOMBRE = "RAMIREZ ELVIRA 12/03/1960"


@pytest.fixture(autouse=True)
def sin_leer(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading takes a second: only the tests that are about it do."""
    if "leyendo" not in request.fixturenames:
        monkeypatch.setattr(ocr, "_leer", lambda _: [])


@pytest.fixture
def leyendo() -> None:
    """The test reads."""


def limpiar(octetos: bytes, formato: Formato, opciones: Opciones | None = None) -> Resultado:
    return anonimizar(octetos, formato, CLAVE, REMITENTE, opciones)


def limpia(octetos: bytes, formato: Formato) -> tuple[Limpia, Image.Image]:
    resultado = limpiar(octetos, formato)
    assert isinstance(resultado, Limpia), resultado
    return resultado, Image.open(io.BytesIO(resultado.contenido()), formats=(formato.value,))


def motivo(octetos: bytes, formato: Formato, opciones: Opciones | None = None) -> Motivo:
    resultado = limpiar(octetos, formato, opciones)
    assert isinstance(resultado, Apartada), resultado
    return resultado.motivo


def guardada(imagen: Image.Image, formato: str, **ajustes: object) -> bytes:
    hecho = io.BytesIO()
    imagen.save(hecho, formato, **ajustes)
    return hecho.getvalue()


def degradado(ancho: int = 96, alto: int = 64) -> np.ndarray:
    y, x = np.mgrid[:alto, :ancho]
    return ((x + 2 * y) % 256).astype(np.uint8)


def con_rotulo(fondo: np.ndarray, texto: str = NOMBRE, donde: tuple[int, int] = (20, 12)) -> Image.Image:
    imagen = Image.fromarray(fondo)
    claro = 255 if imagen.mode == "L" else tuple([255] * len(imagen.getbands()))
    ImageDraw.Draw(imagen).text(donde, texto, fill=claro, font=ImageFont.load_default(size=18))
    return imagen


@pytest.mark.parametrize("formato", [Formato.PNG, Formato.JPEG])
def test_lo_que_dice_exif_no_va_al_registro(formato: Formato, caplog: pytest.LogCaptureFixture) -> None:
    exif = Image.Exif()
    exif[0x013B] = "QXARTISTA"
    octetos = guardada(Image.fromarray(degradado()), formato.value, exif=exif)
    caplog.clear()
    caplog.set_level(logging.DEBUG)
    resultado, _ = limpia(octetos, formato)
    assert b"QXARTISTA" in octetos
    assert "QXARTISTA" not in caplog.text
    assert b"QXARTISTA" not in resultado.contenido()


def trozos(png: bytes) -> list[bytes]:
    hallados, desde = [], 8
    while desde < len(png):
        largo, tipo = struct.unpack_from(">I4s", png, desde)
        hallados.append(tipo)
        desde += 12 + largo
    return hallados


def trozo(tipo: bytes, datos: bytes) -> bytes:
    return struct.pack(">I", len(datos)) + tipo + datos + struct.pack(">I", zlib.crc32(tipo + datos))


@pytest.mark.parametrize("modo", ["1", "L", "P", "RGB", "RGBA", "LA", "I;16"])
def test_un_png_queda_con_sus_pixeles_y_nada_mas(modo: str) -> None:
    if modo == "I;16":
        imagen = Image.fromarray(degradado().astype(np.uint16) * 257)
    else:
        imagen = Image.fromarray(degradado()).convert(modo)
    adornos = PngImagePlugin.PngInfo()
    adornos.add_text("Patient", NOMBRE, zip=True)
    adornos.add_itxt("Title", NOMBRE)
    adornos.add(b"raMZ", NOMBRE.encode())
    original = guardada(imagen, "PNG", pnginfo=adornos, dpi=(72, 72)) + NOMBRE.encode()
    resultado, leida = limpia(original, Formato.PNG)
    assert set(trozos(resultado.contenido())) == {b"IHDR", b"IDAT", b"IEND"}
    np.testing.assert_array_equal(np.asarray(imagen.convert(leida.mode)), np.asarray(leida))
    assert leida.mode == {"1": "L", "P": "RGB", "RGBA": "RGB", "LA": "L"}.get(modo, modo)
    documento = str(resultado.informe.como_documento())
    assert all(ruta in documento for ruta in ("PNG/zTXt", "PNG/iTXt", "PNG/pHYs", "PNG/otros"))
    assert "OCTETOS_TRAS_LA_IMAGEN" in documento
    assert not any(suyo in documento for suyo in ("raMZ", "RAMIREZ", "79-448812"))
    assert resultado.seudonimo == CLAVE.paciente(Paciente("Hospital del norte", "79-448812"))


@pytest.mark.parametrize("formato", [Formato.PNG, Formato.JPEG])
@pytest.mark.parametrize("giro", range(1, 9))
def test_la_imagen_queda_como_se_veia(formato: Formato, giro: int) -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = giro, NOMBRE
    imagen = Image.fromarray(np.kron(np.arange(6, dtype=np.uint8).reshape(2, 3) * 40, np.ones((32, 32), np.uint8)))
    resultado, leida = limpia(guardada(imagen, formato.value, exif=exif, quality=95), formato)
    a = np.asarray(imagen)
    # By the Exif standard: 1 upright, 2 mirrored, 3 upside down, 4 both, 5 to 8 the same, lying on a side.
    visto = [a, a[:, ::-1], a[::-1, ::-1], a[::-1], a.T, np.rot90(a, -1), a[::-1, ::-1].T, np.rot90(a)][giro - 1]
    assert np.abs(np.asarray(leida).astype(int) - visto).max() <= 4
    assert b"Exif" not in resultado.contenido()
    assert b"eXIf" not in resultado.contenido()
    assert not leida.getexif()


def test_un_jpeg_queda_sin_segmentos_de_nadie() -> None:
    comentario = b"\xff\xfe" + struct.pack(">H", 2 + len(NOMBRE)) + NOMBRE.encode()
    jpeg = guardada(Image.fromarray(degradado()), "JPEG", icc_profile=b"perfil de RAMIREZ", quality=90)
    polizon = guardada(con_rotulo(np.zeros((48, 400), np.uint8)), "PNG")
    resultado, leida = limpia(jpeg[:2] + comentario + jpeg[2:] + polizon, Formato.JPEG)
    contenido = resultado.contenido()
    assert contenido.count(b"\xff\xd9") == 1
    assert contenido.endswith(b"\xff\xd9")
    assert b"RAMIREZ" not in contenido
    assert [nombre for nombre, _ in leida.applist] == ["APP0"]
    assert np.abs(np.asarray(leida).astype(int) - np.asarray(Image.open(io.BytesIO(jpeg)))).max() <= 16
    assert ("JPEG/COM", "QUITAR") in resultado.informe.acciones


@pytest.mark.parametrize("formato", [pytest.param(Formato.PNG, marks=pytest.mark.largo), Formato.JPEG])
@pytest.mark.usefixtures("leyendo")
def test_lo_que_dice_la_imagen_se_tapa_y_el_informe_calla_que_decia(formato: Formato) -> None:
    fondo = np.repeat(degradado(420, 200)[..., None] // 4, 3, axis=2)
    original = guardada(con_rotulo(fondo), formato.value, quality=95)
    assert ocr.se_lee(np.asarray(Image.open(io.BytesIO(original))))
    resultado, leida = limpia(original, formato)
    pixeles = np.asarray(leida)
    assert not ocr.se_lee(pixeles)
    assert np.abs(pixeles[60:].astype(int) - fondo[60:]).max() <= (8 if formato is Formato.JPEG else 0)
    (izquierda, arriba, derecha, abajo) = resultado.informe.regiones[0]
    assert 0 <= izquierda <= 22 and arriba <= 16 and derecha >= 200 and 28 <= abajo < 60
    assert "RAMIREZ" not in str(resultado.informe.como_documento())


def test_lo_redondo_no_es_una_letra_y_una_palabra_grande_si(monkeypatch: pytest.MonkeyPatch) -> None:
    def ve(texto: str, alto: int, puntuacion: float = 0.6) -> bool:
        caja = [[10, 10], [310, 10], [310, 10 + alto], [10, 10 + alto]]
        monkeypatch.setattr(ocr, "_hallado", lambda _: [(caja, texto, puntuacion)])
        return ocr._leer(np.zeros((400, 400, 3), np.uint8))[0][1]

    monkeypatch.undo()
    assert not ve("U", 300)
    assert ve("U", 40)
    assert ve("ANA", 300)
    assert not ve("ANA", 40, 0.2)
    assert not ve("- ,", 40)


@pytest.mark.usefixtures("leyendo")
def test_ni_lo_transparente_ni_la_transparencia_dicen_nada() -> None:
    color = np.zeros((96, 420, 4), np.uint8)
    color[..., 3] = 255
    color[:48, :, 3] = 0
    color[:48, :, :3] = np.asarray(con_rotulo(np.zeros((48, 420, 3), np.uint8)))
    color[48:, :, 3] -= np.asarray(con_rotulo(np.zeros((48, 420), np.uint8)))
    _, leida = limpia(guardada(Image.fromarray(color), "PNG"), Formato.PNG)
    pixeles = np.asarray(leida.convert("RGBA"))
    assert not any(ocr.se_lee(np.repeat(pixeles[..., c : c + 1], 3, axis=2)) for c in range(4))


def test_bajo_lo_transparente_no_queda_nada() -> None:
    color = np.repeat(degradado()[..., None], 4, axis=2)
    color[..., 3] = 200
    color[20:40, 30:60, 3] = 0
    _, leida = limpia(guardada(Image.fromarray(color), "PNG"), Formato.PNG)
    debajo = np.asarray(leida)[20:40, 30:60]
    assert not debajo.any()
    np.testing.assert_array_equal(np.asarray(leida)[:20], color[:20])


@pytest.mark.usefixtures("leyendo")
def test_texto_de_dieciseis_bits_de_poco_contraste_se_lee() -> None:
    fondo = np.full((96, 420), 30000, np.uint16)
    fondo[:48][np.asarray(con_rotulo(np.zeros((48, 420), np.uint8))) > 128] = 30400
    fondo[90, 400:] = [0] * 10 + [65535] * 10
    _, leida = limpia(guardada(Image.fromarray(fondo), "PNG"), Formato.PNG)
    assert set(np.unique(np.asarray(leida)[:48])) <= {0, 30000}


def test_colores_de_dieciseis_bits_se_apartan_antes_que_perderlos() -> None:
    cabeza = trozo(b"IHDR", struct.pack(">IIBBBBB", 4, 4, 16, 2, 0, 0, 0))
    png = raster._FIRMA_PNG + cabeza + trozo(b"IDAT", zlib.compress(bytes(100))) + trozo(b"IEND", b"")
    assert motivo(png, Formato.PNG) is Motivo.PIXELES_NO_ADMITIDOS


def test_sin_lectura_se_aparta(monkeypatch: pytest.MonkeyPatch) -> None:
    png = guardada(Image.fromarray(degradado()), "PNG")
    assert motivo(png, Formato.PNG, Opciones(leer_texto=False)) is Motivo.TEXTO_QUEMADO_POSIBLE
    monkeypatch.setattr(ocr, "hay_lector", lambda: False)
    assert motivo(png, Formato.PNG) is Motivo.TEXTO_QUEMADO_POSIBLE
    mirada = limpiar(png, Formato.PNG, Opciones(despejadas=frozenset({Motivo.TEXTO_QUEMADO_POSIBLE})))
    assert isinstance(mirada, Limpia)
    assert mirada.informe.despejadas == {Motivo.TEXTO_QUEMADO_POSIBLE}


@pytest.mark.usefixtures("leyendo")
def test_lo_que_aun_se_lee_tras_taparlo_se_aparta(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "textos", lambda vista: [(0, 0, 3, 3)])
    monkeypatch.setattr(ocr, "palabras", lambda vista: [])
    png = guardada(con_rotulo(np.zeros((96, 420), np.uint8)), "PNG")
    assert motivo(png, Formato.PNG) is Motivo.TEXTO_QUEMADO_POSIBLE


def test_un_archivo_es_lo_que_se_dijo_y_de_un_cuadro_y_de_alguien() -> None:
    imagen = Image.fromarray(degradado())
    png, jpeg = guardada(imagen, "PNG"), guardada(imagen, "JPEG")
    assert motivo(png, Formato.JPEG) is Motivo.NO_ES_DEL_FORMATO
    assert motivo(jpeg, Formato.PNG) is Motivo.NO_ES_DEL_FORMATO
    assert motivo(guardada(imagen, "GIF"), Formato.PNG) is Motivo.NO_ES_DEL_FORMATO
    animado = guardada(imagen, "PNG", save_all=True, append_images=[Image.fromarray(255 - degradado())])
    assert motivo(animado, Formato.PNG) is Motivo.VARIOS_CUADROS
    assert motivo(guardada(imagen.convert("CMYK"), "JPEG"), Formato.JPEG) is Motivo.PIXELES_NO_ADMITIDOS
    assert motivo(guardada(Image.new("RGB", (8, 8)), "PNG")[:20], Formato.PNG) is Motivo.TRUNCADO
    apartada = anonimizar(png, Formato.PNG, CLAVE, Remitente("Hospital del norte"))
    assert isinstance(apartada, Apartada)
    assert apartada.motivo is Motivo.PACIENTE_DESCONOCIDO


@pytest.mark.parametrize("hasta", [0, 7, 8, 30, 100, 0.5, 0.9, -1, -12])
@pytest.mark.parametrize("formato", [Formato.PNG, Formato.JPEG])
def test_un_archivo_cortado_se_aparta(formato: Formato, hasta: float) -> None:
    entero = guardada(Image.fromarray(degradado()), formato.value)
    cortado = entero[: int(hasta * len(entero)) if isinstance(hasta, float) else hasta]
    if formato is Formato.JPEG and hasta == -1:
        cortado = entero[:-2]
    assert motivo(cortado, formato) is not Motivo.ERROR_INTERNO


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_una_bomba_se_rehusa_por_su_cabeza(monkeypatch: pytest.MonkeyPatch) -> None:
    jpeg = bytearray(guardada(Image.fromarray(degradado()), "JPEG"))
    monkeypatch.setattr(Image.Image, "load", lambda *_: pytest.fail("decoded"))
    cabeza = trozo(b"IHDR", struct.pack(">IIBBBBB", 12000, 12000, 8, 0, 0, 0, 0))
    png = raster._FIRMA_PNG + cabeza + trozo(b"IDAT", zlib.compress(bytes(1000))) + trozo(b"IEND", b"")
    assert motivo(png, Formato.PNG) is Motivo.DEMASIADO_GRANDE
    donde = jpeg.index(b"\xff\xc0")
    jpeg[donde + 5 : donde + 9] = struct.pack(">HH", 12000, 12000)
    assert motivo(bytes(jpeg), Formato.JPEG) is Motivo.DEMASIADO_GRANDE


def test_un_png_con_un_trozo_roto_o_desconocido_pero_necesario_se_aparta() -> None:
    png = guardada(Image.fromarray(degradado()), "PNG")
    assert motivo(png[:33] + trozo(b"ABCD", b"x") + png[33:], Formato.PNG) is Motivo.PIXELES_NO_ADMITIDOS
    roto = bytearray(png)
    roto[-20] ^= 1
    assert motivo(bytes(roto), Formato.PNG) is Motivo.ESTRUCTURA_INVALIDA


def test_quien_no_lee_no_carga_el_lector() -> None:
    codigo = "import sys, anonimizacion.motor; sys.exit('rapidocr_onnxruntime' in sys.modules or 'cv2' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", codigo], check=False).returncode == 0


@pytest.mark.usefixtures("leyendo")
def test_el_numero_del_paciente_se_busca_entre_los_pixeles() -> None:
    """A PNG's compressed bytes hide what its pixels say."""
    pixeles = degradado()
    pixeles.reshape(-1)[50:58] = list(b"79448812")
    resultado = anonimizar(
        guardada(Image.fromarray(pixeles), "PNG"),
        Formato.PNG,
        Seudonimizador(bytes(range(32)), 2),
        Remitente("Hospital del norte", "79448812"),
    )
    assert isinstance(resultado, Apartada)
    assert resultado.motivo is Motivo.IDENTIFICADOR_EN_EL_RESULTADO


def test_unas_letras_de_otro_color_e_igual_de_claras_destacan() -> None:
    azar = np.random.default_rng(4)
    fondo = azar.normal(100, 12, (96, 256))
    lienzo = Image.new("L", (256, 96))
    ImageDraw.Draw(lienzo).text((20, 40), "RAMIREZ ELVIRA", fill=255, font=ImageFont.load_default(size=20))
    letras = np.asarray(lienzo) > 128
    colores = np.stack([fondo] * 3, axis=-1)
    colores[letras] += (20, 0, -20)
    *_, realce = quemado.vistas(np.clip(colores, 0, 255).astype(np.uint8))
    tonos = realce.vista[..., 0].astype(int)
    assert np.median(tonos[letras]) > np.percentile(tonos[~letras], 95)


@pytest.mark.parametrize("modo", ["L", "RGB", "LA", "RGBA", "I;16", "P"])
def test_de_cada_png_hay_una_vista_sin_transparencias(modo: str) -> None:
    """Of its clean pixels; what has more shades than a screen is shown by most of its values."""
    original = Image.linear_gradient("L").rotate(90).resize((600, 30))
    imagen = Image.fromarray(np.asarray(original).astype(np.uint16) * 100) if modo == "I;16" else original.convert(modo)
    resultado, _ = limpia(guardada(imagen, "PNG"), Formato.PNG)
    png = resultado.vista()
    assert png is not None
    vista = Image.open(io.BytesIO(png))
    assert (vista.mode, vista.size, vista.info) == ("RGB" if modo in ("RGB", "RGBA", "P") else "L", (512, 26), {})
    tonos = np.asarray(vista.convert("L")).astype(int)
    assert abs(tonos - np.asarray(original.resize((512, 26)))).max() < 12


def test_lo_que_se_tapo_en_un_png_lo_esta_en_su_vista(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        raster, "_sin_texto", lambda pixeles, *_: np.where(np.arange(64)[:, None] < 10, 0, pixeles).astype(np.uint8)
    )
    resultado, _ = limpia(guardada(Image.new("L", (64, 64), 255), "JPEG"), Formato.JPEG)
    vista = np.asarray(Image.open(io.BytesIO(resultado.vista() or b"")))
    assert not vista[:10].any() and (vista[10:] == 255).all()
