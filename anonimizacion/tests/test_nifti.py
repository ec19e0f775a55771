"""NIfTI from bytes to clean bytes; read again by nibabel, which had no part in it. In make check: small volumes."""

import gzip
import io
import struct

import nibabel as nib
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from anonimizacion import nifti, ocr, quemado
from anonimizacion.modelo import Apartada, Formato, Limpia, Motivo, Opciones, Remitente, Resultado
from anonimizacion.motor import anonimizar
from anonimizacion.seudonimos import Seudonimizador

CLAVE = Seudonimizador(bytes(range(32)), 2)
NOMBRE = b"RAMIREZ ELVIRA"
CLASES = {1: nib.Nifti1Image, 2: nib.Nifti2Image}


def volumen(version: int = 1, orden: str = "<", tipo: str = "i2", forma: tuple[int, ...] = (5, 4, 3)) -> bytes:
    clase = CLASES[version]
    datos = (np.arange(np.prod(forma)) % 120).reshape(forma).astype(orden + tipo)
    cabeza = clase.header_class(endianness=orden)
    cabeza.set_data_dtype(datos.dtype)
    imagen = clase(datos, np.array([[-2, 0.1, 0, 9], [0, 2, 0, -8], [0, 0, 3, 7], [0, 0, 0, 1]]), cabeza)
    imagen.header["descrip"], imagen.header["aux_file"], imagen.header["intent_name"] = NOMBRE, NOMBRE, NOMBRE
    if version == 1:
        imagen.header["db_name"], imagen.header["data_type"] = NOMBRE, NOMBRE[:10]
    imagen.header.set_xyzt_units("mm", "sec")
    imagen.header.extensions.append(nib.nifti1.Nifti1Extension("comment", NOMBRE))
    return bytes(imagen.to_bytes())


def limpiar(octetos: bytes, region: str | None = "abdomen", opciones: Opciones | None = None) -> Resultado:
    return anonimizar(octetos, Formato.NIFTI, CLAVE, Remitente("Hospital del norte", "79-448812", region), opciones)


def limpia(octetos: bytes, region: str | None = "abdomen") -> Limpia:
    resultado = limpiar(octetos, region)
    assert isinstance(resultado, Limpia), resultado
    return resultado


def motivo(octetos: bytes, opciones: Opciones | None = None) -> Motivo:
    resultado = limpiar(octetos, opciones=opciones)
    assert isinstance(resultado, Apartada), resultado
    return resultado.motivo


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("orden", ["<", ">"])
@pytest.mark.parametrize("tipo", ["u1", "i2", "f4", "f8", "c8"])
@pytest.mark.parametrize("forma", [(5, 4, 3), (4, 3, 2, 5)])
def test_quedan_los_voxeles_y_donde_estan(version: int, orden: str, tipo: str, forma: tuple[int, ...]) -> None:
    original = volumen(version, orden, tipo, forma)
    resultado = limpia(original + NOMBRE)
    antes, despues = (CLASES[version].from_bytes(suyos) for suyos in (original, resultado.contenido()))
    assert NOMBRE in original
    assert NOMBRE[:10] not in resultado.contenido()
    np.testing.assert_array_equal(np.asanyarray(antes.dataobj), np.asanyarray(despues.dataobj))
    np.testing.assert_array_equal(antes.affine, despues.affine)
    assert antes.header.get_zooms() == despues.header.get_zooms()
    assert antes.header.get_xyzt_units() == despues.header.get_xyzt_units()
    assert antes.header.endianness == despues.header.endianness
    assert not despues.header.extensions
    assert not any(bytes(despues.header[campo]).strip(b"\0") for campo in ("descrip", "aux_file", "intent_name"))
    despues.header.check_fix(error_level=30)
    documento = str(resultado.informe.como_documento())
    assert all(f"NIFTI/{ruta}" in documento for ruta in ("descrip", "aux_file", "intent_name", "extensiones"))
    assert "OCTETOS_TRAS_LA_IMAGEN" in documento
    assert "RAMIREZ" not in documento


def test_lo_que_ningun_campo_dice_no_queda() -> None:
    original = bytearray(volumen(forma=(5, 4, 3)))
    # Every byte that is not read: unused texts and numbers, dimensions and sizes beyond the last one.
    for inicio, fin in (*nifti._UNO.textos.values(), (40 + 8, 40 + 16), (76 + 16, 76 + 32)):
        original[inicio:fin] = b"X" * (fin - inicio)
    assert b"XX" not in limpia(bytes(original)).contenido()


def test_en_gzip_queda_en_gzip_y_sin_nombre_de_archivo() -> None:
    hecho = io.BytesIO()
    with gzip.GzipFile("RAMIREZ_T1.nii", "wb", fileobj=hecho, mtime=1109757600) as comprimido:
        comprimido.write(volumen())
    resultado = limpia(hecho.getvalue() + gzip.compress(b""))
    contenido = resultado.contenido()
    assert b"RAMIREZ" in hecho.getvalue()
    assert contenido[:8] == b"\x1f\x8b\x08" + bytes(5)
    assert gzip.decompress(contenido) == limpia(volumen()).contenido()


