"""The sample files that packages carry for their readers' tests: real devices' files, and broken ones.

Whatever of these packages is installed is used; `make verificar-anonimizacion` brings all of them.
"""

import gzip
import io
import re
import sysconfig
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path

import pydicom
from pydicom.dataset import Dataset
from pydicom.uid import UID_dictionary
from tests.anonimizacion.busqueda import Aguja, Pajar, de_fecha, de_nombre, de_texto, entera, llano
from tests.anonimizacion.canarios import tags_de_la_tabla

from anonimizacion.dicom.tabla import CODIGOS, TECNICOS

RAIZ = Path(__file__).parents[2]
CARPETAS = ("pydicom/data", "data_store", "deid_data", "nibabel")
"""In a site-packages; ``data_store`` is pydicom-data's."""
_MARCA = slice(128, 132)
_NOMBRADOS = frozenset(tags_de_la_tabla())
_TEXTOS = frozenset({"AE", "LO", "LT", "SH", "ST", "UC", "UR", "UT", "CS"})
_PROPIOS = frozenset({"PN", "UI", "DA", "DT"})
"""Representations that identify wherever they stand."""
MINIMO = 3
"""Characters: what is shorter is met by chance, and identifies nobody."""


@dataclass(frozen=True)
class Publico:
    """A sample file: where it lies in its package, and its bytes."""

    nombre: str
    octetos: bytes

    @cached_property
    def leido(self) -> Dataset:
        """As a lenient reader has it; empty where it has nothing."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                return pydicom.dcmread(io.BytesIO(self.octetos), force=True)
            except Exception:  # Some of the samples are there to be refused.
                return Dataset()


def todos() -> list[Publico]:
    """All there are, each content once."""
    vistos: dict[bytes, Publico] = {}
    for nombre, octetos in _archivos():
        if octetos[_MARCA] == b"DICM" or nombre.endswith(".dcm"):
            vistos.setdefault(octetos, Publico(nombre, octetos))
    return sorted(vistos.values(), key=lambda p: p.nombre)


def _archivos() -> Iterator[tuple[str, bytes]]:
    sitios = [Path(sysconfig.get_path("purelib")), *RAIZ.glob("build/imagenes/lib/python*/site-packages")]
    for sitio in sitios:
        for carpeta in CARPETAS:
            for ruta in sorted((sitio / carpeta).rglob("*")):
                if ruta.is_file() and ruta.suffix not in (".py", ".pyc", ".md", ".txt", ".json", ".nii", ".so"):
                    octetos, nombre = ruta.read_bytes(), str(ruta.relative_to(sitio))
                    if ruta.suffix == ".gz":
                        octetos, nombre = gzip.decompress(octetos), nombre.removesuffix(".gz")
                    yield nombre, octetos


def identificadores(publico: Publico) -> list[tuple[Aguja, date | None]]:
    """What a file says in attributes that identify: those of the table, private and unknown ones, at every depth.

    With days their date: another day's shifted one may be the same.
    """
    hallados: dict[str, tuple[Aguja, date | None]] = {}
    for nombre, vr, valor in _valores(publico.leido):
        if vr == "PN":
            aguja, cuando = de_nombre(nombre, valor, minimo=MINIMO), None
        elif vr in ("DA", "DT"):
            cuando = _dia(valor)
            if cuando is None:
                continue
            aguja = de_fecha(nombre, cuando, a_mano=False)
        elif vr == "UI":
            if valor in UID_dictionary or len(valor) < 10:
                continue
            aguja, cuando = Aguja(nombre, frozenset({valor})), None
        else:
            aguja, cuando = de_texto(nombre, valor), None
        # A few digits are chance, and met in every report.
        if re.search(r"[^\W\d_]|(?:\d\D?){5}", valor) and max(map(len, aguja.textos), default=0) >= MINIMO:
            hallados.setdefault(f"{vr}{valor}", (aguja, cuando))
    return list(hallados.values())


def explicacion(aguja: Aguja, contenido: bytes) -> str | None:
    """Where what was found stands, if it identifies nobody there; None where it may.

    It does not where it is no patient's, and a word without digits that stands only where makers, models, public code
    schemes and the standard's own words do; nor where a private element repeated how the picture was made, or a code is
    one elsewhere too (of public schemes alone codes stay); nor as a few characters among a picture's bytes, which no
    reader shows as text.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        leido = pydicom.dcmread(io.BytesIO(contenido))
        elementos = [e for e in [*leido.file_meta, *leido.iterall()] if e.VR != "SQ" and not isinstance(e.value, bytes)]
    donde = [e for e in elementos if aguja.esta_en(llano(str(e.value)))]
    nombres = ", ".join(sorted({e.keyword for e in donde}))
    if not donde:
        cortas = all(len(forma) < _POCOS for forma in aguja.textos if re.search(entera(forma), Pajar(contenido).texto))
        return "a picture's bytes, by chance" if cortas else None
    if aguja.nombre.startswith("0010"):
        return None
    privado, codigo = int(aguja.nombre[:4], 16) % 2, int(aguja.nombre.replace(",", ""), 16) in CODIGOS
    if privado and all(e.keyword in TECNICOS or e.VR == "CS" for e in donde):
        return nombres
    if codigo and all(e.tag in CODIGOS for e in donde):
        return nombres
    con_cifras = any(re.search(r"\d", forma) for forma in aguja.textos)
    return None if con_cifras or any(e.VR != "CS" and e.tag not in _DE_TODOS for e in donde) else nombres


_POCOS = 5
_DE_TODOS = frozenset({0x00020013, 0x00080070, 0x00080102, 0x00081090, 0x00120063})
"""Our own name, the maker, the code's scheme, the model, and what was done here."""


def _dia(valor: str) -> date | None:
    hallado = re.match(r"(\d{4})[.]?(\d{2})[.]?(\d{2})", valor)
    try:
        return datetime.strptime("".join(hallado.groups()), "%Y%m%d").date() if hallado else None
    except ValueError:
        return None


def _valores(conjunto: Dataset, *, dentro: bool = False) -> Iterator[tuple[str, str, str]]:
    """Attribute, representation and each value of what identifies."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for tag in conjunto.keys():  # noqa: SIM118
            try:
                elemento = conjunto[tag]
                partes = elemento.value if elemento.VM > 1 and elemento.VR != "SQ" else [elemento.value]
            except Exception:  # No value that a reader shows.
                continue
            if tag == _ZONA:
                continue
            suyo = dentro or tag.is_private or tag in _NOMBRADOS
            if elemento.VR == "SQ":
                for item in elemento.value:
                    yield from _valores(item, dentro=suyo and tag not in _REFERENCIAS)
            elif elemento.VR in _PROPIOS or (suyo and elemento.VR in _TEXTOS):
                for parte in partes:
                    texto = str(parte).strip(" \0")
                    if len(texto) >= MINIMO:
                        yield f"{tag.group:04X},{tag.element:04X}", elemento.VR, texto


_ZONA = 0x00080201
"""TimezoneOffsetFromUTC: modified dates keep times, and a time's offset is a part of it."""
_REFERENCIAS = frozenset({0x00081110, 0x00081111, 0x00081120, 0x00081140, 0x00082112})
"""Sequences of the table in which references stay, without what stands beside them."""
