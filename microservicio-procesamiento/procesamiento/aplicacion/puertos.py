"""What the application needs of the outside."""

from collections.abc import Callable, Collection, Sequence
from typing import Protocol

from procesamiento.dominio.anonimizacion import Anonimizador
from procesamiento.dominio.archivo import Archivo, ArchivoPorVer
from procesamiento.dominio.imagen import ImagenAnonimizada
from procesamiento.dominio.paquete import Miembro, MiembroPorDecir, Paquete, PaquetePorAbrir
from seedwork.aplicacion.unidad import UnidadTrabajo


class Imagenes(Protocol):
    """The images. ``obtener`` locks what it loads until the unit of work ends."""

    def obtener(self, id: str, /) -> ImagenAnonimizada | None: ...

    def agregar(self, imagen: ImagenAnonimizada, /) -> None: ...


class Archivos(Protocol):
    """What became of their files, likewise."""

    def obtener(self, id: str, /) -> Archivo | None: ...

    def agregar(self, archivo: Archivo, /) -> None: ...


class PorVer(Protocol):
    """The files whose originals are still here, likewise."""

    def obtener(self, id: str, /) -> ArchivoPorVer | None: ...

    def agregar(self, por_ver: ArchivoPorVer, /) -> None: ...

    def quitar(self, por_ver: ArchivoPorVer, /) -> None: ...


class Paquetes(Protocol):
    """The packages, likewise. What ``precargar`` names is locked with the first that is needed, by their ids."""

    def obtener(self, id: str, /) -> Paquete | None: ...

    def precargar(self, ids: Collection[str], /) -> None: ...

    def agregar(self, paquete: Paquete, /) -> None: ...


class PorAbrir(Protocol):
    """Those of which something is to be done, likewise."""

    def obtener(self, id: str, /) -> PaquetePorAbrir | None: ...

    def agregar(self, por_abrir: PaquetePorAbrir, /) -> None: ...

    def quitar(self, por_abrir: PaquetePorAbrir, /) -> None: ...


class Miembros(Protocol):
    """Their files, likewise."""

    def obtener(self, id: str, /) -> Miembro | None: ...

    def precargar(self, ids: Collection[str], /) -> None: ...

    def agregar(self, miembro: Miembro, /) -> None: ...

    def buscar(self, columna: str, valores: Collection[str], /) -> Sequence[Miembro]: ...


class PorDecir(Protocol):
    """Those whose command is not said, likewise."""

    def obtener(self, id: str, /) -> MiembroPorDecir | None: ...

    def precargar(self, ids: Collection[str], /) -> None: ...

    def agregar(self, por_decir: MiembroPorDecir, /) -> None: ...

    def quitar(self, por_decir: MiembroPorDecir, /) -> None: ...


class Unidad(UnidadTrabajo):
    """This service's unit of work. Who needs several of its rows takes them in this order: image, file, member, package
    (each by their ids); what is in a queue of it is under the lock of its image, or of the lease that it bears. A batch
    takes its images first, all of them, and its packages with the first that it counts in: what members it takes behind
    that, of images that it has, nobody else can be waiting with.

    Attributes:
        admite: whether a file may be fetched from there, that was only named (True) or sent (False): what lies in the
            platform's own store is the original of whoever sent it, and of nobody who names it.
    """

    imagenes: Imagenes
    archivos: Archivos
    por_ver: PorVer
    miembros: Miembros
    por_decir: PorDecir
    paquetes: Paquetes
    por_abrir: PorAbrir
    anonimizador: Anonimizador
    admite: Callable[[str, bool], bool]
