"""The object store on a local folder, Google's or an S3: one library speaks them all (ADR 38)."""

import hashlib
import os
import re
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from urllib.parse import unquote, urlsplit

import obstore
from obstore.exceptions import BaseError, PermissionDeniedError
from obstore.store import LocalStore, ObjectStore, from_url

from seedwork.aplicacion.almacen import Guardado, Negado, NoEsta, Objeto, SinAlmacen

TROZO = 4 * 1024 * 1024
"""Octets that are read from the store at a time."""
_PARTE = 5 * 1024 * 1024
"""Octets of a part of a large object: the least that an S3 takes, since some are in memory at once."""
_PARTES_A_LA_VEZ = 2
_NOMBRE = re.compile(r"(?:(?!\.+(?:/|$))[A-Za-z0-9._-]{1,255})(?:/(?!\.+(?:/|$))[A-Za-z0-9._-]{1,255})*")
_A_MEDIAS = re.compile(r".*#[0-9]+")
"""What a local folder's library calls a file that it is still writing."""
_PETICION = timedelta(seconds=30)
_REINTENTOS = timedelta(seconds=20)


class AlmacenDeObjetos:
    """An object store at an address. It opens no connection before the first call, so it may be made before a fork.

    Args:
        base: its address, as :func:`seedwork.aplicacion.almacen.base_de_almacen` gives it.
    """

    def __init__(self, base: str) -> None:
        self._base = base

    @cached_property
    def _almacen(self) -> ObjectStore:
        if (carpeta := self._carpeta) is not None:
            with _errores():
                # What is the folder's own is nobody's else: originals lie in it.
                carpeta.mkdir(mode=0o700, parents=True, exist_ok=True)
            return LocalStore(carpeta)
        return from_url(
            self._base,
            client_options={
                "timeout": _PETICION,
                "connect_timeout": timedelta(seconds=5),
                "allow_http": _es_de_esta_maquina(os.environ.get("AWS_ENDPOINT", "")),
            },
            retry_config={"max_retries": 5, "retry_timeout": _REINTENTOS},
        )

    @property
    def _carpeta(self) -> Path | None:
        return Path(unquote(urlsplit(self._base).path)) if self._base.startswith("file:") else None

    def uri(self, nombre: str) -> str:
        """Where an object of that name is."""
        return f"{self._base}/{nombre}"

    def nombre(self, uri: str) -> str | None:
        """The name of the object that a URI leads to; None where it leads out of this store."""
        nombre = uri.removeprefix(f"{self._base}/")
        return nombre if nombre != uri and _NOMBRE.fullmatch(nombre) else None

    def ruta(self, nombre: str) -> Path | None:
        """Where an object of that name is on this machine, behind all links; None in a store that is no folder."""
        return None if (carpeta := self._carpeta) is None else (carpeta / nombre).resolve()

    async def recibir(self, nombre: str, trozos: AsyncIterable[bytes]) -> Guardado:
        """Store what comes, as it comes."""
        cuenta = _Cuenta()
        de_origen: list[Exception] = []

        async def contados() -> AsyncIterator[bytes]:
            try:
                async for trozo in trozos:
                    yield cuenta.sumar(trozo)
            except Exception as error:
                de_origen.append(error)
                raise

        try:
            with _errores():
                await obstore.put_async(
                    self._almacen, nombre, contados(), chunk_size=_PARTE, max_concurrency=_PARTES_A_LA_VEZ
                )
        except SinAlmacen:
            if de_origen:
                # What went wrong is the sender's, though it came through the store.
                raise de_origen[0] from None
            raise
        return cuenta.guardado(self.uri(nombre))

    def guardar(self, nombre: str, trozos: Iterable[bytes]) -> Guardado:
        """Likewise, where waiting does not matter."""
        cuenta = _Cuenta()
        with _errores():
            obstore.put(
                self._almacen,
                nombre,
                map(cuenta.sumar, trozos),
                chunk_size=_PARTE,
                max_concurrency=_PARTES_A_LA_VEZ,
            )
        return cuenta.guardado(self.uri(nombre))

    def describir(self, nombre: str) -> Objeto | None:
        """What is known of an object."""
        try:
            with _errores():
                visto = obstore.head(self._almacen, nombre)
        except NoEsta:
            return None
        return Objeto(nombre, visto["size"], visto["last_modified"])

    def leer(self, nombre: str, desde: int = 0, hasta: int | None = None) -> Iterator[bytes]:
        """An object's octets, a piece at a time, each of which is a request of its own: none lasts long."""
        if hasta is None:
            if (visto := self.describir(nombre)) is None:
                raise NoEsta
            hasta = visto.octetos
        for inicio in range(desde, hasta, TROZO):
            largo = min(TROZO, hasta - inicio)
            with _errores():
                trozo = bytes(obstore.get_range(self._almacen, nombre, start=inicio, length=largo))
            if len(trozo) != largo:
                raise NoEsta
            yield trozo

    def listar(self, prefijo: str, antes_de: datetime) -> Iterator[Objeto]:
        """The objects whose names begin so, and that were last written before then."""
        paginas = iter(obstore.list(self._almacen, prefijo))
        while True:
            with _errores():
                pagina = next(paginas, None)
            if pagina is None:
                return
            for visto in pagina:
                if visto["last_modified"] < antes_de:
                    yield Objeto(visto["path"], visto["size"], visto["last_modified"])

    def borrar(self, nombre: str) -> None:
        """Delete an object, if there is one."""
        try:
            with _errores():
                obstore.delete(self._almacen, nombre)
        except NoEsta:
            pass

    def olvidar_a_medias(self, antes_de: datetime) -> None:
        """In a folder, the files that a process which died was writing; a cloud's own rules see to its parts."""
        if (carpeta := self._carpeta) is None:
            return
        with _errores():
            for archivo in carpeta.rglob("*#*"):
                if _A_MEDIAS.fullmatch(archivo.name) and _cambiado(archivo) < antes_de:
                    archivo.unlink(missing_ok=True)


