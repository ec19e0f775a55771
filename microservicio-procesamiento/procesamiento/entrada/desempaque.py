"""The unpacking of a package: what the process does that reads it (:mod:`anonimizacion.empleado`).

The zip is copied to this machine first: its checksum is known before anything in it is believed, its directory is at
its end, and a store's ranges would be asked for once or twice for each member.
"""

import hashlib
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO

from anonimizacion import paquete as reglas
from anonimizacion.formatos import CABEZA, reconocer
from anonimizacion.metadatos import MetadatosNoValidos
from anonimizacion.paquete import PaqueteError, Razon
from anonimizacion.seudonimos import Seudonimizador
from contratos import motivos
from contratos.procesamiento import METADATOS_MAXIMO
from procesamiento.entrada import metadatos_de_paquete
from procesamiento.entrada.limpieza import Ausente, Taller, traer
from procesamiento.entrada.metadatos_de_paquete import CAMPOS
from seedwork.aplicacion.almacen import ORIGINALES, NoEsta, SinAlmacen

TANDA = 50
"""Members that are told of at once: what of them was not is unpacked again after a restart."""


@dataclass(frozen=True, kw_only=True)
class Hallado:
    """A member that lies in the store, as an original.

    Attributes:
        id: of the command that it becomes: derived from package, path and content with the key, as the image's is.
        lugar: which of the package's it is, from 0.
        metadatos: the nine fields, as far as they were told.
    """

    id: str
    lugar: int
    imagen: str
    uri: str = field(repr=False)
    sha256: str
    octetos: int
    metadatos: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True)
class Tanda:
    """The next members."""

    hallados: tuple[Hallado, ...]


@dataclass(frozen=True)
class Entero:
    """All members were told of, and are sound: how many there are."""

    total: int


@dataclass(frozen=True)
class Rechazo:
    """The package is not taken: a code, and of its metadata where the fault is."""

    motivo: str
    detalle: str | None = None


@dataclass(frozen=True, kw_only=True)
class Desempaque:
    """A package to be unpacked, from its member ``desde`` on.

    Attributes:
        maximo: octets that the members may have in all, and the zip.
    """

    id: str
    uri: str = field(repr=False)
    sha256: str
    uri_metadatos: str | None = field(repr=False)
    sha256_metadatos: str
    desde: int
    maximo: int

    def hacer(self, taller: Taller) -> Iterator[Tanda | Entero | Rechazo | Ausente]:
        """Tell of its members as they are stored, and then that it is whole, or why it is not taken."""
        try:
            with tempfile.TemporaryFile() as copia:
                if self._traer(taller, copia, self.uri, self.sha256, self.maximo):
                    raise PaqueteError(Razon.PAQUETE_DEMASIADO_GRANDE)
                miembros = reglas.abrir(copia, self.maximo)
                metadatos = self._metadatos(taller, {miembro.nombre for miembro in miembros})
                tanda: list[Hallado] = []
                for lugar in range(self.desde, len(miembros)):
                    miembro = miembros[lugar]
                    tanda.append(self._guardar(taller, copia, lugar, miembro, metadatos.get(miembro.nombre, {})))
                    if len(tanda) == TANDA or lugar == len(miembros) - 1:
                        yield Tanda(tuple(tanda))
                        tanda = []
                yield Entero(len(miembros))
        except PaqueteError as error:
            yield Rechazo(error.razon.value)
        except MetadatosNoValidos as error:
            yield Rechazo(motivos.METADATOS_NO_VALIDOS, str(error))
        except _NoEsLoDicho as error:
            yield Rechazo(str(error))
        except NoEsta:
            yield Rechazo(motivos.ORIGINAL_AUSENTE)
        except (SinAlmacen, OSError):
            # Nor is this machine's full disk the package's fault.
            yield Ausente()

    def _traer(self, taller: Taller, copia: IO[bytes], uri: str, sha256: str, maximo: int) -> bool:
        """Copy it to this machine; answers whether it is too large for that."""
        lugar = taller.lugar(uri)
        if lugar is None:
            raise _NoEsLoDicho(motivos.REFERENCIA_NO_PERMITIDA)
        falta = traer(*lugar, copia, sha256, maximo)
        if falta == motivos.HUELLA_DISTINTA:
            raise _NoEsLoDicho(falta)
        return falta is not None

    def _metadatos(self, taller: Taller, archivos: set[str]) -> Mapping[str, Mapping[str, str]]:
        if self.uri_metadatos is None:
            return {}
        with tempfile.TemporaryFile() as copia:
            if self._traer(taller, copia, self.uri_metadatos, self.sha256_metadatos, METADATOS_MAXIMO):
                raise MetadatosNoValidos("son demasiado grandes")
            copia.seek(0)
            return metadatos_de_paquete.leer(copia.read(), archivos)

    def _guardar(
        self, taller: Taller, copia: IO[bytes], lugar: int, miembro: reglas.Miembro, dichos: Mapping[str, str]
    ) -> Hallado:
        """Store a member under a name that is the same each time, and tells nothing."""
        lectura, nombre = _Lectura(copia, miembro), nombre_de(self.id, self.sha256, lugar)
        guardado = taller.propio.guardar(nombre, lectura.trozos())
        if lectura.error is not None:
            taller.propio.borrar(nombre)
            raise lectura.error
        clave, propio = Seudonimizador(taller.clave, taller.version), f"{self.id}\0{miembro.nombre}\0{guardado.sha256}"
        imagen = dichos.get("id_imagen") or str(clave.id(f"imagen\0{propio}"))
        formato = dichos.get("formato_imagen") or reconocer(lectura.cabeza).value
        return Hallado(
            id=str(clave.id(f"comando\0{propio}")),
            lugar=lugar,
            imagen=imagen,
            uri=guardado.uri,
            sha256=guardado.sha256,
            octetos=guardado.octetos,
            metadatos={**dict.fromkeys(CAMPOS, ""), **dichos, "id_imagen": imagen, "formato_imagen": formato},
        )


def nombre_de(id: str, sha256: str, lugar: int) -> str:
    """The store's name for a package's member."""
    return ORIGINALES + hashlib.sha256(f"{id}\0{sha256}\0{lugar}".encode()).hexdigest()


class _NoEsLoDicho(Exception):
    """What was sent is not there where it was said, or is something else; its text is a code."""


class _Lectura:
    """A member as the store takes it. What is wrong with it is kept until the store has let go: its library would make
    something else of it."""

    def __init__(self, copia: IO[bytes], miembro: reglas.Miembro) -> None:
        self._copia = copia
        self._miembro = miembro
        self.cabeza = b""
        self.error: PaqueteError | None = None

    def trozos(self) -> Iterator[bytes]:
        try:
            for trozo in reglas.leer(self._copia, self._miembro):
                if len(self.cabeza) < CABEZA:
                    self.cabeza += trozo[: CABEZA - len(self.cabeza)]
                yield trozo
        except PaqueteError as error:
            self.error = error
