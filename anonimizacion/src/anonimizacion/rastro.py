"""What was taken out of a file, and whether it is still in what was made of it.

Cleaning goes by rules, and a rule may be missing; this looks at bytes, and knows no rule. It is looked for what
identifies by itself: names, numbers, codes of letters and digits, UIDs, dates, and long texts as a whole. Short plain
words ("CHEST", in a description that was removed) are everybody's.
"""

import re
from collections.abc import Iterable
from datetime import date

import numpy as np

from anonimizacion.dicom.fechas import dia
from anonimizacion.modelo import Octetos

MINIMO = 5
"""Bytes; of a name's part :data:`MINIMO_DE_NOMBRE`. What is shorter is met by chance."""
MINIMO_DE_NOMBRE = 4
_FRASE = 12
"""From so many bytes on a text without digits is looked for as a whole."""
_GRANDE = 1 << 16
_BLOQUE = 1 << 22
"""How many bytes of a picture are looked at at once."""
_MUCHOS_UIDS = 200
"""From so many on they are looked for as whole UIDs: an object may refer to thousands of instances."""
_UID = re.compile(rb"[0-9]+(?:\.[0-9]+){3,}")
_ENTRE_NOMBRES = (b"^", b" ", b", ", b"_", b"")
"""What stands between the parts of a name that has none which is long enough by itself."""
_MESES = tuple(
    (ingles.encode(), castellano.encode())
    for ingles, castellano in zip(
        "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split(),  # noqa: SIM905
        "ENE FEB MAR ABR MAY JUN JUL AGO SEP OCT NOV DIC".split(),  # noqa: SIM905
        strict=True,
    )
)
_ESCRITA = re.compile(
    rb"[0-9](?<![0-9A-Z].)(?:[0-9]{7}|[0-9][-/.][0-9]{2}[-/.](?:[0-9]{4}|[0-9]{2})|[0-9]{3}/[0-9]{2}/[0-9]{2}"
    rb"|[0-9][- ]?[A-Z]{3}[- ]?[0-9]{4})(?![0-9A-Z])"
)
"""What may be a date as people write it (:func:`_escritas`); a digit first, or each byte would be asked."""
_PARTES_DE_NOMBRE = re.compile(rb"[\^= ,.;\\]+")
_PALABRAS = re.compile(rb"[^\s\\,;:()\[\]=^/]+")
_CIFRAS = re.compile(rb"(?<![0-9A-Za-z])[0-9]{5,}(?![0-9A-Za-z])|[0-9]{7,}")
"""A number; inside of a code only what is long."""
_CADA = re.compile(rb"(?s).")
_EN_PARES = re.compile(rb"(?:[ -~]\0){3,}[ -~]")
"""Four ASCII characters or more in UTF-16."""
_MUCHAS_CIFRAS = 7
"""From so many on they are no chance inside of longer ones."""


