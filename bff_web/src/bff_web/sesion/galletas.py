"""The session of a browser, in a cookie that the door alone reads: no instance keeps any (ADR 55)."""

import hmac
import json
import secrets
import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Generic, Literal, TypeVar
from urllib.parse import urlsplit

from werkzeug.http import dump_cookie
from werkzeug.sansio.http import parse_cookie

from seedwork.entrada.config import es_de_esta_maquina
from seedwork.entrada.problemas import ErrorHttp
from seedwork.infraestructura.campos import Llavero

SESION = "saludtech_sesion"
"""The name of a session's cookie."""
POR_TLS = "__Host-"
"""What stands before it where it comes by https: no other host can have set one of such a name."""
CABECERA_CSRF = "X-CSRF-Token"
SIN_EFECTO = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing, and so need no CSRF token."""
MAXIMO = 4000
"""Octets of a cookie's name and value: browsers drop one of more than 4,096."""
_MAXIMO_DESPLEGADA = 64 * 1024
ENTRADA_S = 600
"""Seconds that somebody may take to sign in at the provider."""
_LEIDA = "bff_web.sesion"
"""In a request's environment, its session once it was read."""
_DE_AQUI = frozenset({"same-origin", "none"})
"""What a browser says of a request that a page of this very origin sends, or whoever typed its address."""


class Rota(Exception):
    """A cookie that the door did not make, or not with a key that it still has."""


