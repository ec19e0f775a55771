"""A zip that somebody sent: taken whole, or not at all and for which reason (contract §8, "A package").

What two readers may take for two different things is refused: every byte of the file belongs to one member, to the
directory or to the end, and each member's own head says what the directory says (PKWARE's APPNOTE, 4.3). So a hidden
second directory, members that share bytes, and heads that lie have no place to be in.
"""

import re
import stat
import struct
import unicodedata
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import blake2b
from typing import IO, NamedTuple

from anonimizacion.formatos import CABEZA, es_comprimido

MIEMBROS_MAXIMOS = 100_000
RAZON_MAXIMA = 100
"""How many times its own size a zip may become in all."""
ENTRADAS_MAXIMAS = 2 * MIEMBROS_MAXIMOS
"""Folders, which are no members, included."""
DIRECTORIO_MAXIMO = 64 * 1024**2
"""Bytes of a directory: some 300 for each entry that there may be."""
NOMBRE_MAXIMO = 4096
"""Bytes of a path."""
TROZO = 1 << 20
"""Bytes of a member that are in hand at once."""


class Razon(StrEnum):
    """Why a package is not taken. A code alone: what it is about may be a person's name."""

    DIRECTORIO_ROTO = "DIRECTORIO_ROTO"
    OCTETOS_AJENOS = "OCTETOS_AJENOS"
    SIN_MIEMBROS = "SIN_MIEMBROS"
    DEMASIADOS_MIEMBROS = "DEMASIADOS_MIEMBROS"
    RAZON_EXCESIVA = "RAZON_EXCESIVA"
    PAQUETE_DEMASIADO_GRANDE = "PAQUETE_DEMASIADO_GRANDE"
    NOMBRE_NO_ADMITIDO = "NOMBRE_NO_ADMITIDO"
    NOMBRE_REPETIDO = "NOMBRE_REPETIDO"
    ENLACE_NO_ADMITIDO = "ENLACE_NO_ADMITIDO"
    PAQUETE_CIFRADO = "PAQUETE_CIFRADO"
    COMPRESION_NO_ADMITIDA = "COMPRESION_NO_ADMITIDA"
    ENTRADAS_SOLAPADAS = "ENTRADAS_SOLAPADAS"
    ENTRADA_CONTRADICTORIA = "ENTRADA_CONTRADICTORIA"
    MAS_DE_LO_DICHO = "MAS_DE_LO_DICHO"
    MIEMBRO_DANADO = "MIEMBRO_DANADO"
    ARCHIVO_ANIDADO = "ARCHIVO_ANIDADO"


class PaqueteError(Exception):
    """The package is not taken, for this reason."""

    def __init__(self, razon: Razon) -> None:
        super().__init__(razon.value)
        self.razon = razon


@dataclass(frozen=True, slots=True)
class Miembro:
    """A file in a zip.

    Attributes:
        nombre: its path, in the form that paths are compared in (:func:`ruta`); its sender's alone.
        octetos: how many it has.
        desde: where its bytes begin in the zip.
        comprimidos: how many it has there.
        metodo: how it is compressed.
        crc: its CRC-32.
    """

    nombre: str = field(repr=False)
    octetos: int
    desde: int
    comprimidos: int
    metodo: int
    crc: int


def ruta(nombre: str) -> str:
    """The form in which paths are compared: Unicode's NFC, without steps that lead nowhere."""
    return "/".join(paso for paso in unicodedata.normalize("NFC", nombre).split("/") if paso != ".")


def abrir(archivo: IO[bytes], maximo: int) -> Sequence[Miembro]:
    """The members of a zip, in the order of its bytes, if all that can be told without reading them is sound.

    Args:
        archivo: the zip, which can be sought in.
        maximo: bytes that the members may have in all.

    Raises:
        PaqueteError: it is not taken.
        OSError: it can't be read.
    """
    fin = _fin(archivo)
    entradas = sorted(_directorio(archivo, fin, maximo), key=lambda entrada: entrada.desde)
    return _colocadas(archivo, entradas, fin.directorio)


def leer(archivo: IO[bytes], miembro: Miembro) -> Iterator[bytes]:
    """A member's bytes, piece by piece; they are sound once the last of them was given.

    Raises:
        PaqueteError: it has more bytes than was said, or others, or is an archive itself.
        OSError: it can't be read.
    """
    crc, octetos, cabeza = 0, 0, b""
    for trozo in _inflado(archivo, miembro):
        octetos += len(trozo)
        if octetos > miembro.octetos:
            raise PaqueteError(Razon.MAS_DE_LO_DICHO)
        crc = zlib.crc32(trozo, crc)
        if len(cabeza) < CABEZA:
            cabeza += trozo[: CABEZA - len(cabeza)]
            if len(cabeza) == min(CABEZA, miembro.octetos) and es_comprimido(cabeza):
                raise PaqueteError(Razon.ARCHIVO_ANIDADO)
        yield trozo
    if octetos != miembro.octetos or crc != miembro.crc:
        raise PaqueteError(Razon.MIEMBRO_DANADO)


