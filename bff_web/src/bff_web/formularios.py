"""Reads a form with files: fields, and files that go on to the store while they come, whatever their size."""

import asyncio
import uuid
import warnings
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import flask
from aiohttp import BadContentDispositionHeader, BadContentDispositionParam, BodyPartReader
from werkzeug.http import parse_options_header

from bff_web import idempotencia
from bff_web.cuerpos import no_valido, validar
from bff_web.empaquetado import MAXIMO_NOMBRES, Empaquetado
from bff_web.modelos_comandos import NINGUNO, ArchivoRecibido, DeArchivo, Formulario
from json_estricto import MAXIMO_BYTES
from seedwork.aplicacion.almacen import ORIGINALES, Almacen, SinAlmacen
from seedwork.entrada.cuerpo_que_llega import CUERPO, TIPO, CuerpoQueLlega, no_es_multipart
from seedwork.entrada.problemas import ErrorHttp

_ALREDEDOR = MAXIMO_BYTES + 2 * MAXIMO_NOMBRES
"""Octets that a form may have besides its files, at most."""
_TROZO = 64 * 1024
_SIN_CODIGO = ("", "binary", "8bit", "7bit")
"""What a part may say of its transfer coding: that there is none (RFC 7578 §4.7)."""

for _clase in (BadContentDispositionHeader, BadContentDispositionParam):
    # They quote a part's head, where a file's name stands.
    warnings.filterwarnings("ignore", category=_clase)

F = TypeVar("F", bound=Formulario)


@dataclass(frozen=True)
class Subidas:
    """Where files go.

    Attributes:
        almacen: the store.
        maximo: octets that one may have.
    """

    almacen: Almacen
    maximo: int


def hay() -> bool:
    """Whether the request's body is a form that is read while it comes."""
    return CUERPO in flask.request.environ


def no_es_formulario() -> ErrorHttp:
    """415, for what is to be sent as a form and was not."""
    return ErrorHttp(415, f"El cuerpo debe venir con Content-Type {TIPO}.", cabeceras={"Accept-Post": TIPO})


async def leer(modelos: Sequence[type[F]], subidas: Subidas) -> F:
    """The request's form, which is one of these; its files are stored by the time that this returns.

    Those of a form that is refused in the end are deleted, as far as that can be done at once; else they go as every
    file that nobody names.

    Raises:
        ErrorHttp: 400 for what is no form, or did not come whole; 408 for what came too slowly; 413 for what is too
            large; 415 for a coding; 422 for a form that is none of the models', or has no key, or two; 503 where the
            store is away.
    """
    pedido = flask.request
    if pedido.headers.get("Content-Encoding"):
        raise ErrorHttp(415, "El cuerpo debe venir sin Content-Encoding.", cabeceras={"Accept-Encoding": "identity"})
    clave = idempotencia.clave_de(pedido.environ)
    if clave is None:
        # Another site's page can send a form, but no header of this name.
        raise no_valido([(idempotencia.CABECERA, "es obligatoria con un formulario")])
    idempotencia.exigir_clave(clave)
    lectura = _Lectura(modelos, subidas, pedido.environ[CUERPO])
    try:
        return await lectura.entera()
    except ErrorHttp:
        lectura.olvidar()
        raise


