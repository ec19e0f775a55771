"""Reads a form with a file: fields, and a file that goes on to the store while it comes, whatever its size."""

import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, TypeVar

import flask
from aiohttp import BodyPartReader

from bff_web import idempotencia
from bff_web.comandos.comun import ArchivoRecibido, Formulario
from bff_web.cuerpos import no_valido, validar
from json_estricto import MAXIMO_BYTES
from seedwork.aplicacion.almacen import ORIGINALES, Almacen, SinAlmacen
from seedwork.entrada.corriente import CORRIENTE, Corriente, no_es_multipart
from seedwork.entrada.problemas import ErrorHttp

ARCHIVO = "archivo"
_TROZO = 64 * 1024
_SIN_CODIGO = ("", "binary", "8bit", "7bit")
"""What a part may say of its transfer coding: that there is none (RFC 7578 §4.7)."""
_POR_VENIR = ArchivoRecibido(uri="", sha256="", octetos=0)

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
    return CORRIENTE in flask.request.environ


async def leer(modelo: type[F], subidas: Subidas) -> F:
    """The request's form; its file is stored by the time that this returns.

    A file whose form is refused in the end is named by nobody, and goes as every such file does.

    Raises:
        ErrorHttp: 400 for what is no form, or did not come whole; 408 for what came too slowly; 413 for what is too
            large; 415 for a coding; 422 for a form that breaks the model's rules, or has no key; 503 where the store
            is away.
    """
    pedido = flask.request
    if pedido.headers.get("Content-Encoding"):
        raise ErrorHttp(415, "El cuerpo debe venir sin Content-Encoding.", cabeceras={"Accept-Encoding": "identity"})
    clave = pedido.headers.get(idempotencia.CABECERA)
    if clave is None:
        # Another site's page can send a form, but no header of this name.
        raise no_valido([(idempotencia.CABECERA, "es obligatoria con un formulario")])
    idempotencia.exigir_clave(clave)
    corriente: Corriente = pedido.environ[CORRIENTE]
    if (corriente.largo or 0) > subidas.maximo + MAXIMO_BYTES:
        raise _demasiado_grande(subidas)
    partes, campos, caben = corriente.partes(), dict[str, Any](), MAXIMO_BYTES
    while True:
        async with corriente.esperando():
            parte = await partes.next()
        if parte is None:
            return validar(modelo, campos)
        parte, nombre = _con_nombre(parte)
        if nombre not in modelo.model_fields:
            raise no_valido([(nombre, "no es un campo conocido")])
        if nombre in campos:
            raise no_valido([(nombre, "se dio más de una vez")])
        if nombre == ARCHIVO:
            if campos.keys() | {ARCHIVO} == modelo.model_fields.keys():
                # What is wrong with them is said before the file has come.
                validar(modelo, {**campos, ARCHIVO: _POR_VENIR})
            campos[ARCHIVO] = await _guardar(corriente, parte, subidas)
        else:
            octetos = await _leer_campo(corriente, parte, caben)
            caben -= len(octetos)
            campos[nombre] = _texto(nombre, octetos)


def _con_nombre(parte: Any) -> tuple[BodyPartReader, str]:
    simple = isinstance(parte, BodyPartReader) and parte.name is not None
    if (
        not simple
        or parte.headers.get("Content-Transfer-Encoding", "").strip().lower() not in _SIN_CODIGO
        or "Content-Encoding" in parte.headers
    ):
        raise no_es_multipart()
    return parte, parte.name


async def _trozos(corriente: Corriente, parte: BodyPartReader) -> AsyncIterator[bytes]:
    while not parte.at_eof():
        async with corriente.esperando():
            trozo = await parte.read_chunk(_TROZO)
        yield trozo


async def _leer_campo(corriente: Corriente, parte: BodyPartReader, caben: int) -> bytes:
    leido = bytearray()
    async for trozo in _trozos(corriente, parte):
        leido += trozo
        if len(leido) > caben:
            raise ErrorHttp(413, "Los campos, sin el archivo, tienen más de 1 MiB.")
    return bytes(leido)


def _texto(nombre: str, octetos: bytes) -> str:
    try:
        return octetos.decode()
    except UnicodeDecodeError:
        raise no_valido([(nombre, "no es UTF-8")]) from None


async def _guardar(corriente: Corriente, parte: BodyPartReader, subidas: Subidas) -> ArchivoRecibido:
    """Hand the file on, under a name that tells nothing: its own is never looked at."""

    async def hasta_el_maximo() -> AsyncIterator[bytes]:
        octetos = 0
        async for trozo in _trozos(corriente, parte):
            octetos += len(trozo)
            if octetos > subidas.maximo:
                raise _demasiado_grande(subidas)
            yield trozo

    try:
        guardado = await subidas.almacen.recibir(ORIGINALES + uuid.uuid4().hex, hasta_el_maximo())
    except SinAlmacen:
        raise ErrorHttp(503, "El almacén de archivos no responde.", cabeceras={"Retry-After": "2"}) from None
    if not guardado.octetos:
        raise no_valido([(ARCHIVO, "no puede estar vacío")])
    return ArchivoRecibido(uri=guardado.uri, sha256=guardado.sha256, octetos=guardado.octetos)


def _demasiado_grande(subidas: Subidas) -> ErrorHttp:
    return ErrorHttp(413, f"El archivo tiene más de {subidas.maximo} octetos.")
