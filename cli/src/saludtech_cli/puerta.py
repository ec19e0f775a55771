"""The platform's public HTTP door, asked over pooled connections."""

import ipaddress
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import urlencode

import urllib3

import json_estricto
from saludtech_cli.fallos import Codigo, Fallo
from saludtech_cli.formulario import Formulario

URL = "http://127.0.0.1:5005"
_PLAZO = urllib3.Timeout(connect=3.0, read=10.0)
"""The door answers a command within 5 s, whatever becomes of it."""
_PLAZO_DE_ARCHIVO = urllib3.Timeout(connect=30.0, read=120.0)
"""It answers a form once the store has it whole. The first is for each piece that is sent, too, and the second for each
that is read."""
_OTRA_VEZ_S = 1.0
"""Seconds until a stream that was cut is asked for again."""
_CODIGOS = {
    404: Codigo.NO_EXISTE,
    **dict.fromkeys((401, 403, 409), Codigo.RECHAZADO),
    **dict.fromkeys((400, 405, 413, 415, 422), Codigo.USO),
}
_ID = re.compile(r"(?!\.{1,2}$)[A-Za-z0-9._:-]{1,128}")
_CLAVE = re.compile(r"[\x21-\x7e]([\x20-\x7e]{0,253}[\x21-\x7e])?")
"""Blanks at both ends are no part of a header's value (RFC 9110 §5.5): " k" would be the key "k" on its way."""

Objeto = dict[str, Any]


class Puerta:
    """The door at one address.

    Args:
        url: its base.
        conexiones: how many requests it will be asked at once.
        token: says who asks; None where the door asks nobody.
    """

    def __init__(self, url: str, conexiones: int = 16, token: str | None = None) -> None:
        if not url.startswith(("http://", "https://")):
            raise Fallo(
                Codigo.USO, f"La dirección de la plataforma debe empezar por http:// o https://: {_sin_clave(url)}"
            )
        if not _con_servidor(url):
            raise Fallo(Codigo.USO, f"La dirección de la plataforma no vale: {_sin_clave(url)}")
        self._url = url.rstrip("/")
        self._nombre = _sin_clave(self._url)
        self._credencial = _con_token(token, url)
        self._http = urllib3.PoolManager(maxsize=conexiones, retries=False)

    def consultar(self, ruta: str, filtros: Mapping[str, str | None] | None = None) -> Objeto:
        """A query's answer.

        Raises:
            Fallo: the door has none; its code tells why.
        """
        dados = {clave: valor for clave, valor in (filtros or {}).items() if valor is not None}
        try:
            filtro = urlencode(dados)
        except UnicodeEncodeError:
            raise Fallo(Codigo.USO, "Un filtro no es texto UTF-8.") from None
        return self._pedir("GET", f"{ruta}?{filtro}" if dados else ruta)

    def paginas(self, ruta: str, filtros: Mapping[str, str | None]) -> Iterator[Objeto]:
        """A list's pages, from the one that the filters begin with to the last."""
        pagina = self.consultar(ruta, filtros)
        yield pagina
        while pagina.get("siguiente"):
            pagina = self.consultar(ruta, {**filtros, "cursor": pagina["siguiente"]})
            yield pagina

    def enviar(self, ruta: str, cuerpo: Objeto, clave: str | None = None) -> Objeto:
        """Send a command, and give what the door says to it: its ids, and where to ask.

        Args:
            clave: an Idempotency-Key: sent again with it, the command is the same one.

        Raises:
            Fallo: it was not taken, or it is unknown whether it was.
        """
        cabeceras = {"Content-Type": "application/json", **_con_clave(clave)}
        return self._pedir("POST", ruta, _escribir(cuerpo), cabeceras)

    @contextmanager
    def bajar(self, ruta: str, cabeceras: Mapping[str, str]) -> Iterator[urllib3.BaseHTTPResponse]:
        """The answer to the request for a file, its octets still to be read: 200, 206, or 416.

        Raises:
            Fallo: the door has none; its code tells why.
            urllib3.exceptions.HTTPError: it was cut while it was read.
        """
        try:
            respuesta = self._http.request(
                "GET",
                self._url + ruta,
                headers={**cabeceras, **self._credencial},
                redirect=False,
                preload_content=False,
                # What has come of what is cut is kept: it would be lost with the error.
                enforce_content_length=False,
            )
        except (urllib3.exceptions.HTTPError, UnicodeError):
            raise Fallo(Codigo.SIN_RESPUESTA, f"La plataforma no responde en {self._nombre}.") from None
        try:
            if respuesta.status not in (200, 206, 416):
                raise _fallo(respuesta.status, self._leida(respuesta.status, respuesta.data))
            yield respuesta
        finally:
            respuesta.close()

    def eventos(self, filtros: Mapping[str, str | None]) -> Iterator[tuple[str, Objeto]]:
        """What happens, for as long as it is heard: the name of each event, and what it tells. Where the connection is
        cut, it goes on where it was.

        Raises:
            Fallo: the door tells nothing, or no more; its code tells why.
        """
        dados = {clave: valor for clave, valor in filtros.items() if valor is not None}
        ultimo = ""
        while True:
            cabeceras = {"Accept": "text/event-stream", **({"Last-Event-ID": ultimo} if ultimo else {})}
            bloque: dict[str, str] = {}
            with (
                suppress(urllib3.exceptions.HTTPError),
                self.bajar(f"/eventos?{urlencode(dados)}" if dados else "/eventos", cabeceras) as respuesta,
            ):
                for linea in respuesta:
                    nombre, _, valor = linea.decode().rstrip("\n").partition(": ")
                    if nombre:
                        bloque[nombre] = valor
                        continue
                    ultimo = bloque.get("id", ultimo)
                    if "event" in bloque:
                        yield bloque["event"], json_estricto.leer(bloque["data"].encode())
                    bloque = {}
            time.sleep(_OTRA_VEZ_S)

    def subir(self, ruta: str, formulario: Formulario, clave: str, avanzar: Callable[[int], None]) -> Objeto:
        """Send a command as a form with files, likewise.

        Args:
            avanzar: is told how many octets of its files went, piece by piece.

        Raises:
            Fallo: a file can't be read; it was not taken, or it is unknown whether it was.
        """
        cabeceras = {"Content-Type": formulario.tipo, "Content-Length": str(formulario.largo), **_con_clave(clave)}
        return self._pedir("POST", ruta, formulario.trozos(avanzar), cabeceras, _PLAZO_DE_ARCHIVO)

    def salud(self) -> tuple[bool, Objeto]:
        """Whether it is ready, and what its parts say."""
        estado, respuesta = self._hablar("GET", "/salud/lista")
        if estado not in (200, 503) or "partes" not in respuesta:
            raise _fallo(estado, respuesta)
        return estado == 200, respuesta

    def _pedir(
        self,
        metodo: str,
        ruta: str,
        cuerpo: bytes | Iterable[bytes] | None = None,
        cabeceras: Mapping[str, str] | None = None,
        plazo: urllib3.Timeout = _PLAZO,
    ) -> Objeto:
        estado, respuesta = self._hablar(metodo, ruta, cuerpo, cabeceras, plazo)
        if estado not in (200, 202):
            raise _fallo(estado, respuesta)
        return respuesta

    def _hablar(
        self,
        metodo: str,
        ruta: str,
        cuerpo: bytes | Iterable[bytes] | None = None,
        cabeceras: Mapping[str, str] | None = None,
        plazo: urllib3.Timeout = _PLAZO,
    ) -> tuple[int, Objeto]:
        try:
            respuesta = self._http.request(
                metodo,
                self._url + ruta,
                body=cuerpo,
                headers={"Accept": "application/json", **(cabeceras or {}), **self._credencial},
                redirect=False,
                timeout=plazo,
            )
        except (urllib3.exceptions.HTTPError, UnicodeError):
            raise Fallo(Codigo.SIN_RESPUESTA, f"La plataforma no responde en {self._nombre}.") from None
        return respuesta.status, self._leida(respuesta.status, respuesta.data)

    def _leida(self, estado: int, datos: bytes) -> Objeto:
        try:
            return json_estricto.leer(datos, maximo=None)
        except json_estricto.NoEsObjeto:
            raise Fallo(
                Codigo.SIN_RESPUESTA, f"Lo que responde en {self._nombre} no es SaludTech (estado HTTP {estado})."
            ) from None


