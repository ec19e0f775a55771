"""The OpenID provider, as the door's pages sign in with it: Authorization Code with PKCE (RFC 6749, 7636, 9700).

All of it waits for the provider: on a thread, few at once, never for long.
"""

import base64
import hashlib
import json
import re
import threading
import time
from collections.abc import Callable, Collection, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote_plus, urlencode

import structlog
import urllib3

from seedwork.entrada.config import es_segura

log = structlog.get_logger(__name__)

DONDE = "/.well-known/openid-configuration"
_RECUERDO_S = 3600.0
_PLAZO = urllib3.Timeout(connect=2.0, read=3.0)
_MAXIMO = 256 * 1024
_A_LA_VEZ = 4
"""Requests to the provider at once, of one process: while it is slow, the door's threads are for others."""
_CODIGO = re.compile(r"[a-z_]{1,40}")


class SinProveedor(Exception):
    """It does not answer, or not as a provider does."""


class Rechazado(Exception):
    """It did not give what was asked for.

    Args:
        codigo: its word for why (RFC 6749 §5.2).
    """

    def __init__(self, codigo: str) -> None:
        super().__init__(codigo)
        self.codigo = codigo


@dataclass(frozen=True, kw_only=True, slots=True)
class Lugares:
    """Where it is asked for what; empty for what it does not have.

    Attributes:
        autorizacion: where people sign in.
        token: where a code becomes a token.
        salida: where they sign out.
        revocacion: where a token is given back.
        por_cabecera: whether a client says its secret in Authorization; else in the form.
        dice_quien_es: whether its answers name it (RFC 9207).
    """

    autorizacion: str = ""
    token: str = ""
    salida: str = ""
    revocacion: str = ""
    por_cabecera: bool = True
    dice_quien_es: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Dado:
    """What it gives for a code, or for a refresh token; empty for what it did not."""

    acceso: str
    refresco: str
    identidad: str