def test_varios_miembros_de_gzip_son_un_archivo() -> None:
    entero = volumen()
    dos = gzip.compress(entero[:300]) + gzip.compress(entero[300:]) + bytes(512)
    assert gzip.decompress(limpia(dos).contenido()) == limpia(entero).contenido()
    assert motivo(gzip.compress(entero) + NOMBRE) is Motivo.ESTRUCTURA_INVALIDA


def test_una_bomba_se_rehusa_por_su_cabeza(monkeypatch: pytest.MonkeyPatch) -> None:
    cabeza = bytearray(volumen()[:352])
    struct.pack_into("<8h", cabeza, 40, 3, 30000, 30000, 30000, 1, 1, 1, 1)
    bomba = gzip.compress(bytes(cabeza) + bytes(64 << 20))
    monkeypatch.setattr(nifti, "_BLOQUE", 1 << 12)
    monkeypatch.setattr(nifti, "bytearray", lambda: Corto(), raising=False)
    assert motivo(bomba) is Motivo.DEMASIADO_GRANDE


class Corto(bytearray):
    """Takes a block, and no second one."""

    def __iadd__(self, mas: bytes) -> "Corto":
        assert not self, "inflated on"
        self.extend(mas)
        return self


def test_lo_que_crece_mas_de_lo_dicho_se_rehusa() -> None:
    assert motivo(gzip.compress(volumen() + bytes(1 << 22)), Opciones(maximo_inflado=1 << 20)) is (
        Motivo.DEMASIADO_GRANDE
    )


