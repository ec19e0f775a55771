"""The files that are to be anonymised: a folder's, or a zip's members."""

import mmap
import stat
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from saludtech_cli.fallos import Codigo, Fallo

MIEMBROS_MAXIMOS = 100_000
RAZON_MAXIMA = 100
"""How many times its size a zip may become in all (contract §8)."""
_CIFRADO = 1


@dataclass(frozen=True)
class Original:
    """One file: where among the others, and its name, which is the sender's alone."""

    lugar: int
    nombre: str


@dataclass(frozen=True)
class Originales:
    """All files of a folder, or of a zip."""

    ruta: Path
    en_zip: bool

    def listar(self) -> list[Original]:
        """Each file there is, by name.

        Raises:
            Fallo: there is none, or the zip can't be taken.
        """
        nombres = self._del_zip() if self.en_zip else self._de_la_carpeta()
        if not nombres:
            raise Fallo(Codigo.USO, "No hay ningún archivo en la ENTRADA.")
        return nombres

    def _de_la_carpeta(self) -> list[Original]:
        rutas = sorted(r.relative_to(self.ruta).as_posix() for r in self.ruta.rglob("*") if _es_archivo(r))
        return [Original(lugar, ruta) for lugar, ruta in enumerate(rutas)]

    def _del_zip(self) -> list[Original]:
        try:
            with zipfile.ZipFile(self.ruta) as archivo:
                miembros = archivo.infolist()
        except (zipfile.BadZipFile, NotImplementedError, UnicodeError):
            raise Fallo(Codigo.USO, "La ENTRADA no es una carpeta ni un zip que se pueda leer.") from None
        if len(miembros) > MIEMBROS_MAXIMOS:
            raise Fallo(Codigo.USO, f"El zip tiene más de {MIEMBROS_MAXIMOS} miembros.")
        if any(miembro.flag_bits & _CIFRADO for miembro in miembros):
            raise Fallo(Codigo.USO, "El zip está cifrado: descífrelo antes.")
        if sum(miembro.file_size for miembro in miembros) > RAZON_MAXIMA * self.ruta.stat().st_size:
            raise Fallo(Codigo.USO, f"El zip dice ser más de {RAZON_MAXIMA} veces mayor que él mismo.")
        return [Original(n, miembro.filename) for n, miembro in enumerate(miembros) if not miembro.is_dir()]

    @contextmanager
    def abrir(self, original: Original) -> Iterator[bytes | memoryview]:
        """A file's bytes, good until it is closed.

        Raises:
            OSError: it is gone, or can't be read.
            zipfile.BadZipFile: what the zip says of it is not true.
        """
        if self.en_zip:
            with zipfile.ZipFile(self.ruta) as archivo:
                yield archivo.read(archivo.infolist()[original.lugar])
            return
        with (self.ruta / original.nombre).open("rb") as archivo_abierto:
            if not archivo_abierto.seek(0, 2):
                yield b""
                return
            with mmap.mmap(archivo_abierto.fileno(), 0, access=mmap.ACCESS_READ) as mapa, memoryview(mapa) as vista:
                yield vista


def en(entrada: Path) -> Originales:
    """The files of a folder or a zip.

    Raises:
        Fallo: there is nothing, or nothing that is one of these.
    """
    if not entrada.exists():
        raise Fallo(Codigo.NO_EXISTE, "La ENTRADA no existe.")
    if not entrada.is_dir() and not entrada.is_file():
        raise Fallo(Codigo.USO, "La ENTRADA no es una carpeta ni un zip.")
    return Originales(entrada, not entrada.is_dir())


def _es_archivo(ruta: Path) -> bool:
    # No links: one may lead out of what was given.
    return stat.S_ISREG(ruta.lstat().st_mode)