class Rastro:
    """The identifiers that were taken out of one file.

    Args:
        propio: what is written into every result: a name that stands in it ("Basic", "Option") is not looked for.
    """

    def __init__(self, propio: bytes = b"") -> None:
        self._propio = propio.upper()
        self._textos: set[bytes] = set()
        self._uids: set[bytes] = set()
        self._fechas: set[bytes] = set()
        self._puestas: set[bytes] = set()
        self._enteros: set[bytes] = set()
        self._dias: set[date] = set()

    def anotar(self, vr: str, valor: Octetos) -> None:
        """Remember a value that is taken out.

        Args:
            vr: its representation; of binary ones nothing is remembered.
            valor: as it stood in the file.
        """
        if not valor or len(valor) > _GRANDE:
            return
        anotar = _ANOTAR.get(vr)
        if anotar is not None:
            anotar(self, bytes(valor).strip(b" \0"))

    def _poner(self, aguja: bytes) -> None:
        aguja = aguja.upper()
        if aguja not in self._propio:
            self._textos.add(aguja)

    def poner_fecha(self, valor: bytes) -> None:
        """A date that is in the result by right: an original one may be the same day."""
        self._puestas.update(parte[:8] for parte in valor.split(b"\\"))

    def en(self, octetos: bytes, *, en_cifras: bool = False) -> bool:
        """Whether any of it stands in bytes; case left out.

        Args:
            octetos: where it is looked for.
            en_cifras: also digits inside of longer runs of digits, where these are words' and no measurements.
        """
        pajar = octetos.upper()
        return self._esta_suelta(pajar) or self._esta_alguna(pajar, en_cifras)

    def _esta_alguna(self, pajar: bytes, en_cifras: bool) -> bool:
        agujas = self._textos | (self._fechas - self._puestas)
        if any(_esta(aguja, pajar, en_cifras) for aguja in agujas):
            return True
        if any(_esta_en_pares(aguja, trozo) for trozo in _EN_PARES.findall(pajar) for aguja in agujas | self._uids):
            return True
        if len(self._uids) > _MUCHOS_UIDS:
            return not self._uids.isdisjoint(_UID.findall(pajar))
        return any(uid in pajar for uid in self._uids)

    def en_partes(self, partes: Iterable[Octetos]) -> bool:
        """Whether any of it stands in a file's pieces: elements as ``bytes``, long values as ``memoryview``s."""
        cortas = []
        for parte in partes:
            if isinstance(parte, memoryview):
                if self._en_imagen(parte):
                    return True
            else:
                cortas.append(parte.upper())
                if self._esta_alguna(cortas[-1], en_cifras=False):
                    return True
        return self._esta_suelta(b"\n".join(cortas))

    def _en_imagen(self, parte: Octetos) -> bool:
        """The same in many bytes, most of which are no text, and where some digits in a row are chance."""
        agujas = [aguja for aguja in self._textos | self._uids if len(aguja) > MINIMO]
        solape = 2 * max(map(len, agujas), default=0)
        todas_ascii = all(aguja.isascii() for aguja in agujas)
        for desde in range(0, len(parte), _BLOQUE):
            bloque = parte[desde : desde + _BLOQUE + solape]
            en_pares = _puede_tener_pares(bloque)
            seguidas = not todas_ascii or _puede_tener_texto(bloque)
            if not (en_pares or seguidas):
                continue
            pajar = bytes(bloque).upper()
            if seguidas and any(_esta(aguja, pajar, en_cifras=True) for aguja in agujas):
                return True
            if en_pares and any(_esta_en_pares(aguja, pajar) for aguja in agujas):
                return True
        return False

    def _nombre(self, valor: bytes) -> None:
        partes = [parte for parte in _PARTES_DE_NOMBRE.split(valor) if parte]
        largas = [parte for parte in partes if len(parte) >= MINIMO_DE_NOMBRE]
        for parte in largas:
            self._poner(parte)
        if not largas and len(partes) > 1:
            enteros = {entre.join(orden).upper() for orden in (partes, partes[::-1]) for entre in _ENTRE_NOMBRES}
            self._enteros |= {entero for entero in enteros if len(entero) > MINIMO and entero not in self._propio}

    def _uid(self, valor: bytes) -> None:
        self._uids.update(u for u in (parte.strip(b" \0").upper() for parte in valor.split(b"\\")) if len(u) > 9)

    def _fecha(self, valor: bytes) -> None:
        for parte in valor.split(b"\\"):
            cuando = dia(parte[:8]) or dia(parte[:10])
            if cuando is not None:
                self._fechas.update((cuando.isoformat().replace("-", "").encode(), cuando.isoformat().encode()))
                self._fechas.add(cuando.isoformat().replace("-", ".").encode())
                self._dias.add(cuando)

    def _esta_suelta(self, pajar: bytes) -> bool:
        """What counts by itself alone, not within other letters and digits: dates as people write them, and names of
        short parts as a whole."""
        halladas = set(_ESCRITA.findall(pajar)) if self._dias else set()
        if halladas and any(not halladas.isdisjoint(_escritas(cuando)) for cuando in self._dias):
            return True
        return any(
            entero in pajar and re.search(rb"(?<![0-9A-Z])" + re.escape(entero) + rb"(?![0-9A-Z])", pajar)
            for entero in self._enteros
        )

    def _palabras(self, valor: bytes) -> None:
        for parte in (suya.strip(b" \0") for suya in valor.split(b"\\")):
            if len(parte) >= _FRASE or (len(parte) >= MINIMO and any(c in b"0123456789" for c in parte)):
                self._poner(parte)
            for palabra in _PALABRAS.findall(parte):
                if len(palabra) >= MINIMO and (_CIFRAS.search(palabra) or _mixta(palabra)):
                    self._poner(palabra)
            for cifras in _CIFRAS.findall(parte):
                self._poner(cifras)


