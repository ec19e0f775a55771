"""Forms with files, read from the disk while they are sent: what is held of one is a piece."""

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from saludtech_cli.fallos import Codigo, Fallo, del_sistema

_TROZO = 256 * 1024


@dataclass(frozen=True)
class Archivo:
    """A file of a form.

    Attributes:
        campo: the part that it is.
        nombre: its name, as it is told; it may be a person's.
        ruta: where it is.
        octetos: how many it has.
    """

    campo: str
    nombre: str
    ruta: Path
    octetos: int


def del_disco(campo: str, ruta: Path, nombre: str = "") -> Archivo:
    """A file that is there.

    Args:
        campo: the part that it is to be.
        ruta: where it is.
        nombre: its name; the path's own without it.

    Raises:
        Fallo: there is none.
    """
    try:
        if not ruta.is_file():
            raise Fallo(Codigo.USO, f"{ruta} no es un archivo.")
        return Archivo(campo, nombre or ruta.name, ruta, ruta.stat().st_size)
    except OSError as error:
        raise _ilegible(ruta, error) from None


class Formulario:
    """A form.

    Args:
        campos: its fields.
        archivos: its files, behind them, in this order.

    Raises:
        Fallo: a name, or a field, is no text.
    """

    def __init__(self, campos: Mapping[str, str], archivos: Sequence[Archivo]) -> None:
        borde = secrets.token_hex(16)
        self.tipo = f"multipart/form-data; boundary={borde}"
        self._archivos = archivos
        try:
            sueltos = (f"{_cabeza(borde, campo)}\r\n\r\n{valor}\r\n" for campo, valor in campos.items())
            self._delante = "".join(sueltos).encode()
            self._cabezas = [
                f'{_cabeza(borde, a.campo)}; filename="{_citado(a.nombre)}"\r\n'
                "Content-Type: application/octet-stream\r\n\r\n".encode()
                for a in archivos
            ]
        except UnicodeEncodeError:
            raise Fallo(Codigo.USO, "Un campo, o el nombre de un archivo, no es texto UTF-8.") from None
        self._cierre = f"--{borde}--\r\n".encode()
        self.octetos = sum(a.octetos for a in archivos)
        """Of its files."""
        self.largo = len(self._delante) + self.octetos + sum(len(c) + 2 for c in self._cabezas) + len(self._cierre)
        """Of all of it."""

    def trozos(self, avanzar: Callable[[int], None]) -> Iterator[bytes]:
        """Its octets.

        Args:
            avanzar: is told of each piece of a file, how many octets it has.

        Raises:
            Fallo: a file can't be read, or is no longer as it was.
        """
        yield self._delante
        for uno, cabeza in zip(self._archivos, self._cabezas, strict=True):
            yield cabeza
            for trozo in _leer(uno):
                yield trozo
                avanzar(len(trozo))
            yield b"\r\n"
        yield self._cierre


def _leer(uno: Archivo) -> Iterator[bytes]:
    quedan = uno.octetos
    try:
        with uno.ruta.open("rb") as abierto:
            while trozo := abierto.read(_TROZO):
                quedan -= len(trozo)
                if quedan < 0:
                    break
                yield trozo
    except OSError as error:
        raise _ilegible(uno.ruta, error) from None
    if quedan:
        raise Fallo(Codigo.USO, f"{uno.ruta} cambió mientras se enviaba.")


def _ilegible(ruta: Path, error: OSError) -> Fallo:
    return Fallo(Codigo.USO, f"No se puede leer {ruta}: {del_sistema(error)}.")


def _cabeza(borde: str, campo: str) -> str:
    return f'--{borde}\r\nContent-Disposition: form-data; name="{campo}"'


def _citado(nombre: str) -> str:
    """A name between quotes: line breaks and quotes as browsers write them, a backslash so that it is read as one."""
    return nombre.replace("\\", "\\\\").replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