class Proveedor:
    """It.

    Args:
        emisor: its name, from which its document is found (OpenID Connect Discovery).
        cliente: who the door's pages are to it.
        secreto: what they prove it with; a public client has none.
        ambitos: what is asked for.
        a_mano: where it is asked, before what its document says.
        reloj: seconds that only grow.
    """

    def __init__(
        self,
        *,
        emisor: str,
        cliente: str,
        secreto: str = "",
        ambitos: Collection[str] = ("openid",),
        a_mano: Lugares = Lugares(),
        reloj: Callable[[], float] = time.monotonic,
    ) -> None:
        self.emisor = emisor
        self._cliente = cliente
        self._secreto = secreto
        self._ambitos = " ".join(ambitos)
        self._a_mano = a_mano
        self._reloj = reloj
        self._http = urllib3.PoolManager()
        self._sitios = threading.BoundedSemaphore(_A_LA_VEZ)
        self._leidos: tuple[Lugares, float] | None = None

    def lugares(self) -> Lugares:
        """Where it is asked; its document is read at the first use, and every hour.

        Raises:
            SinProveedor: that can't be said.
        """
        leidos = self._leidos
        if leidos is not None and self._reloj() - leidos[1] < _RECUERDO_S:
            return leidos[0]
        dichos = self._a_mano.autorizacion and self._a_mano.token
        lugares = self._a_mano if dichos else self._publicados()
        self._leidos = lugares, self._reloj()
        return lugares

    def _publicados(self) -> Lugares:
        try:
            dicho = self._pedir("GET", self.emisor.rstrip("/") + DONDE)
        except Rechazado:
            raise SinProveedor("no publica dónde está") from None
        if dicho.get("issuer") != self.emisor:
            raise SinProveedor("es otro emisor")
        de = {
            "autorizacion": "authorization_endpoint",
            "token": "token_endpoint",  # nosec B105
            "salida": "end_session_endpoint",
            "revocacion": "revocation_endpoint",
        }
        hallados = {n: str(dicho.get(campo) or "") for n, campo in de.items()}
        dados = {nombre: getattr(self._a_mano, nombre) or url for nombre, url in hallados.items()}
        if not (dados["autorizacion"] and dados["token"]):
            raise SinProveedor("no dice dónde se entra")
        for url in filter(None, dados.values()):
            _exigir_cifrado(url)
        como = dicho.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        return Lugares(
            **dados,
            por_cabecera="client_secret_basic" in como,
            dice_quien_es=dicho.get("authorization_response_iss_parameter_supported") is True,
        )

    def adonde(self, *, estado: str, nonce: str, verificador: str, vuelta: str) -> str:
        """The address where somebody signs in.

        Args:
            vuelta: the address to come back to.

        Raises:
            SinProveedor: nobody knows.
        """
        reto = base64.urlsafe_b64encode(hashlib.sha256(verificador.encode()).digest()).rstrip(b"=").decode()
        return _con(
            self.lugares().autorizacion,
            response_type="code",
            client_id=self._cliente,
            redirect_uri=vuelta,
            scope=self._ambitos,
            state=estado,
            nonce=nonce,
            code_challenge=reto,
            code_challenge_method="S256",
        )

    def canjear(self, codigo: str, *, verificador: str, vuelta: str) -> Dado:
        """What it gives for a code.

        Raises:
            Rechazado: nothing.
            SinProveedor: it does not say.
        """
        return self._dado(
            grant_type="authorization_code", code=codigo, redirect_uri=vuelta, code_verifier=verificador
        )  # fmt: skip

    def renovar(self, refresco: str) -> Dado:
        """What it gives for a refresh token: at most another of those, and the one that was given stays good else.

        Raises:
            Rechazado: nothing.
            SinProveedor: it does not say.
        """
        dado = self._dado(grant_type="refresh_token", refresh_token=refresco)
        return dado if dado.refresco else replace(dado, refresco=refresco)

    def revocar(self, refresco: str) -> None:
        """Give a refresh token back (RFC 7009), where it takes that; that it does not work is no matter."""
        with suppress(SinProveedor, Rechazado):
            if donde := self.lugares().revocacion:
                self._del_cliente(donde, token=refresco)

    def salida(self, vuelta: str) -> str | None:
        """The address where somebody signs out of it (OpenID Connect RP-Initiated Logout); None where it has none.

        Raises:
            SinProveedor: nobody knows.
        """
        donde = self.lugares().salida
        return _con(donde, client_id=self._cliente, post_logout_redirect_uri=vuelta) if donde else None

    def _dado(self, **campos: str) -> Dado:
        dicho = self._del_cliente(self.lugares().token, **campos)
        tipo, acceso = dicho.get("token_type"), dicho.get("access_token")
        if not isinstance(acceso, str) or not isinstance(tipo, str) or tipo.lower() != "bearer":
            raise SinProveedor("no da un token de acceso")
        refresco, identidad = (dicho.get(n) for n in ("refresh_token", "id_token"))
        return Dado(
            acceso=acceso,
            refresco=refresco if isinstance(refresco, str) else "",
            identidad=identidad if isinstance(identidad, str) else "",
        )

    def _del_cliente(self, url: str, **campos: str) -> dict[str, Any]:
        """Its answer to the door's pages, which say who they are."""
        cabeceras = {}
        if self._secreto and self.lugares().por_cabecera:
            # Each part in the form's own writing first (RFC 6749 §2.3.1).
            par = f"{quote_plus(self._cliente)}:{quote_plus(self._secreto)}"
            cabeceras["Authorization"] = f"Basic {base64.b64encode(par.encode()).decode()}"
        else:
            campos |= {"client_id": self._cliente} | ({"client_secret": self._secreto} if self._secreto else {})
        return self._pedir("POST", url, campos, cabeceras)

    def _pedir(
        self, metodo: str, url: str, campos: Mapping[str, str] | None = None, cabeceras: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        de_formulario = {"Content-Type": "application/x-www-form-urlencoded"} if campos is not None else {}
        with self._sitio():
            try:
                respuesta = self._http.request(
                    metodo,
                    url,
                    body=urlencode(campos) if campos is not None else None,
                    headers={"Accept": "application/json"} | de_formulario | dict(cabeceras or {}),
                    timeout=_PLAZO,
                    retries=False,
                    redirect=False,
                    preload_content=False,
                )
                datos = respuesta.read(_MAXIMO + 1)
                respuesta.close()
            except (urllib3.exceptions.HTTPError, OSError) as error:
                log.warning("el proveedor de identidad no responde", error=type(error).__name__)
                raise SinProveedor("no responde") from None
        try:
            dicho = json.loads(datos) if datos else {}
        except (ValueError, RecursionError):
            dicho = None
        if 400 <= respuesta.status < 500 and respuesta.status != 429:
            codigo = dicho.get("error") if isinstance(dicho, dict) else None
            palabra = codigo if isinstance(codigo, str) and _CODIGO.fullmatch(codigo) else "desconocido"
            log.warning("el proveedor de identidad no da lo que se le pide", estado=respuesta.status, motivo=palabra)
            raise Rechazado(palabra)
        if respuesta.status != 200 or not isinstance(dicho, dict) or len(datos) > _MAXIMO:
            log.warning("el proveedor de identidad no responde como se espera", estado=respuesta.status)
            raise SinProveedor("no responde como se espera")
        return dicho

    @contextmanager
    def _sitio(self) -> Any:
        if not self._sitios.acquire(blocking=False):
            raise SinProveedor("hay demasiadas entradas a la vez")
        try:
            yield
        finally:
            self._sitios.release()


def _exigir_cifrado(url: str) -> None:
    if not es_segura(url):
        log.error("el proveedor de identidad se publica en una dirección que no es https")
        raise SinProveedor("no es https")


def _con(url: str, **campos: str) -> str:
    """An address with these in its query, besides what stands in it."""
    return f"{url}{'&' if '?' in url else '?'}{urlencode(campos)}"
