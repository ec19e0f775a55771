"""The rules of a zip: what is taken, and what each attack is refused for. In make check: small files, no server."""

import bz2
import gzip
import io
import lzma
import random
import struct
import tarfile
import tracemalloc
import warnings
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

import pytest

from anonimizacion.paquete import MIEMBROS_MAXIMOS, Miembro, PaqueteError, Razon, abrir, comprobar, leer

MUCHO = 1 << 30
Nombrado = tuple[str, bytes]


def zip_de(*miembros: Nombrado, metodo: int = zipfile.ZIP_DEFLATED, comentario: bytes = b"", **atributos: Any) -> bytes:
    salida = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(salida, "w") as archivo:
        warnings.simplefilter("ignore")
        for nombre, datos in miembros:
            info = zipfile.ZipInfo("x", (1980, 1, 1, 0, 0, 0))
            info.filename, info.compress_type, info.external_attr = nombre, metodo, 0o644 << 16
            for clave, valor in atributos.items():
                setattr(info, clave, valor)
            archivo.writestr(info, datos)
        archivo.comment = comentario
    return salida.getvalue()


class SinVuelta(io.RawIOBase):
    """What can be written to and not sought in, as a pipe."""

    def __init__(self) -> None:
        self.escrito = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, datos: Any) -> int:
        self.escrito += datos
        return len(datos)


def razon(datos: bytes, maximo: int = MUCHO) -> Razon | None:
    try:
        comprobar(io.BytesIO(datos), maximo)
    except PaqueteError as error:
        assert str(error) == error.razon.value
        return error.razon
    return None


SANO = zip_de(("a.dcm", b"uno" * 300), ("carpeta/", b""), ("carpeta/Núñez.dcm", b"dos"), ("vacio", b""))
CD, FIN = SANO.index(b"PK\1\2"), SANO.rindex(b"PK\5\6")


def cambiar(datos: bytes, donde: int, por: bytes) -> bytes:
    return datos[:donde] + por + datos[donde + len(por) :]


def test_los_miembros_salen_con_sus_octetos_y_las_carpetas_no_cuentan() -> None:
    archivo = io.BytesIO(SANO)
    leidos = {m.nombre: b"".join(leer(archivo, m)) for m in abrir(archivo, MUCHO)}
    assert leidos == {"a.dcm": b"uno" * 300, "carpeta/Núñez.dcm": b"dos", "vacio": b""}


def test_nada_que_se_imprima_lleva_un_nombre() -> None:
    assert "Núñez" not in repr(abrir(io.BytesIO(SANO), MUCHO))


@pytest.mark.parametrize("metodo", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_lo_que_se_escribio_sin_poder_volver_atras_se_toma(metodo: int) -> None:
    salida = SinVuelta()
    with zipfile.ZipFile(salida, "w", metodo) as archivo:  # type: ignore[arg-type]
        archivo.writestr("a", b"x" * 5000)
        with archivo.open("b", "w", force_zip64=True) as abierto:
            abierto.write(b"y" * 5000)
    datos = bytes(salida.escrito)
    assert b"PK\7\x08" in datos
    assert razon(datos) is None


def test_el_final_largo_se_toma_y_ha_de_decir_lo_mismo_que_el_corto() -> None:
    _, _, _, aqui, entradas, largo, donde, _ = struct.unpack_from("<4s4H2LH", SANO, FIN)
    largos = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, aqui, entradas, largo, donde)
    sitio = struct.pack("<4sLQL", b"PK\6\7", 0, FIN, 1)
    lleno = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    assert razon(SANO[:FIN] + largos + sitio + lleno) is None
    assert razon(SANO[:FIN] + largos + sitio + SANO[FIN:]) is None
    otro = cambiar(SANO[FIN:], 10, struct.pack("<H", 3))
    assert razon(SANO[:FIN] + largos + sitio + otro) is Razon.ENTRADA_CONTRADICTORIA
    assert razon(SANO[:FIN] + largos + cambiar(sitio, 8, b"\0") + lleno) is Razon.ENTRADA_CONTRADICTORIA
    assert razon(SANO[:FIN] + cambiar(largos, 4, b"\x40") + sitio + lleno) is Razon.ENTRADA_CONTRADICTORIA
    assert razon(SANO[:FIN] + largos + cambiar(sitio, 16, b"\2") + lleno) is Razon.ENTRADA_CONTRADICTORIA
    infinitas = cambiar(cambiar(largos, 24, struct.pack("<Q", 1 << 40)), 32, struct.pack("<Q", 1 << 40))
    assert razon(SANO[:FIN] + infinitas + sitio + lleno) is Razon.DEMASIADOS_MIEMBROS