def _escritas(cuando: date) -> set[bytes]:
    """A day as people write it, the day of the month first; of the two first numbers any may be the month."""
    dia, mes, ano = f"{cuando.day:02}".encode(), f"{cuando.month:02}".encode(), f"{cuando.year:04}".encode()
    hechas = {ano + b"/" + mes + b"/" + dia}
    for uno, otro in ((dia, mes), (mes, dia)):
        hechas.add(uno + otro + ano)
        hechas |= {entre.join((uno, otro, ano)) for entre in (b"/", b"-", b".")}
        hechas |= {entre.join((uno, otro, ano[2:])) for entre in (b"/", b"-")}
    for nombre in _MESES[cuando.month - 1]:
        hechas |= {entre.join((dia, nombre, ano)) for entre in (b"", b"-", b" ")}
    return hechas


def _mixta(palabra: bytes) -> bool:
    """Letters and digits in one: a code, not a word."""
    return len(palabra) > MINIMO and palabra.isalnum() and not palabra.isalpha()


def _esta(aguja: bytes, pajar: bytes, en_cifras: bool) -> bool:
    if aguja not in pajar:
        return False
    if (en_cifras and len(aguja) >= _MUCHAS_CIFRAS) or not aguja.isdigit():
        return True
    # A few digits inside of a longer number, a code or a UID are chance.
    return re.search(rb"(?<![0-9A-Z])(?<![0-9]\.)" + aguja + rb"(?!\.?[0-9A-Z])", pajar) is not None


def _esta_en_pares(aguja: bytes, pajar: bytes) -> bool:
    """Whether it stands there in UTF-16, in either byte order: one has its first NUL before it, one its last behind."""
    return (len(aguja) >= _MUCHAS_CIFRAS or not aguja.isdigit()) and b"\0".join(_CADA.findall(aguja)) in pajar


def _puede_tener_pares(octetos: Octetos) -> bool:
    """Whether there may be six ASCII characters in a row in UTF-16: of any six, four that stand in a row are asked."""
    for desde in (0, 1):
        pares = np.frombuffer(octetos[desde : desde + (len(octetos) - desde) // 2 * 2], "<u2")
        muestra = (pares[::3] - np.uint16(0x20)) < 0x5F
        # Of dark pictures many values are letters' codes: those between are asked too.
        donde = np.flatnonzero(muestra[:-1] & muestra[1:]) * 3
        if (((pares[donde + 1] - np.uint16(0x20)) < 0x5F) & ((pares[donde + 2] - np.uint16(0x20)) < 0x5F)).any():
            return True
    return False


def _puede_tener_texto(octetos: Octetos) -> bool:
    """Whether there may be six ASCII characters in a row: of any six, two that stand three apart are asked."""
    muestra = (np.frombuffer(octetos, np.uint8)[::3] - np.uint8(0x20)) < 0x5F
    return bool((muestra[:-1] & muestra[1:]).any())


_ANOTAR = {
    "PN": Rastro._nombre,
    "UI": Rastro._uid,
    "DA": Rastro._fecha,
    "DT": Rastro._fecha,
    **dict.fromkeys(("AE", "CS", "LO", "LT", "SH", "ST", "UC", "UR", "UT"), Rastro._palabras),
}