def comprobar(archivo: IO[bytes], maximo: int) -> Sequence[Miembro]:
    """The members of a zip, once all of them were read and are sound.

    Raises:
        PaqueteError: it is not taken.
        OSError: it can't be read.
    """
    miembros = abrir(archivo, maximo)
    for miembro in miembros:
        for _ in leer(archivo, miembro):
            pass
    return miembros


# --- The end, and where the directory is ---

_FIN = struct.Struct("<4s4H2LH")
_FIN_64 = struct.Struct("<4sQ2H2L4Q")
_LOCALIZADOR = struct.Struct("<4sLQL")
_SIGNO_FIN, _SIGNO_FIN_64, _SIGNO_LOCALIZADOR = b"PK\5\6", b"PK\6\6", b"PK\6\7"
_COMENTARIO_MAXIMO = 0xFFFF
_LLENO_16, _LLENO_32 = 0xFFFF, 0xFFFFFFFF


class _Fin(NamedTuple):
    """Where the directory is: from where, how long, how many entries; ``total`` is the zip's size."""

    directorio: int
    largo: int
    entradas: int
    total: int


def _fin(archivo: IO[bytes]) -> _Fin:
    total = archivo.seek(0, 2)
    cola = _leidos(archivo, max(0, total - _FIN.size - _COMENTARIO_MAXIMO), min(total, _FIN.size + _COMENTARIO_MAXIMO))
    # The last one is the one: a reader that begins at the file's end finds no other.
    donde = cola.rfind(_SIGNO_FIN)
    if donde < 0 or len(cola) - donde < _FIN.size:
        raise PaqueteError(Razon.DIRECTORIO_ROTO)
    _, disco, disco_directorio, aqui, entradas, largo, directorio, comentario = _FIN.unpack_from(cola, donde)
    if donde + _FIN.size + comentario != len(cola):
        raise PaqueteError(Razon.OCTETOS_AJENOS if comentario == 0 else Razon.DIRECTORIO_ROTO)
    posicion = total - len(cola) + donde
    dichos = (aqui, entradas, largo, directorio)
    hasta = posicion
    if (de_64 := _fin_64(archivo, posicion)) is not None:
        hasta, *largos = de_64
        llenos = (_LLENO_16, _LLENO_16, _LLENO_32, _LLENO_32)
        if any(corto not in (lleno, suyo) for corto, lleno, suyo in zip(dichos, llenos, largos, strict=True)):
            raise PaqueteError(Razon.ENTRADA_CONTRADICTORIA)
        aqui, entradas, largo, directorio = largos
    if (disco, disco_directorio) != (0, 0) or aqui != entradas:
        raise PaqueteError(Razon.DIRECTORIO_ROTO)
    if entradas > ENTRADAS_MAXIMAS:
        raise PaqueteError(Razon.DEMASIADOS_MIEMBROS)
    if directorio + largo > hasta or largo > DIRECTORIO_MAXIMO:
        raise PaqueteError(Razon.DIRECTORIO_ROTO)
    if directorio + largo < hasta:
        raise PaqueteError(Razon.OCTETOS_AJENOS)
    return _Fin(directorio, largo, entradas, total)


def _fin_64(archivo: IO[bytes], fin: int) -> tuple[int, int, int, int, int] | None:
    """Where the long form of the end stands, and what it says; None where there is none."""
    donde = fin - _LOCALIZADOR.size
    if donde < 0:
        return None
    signo, disco, posicion, discos = _LOCALIZADOR.unpack(_leidos(archivo, donde, _LOCALIZADOR.size))
    if signo != _SIGNO_LOCALIZADOR:
        return None
    if disco != 0 or discos > 1 or posicion != donde - _FIN_64.size or posicion < 0:
        raise PaqueteError(Razon.ENTRADA_CONTRADICTORIA)
    suyo, tamano, _, _, disco, disco_directorio, *dichos = _FIN_64.unpack(_leidos(archivo, posicion, _FIN_64.size))
    if suyo != _SIGNO_FIN_64 or tamano != _FIN_64.size - 12 or (disco, disco_directorio) != (0, 0):
        raise PaqueteError(Razon.ENTRADA_CONTRADICTORIA)
    return (posicion, *dichos)