class NoCabe(Exception):
    """What was to be kept is more than a cookie holds."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sesion:
    """Somebody who signed in with a browser.

    Attributes:
        token: the access token that counts for it.
        hasta: until when that does, in seconds of the epoch.
        sujeto: whose it is; one that is renewed stays the same one's.
        csrf: what a request that changes something says besides.
        desde: when it began, in seconds of the epoch.
        refresco: what the provider gives another token for; empty where it gave none.
    """

    token: str
    hasta: float
    sujeto: str
    csrf: str
    desde: float
    refresco: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Entrada:
    """Somebody who was sent to the provider to sign in.

    Attributes:
        estado: what the answer has to say again (``state``).
        nonce: likewise, the ID token.
        verificador: the secret whose hash the code was asked for with (PKCE, RFC 7636).
        destino: where to go then, a path under ``/consola``.
        momento: when that was, in seconds of the epoch.
    """

    estado: str
    nonce: str
    verificador: str
    destino: str
    momento: float

    @classmethod
    def nueva(cls, destino: str, ahora: float) -> "Entrada":
        """One with secrets that nobody guesses."""
        estado, nonce, verificador = (secrets.token_urlsafe(32) for _ in range(3))
        return cls(estado=estado, nonce=nonce, verificador=verificador, destino=destino, momento=ahora)


T = TypeVar("T", bound=Sesion | Entrada)


class Galleta(Generic[T]):
    """A cookie that holds something, encrypted.

    It is HttpOnly, of the whole door and of no other host. By https it bears ``__Host-``, with which a browser takes it
    from nobody else; by http there is one on the loopback alone.

    Args:
        nombre: its name.
        clase: what it holds.
        llavero: its keys; of each a key of its own is derived.
        mismo_sitio: with which requests of another site's page it comes.
        dura_s: seconds that the browser keeps it; by default for as long as it runs.
    """

    def __init__(
        self,
        nombre: str,
        clase: type[T],
        llavero: Llavero,
        mismo_sitio: Literal["Strict", "Lax"],
        dura_s: int | None = None,
    ) -> None:
        self._nombre = nombre
        self._clase = clase
        self._llavero = llavero
        self._mismo_sitio = mismo_sitio
        self._dura_s = dura_s

    def leer(self, entorno: Mapping[str, Any]) -> T | None:
        """What a request's holds; None where it has none.

        Raises:
            Rota: it holds nothing that counts.
        """
        if not (galletas := entorno.get("HTTP_COOKIE")) or not puede_haberla(entorno):
            return None
        nombre = self._llamada(entorno)
        if nombre not in galletas or not (valor := parse_cookie(galletas).get(nombre)):
            return None
        try:
            inflador = zlib.decompressobj()
            dicho = inflador.decompress(self._llavero.abrir(self._nombre, valor), _MAXIMO_DESPLEGADA)
            return self._clase(**json.loads(dicho))
        except (ValueError, TypeError, zlib.error):
            raise Rota from None

    def poner(self, entorno: Mapping[str, Any], dicho: T) -> str:
        """The header Set-Cookie by which the browser keeps this.

        Raises:
            NoCabe: it is too much.
        """
        octetos = zlib.compress(json.dumps(asdict(dicho), separators=(",", ":")).encode(), 9)
        valor = self._llavero.guardar(self._nombre, octetos)
        if len(self._llamada(entorno)) + len(valor) > MAXIMO:
            raise NoCabe
        return self._escribir(entorno, valor, self._dura_s)

    def quitar(self, entorno: Mapping[str, Any]) -> str:
        """The header Set-Cookie by which the browser forgets it."""
        return self._escribir(entorno, "", 0)

    def _llamada(self, entorno: Mapping[str, Any]) -> str:
        return f"{POR_TLS}{self._nombre}" if _por_tls(entorno) else self._nombre

    def _escribir(self, entorno: Mapping[str, Any], valor: str, dura_s: int | None) -> str:
        return dump_cookie(
            self._llamada(entorno),
            valor,
            max_age=dura_s,
            path="/",
            secure=_por_tls(entorno),
            httponly=True,
            samesite=self._mismo_sitio,
        )


class Sesiones:
    """The two cookies: a session's, and that of who is about to have one.

    Args:
        llavero: their keys, the same in every instance.
        reloj: seconds of the epoch.

    Attributes:
        entrada: the latter. The provider sends the browser back from another site, so it comes with such requests, too.
    """

    def __init__(self, llavero: Llavero, reloj: Callable[[], float] = time.time) -> None:
        # With what another site's page sends, or only links to, this one does not even come.
        self._sesion = Galleta(SESION, Sesion, llavero, "Strict")
        self.entrada = Galleta("saludtech_entrada", Entrada, llavero, "Lax", ENTRADA_S)
        self._reloj = reloj

    def leer(self, entorno: dict[str, Any]) -> Sesion | None:
        """The session that a request is of; None where it is of none. A request's is read once.

        Raises:
            Rota: its cookie is none of the door's.
        """
        if _LEIDA not in entorno:
            try:
                entorno[_LEIDA] = self._sesion.leer(entorno)
            except Rota as error:
                entorno[_LEIDA] = error
        leida: Sesion | Rota | None = entorno[_LEIDA]
        if isinstance(leida, Rota):
            raise leida
        return leida

    def abrir(self, *, token: str, hasta: float, sujeto: str, refresco: str = "") -> Sesion:
        """A new session."""
        csrf = secrets.token_urlsafe(32)
        return Sesion(token=token, hasta=hasta, sujeto=sujeto, csrf=csrf, desde=self._reloj(), refresco=refresco)

    def poner(self, entorno: Mapping[str, Any], sesion: Sesion) -> str:
        """The header Set-Cookie by which the browser keeps it.

        Raises:
            NoCabe: its tokens are too long.
        """
        return self._sesion.poner(entorno, sesion)

    def quitar(self, entorno: Mapping[str, Any]) -> str:
        """The header Set-Cookie by which the browser forgets it."""
        return self._sesion.quitar(entorno)


def _por_tls(entorno: Mapping[str, Any]) -> bool:
    return bool(entorno["wsgi.url_scheme"] == "https")


def puede_haberla(entorno: Mapping[str, Any]) -> bool:
    """Whether a session may travel by the way that a request came: encrypted, or within one machine."""
    if _por_tls(entorno):
        return True
    try:
        return es_de_esta_maquina(urlsplit(f"//{entorno.get('HTTP_HOST', '')}").hostname)
    except ValueError:
        return False


def exigir_de_aqui(entorno: Mapping[str, Any]) -> None:
    """Let no page of another origin do anything in its visitor's name, nor see whether it could.

    A browser says by ``Sec-Fetch-Site`` who sends a request; one that does not know that header, by ``Origin``, if at
    all: then SameSite and the CSRF token are what there is.

    Raises:
        ErrorHttp: 403, it is another's.
    """
    sitio, origen = entorno.get("HTTP_SEC_FETCH_SITE"), entorno.get("HTTP_ORIGIN")
    propio = f"{entorno['wsgi.url_scheme']}://{entorno.get('HTTP_HOST', '')}"
    if sitio not in _DE_AQUI if sitio is not None else origen not in (None, propio):
        raise ErrorHttp(403, "Una sesión del navegador solo vale para las páginas de esta misma dirección.")


def exigir_csrf(entorno: Mapping[str, Any], sesion: Sesion) -> None:
    """Let nothing be changed but by who was told the session's secret.

    Raises:
        ErrorHttp: 403, it was not said, or another.
    """
    dicho = entorno.get("HTTP_" + CABECERA_CSRF.upper().replace("-", "_"), "")
    if entorno["REQUEST_METHOD"] not in SIN_EFECTO and not hmac.compare_digest(dicho.encode(), sesion.csrf.encode()):
        raise ErrorHttp(
            403, f"Falta {CABECERA_CSRF}, o no es el de la sesión: el que dice GET /consola/sesion en «csrf»."
        )