@pytest.mark.parametrize(
    "nombre",
    [
        "/etc/x",
        "../x",
        "a/../../x",
        "a/..",
        "..",
        ".",
        "a//b",
        "a\\b",
        "C:x",
        "c:/x",
        "a\nb",
        "a\0b",
        "a\x7fb",
        "a\x85b",
        "a\u2028b",
        "x" * 5000,
    ],
)
def test_nombres_que_no_llevan_hacia_dentro(nombre: str) -> None:
    assert razon(zip_de(("bueno", b"x"), (nombre, b"x"))) is Razon.NOMBRE_NO_ADMITIDO


def test_un_nombre_vacio_o_que_no_es_utf8_aunque_lo_diga() -> None:
    sin = bytearray(zip_de(("x", b"1")))
    i = sin.index(b"PK\1\2")
    for donde in (26, i + 28):
        struct.pack_into("<H", sin, donde, 0)
    del sin[i + 46], sin[30]
    struct.pack_into("<2L", sin, len(sin) - 10, len(sin) - 22 - i + 1, i - 1)
    assert razon(bytes(sin)) is Razon.NOMBRE_NO_ADMITIDO
    malo = zip_de(("ñ", b"1")).replace("ñ".encode(), b"\xff\xfe")
    assert razon(malo) is Razon.NOMBRE_NO_ADMITIDO


def test_un_nombre_de_antes_se_lee_como_utf8_o_como_cp437() -> None:
    for crudo, leido in (("ñ".encode(), "ñ"), (b"\xa4x", "ñx")):
        datos = zip_de(("zz", b"1")).replace(b"zz", crudo)
        assert [m.nombre for m in abrir(io.BytesIO(datos), MUCHO)] == [leido]


@pytest.mark.parametrize("otro", ["a", "./a", "a/."])
def test_dos_veces_el_mismo_nombre(otro: str) -> None:
    assert razon(zip_de(("a", b"1"), (otro, b"2"))) in (Razon.NOMBRE_REPETIDO, Razon.NOMBRE_NO_ADMITIDO)
    assert razon(zip_de(("n\u0303", b"1"), ("ñ", b"2"))) is Razon.NOMBRE_REPETIDO


@pytest.mark.parametrize("tipo", [0o120777, 0o020644, 0o060644, 0o140644])
def test_enlaces_y_dispositivos(tipo: int) -> None:
    assert razon(zip_de(("a", b"../x"), external_attr=tipo << 16)) is Razon.ENLACE_NO_ADMITIDO


def test_lo_que_vino_por_una_tuberia_es_un_archivo() -> None:
    """``cat a | zip x.zip -`` says of it what its source was."""
    datos = zip_de(("-", b"x"), external_attr=0o010600 << 16)
    assert [m.nombre for m in abrir(io.BytesIO(datos), MUCHO)] == ["-"]
    assert razon(zip_de(("a/", b""), external_attr=0o010600 << 16)) is Razon.ENTRADA_CONTRADICTORIA


def test_lo_que_es_carpeta_por_un_lado_y_archivo_por_otro() -> None:
    assert razon(zip_de(("a", b"x"), external_attr=0o040755 << 16)) is Razon.ENTRADA_CONTRADICTORIA
    assert razon(zip_de(("a/", b"xyz"), external_attr=0)) is Razon.ENTRADA_CONTRADICTORIA