# --- The directory ---

_ENTRADA = struct.Struct("<4s4B4H3L5H2L")
_SIGNO_ENTRADA = b"PK\1\2"
_GUARDADO, _DEFLATE, _AES = 0, 8, 99
_CIFRADOS = 0x1 | 0x40 | 0x2000
_CON_DESCRIPTOR, _REMIENDO, _UTF8 = 0x8, 0x20, 0x800
_QUE_HAN_DE_COINCIDIR = _CIFRADOS | _CON_DESCRIPTOR | _REMIENDO | _UTF8
_ENLACE_NTFS = 0x400
_EXTRA_64, _EXTRA_NOMBRE = 0x0001, 0x7075


class _Entrada(NamedTuple):
    """What the directory says of a file or a folder."""

    desde: int
    crudo: bytes
    nombre: str
    marcas: int
    metodo: int
    crc: int
    comprimidos: int
    octetos: int
    carpeta: bool


def _directorio(archivo: IO[bytes], fin: _Fin, maximo: int) -> Iterator[_Entrada]:
    vistos: set[bytes] = set()
    archivo.seek(fin.directorio)
    quedan, miembros, octetos = fin.largo, 0, 0
    for _ in range(fin.entradas):
        if quedan < _ENTRADA.size:
            raise PaqueteError(Razon.DIRECTORIO_ROTO)
        fija = _siguientes(archivo, _ENTRADA.size)
        largos = struct.unpack_from("<3H", fija, 28)
        quedan -= _ENTRADA.size + sum(largos)
        if not fija.startswith(_SIGNO_ENTRADA) or quedan < 0:
            raise PaqueteError(Razon.DIRECTORIO_ROTO)
        entrada = _entrada(fija, *(_siguientes(archivo, largo) for largo in largos[:2]))
        _siguientes(archivo, largos[2])
        huella = blake2b(entrada.nombre.encode(), digest_size=16).digest()
        if huella in vistos:
            raise PaqueteError(Razon.NOMBRE_REPETIDO)
        vistos.add(huella)
        miembros += not entrada.carpeta
        octetos += entrada.octetos
        if miembros > MIEMBROS_MAXIMOS:
            raise PaqueteError(Razon.DEMASIADOS_MIEMBROS)
        if octetos > maximo:
            raise PaqueteError(Razon.PAQUETE_DEMASIADO_GRANDE)
        if octetos > RAZON_MAXIMA * fin.total:
            raise PaqueteError(Razon.RAZON_EXCESIVA)
        yield entrada
    if quedan:
        raise PaqueteError(Razon.DIRECTORIO_ROTO)
    if not miembros:
        raise PaqueteError(Razon.SIN_MIEMBROS)


def _entrada(fija: bytes, crudo: bytes, extra: bytes) -> _Entrada:
    (_, _, _, _, _, marcas, metodo, _, _, crc, comprimidos, octetos, _, _, _, disco, _, atributos, desde) = (
        _ENTRADA.unpack(fija)
    )
    extras = _extras(extra)
    if marcas & _CIFRADOS or metodo == _AES:
        raise PaqueteError(Razon.PAQUETE_CIFRADO)
    if metodo not in (_GUARDADO, _DEFLATE) or marcas & _REMIENDO:
        raise PaqueteError(Razon.COMPRESION_NO_ADMITIDA)
    largos = _largos(extras, octetos, comprimidos, desde)
    if disco != 0 or (metodo == _GUARDADO and largos[0] != largos[1]):
        raise PaqueteError(Razon.ENTRADA_CONTRADICTORIA)
    octetos, comprimidos, desde = largos
    nombre = _nombre(crudo, marcas, extras)
    carpeta = nombre.endswith("/")
    _exigir_corriente(atributos, carpeta=carpeta, octetos=octetos)
    return _Entrada(desde, crudo, ruta(nombre), marcas, metodo, crc, comprimidos, octetos, carpeta)


def _extras(extra: bytes) -> dict[int, bytes]:
    """The fields behind a name, by their numbers."""
    hallados: dict[int, bytes] = {}
    while len(extra) >= 4:
        numero, largo = struct.unpack_from("<2H", extra)
        if len(extra) < 4 + largo or (numero in hallados and numero in (_EXTRA_64, _EXTRA_NOMBRE)):
            raise PaqueteError(Razon.ENTRADA_CONTRADICTORIA)
        hallados[numero], extra = extra[4 : 4 + largo], extra[4 + largo :]
    if extra.strip(b"\0"):
        raise PaqueteError(Razon.ENTRADA_CONTRADICTORIA)
    return hallados


