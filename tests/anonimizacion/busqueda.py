"""A search that knows no rule of the engine: what was there, in all the forms that it may have been carried over in.

The haystack is opened, not the needle disguised: bytes as they are, without NULs (UTF-16), what is base64, hexadecimal
or compressed in them, each text of a DICOM file decoded; all in one case and without accents. A needle then needs only
the forms that people give it: a name turned around, a date written otherwise, a number without its dashes.
"""

import base64
import binascii
import io
import re
import unicodedata
import warnings
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

import pydicom
from pydicom.dataset import Dataset

_BASE64 = re.compile(rb"[A-Za-z0-9+/]{8,}")
_HEX = re.compile(rb"(?:[0-9A-Fa-f]{2}){5,}")
_LEGIBLE = re.compile(rb"[ -~]{3,}")
_COMPRIMIDO = re.compile(rb"\x78[\x01\x5e\x9c\xda]|\x1f\x8b\x08")
_MAXIMO_INFLADO = 1 << 22
_JUEGOS = ("utf-8", "latin-1", "iso8859-2", "iso8859-5", "iso8859-6", "iso8859-7", "iso8859-8", "gb18030", "euc-kr")
_JUEGOS += ("iso2022_jp", "shift_jis", "tis-620", "utf-16-le", "utf-16-be")


def llano(texto: str) -> str:
    """Upper case, without accents."""
    if texto.isascii():
        return texto.upper()
    return "".join(c for c in unicodedata.normalize("NFKD", texto) if not unicodedata.combining(c)).upper()


@dataclass(frozen=True)
class Aguja:
    """What was in an original, and must be in nothing that came out.

    Attributes:
        nombre: where it stood.
        textos: its forms, as :func:`llano` has them.
        octetos: its forms as bytes, where it has letters beyond ASCII or is no text.
        fecha: whether it is a day: inside of a longer number its digits are chance, but a time may follow.
    """

    nombre: str
    textos: frozenset[str] = field(repr=False)
    octetos: frozenset[bytes] = field(default=frozenset(), repr=False)
    fecha: bool = False

    def esta_en(self, texto: str) -> bool:
        """Whether one of its forms stands in a text, :func:`llano`, with no letter or digit beside it."""
        return any(forma in texto and re.search(entera(forma), texto) for forma in self.textos if forma)


def entera(forma: str) -> str:
    """The expression of a form with no letter or digit beside it."""
    return rf"(?<![^\W_]){re.escape(forma)}(?![^\W_])"


def de_texto(nombre: str, valor: str) -> Aguja:
    """A text: itself, backwards, and without what people put between."""
    plano = llano(valor)
    junto = re.sub(r"[\W_]+", "", plano)
    textos = {plano, plano[::-1], junto} | {re.sub(r"[\W_]+", " ", plano).strip()}
    return Aguja(nombre, frozenset(textos), _crudos(valor))


def de_nombre(nombre: str, valor: str, *, minimo: int = 4) -> Aguja:
    """A person's name: each of its parts, which any order of them holds, from ``minimo`` letters on."""
    partes = [parte for parte in re.split(r"[\^= ,.;/\\]+", valor) if parte]
    textos = {llano(p) for p in partes if len(p) >= minimo} | {llano(p)[::-1] for p in partes if len(p) > minimo}
    planas = [llano(p) for p in partes]
    textos |= {
        sep.join(orden) for orden in (planas, planas[::-1]) for sep in (" ", "^", ", ", "_", "-") if len(partes) > 1
    }
    crudos = {octetos for parte in partes if len(parte) > 1 for octetos in _crudos(parte)}
    return Aguja(nombre, frozenset(textos), frozenset(crudos))


def de_fecha(nombre: str, dia: date, *, a_mano: bool = True) -> Aguja:
    """A day: as DICOM writes it, as ISO 8601 does, and (``a_mano``) as people do."""
    a, m, d = f"{dia.year:04}", f"{dia.month:02}", f"{dia.day:02}"
    textos = {a + m + d, *(sep.join((a, m, d)) for sep in "-./ ")}
    if a_mano:
        textos |= {sep.join(orden) for sep in "-./" for orden in ((d, m, a), (m, d, a))} | {d + m + a}
    return Aguja(nombre, frozenset(textos), fecha=True)