@pytest.mark.parametrize("marca", [0x1, 0x40, 0x2000])
def test_cifrado(marca: int) -> None:
    datos = bytearray(zip_de(("a", b"x")))
    for donde in (6, datos.index(b"PK\1\2") + 8):
        struct.pack_into("<H", datos, donde, marca)
    assert razon(bytes(datos)) is Razon.PAQUETE_CIFRADO


@pytest.mark.parametrize("metodo", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_una_compresion_que_no_se_lee(metodo: int) -> None:
    assert razon(zip_de(("a", b"x" * 50), metodo=metodo)) is Razon.COMPRESION_NO_ADMITIDA
    aes = bytearray(zip_de(("a", b"x")))
    for donde in (8, aes.index(b"PK\1\2") + 10):
        struct.pack_into("<H", aes, donde, 99)
    assert razon(bytes(aes)) is Razon.PAQUETE_CIFRADO


def tar(formato: int = tarfile.USTAR_FORMAT) -> bytes:
    salida = io.BytesIO()
    with tarfile.open(fileobj=salida, mode="w", format=formato) as archivo:
        info = tarfile.TarInfo("dentro")
        info.size = 3
        archivo.addfile(info, io.BytesIO(b"abc"))
    return salida.getvalue()


def tar_de_antes() -> bytes:
    """Without ``ustar``, as the seventh edition of Unix had it."""
    cabeza = bytearray(tar()[:512])
    cabeza[257:512] = bytes(255)
    cabeza[148:156] = b" " * 8
    cabeza[148:156] = f"{sum(cabeza):06o}\0 ".encode()
    return bytes(cabeza) + b"abc" + bytes(509)


@pytest.mark.parametrize(
    "dentro",
    [
        zip_de(("a", b"x")),
        b"PK\5\6" + bytes(18),
        gzip.compress(b"no es un volumen" * 100, mtime=0),
        bz2.compress(b"x" * 100),
        bz2.compress(b""),
        lzma.compress(b"x"),
        tar(),
        tar(tarfile.GNU_FORMAT),
        tar_de_antes(),
        b"7z\xbc\xaf\x27\x1c" + bytes(40),
        b"Rar!\x1a\x07\x01\x00" + bytes(40),
        b"\x28\xb5\x2f\xfd" + bytes(40),
        b"PK\3\4".ljust(128, b"\0") + b"DICM" + bytes(60),
    ],
)
def test_un_archivo_dentro_de_otro_se_conoce_por_sus_octetos(dentro: bytes) -> None:
    assert razon(zip_de(("imagen.dcm", dentro), metodo=zipfile.ZIP_STORED)) is Razon.ARCHIVO_ANIDADO


def test_un_volumen_en_gzip_no_es_un_archivo_dentro_de_otro() -> None:
    volumen = bytearray(random.Random(1).randbytes(3000))
    volumen[344:348] = b"n+1\0"
    assert razon(zip_de(("a.nii.gz", gzip.compress(bytes(volumen))))) is None
    assert razon(zip_de(("a.dcm", bytes(600)), ("b.bz", b"BZh9 no lo es"))) is None


def test_mas_de_lo_que_cabe() -> None:
    assert razon(SANO, maximo=902) is Razon.PAQUETE_DEMASIADO_GRANDE
    assert razon(SANO, maximo=903) is None
    assert razon(zip_de(("a", bytes(1 << 20)))) is Razon.RAZON_EXCESIVA
    # The ratio is of the total, not of each.
    assert razon(zip_de(("a", bytes(1 << 20)), ("b", random.Random(1).randbytes(20_000)))) is None


@pytest.mark.parametrize("menos", [1, 600])
def test_mas_octetos_de_los_dichos(menos: int) -> None:
    datos = bytearray(SANO)
    for donde in (22, CD + 24):
        struct.pack_into("<L", datos, donde, 900 - menos)
    assert razon(bytes(datos)) is Razon.MAS_DE_LO_DICHO


def test_menos_otros_o_con_algo_detras() -> None:
    datos = bytearray(SANO)
    for donde in (22, CD + 24):
        struct.pack_into("<L", datos, donde, 901)
    assert razon(bytes(datos)) is Razon.MIEMBRO_DANADO
    datos = bytearray(SANO)
    for donde in (14, CD + 16):
        struct.pack_into("<L", datos, donde, 7)
    assert razon(bytes(datos)) is Razon.MIEMBRO_DANADO
    flujo = zlib.compressobj(wbits=-15)
    comprimido = flujo.compress(b"x" * 50) + flujo.flush()
    for cambiado in (comprimido + b"oculto", comprimido[:-1], b"\xff" * 20):
        assert razon(con_datos(cambiado, b"x" * 50)) is Razon.MIEMBRO_DANADO


def con_datos(comprimido: bytes, limpio: bytes, metodo: int = 8) -> bytes:
    cabeza = (20, 0, metodo, 0, 33, zlib.crc32(limpio), len(comprimido), len(limpio), 1, 0)
    local = struct.pack("<4s5H3L2H", b"PK\3\4", *cabeza) + b"a" + comprimido
    directorio = struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, *cabeza, 0, 0, 0, 0, 0) + b"a"
    fin = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 1, 1, len(directorio), len(local), 0)
    return local + directorio + fin