class _Lectura(Generic[F]):
    """One form, read part by part as it comes."""

    def __init__(self, modelos: Sequence[type[F]], subidas: Subidas, cuerpo: CuerpoQueLlega) -> None:
        self._modelos = self._posibles = modelos
        self._subidas = subidas
        self._cuerpo = cuerpo
        self._de_archivo = {
            nombre: dicho
            for modelo in modelos
            for nombre, campo in modelo.model_fields.items()
            for dicho in campo.metadata
            if isinstance(dicho, DeArchivo)
        }
        caben = max(sum(map(self._maximo, self._de_archivo.keys() & modelo.model_fields)) for modelo in modelos)
        if (cuerpo.largo or 0) > caben + _ALREDEDOR:
            raise ErrorHttp(413, f"El cuerpo tiene más de {caben} octetos. Envíe menos a la vez.")
        self._partes = cuerpo.partes()
        self._campos: dict[str, Any] = {}
        self._caben = MAXIMO_BYTES
        self._guardados: list[str] = []

    async def entera(self) -> F:
        """All of it."""
        while (siguiente := await self._siguiente()) is not None:
            await self._tomar(*siguiente)
        if len(self._posibles) > 1:
            uno, *otros = (self._faltan(modelo)[0] for modelo in self._posibles)
            raise no_valido([(uno, f"es obligatorio, o en su lugar {', '.join(otros)}")])
        return validar(self._posibles[0], self._campos)

    def olvidar(self) -> None:
        """Delete the files that were stored, without waiting for it."""

        def borrar() -> None:
            with suppress(SinAlmacen):
                for lugar in self._guardados:
                    self._subidas.almacen.borrar(lugar)

        if self._guardados:
            asyncio.get_running_loop().run_in_executor(None, borrar)

    async def _siguiente(self) -> tuple[BodyPartReader, str] | None:
        async with self._cuerpo.esperando():
            parte = await self._partes.next()
        return None if parte is None else _con_nombre(parte)

    async def _tomar(self, parte: BodyPartReader, nombre: str) -> None:
        """Read a field; of the first of many files, all that comes behind it too."""
        if not any(nombre in modelo.model_fields for modelo in self._modelos):
            raise no_valido([(nombre, "no es un campo conocido")])
        if nombre in self._campos:
            raise no_valido([(nombre, "se dio más de una vez")])
        posibles = [modelo for modelo in self._posibles if nombre in modelo.model_fields]
        if not posibles:
            raise no_valido([(nombre, "no puede venir con lo que ya vino: envíe una de las dos cosas")])
        self._posibles = posibles
        archivo = self._de_archivo.get(nombre)
        if archivo is None:
            self._campos[nombre] = await self._leer_campo(parte, nombre)
            return
        self._campos[nombre] = NINGUNO
        if not self._faltan(self._posibles[0]):
            # What is wrong with them is said before the file has come.
            validar(self._posibles[0], self._campos)
        trozos = self._empaquetar(parte, nombre) if archivo.varios else self._trozos(parte)
        self._campos[nombre] = await self._guardar(nombre, trozos)

    def _faltan(self, modelo: type[F]) -> list[str]:
        campos = modelo.model_fields.items()
        return [nombre for nombre, campo in campos if campo.is_required() and nombre not in self._campos]

    async def _trozos(self, parte: BodyPartReader) -> AsyncGenerator[bytes, None]:
        while not parte.at_eof():
            async with self._cuerpo.esperando():
                trozo = await parte.read_chunk(_TROZO)
            yield trozo

    async def _leer_campo(self, parte: BodyPartReader, nombre: str) -> str:
        leido = bytearray()
        async for trozo in self._trozos(parte):
            leido += trozo
            if len(leido) > self._caben:
                raise ErrorHttp(413, "Los campos, sin el archivo, tienen más de 1 MiB.")
        self._caben -= len(leido)
        try:
            return leido.decode()
        except UnicodeDecodeError:
            raise no_valido([(nombre, "no es UTF-8")]) from None

    async def _empaquetar(self, parte: BodyPartReader, nombre: str) -> AsyncGenerator[bytes, None]:
        """Many files as one zip, while they come, and the other parts among them."""
        paquete = Empaquetado(nombre)
        siguiente: tuple[BodyPartReader, str] | None = (parte, nombre)
        while siguiente is not None:
            parte, campo = siguiente
            if campo != nombre:
                await self._tomar(parte, campo)
            else:
                # Whether it may be a file's is for whoever opens the package to say.
                with paquete.miembro(_disposicion(parte).get("filename", "")) as miembro:
                    async for trozo in self._trozos(parte):
                        miembro.write(trozo)
                        yield paquete.tomar()
            siguiente = await self._siguiente()
        paquete.cerrar()
        yield paquete.tomar()

    async def _guardar(self, nombre: str, trozos: AsyncGenerator[bytes, None]) -> ArchivoRecibido:
        """Hand a file on, under a name that tells nothing."""
        maximo = self._maximo(nombre)

        async def hasta_el_maximo() -> AsyncGenerator[bytes, None]:
            octetos = 0
            async with aclosing(trozos):
                async for trozo in trozos:
                    octetos += len(trozo)
                    if octetos > maximo:
                        raise ErrorHttp(413, f"«{nombre}» tiene más de {maximo} octetos. Envíe menos a la vez.")
                    yield trozo

        lugar = ORIGINALES + uuid.uuid4().hex
        try:
            guardado = await self._subidas.almacen.recibir(lugar, hasta_el_maximo())
        except SinAlmacen:
            raise ErrorHttp(503, "El almacén de archivos no responde.", cabeceras={"Retry-After": "2"}) from None
        self._guardados.append(lugar)
        if not guardado.octetos:
            raise no_valido([(nombre, "no puede estar vacío")])
        return ArchivoRecibido(uri=guardado.uri, sha256=guardado.sha256, octetos=guardado.octetos)

    def _maximo(self, nombre: str) -> int:
        return self._de_archivo[nombre].maximo or self._subidas.maximo


def _con_nombre(parte: Any) -> tuple[BodyPartReader, str]:
    if (
        not isinstance(parte, BodyPartReader)
        or (nombre := _disposicion(parte).get("name")) is None
        or parte.headers.get("Content-Transfer-Encoding", "").strip().lower() not in _SIN_CODIGO
        or "Content-Encoding" in parte.headers
    ):
        raise no_es_multipart()
    return parte, nombre


def _disposicion(parte: BodyPartReader) -> dict[str, str]:
    """What a part says that it is.

    The reader of parts has its own reading of it, which takes a slash away where a file's name begins with one, and
    loses what has two semicolons.
    """
    clase, dichos = parse_options_header(parte.headers.get("Content-Disposition"))
    return dichos if clase == "form-data" else {}