def de_octetos(nombre: str, valor: bytes) -> Aguja:
    """Bytes, in both orders of each two, four and eight of them."""
    formas = {valor}
    for ancho in (2, 4, 8):
        if len(valor) % ancho == 0:
            formas.add(b"".join(valor[n : n + ancho][::-1] for n in range(0, len(valor), ancho)))
    return Aguja(nombre, frozenset(), frozenset(formas))


def _crudos(valor: str) -> frozenset[bytes]:
    """A text beyond ASCII as each character set writes it."""
    if valor.isascii():
        return frozenset()
    crudos = set()
    for texto in {valor, valor.upper(), valor.lower()}:
        for juego in _JUEGOS:
            try:
                crudos.add(texto.encode(juego))
            except UnicodeError:
                continue
    # ISO 2022: the escapes before and after are the neighbours'.
    crudos |= {re.sub(rb"\x1b[()$]+[@-Z]", b"", crudo) for crudo in crudos}
    return frozenset(crudo for crudo in crudos if len(crudo) >= 4)


class Pajar:
    """Everything that came out in one file, opened."""

    def __init__(self, octetos: bytes, *, dicom: bool = False) -> None:
        ocultos = [*_ocultos(b"\n".join(_LEGIBLE.findall(octetos))), *_inflados(octetos)]
        self.crudo = b"\n".join([octetos, *ocultos])
        abiertos = [octetos, octetos.replace(b"\0", b""), *ocultos]
        textos = [b"\n".join(_LEGIBLE.findall(abierto)).decode("ascii") for abierto in abiertos]
        # What is UTF-8, as reports are, with its accents.
        textos.append(octetos.decode("utf-8", "ignore") if not dicom else "")
        if dicom:
            textos.extend(_decodificados(octetos))
        self.texto = "\n".join(map(llano, textos))

    def tiene(self, aguja: Aguja, *, enteras: bool = False) -> bool:
        """Whether it is there in any of its forms.

        Args:
            aguja: what is looked for.
            enteras: only where no letter or digit stands beside it: for what is not as rare as a mark drawn by chance.
        """
        if any(crudo in self.crudo for crudo in aguja.octetos):
            return True
        if enteras and not aguja.fecha:
            return aguja.esta_en(self.texto)
        hallados = [forma for forma in aguja.textos if forma and forma in self.texto]
        if aguja.fecha:
            return any(re.search(rf"(?<![\d.]){re.escape(forma)}", self.texto) for forma in hallados)
        return bool(hallados)


def _ocultos(legible: bytes) -> Iterator[bytes]:
    """What base64 and hexadecimal in it say."""
    for corrida in _BASE64.findall(legible):
        for desde in range(4):
            trozo = corrida[desde:]
            # One character more is no byte; of two or three the padding may be another's.
            trozo = trozo[:-1] if len(trozo) % 4 == 1 else trozo
            yield base64.b64decode(trozo + b"=" * (-len(trozo) % 4))
    for corrida in _HEX.findall(legible):
        yield binascii.unhexlify(corrida)


def _inflados(octetos: bytes) -> Iterator[bytes]:
    """What zlib or gzip in it hold."""
    vista = memoryview(octetos)
    for hallado in _COMPRIMIDO.finditer(octetos):
        try:
            yield zlib.decompressobj(zlib.MAX_WBITS | 32).decompress(vista[hallado.start() :], _MAXIMO_INFLADO)
        except zlib.error:
            continue


def _decodificados(octetos: bytes) -> Iterator[str]:
    """Each value of a DICOM file, as a reader with its character sets shows it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        datos = pydicom.dcmread(io.BytesIO(octetos), force=True)
        yield from _textos(getattr(datos, "file_meta", Dataset()))
        yield from _textos(datos)


def _textos(conjunto: Dataset) -> Iterator[str]:
    for tag in conjunto.keys():  # noqa: SIM118
        try:
            elemento = conjunto[tag]
            texto = str(elemento.value) if elemento.VR != "SQ" else ""
        except Exception:  # Whatever a reader says of it: its bytes are searched all the same.
            continue
        if elemento.VR == "SQ":
            for item in elemento.value:
                yield from _textos(item)
        else:
            yield texto
