"""A provider of identities for tests, that people sign in at: OpenID Connect's Authorization Code flow, on a free port
of the loopback. It is as strict as the standards let it be: whoever does anything else than they say is refused.
"""

import base64
import hashlib
import html
import json
import secrets
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus, urlencode

import flask
from joserfc import jwk
from werkzeug.serving import WSGIRequestHandler, make_server

from contratos.acceso import Rol
from seedwork.infraestructura.tokens import Firmante
from seedwork.pruebas.identidad import Proveedor


@dataclass(frozen=True, kw_only=True)
class Persona:
    """Somebody who can sign in.

    Attributes:
        roles: what it is.
        cliente: a client's code.
        clinica: which clinic.
    """

    roles: tuple[Rol, ...] = ()
    cliente: str = ""
    clinica: str = ""


@dataclass(frozen=True, kw_only=True)
class _Pedida:
    """What a code was given for."""

    vuelta: str
    nonce: str
    reto: str
    ambitos: str
    quien: str


class ProveedorOidc(Proveedor):
    """It answers from when it is made until :meth:`cerrar`. Anybody of :attr:`personas` signs in by a name alone.

    Args:
        carpeta: where its public keys and the door's two are put.
        secreto: what its client has to prove who it is with; by default none: PKCE alone.

    Attributes:
        emisor: its name, and its address.
        personas: by their names.
        dura_s: seconds that its access tokens are good for.
        con_refresco: whether it gives refresh tokens; each is good once.
        cambios: claims that it puts over those of the next ID token, and of the next access token.
        pedidas: the addresses that it was asked at, in their order.
    """

    CLIENTE = "saludtech-consola"

    def __init__(self, carpeta: Path, secreto: str = "") -> None:
        super().__init__(carpeta)
        self.secreto = secreto
        self.personas = {
            "olga": Persona(roles=("operador",)),
            "ana": Persona(roles=("cliente",), cliente="0001"),
            "norte": Persona(roles=("clinica",), clinica="norte"),
            "ines": Persona(roles=("investigador",)),
        }
        self.dura_s = 3600.0
        self.con_refresco = False
        self.cambios: dict[str, Mapping[str, Any]] = {}
        self.pedidas: list[str] = []
        self._codigos: dict[str, _Pedida] = {}
        self._refrescos: dict[str, _Pedida] = {}
        app = flask.Flask(__name__, static_folder=None)
        app.before_request(lambda: self.pedidas.append(flask.request.path))
        app.add_url_rule("/.well-known/openid-configuration", "documento", self._documento)
        app.add_url_rule("/jwks", "jwks", lambda: json.loads(self.jwks.read_text()))
        app.add_url_rule("/entrar", "entrar", self._entrar, methods=["GET", "POST"])
        app.add_url_rule("/token", "token", self._token, methods=["POST"])
        app.add_url_rule("/revocar", "revocar", self._revocar, methods=["POST"])
        app.add_url_rule("/salir", "salir", self._salir)
        self._servidor = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Callado)
        self.emisor = f"http://127.0.0.1:{self._servidor.server_port}"
        self._hilo = threading.Thread(target=self._servidor.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._hilo.start()

    def olvidar(self) -> None:
        """Give nothing any more for what was given until now."""
        self._codigos.clear()
        self._refrescos.clear()

    def cerrar(self) -> None:
        """End it."""
        self._servidor.shutdown()
        self._servidor.server_close()
        self._hilo.join()

    @property
    def ajustes(self) -> dict[str, str]:
        """The settings by which the door knows it and signs people in there, by their names in lower case."""
        propios = {
            "oidc_emisor": self.emisor,
            "oidc_jwks": f"{self.emisor}/jwks",
            "oidc_cliente": self.CLIENTE,
            "oidc_cliente_secreto": self.secreto,
        }
        return super().ajustes | propios

    @property
    def entorno(self) -> dict[str, str]:
        """The same, but for the keys of the door's own, as a process's environment has them."""
        return {n.upper(): v for n, v in self.ajustes.items() if n.startswith("oidc_")}

    def token(self, *roles: Rol, clave: jwk.OKPKey | None = None, **como: Any) -> str:
        """An access token that it issues without anybody's signing in; as the base's."""
        return super().token(*roles, clave=clave, **{"iss": self.emisor} | como)

    def _documento(self) -> dict[str, Any]:
        return {
            "issuer": self.emisor,
            "authorization_endpoint": f"{self.emisor}/entrar",
            "token_endpoint": f"{self.emisor}/token",
            "end_session_endpoint": f"{self.emisor}/salir",
            "revocation_endpoint": f"{self.emisor}/revocar",
            "jwks_uri": f"{self.emisor}/jwks",
            "response_types_supported": ["code"],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "none"],
            "authorization_response_iss_parameter_supported": True,
        }

    def _entrar(self) -> Any:
        dichos = flask.request.values
        if dichos.get("client_id") != self.CLIENTE or not dichos.get("redirect_uri", "").endswith("/consola/vuelta"):
            # Nobody is sent back to who is not known (RFC 6749 §4.1.2.1).
            return "cliente desconocido", 400
        vuelta, estado = dichos["redirect_uri"], dichos.get("state", "")
        if (
            dichos.get("response_type") != "code"
            or dichos.get("code_challenge_method") != "S256"
            or len(dichos.get("code_challenge", "")) != 43
            or "openid" not in dichos.get("scope", "").split()
        ):
            return self._volver(vuelta, error="invalid_request", state=estado)
        if flask.request.method == "GET":
            return self._pagina(dichos)
        if (quien := dichos.get("quien", "")) not in self.personas:
            return self._volver(vuelta, error="access_denied", state=estado)
        codigo = secrets.token_urlsafe()
        self._codigos[codigo] = _Pedida(
            vuelta=vuelta,
            nonce=dichos.get("nonce", ""),
            reto=dichos["code_challenge"],
            ambitos=dichos["scope"],
            quien=quien,
        )
        return self._volver(vuelta, code=codigo, state=estado)

    def _volver(self, vuelta: str, **dicho: str) -> Any:
        return flask.redirect(f"{vuelta}?{urlencode(dicho | {'iss': self.emisor})}", 303)

    def _pagina(self, dichos: Mapping[str, str]) -> str:
        ocultos = "".join(
            f'<input type="hidden" name="{html.escape(n)}" value="{html.escape(v)}">' for n, v in dichos.items()
        )
        return (
            '<!doctype html><html lang="es"><title>Proveedor de pruebas</title><form method="post"><h1>Proveedor de '
            f'pruebas</h1>{ocultos}<label>Quién <input name="quien" autofocus></label> <button>Entrar</button></form>'
        )

    def _token(self) -> Any:
        dichos, dado = flask.request.form, flask.request.authorization
        de_cabecera = [unquote_plus(parte or "") for parte in (dado.username, dado.password)] if dado else None
        propio = de_cabecera or [dichos.get("client_id", ""), dichos.get("client_secret", "")]
        if propio != [self.CLIENTE, self.secreto]:
            return {"error": "invalid_client"}, 401
        if dichos.get("grant_type") == "refresh_token":
            pedida = self._refrescos.pop(dichos.get("refresh_token", ""), None)
        else:
            pedida = self._codigos.pop(dichos.get("code", ""), None)
            resumen = hashlib.sha256(dichos.get("code_verifier", "").encode()).digest()
            reto = base64.urlsafe_b64encode(resumen).rstrip(b"=").decode()
            if pedida and (pedida.reto != reto or pedida.vuelta != dichos.get("redirect_uri")):
                pedida = None
        return self._dar(pedida) if pedida else ({"error": "invalid_grant"}, 400)

    def _dar(self, pedida: _Pedida) -> dict[str, Any]:
        persona, ahora = self.personas[pedida.quien], int(time.time())
        acceso = self.token(
            *persona.roles,
            sub=pedida.quien,
            cliente=persona.cliente,
            clinica=persona.clinica,
            ambitos=pedida.ambitos,
            **{"exp": ahora + self.dura_s} | dict(self.cambios.pop("acceso", {})),
        )
        resumen = hashlib.sha512(acceso.encode()).digest()[:32]
        de_quien = {
            "iss": self.emisor,
            "aud": self.CLIENTE,
            "sub": pedida.quien,
            "iat": ahora,
            "exp": ahora + 300,
            "nonce": pedida.nonce,
            "at_hash": base64.urlsafe_b64encode(resumen).rstrip(b"=").decode(),
        } | dict(self.cambios.pop("identidad", {}))
        dado = {
            "token_type": "Bearer",  # nosec B105
            "access_token": acceso,
            "expires_in": int(self.dura_s),
            "id_token": Firmante(self.clave.as_dict(private=True), "JWT").firmar(de_quien),
        }
        if self.con_refresco:
            self._refrescos[refresco := secrets.token_urlsafe()] = pedida
            dado["refresh_token"] = refresco
        return dado

    def _revocar(self) -> Any:
        self._refrescos.pop(flask.request.form.get("token", ""), None)
        return {}

    def _salir(self) -> Any:
        return flask.redirect(flask.request.args["post_logout_redirect_uri"], 303)


class _Callado(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing: what a test was asked, :attr:`ProveedorOidc.pedidas` says."""