def test_lo_guardado_tal_cual_tiene_un_tamano_solo() -> None:
    assert razon(con_datos(b"abc", b"abc", 0)) is None
    assert razon(con_datos(b"abcd", b"abc", 0)) is Razon.ENTRADA_CONTRADICTORIA


@pytest.mark.parametrize(
    "mentira",
    [(6, b"\0\x08"), (8, b"\0"), (14, b"\1"), (18, b"\1"), (22, b"\1"), (30, b"b")],
    ids=["marcas", "metodo", "crc", "comprimidos", "octetos", "nombre"],
)
def test_la_cabeza_de_cada_uno_dice_lo_que_el_directorio(mentira: tuple[int, bytes]) -> None:
    assert razon(cambiar(SANO, *mentira)) is Razon.ENTRADA_CONTRADICTORIA


def test_dos_entradas_con_los_mismos_octetos_y_una_dentro_de_otra() -> None:
    # All point to one, each with a name of its own.
    uno = con_datos(b"abc" * 50, b"abc" * 50, 0)
    i, j = uno.index(b"PK\1\2"), uno.rindex(b"PK\5\6")
    directorio = uno[i:j] + uno[i : j - 1] + b"b"
    fin = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 2, 2, len(directorio), i, 0)
    assert razon(uno[:i] + directorio + fin) is Razon.ENTRADAS_SOLAPADAS
    # The second one's head is quoted within the first one's bytes (Fifield, "A better zip bomb").
    dentro = struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, 0, 0, 33, zlib.crc32(b"xy"), 2, 2, 1, 0) + b"bxy"
    uno = con_datos(dentro, dentro, 0)
    i, j = uno.index(b"PK\1\2"), uno.rindex(b"PK\5\6")
    segundo = struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, 20, 0, 0, 0, 33, zlib.crc32(b"xy"), 2, 2, 1, 0, 0, 0, 0, 0, 31)
    directorio = uno[i:j] + segundo + b"b"
    fin = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 2, 2, len(directorio), i, 0)
    assert razon(uno[:i] + directorio + fin) is Razon.ENTRADAS_SOLAPADAS


def test_ni_delante_ni_detras_ni_en_medio_hay_octetos_de_nadie() -> None:
    assert razon(b"MZ" + SANO) is Razon.OCTETOS_AJENOS
    assert razon(SANO + b"x") is Razon.OCTETOS_AJENOS
    corrido = cambiar(SANO[:CD] + b"xx" + SANO[CD:], FIN + 2 + 16, struct.pack("<L", CD + 2))
    assert razon(corrido) is Razon.OCTETOS_AJENOS
    suelto = SANO[:FIN] + b"zz" + SANO[FIN:]
    assert razon(suelto) is Razon.OCTETOS_AJENOS