def _es_de_esta_maquina(direccion: str) -> bool:
    """Whether what is said there stays on this machine: files are never sent in the clear to another."""
    return urlsplit(direccion).hostname in ("127.0.0.1", "::1", "localhost")


def _cambiado(archivo: Path) -> datetime:
    try:
        return datetime.fromtimestamp(archivo.stat().st_mtime, UTC)
    except FileNotFoundError:
        return datetime.max.replace(tzinfo=UTC)


class _Cuenta:
    """Size and checksum of what passes by."""

    def __init__(self) -> None:
        self._resumen = hashlib.sha256()
        self._octetos = 0

    def sumar(self, trozo: bytes) -> bytes:
        self._resumen.update(trozo)
        self._octetos += len(trozo)
        return trozo

    def guardado(self, uri: str) -> Guardado:
        return Guardado(uri, self._resumen.hexdigest(), self._octetos)


@contextmanager
def _errores() -> Iterator[None]:
    """What the library raises, as the port tells it: its own texts name objects, and are dropped."""
    try:
        yield
    except FileNotFoundError:
        raise NoEsta from None
    except PermissionDeniedError as error:
        raise Negado(type(error).__name__) from None
    except (BaseError, OSError) as error:
        raise SinAlmacen(type(error).__name__) from None


class Referencias:
    """What files may be sent by naming where they lie: under the addresses that the operator allows, and not in the
    platform's own store, where others' lie.

    Args:
        propio: the platform's own store.
        permitidos: addresses, as :func:`seedwork.aplicacion.almacen.base_de_almacen` gives them.
    """

    def __init__(self, propio: AlmacenDeObjetos, permitidos: Iterable[str]) -> None:
        self._propio = propio
        self._permitidos = [AlmacenDeObjetos(base) for base in permitidos]

    def lugar(self, uri: str) -> tuple[AlmacenDeObjetos, str] | None:
        """The store, and the name in it, that a URI leads to; None where it leads nowhere that is allowed."""
        if self._propio.nombre(uri) is not None:
            return None
        nombrados = ((almacen, almacen.nombre(uri)) for almacen in self._permitidos)
        return next(
            ((almacen, nombre) for almacen, nombre in nombrados if nombre and self._queda(almacen, nombre)), None
        )

    def _queda(self, almacen: AlmacenDeObjetos, nombre: str) -> bool:
        """Whether it leads where its name says: in a folder, a link may lead anywhere, and what is no file, a pipe say,
        may keep whoever opens it for ever."""
        carpeta, destino, propia = almacen.ruta(""), almacen.ruta(nombre), self._propio.ruta("")
        if carpeta is None or destino is None:
            return True
        if destino.exists() and not destino.is_file():
            return False
        return destino.is_relative_to(carpeta) and not (propia is not None and destino.is_relative_to(propia))