def _largos(extras: dict[int, bytes], *cortos: int) -> tuple[int, ...]:
    """Sizes and place: those that are too long for their field stand in a field of their own, in their order."""
    llenos = sum(corto == _LLENO_32 for corto in cortos)
    largo = extras.get(_EXTRA_64)
    if largo is None:
        return cortos
    if len(largo) != 8 * llenos:
        raise PaqueteError(Razon.ENTRADA_CONTRADICTORIA)
    suyos = iter(struct.unpack(f"<{llenos}Q", largo))
    return tuple(next(suyos) if corto == _LLENO_32 else corto for corto in cortos)


def _nombre(crudo: bytes, marcas: int, extras: dict[int, bytes]) -> str:
    """The path as its sender wrote it."""
    try:
        nombre = crudo.decode()
    except UnicodeDecodeError:
        if marcas & _UTF8:
            raise PaqueteError(Razon.NOMBRE_NO_ADMITIDO) from None
        nombre = crudo.decode("cp437")
    _exigir_admitido(nombre)
    if (otro := extras.get(_EXTRA_NOMBRE)) is not None:
        # Info-ZIP's: the name in UTF-8, behind a version and the checksum of the other.
        if otro[:5] != b"\1" + struct.pack("<L", zlib.crc32(crudo)):
            raise PaqueteError(Razon.ENTRADA_CONTRADICTORIA)
        try:
            nombre = otro[5:].decode()
        except UnicodeDecodeError:
            raise PaqueteError(Razon.NOMBRE_NO_ADMITIDO) from None
        _exigir_admitido(nombre)
    return nombre


_UNIDAD = re.compile(r"[A-Za-z]:")


def _exigir_admitido(nombre: str) -> None:
    """That a path leads down from where it is opened, on every system, and can be read as it is."""
    pasos = nombre.removesuffix("/").split("/")
    if (
        len(nombre.encode()) > NOMBRE_MAXIMO
        or "\\" in nombre
        or _UNIDAD.match(nombre)
        or any(paso in ("", "..") for paso in pasos)
        or not (nombre.endswith("/") or ruta(nombre))
        or any(unicodedata.category(signo) in ("Cc", "Cs", "Zl", "Zp") for signo in nombre)
    ):
        raise PaqueteError(Razon.NOMBRE_NO_ADMITIDO)


def _exigir_corriente(atributos: int, *, carpeta: bool, octetos: int) -> None:
    """That it is a file or a folder, as its name says. Who made it may have no such attributes, and then says zero; who
    was given it through a pipe says that, and leads nowhere else."""
    tipo = stat.S_IFMT(atributos >> 16)
    if tipo not in (0, stat.S_IFREG, stat.S_IFIFO, stat.S_IFDIR) or atributos & _ENLACE_NTFS:
        raise PaqueteError(Razon.ENLACE_NO_ADMITIDO)
    if (carpeta and (octetos or tipo in (stat.S_IFREG, stat.S_IFIFO))) or (not carpeta and tipo == stat.S_IFDIR):
        raise PaqueteError(Razon.ENTRADA_CONTRADICTORIA)


# --- The members, one behind the other ---

_LOCAL = struct.Struct("<4s5H3L2H")
_SIGNO_LOCAL = b"PK\3\4"
_DESCRIPTORES = ("<3L", "<4s3L", "<L2Q", "<4sL2Q")
_SIGNO_DESCRIPTOR = b"PK\7\x08"


def _colocadas(archivo: IO[bytes], entradas: Sequence[_Entrada], hasta: int) -> list[Miembro]:
    miembros = []
    finales = [*(entrada.desde for entrada in entradas[1:]), hasta]
    if entradas[0].desde != 0:
        raise PaqueteError(Razon.OCTETOS_AJENOS)
    for entrada, final in zip(entradas, finales, strict=True):
        if final - entrada.desde < _LOCAL.size + len(entrada.crudo) + entrada.comprimidos:
            raise PaqueteError(Razon.ENTRADAS_SOLAPADAS)
        desde = _datos(archivo, entrada)
        sobra = final - desde - entrada.comprimidos
        if sobra < 0:
            raise PaqueteError(Razon.ENTRADAS_SOLAPADAS)
        _exigir_descriptor(archivo, entrada, desde + entrada.comprimidos, sobra)
        if not entrada.carpeta:
            miembros.append(
                Miembro(entrada.nombre, entrada.octetos, desde, entrada.comprimidos, entrada.metodo, entrada.crc)
            )
        elif entrada.comprimidos > 2:
            # An empty folder that is compressed has two bytes.
            raise PaqueteError(Razon.ENTRADA_CONTRADICTORIA)
    return miembros