def test_un_comentario_no_esconde_otro_directorio() -> None:
    assert razon(zip_de(("a", b"x"), comentario=b"de la planta 3")) is None
    oculto = zip_de(("b", b"otro"))
    assert razon(zip_de(("a", b"x"), comentario=oculto)) is not None
    assert razon(zip_de(("a", b"x"), comentario=b"PK\5\6" + bytes(18))) is not None
    assert razon(zip_de(("a", b"x"), comentario=b"PK\5\6")) is Razon.DIRECTORIO_ROTO


@pytest.mark.parametrize("hasta", [0, 4, 21, CD, CD + 20, FIN, FIN + 4, len(SANO) - 1])
def test_un_directorio_cortado(hasta: int) -> None:
    assert razon(SANO[:hasta]) is Razon.DIRECTORIO_ROTO


@pytest.mark.parametrize(
    ("donde", "por"),
    [(FIN + 4, b"\1"), (FIN + 8, b"\3"), (FIN + 10, b"\3"), (FIN + 12, b"\xff\xff"), (FIN + 16, b"\xff\xff\xff\xff")],
)
def test_un_final_que_miente(donde: int, por: bytes) -> None:
    assert razon(cambiar(SANO, donde, por)) is Razon.DIRECTORIO_ROTO


def test_un_directorio_con_una_entrada_que_no_lo_es_o_de_mas() -> None:
    segunda = SANO.index(b"PK\1\2", CD + 4)
    assert razon(cambiar(SANO, segunda, b"PK\1\3")) is Razon.DIRECTORIO_ROTO
    assert razon(cambiar(SANO, FIN + 8, struct.pack("<2H", 3, 3))) is Razon.DIRECTORIO_ROTO


@pytest.mark.parametrize(
    "extra", [b"\1\0\x10\0" + bytes(8), b"\1\0\0\0" * 2, b"\1\0\x08\0" + bytes(8), b"xx", b"\x75\x70\5\0\1abcd"]
)
def test_un_campo_de_mas_que_no_se_entiende_o_que_dice_otra_cosa(extra: bytes) -> None:
    assert razon(zip_de(("a", b"x"), extra=extra)) is Razon.ENTRADA_CONTRADICTORIA


def test_un_campo_de_mas_de_los_corrientes() -> None:
    unicode = b"\1" + struct.pack("<L", zlib.crc32(b"a")) + "ñ".encode()
    datos = zip_de(("a", b"x"), extra=struct.pack("<2H", 0x7075, len(unicode)) + unicode + b"UT\1\0x" + bytes(3))
    assert [m.nombre for m in abrir(io.BytesIO(datos), MUCHO)] == ["ñ"]


def test_sin_miembros() -> None:
    assert razon(b"PK\5\6" + bytes(18)) is Razon.SIN_MIEMBROS
    assert razon(zip_de(("carpeta/", b""), ("otra/", b""))) is Razon.SIN_MIEMBROS


def muchos(cuantos: int) -> bytes:
    cuerpo, directorio = bytearray(), bytearray()
    for n in range(cuantos):
        nombre = b"%06d" % n
        cabeza = (20, 0, 0, 0, 33, 0, 0, 0, len(nombre), 0)
        directorio += struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, *cabeza, 0, 0, 0, 0, len(cuerpo)) + nombre
        cuerpo += struct.pack("<4s5H3L2H", b"PK\3\4", *cabeza) + nombre
    largos = (len(cuerpo) + len(directorio), len(directorio), len(cuerpo))
    fin = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, cuantos, cuantos, *largos[1:])
    sitio = struct.pack("<4sLQL", b"PK\6\7", 0, largos[0], 1)
    return (
        bytes(cuerpo + directorio)
        + fin
        + sitio
        + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, *[0xFFFF] * 2, *[0xFFFFFFFF] * 2, 0)
    )


