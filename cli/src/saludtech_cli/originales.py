"""The files that are to be anonymised: a folder's, or a zip's members."""

import mmap
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from saludtech_cli.fallos import Codigo, Fallo, del_sistema

if TYPE_CHECKING:
    from anonimizacion.paquete import Miembro

_SIN_LIMITE = 1 << 62
"""Of bytes in all: whoever opens a zip here has room for it, or finds out; its ratio is bounded."""


@dataclass(frozen=True)
class Original:
    """One file: its name, which is the sender's alone, and in a zip where it is."""

    nombre: str
    miembro: "Miembro | None" = None


@dataclass(frozen=True)
class Originales:
    """All files of a folder, or of a zip."""

    ruta: Path
    en_zip: bool

    def listar(self) -> list[Original]:
        """Each file there is, by name.

        Raises:
            Fallo: there is none, or the zip is not taken: by the platform's own rules, whole or not at all.
        """
        if self.en_zip:
            return self._del_zip()
        if not (nombres := self._de_la_carpeta()):
            raise Fallo(Codigo.USO, "No hay ningún archivo en la ENTRADA.")
        return nombres

    def _de_la_carpeta(self) -> list[Original]:
        rutas = sorted(r.relative_to(self.ruta).as_posix() for r in self.ruta.rglob("*") if _es_archivo(r))
        return [Original(ruta) for ruta in rutas]

    def _del_zip(self) -> list[Original]:
        from anonimizacion.paquete import PaqueteError, comprobar

        try:
            with self.ruta.open("rb") as archivo:
                miembros = comprobar(archivo, _SIN_LIMITE)
        except PaqueteError as error:
            raise Fallo(
                Codigo.USO,
                f"La ENTRADA no es una carpeta ni un zip que se admita ({error.razon.value}): "
                "descomprímalo, y dé la carpeta.",
            ) from None
        except OSError as error:
            raise Fallo(Codigo.USO, f"La ENTRADA no se puede leer: {del_sistema(error)}.") from None
        return [Original(miembro.nombre, miembro) for miembro in miembros]

    @contextmanager
    def abrir(self, original: Original) -> Iterator[bytes | memoryview]:
        """A file's bytes, good until it is closed.

        Raises:
            OSError: it is gone, or can't be read, or is not any more what it was.
        """
        if original.miembro is not None:
            from anonimizacion.paquete import PaqueteError, leer

            try:
                with self.ruta.open("rb") as archivo:
                    octetos = b"".join(leer(archivo, original.miembro))
            except PaqueteError as error:
                raise OSError(str(error)) from None
            yield octetos
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