def _datos(archivo: IO[bytes], entrada: _Entrada) -> int:
    """Where an entry's bytes begin, behind its own head, which says what the directory says."""
    fija = _leidos(archivo, entrada.desde, _LOCAL.size)
    signo, _, marcas, metodo, _, _, crc, comprimidos, octetos, de_nombre, de_extra = _LOCAL.unpack(fija)
    if signo != _SIGNO_LOCAL:
        raise PaqueteError(Razon.DIRECTORIO_ROTO)
    crudo = _siguientes(archivo, de_nombre)
    extras = _extras(_siguientes(archivo, de_extra))
    # What is told behind the bytes may be nought before them; what is told at length is no more than full before that.
    dichos, admitidos = [(crc, entrada.crc)], {0} if marcas & _CON_DESCRIPTOR else set()
    suyos = (entrada.octetos, entrada.comprimidos)
    if (largos := extras.get(_EXTRA_64)) is not None:
        if len(largos) != 16:
            raise PaqueteError(Razon.ENTRADA_CONTRADICTORIA)
        dichos += zip(struct.unpack("<2Q", largos), suyos, strict=True)
    dichos += (par for par in zip((octetos, comprimidos), suyos, strict=True) if largos is None or par[0] != _LLENO_32)
    if (
        crudo != entrada.crudo
        or metodo != entrada.metodo
        or (marcas ^ entrada.marcas) & _QUE_HAN_DE_COINCIDIR
        or any(dicho != suyo and dicho not in admitidos for dicho, suyo in dichos)
    ):
        raise PaqueteError(Razon.ENTRADA_CONTRADICTORIA)
    return entrada.desde + _LOCAL.size + int(de_nombre) + int(de_extra)


def _exigir_descriptor(archivo: IO[bytes], entrada: _Entrada, donde: int, largo: int) -> None:
    """That what stands between an entry's bytes and the next entry is what says its sizes once more, or nothing."""
    if not entrada.marcas & _CON_DESCRIPTOR:
        if largo:
            raise PaqueteError(Razon.OCTETOS_AJENOS)
        return
    dicho = (entrada.crc, entrada.comprimidos, entrada.octetos)
    for forma in _DESCRIPTORES:
        if struct.calcsize(forma) == largo:
            *signo, crc, comprimidos, octetos = struct.unpack(forma, _leidos(archivo, donde, largo))
            if signo in ([], [_SIGNO_DESCRIPTOR]) and (crc, comprimidos, octetos) == dicho:
                return
            raise PaqueteError(Razon.ENTRADA_CONTRADICTORIA)
    raise PaqueteError(Razon.OCTETOS_AJENOS)


def _inflado(archivo: IO[bytes], miembro: Miembro) -> Iterator[bytes]:
    """What a member's bytes become, by no more than was said, and one to show that there is more."""
    if miembro.metodo == _GUARDADO:
        yield from _comprimidos(archivo, miembro)
        return
    inflador, quedan = zlib.decompressobj(-zlib.MAX_WBITS), miembro.octetos + 1
    try:
        for leido in _comprimidos(archivo, miembro):
            pendiente = leido
            while pendiente and not inflador.eof and quedan:
                trozo = inflador.decompress(pendiente, min(TROZO, quedan))
                quedan -= len(trozo)
                pendiente = inflador.unconsumed_tail
                if trozo:
                    yield trozo
            if inflador.unused_data or (inflador.eof and pendiente):
                # Behind the end, nothing may be hidden either.
                raise PaqueteError(Razon.MIEMBRO_DANADO)
        while quedan and not inflador.eof and (trozo := inflador.decompress(b"", min(TROZO, quedan))):
            quedan -= len(trozo)
            yield trozo
    except zlib.error:
        raise PaqueteError(Razon.MIEMBRO_DANADO) from None
    if not inflador.eof:
        raise PaqueteError(Razon.MIEMBRO_DANADO)


def _comprimidos(archivo: IO[bytes], miembro: Miembro) -> Iterator[bytes]:
    for desde in range(0, miembro.comprimidos, TROZO):
        # Whoever reads between two pieces may have been elsewhere in the file.
        yield _leidos(archivo, miembro.desde + desde, min(TROZO, miembro.comprimidos - desde))


def _leidos(archivo: IO[bytes], desde: int, largo: int) -> bytes:
    archivo.seek(desde)
    return _siguientes(archivo, largo)


def _siguientes(archivo: IO[bytes], largo: int) -> bytes:
    leidos = archivo.read(largo)
    if len(leidos) != largo:
        raise PaqueteError(Razon.DIRECTORIO_ROTO)
    return leidos