@pytest.mark.largo  # two zips of a hundred thousand members
def test_cien_mil_caben_y_uno_mas_no() -> None:
    assert len(abrir(io.BytesIO(muchos(MIEMBROS_MAXIMOS)), MUCHO)) == MIEMBROS_MAXIMOS
    assert razon(muchos(MIEMBROS_MAXIMOS + 1)) is Razon.DEMASIADOS_MIEMBROS


class Hueco(io.RawIOBase):
    """A file of any size that holds nothing but its end."""

    def __init__(self, octetos: int, fin: bytes) -> None:
        self._octetos, self._fin, self._donde = octetos, fin, 0

    def seek(self, donde: int, desde: int = 0) -> int:
        self._donde = donde if desde == 0 else self._octetos + donde
        return self._donde

    def read(self, cuantos: int = -1) -> bytes:
        hasta = min(self._octetos, self._donde + cuantos)
        en_fin = self._octetos - len(self._fin)
        leido = bytes(max(0, min(hasta, en_fin) - self._donde))
        leido += self._fin[max(0, self._donde - en_fin) : max(0, hasta - en_fin)]
        self._donde = hasta
        return leido


def test_un_directorio_enorme_no_ocupa_memoria() -> None:
    grande = 3 << 30
    fin = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 60000, 60000, grande, 0, 0)
    tracemalloc.start()
    with pytest.raises(PaqueteError) as error:
        abrir(Hueco(grande + len(fin), fin), MUCHO)  # type: ignore[arg-type]
    maximo = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert error.value.razon is Razon.DIRECTORIO_ROTO
    assert maximo < 1 << 20


def test_un_directorio_mas_largo_de_lo_que_puede_ser_no_se_lee(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("anonimizacion.paquete.DIRECTORIO_MAXIMO", FIN - CD - 1)
    assert razon(SANO) is Razon.DIRECTORIO_ROTO


def test_una_bomba_se_deja_en_cuanto_pasa_de_lo_dicho() -> None:
    flujo = zlib.compressobj(9, wbits=-15)
    bomba = b"".join(flujo.compress(bytes(1 << 20)) for _ in range(200)) + flujo.flush()
    datos = con_datos(bomba, b"x" * 1000)
    archivo = io.BytesIO(datos)
    (miembro,) = abrir(archivo, MUCHO)
    tracemalloc.start()
    with pytest.raises(PaqueteError) as error:
        for _ in leer(archivo, miembro):
            pass
    maximo = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert error.value.razon is Razon.MAS_DE_LO_DICHO
    assert maximo < 8 << 20


def test_lo_que_se_lea_entre_trozo_y_trozo_no_estorba() -> None:
    grande = random.Random(2).randbytes(3 << 20)
    archivo = io.BytesIO(zip_de(("a", grande), ("b", grande[::-1])))
    uno, otro = abrir(archivo, MUCHO)
    partes = list(zip(leer(archivo, uno), leer(archivo, otro), strict=True))
    assert b"".join(p for p, _ in partes) == grande
    assert b"".join(p for _, p in partes) == grande[::-1]


@pytest.mark.parametrize("semilla", range(4))
def test_ninguna_alteracion_acaba_en_otra_cosa_que_una_razon(semilla: int) -> None:
    azar = random.Random(semilla)
    alterar: list[Callable[[bytearray], None]] = [
        lambda d: d.__setitem__(azar.randrange(len(d)), azar.randrange(256)),
        lambda d: d.__delitem__(slice(i := azar.randrange(len(d)), i + azar.randrange(1, 9))),
        lambda d: d.__setitem__(slice(i := azar.randrange(len(d)), i), azar.randbytes(azar.randrange(1, 9))),
    ]
    for _ in range(1500):
        datos = bytearray(SANO)
        for _ in range(azar.randrange(1, 4)):
            azar.choice(alterar)(datos)
        if razon(bytes(datos)) is None:
            archivo = io.BytesIO(bytes(datos))
            assert all(isinstance(m, Miembro) for m in abrir(archivo, MUCHO))