def _con_token(token: str | None, url: str) -> dict[str, str]:
    if not token:
        return {}
    if not re.fullmatch(r"[A-Za-z0-9._~+/=-]+", token):
        raise Fallo(Codigo.USO, "El token no vale: no es lo que da «saludtech token» ni un proveedor de identidad.")
    if not url.startswith("https://") and not _es_de_esta_maquina(url):
        raise Fallo(Codigo.USO, "Un token no viaja en claro: la dirección de la plataforma debe empezar por https://.")
    return {"Authorization": f"Bearer {token}"}


def _es_de_esta_maquina(url: str) -> bool:
    host = (urllib3.util.parse_url(url).host or "").strip("[]")
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _con_clave(clave: str | None) -> dict[str, str]:
    if clave is None:
        return {}
    if not _CLAVE.fullmatch(clave):
        raise Fallo(Codigo.USO, "La clave no vale: 1 a 255 caracteres ASCII visibles, sin espacios en los extremos.")
    return {"Idempotency-Key": clave}


def segmento(id: str) -> str:
    """An id or a code, as it stands in an address.

    Raises:
        Fallo: it can't be an id.
    """
    if not _ID.fullmatch(id):
        raise Fallo(Codigo.USO, f"«{id}» no puede ser un identificador: 1 a 128 caracteres de A-Z a-z 0-9 . _ : -")
    return id


def _escribir(cuerpo: Objeto) -> bytes:
    """A body, in no more bytes than it was read from, save for the sign of an exponent."""
    try:
        return json_estricto.escribir(cuerpo, ascii=False).encode()
    except UnicodeEncodeError:
        # No text: the door says of which field.
        return json_estricto.escribir(cuerpo).encode()
    except OverflowError:
        raise Fallo(Codigo.USO, "El cuerpo tiene un número que no cabe en ningún campo.") from None


def _fallo(estado: int, problema: Objeto) -> Fallo:
    codigo = _CODIGOS.get(estado, Codigo.SIN_RESPUESTA)
    texto = str(problema.get("detail") or f"La plataforma respondió con el estado HTTP {estado}.")
    if problema.get("estado") == "DESCONOCIDO":
        texto += f" Se puede ver en {problema.get('comando')}."
    return Fallo(codigo, texto, problema.get("errores") or ())


def _sin_clave(url: str) -> str:
    """An address to be shown: without the user and the password that may stand in it."""
    return re.sub(r"(?s)^([a-z]+://)?.*@", r"\1", url)


def _con_servidor(url: str) -> bool:
    try:
        return bool(urllib3.util.parse_url(url).host)
    except urllib3.exceptions.LocationParseError:
        return False