@pytest.mark.parametrize("hasta", [0, 3, 100, 347, 351, 500, -1])
@pytest.mark.parametrize("comprimido", [False, True])
def test_un_archivo_cortado_se_aparta(hasta: int, comprimido: bool) -> None:
    cortado = volumen()[:hasta]
    assert motivo(gzip.compress(cortado) if comprimido else cortado) is not Motivo.ERROR_INTERNO
    assert motivo(gzip.compress(volumen())[: hasta // 3]) is not Motivo.ERROR_INTERNO


def test_lo_que_no_es_un_volumen_se_aparta() -> None:
    assert motivo(volumen(tipo="u1", forma=(50, 40))) is Motivo.TEXTO_QUEMADO_POSIBLE
    colores = bytearray(volumen())
    struct.pack_into("<hh", colores, 70, 128, 24)
    assert motivo(bytes(colores)) is Motivo.TEXTO_QUEMADO_POSIBLE
    mirada = Opciones(despejadas=frozenset({Motivo.TEXTO_QUEMADO_POSIBLE}))
    lamina = limpiar(volumen(tipo="u1", forma=(50, 40)), opciones=mirada)
    assert isinstance(lamina, Limpia)
    assert NOMBRE not in lamina.contenido()
    assert motivo(bytes(colores), mirada) is Motivo.TRUNCADO  # its voxels are 24 bits each
    pareja = bytearray(volumen())
    pareja[344:348] = b"ni1\0"
    assert motivo(bytes(pareja)) is Motivo.NO_ES_DEL_FORMATO
    for donde, valor in ((40, 9), (42, -5), (72, 8), (70, 7)):
        roto = bytearray(volumen())
        struct.pack_into("<h", roto, donde, valor)
        assert motivo(bytes(roto)) is Motivo.ESTRUCTURA_INVALIDA
    for comienzo in (0.0, 351.5, float("nan"), float("inf"), -1.0):
        roto = bytearray(volumen())
        struct.pack_into("<f", roto, 108, comienzo)
        assert motivo(bytes(roto)) is Motivo.ESTRUCTURA_INVALIDA


@pytest.mark.parametrize(
    ("region", "cara"),
    [
        (None, True),
        ("", True),
        ("Cráneo", True),
        ("Cabeza y cuello", True),
        ("Tórax y cabeza", True),
        ("Columna cervical", True),
        ("Cuerpo entero", True),
        ("Tórax", False),
        ("ABDOMEN", False),
        ("Rodilla", False),
    ],
)
def test_una_cabeza_lleva_aviso_y_lo_que_no_se_sabe_tambien(region: str | None, cara: bool) -> None:
    assert (nifti.CARA in limpia(volumen(), region).informe.avisos) is cara


def pantalla(tipo: str, cortes: int, *, girada: bool = False) -> bytes:
    lienzo = Image.new("L", (400, 120))
    ImageDraw.Draw(lienzo).text((20, 40), "RAMIREZ ELVIRA", fill=255, font=ImageFont.load_default(size=28))
    corte = np.array(lienzo).astype(tipo)[:: -1 if girada else 1]
    return bytes(nib.Nifti1Image(np.stack([corte.T] * cortes, axis=-1), np.eye(4)).to_bytes())


@pytest.mark.skipif(not ocr.hay_lector(), reason="the reader is not made for this Python yet")
@pytest.mark.parametrize("girada", [False, True])
@pytest.mark.parametrize(("tipo", "cortes"), [("u1", 2), ("i2", 1), ("f4", 1)])
def test_lo_que_se_lee_en_los_cortes_de_una_pantalla_la_aparta(tipo: str, cortes: int, girada: bool) -> None:
    assert motivo(pantalla(tipo, cortes, girada=girada)) is Motivo.TEXTO_QUEMADO_POSIBLE


@pytest.mark.skipif(not ocr.hay_lector(), reason="the reader is not made for this Python yet")
def test_un_corte_se_lee_a_lo_largo_de_los_ejes_que_tenga() -> None:
    corte = nib.Nifti1Image.from_bytes(pantalla("u1", 1)).get_fdata().astype("u1")
    de_canto = nib.Nifti1Image(corte.reshape(corte.shape[0], 1, corte.shape[1]), np.eye(4))
    assert motivo(bytes(de_canto.to_bytes())) is Motivo.TEXTO_QUEMADO_POSIBLE


@pytest.mark.parametrize(
    ("tipo", "forma", "sospechosa"),
    [
        ("u1", (9, 9, 4), True),
        ("i2", (9, 9, 4), False),
        ("i2", (9, 1, 9), True),
        ("i2", (1, 9, 9), True),
    ],
)
def test_sin_lector_se_aparta_lo_que_puede_ser_una_pantalla(
    tipo: str, forma: tuple[int, ...], sospechosa: bool
) -> None:
    resultado = limpiar(volumen(tipo=tipo, forma=forma), opciones=Opciones(leer_texto=False))
    assert isinstance(resultado, Apartada) is sospechosa
    assert (quemado.SIN_MIRAR in resultado.informe.avisos) is not sospechosa


def escrita(version: int, donde: int, texto: bytes) -> bytes:
    octetos = bytearray(volumen(version))
    octetos[donde : donde + len(texto)] = texto
    return bytes(octetos)


@pytest.mark.parametrize(("version", "intencion", "matriz"), [(1, 56, 280), (2, 80, 400)])
@pytest.mark.parametrize("juego", ["ascii", "utf-16-le", "utf-16-be"])
def test_unas_letras_no_pasan_por_numeros(version: int, intencion: int, matriz: int, juego: str) -> None:
    letras = "RAMIREZ ELVIRA CC 794488".encode(juego)
    assert motivo(escrita(version, matriz, letras[:48])) is Motivo.ESTRUCTURA_INVALIDA
    # What they are for no code says, so that they are nothing.
    sin_uso = limpia(escrita(version, intencion, letras[:12])).contenido()
    assert sin_uso[intencion : intencion + 12] == bytes(12)


def test_lo_que_no_es_un_numero_es_uno_solo() -> None:
    """A NaN has room for two letters."""
    assert b"EL\xff\x7f" in escrita(1, 112, b"EL\xff\x7f")
    assert b"EL\xff\x7f" not in limpia(escrita(1, 112, b"EL\xff\x7f")).contenido()


@pytest.mark.parametrize("juego", ["ascii", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("hasta", [100, 101])
def test_el_numero_del_paciente_se_busca_entre_los_voxeles(juego: str, hasta: int) -> None:
    original = bytearray(volumen(forma=(9, 9, 9)))
    donde = len(original) - hasta
    original[donde : donde + 40] = "de 79-448812 en".encode(juego)[:40].ljust(40, b"\1")
    assert motivo(bytes(original)) is Motivo.IDENTIFICADOR_EN_EL_RESULTADO
    assert motivo(gzip.compress(original)) is Motivo.IDENTIFICADOR_EN_EL_RESULTADO


@pytest.mark.parametrize("comprimido", [False, True])
@pytest.mark.parametrize("orden", "<>")
def test_la_vista_de_un_volumen_es_su_corte_del_medio(orden: str, comprimido: bool) -> None:
    """Of the first of several volumes, its second axis upwards; of numbers with no end and of what is none, too."""
    datos = np.zeros((40, 30, 5, 2), orden + "f4")
    datos[:20, :, 2, 0], datos[:, :, 2, 1], datos[5, 5, 2, 0], datos[6, 5, 2, 0] = 7, 9, np.nan, np.inf
    datos[:, :15, 2, 0] *= 0.5
    octetos = bytes(nib.Nifti1Image(datos, np.eye(4)).to_bytes())
    vista = Image.open(io.BytesIO(limpia(gzip.compress(octetos) if comprimido else octetos).vista() or b""))
    assert vista.size == (40, 30)
    tonos = np.asarray(vista)
    assert (tonos[:15, :20] == 255).all() and not tonos[:, 20:].any() and tonos[29, 0] == 127


def test_de_numeros_complejos_no_hay_vista() -> None:
    octetos = bytes(nib.Nifti1Image(np.ones((4, 4, 4), np.complex64), np.eye(4)).to_bytes())
    assert limpia(octetos).vista() is None
