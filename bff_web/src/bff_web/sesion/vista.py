"""How a person signs in at the door with a browser, and out again (ADR 55)."""

import base64
import hashlib
import hmac
import html
import re
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Any
from urllib.parse import unquote

import flask
import structlog
from pydantic import BaseModel, ConfigDict, Field

from bff_web import cuerpos
from bff_web.sesion.galletas import (
    ENTRADA_S,
    Entrada,
    NoCabe,
    Rota,
    Sesion,
    Sesiones,
    exigir_csrf,
    exigir_de_aqui,
    puede_haberla,
)
from bff_web.sesion.proveedor import Proveedor, Rechazado, SinProveedor
from seedwork.aplicacion.identidad import Quien
from seedwork.entrada import acceso
from seedwork.entrada.problemas import ErrorHttp
from seedwork.entrada.proteccion import CSP
from seedwork.infraestructura.tokens import (
    MAXIMO_TOKEN,
    Identidades,
    Portador,
    SinClaves,
    TokenInvalido,
    Verificador,
)

log = structlog.get_logger(__name__)

CONSOLA = "/consola"
ENTRADA = f"{CONSOLA}/entrar"
VUELTA = f"{CONSOLA}/vuelta"
RENOVAR_S = 60.0
"""Seconds before its end from which on a session's token is exchanged for another."""

_DESTINO = re.compile(rf"{CONSOLA}(?:[/?#][!-\[\]-~]*)?")
_PUNTOS = re.compile(r"/\.{1,2}(?:[/?#]|$)")
_ERROR = re.compile(r"[a-z_]{1,40}")


class TokenPegado(BaseModel):
    """A token of ``saludtech token``, for a session of the console."""

    model_config = ConfigDict(extra="forbid")

    token: Annotated[str, Field(min_length=1, max_length=MAXIMO_TOKEN)]


def registrar(
    app: flask.Flask,
    autenticacion: str,
    sesiones: Sesiones | None = None,
    verificador: Verificador | None = None,
    rondas: "Rondas | None" = None,
) -> None:
    """Add the routes of signing in and out; where nobody is asked who they are, the one that says so.

    Args:
        autenticacion: the setting.
        sesiones: their cookies; None where nobody is asked.
        verificador: says whose a token is; likewise.
        rondas: how to sign in at the provider; None where that is not set up.
    """
    if sesiones is None or verificador is None:
        app.add_url_rule(f"{CONSOLA}/sesion", "sesion.ver", lambda: _estado(autenticacion))
        return
    puerta = _Entradas(autenticacion, sesiones, verificador, rondas)
    app.add_url_rule(f"{CONSOLA}/sesion", "sesion.ver", puerta.ver)
    app.add_url_rule(f"{CONSOLA}/salir", "sesion.salir", puerta.salir, methods=["POST"])
    if rondas is not None:
        app.add_url_rule(ENTRADA, "sesion.entrar", puerta.entrar)
        app.add_url_rule(VUELTA, "sesion.vuelta", puerta.volver)
    elif autenticacion == "desarrollo":
        app.add_url_rule(f"{CONSOLA}/sesion", "sesion.abrir", puerta.abrir, methods=["POST"])


class Rondas:
    """Signing in at a provider.

    Args:
        proveedor: it.
        identidades: reads its ID tokens.
        dura_s: seconds after which a session is renewed no more.
    """

    def __init__(self, proveedor: Proveedor, identidades: Identidades, dura_s: float) -> None:
        self.proveedor = proveedor
        self.identidades = identidades
        self.dura_s = dura_s


class _Entradas:
    def __init__(
        self,
        autenticacion: str,
        sesiones: Sesiones,
        verificador: Verificador,
        rondas: Rondas | None,
        reloj: Callable[[], float] = time.time,
    ) -> None:
        self._autenticacion = autenticacion
        self._sesiones = sesiones
        self._verificador = verificador
        self._rondas = rondas
        self._reloj = reloj

    def ver(self) -> flask.Response:
        """Whose session it is, and its CSRF token; a token near its end is exchanged for another before."""
        entorno = flask.request.environ
        exigir_de_aqui(entorno)
        try:
            sesion = self._sesiones.leer(entorno)
        except Rota:
            return self._nadie()
        if sesion is None:
            return self._decir()
        renovada = self._renovada(sesion)
        try:
            portador = self._portador(renovada.token)
        except SinClaves:
            raise _sin_claves() from None
        except TokenInvalido as error:
            if error.codigo == "caducado" and self._renovable(renovada):
                # The provider does not answer now.
                return self._decir()
            return self._nadie()
        respuesta = self._decir(portador.quien, renovada.csrf)
        if renovada is not sesion:
            respuesta.headers.add("Set-Cookie", self._sesiones.poner(entorno, renovada))
        return respuesta

    def entrar(self) -> flask.Response:
        """To the provider."""
        entorno, rondas = flask.request.environ, self._con_proveedor()
        if not puede_haberla(entorno):
            return _pagina(403, "Solo se puede entrar por https.")
        try:
            # Whom the provider knows already would be signed in by a link of anybody's.
            exigir_de_aqui(entorno)
        except ErrorHttp:
            return _pagina(403, "Se entra desde la consola, y no desde otro sitio.")
        entrada = Entrada.nueva(_destino(flask.request.args.get("destino", "")), self._reloj())
        try:
            adonde = rondas.proveedor.adonde(
                estado=entrada.estado, nonce=entrada.nonce, verificador=entrada.verificador, vuelta=_propia(VUELTA)
            )
        except SinProveedor:
            return _pagina(503, _SIN_PROVEEDOR)
        return _seguir(adonde, self._sesiones.entrada.poner(entorno, entrada))

    def volver(self) -> flask.Response:
        """Back from the provider: with a session, to the page where it began."""
        entorno = flask.request.environ
        try:
            entrada = self._sesiones.entrada.leer(entorno)
        except Rota:
            entrada = None
        respuesta = self._tomar(entrada, entorno)
        # A code is good once, and so is what it was asked for with.
        respuesta.headers.add("Set-Cookie", self._sesiones.entrada.quitar(entorno))
        return respuesta

    def salir(self) -> flask.Response:
        """The end of a session, here and, as far as it takes part, at the provider."""
        entorno = flask.request.environ
        exigir_de_aqui(entorno)
        try:
            sesion = self._sesiones.leer(entorno)
        except Rota:
            sesion = None
        salida = None
        if sesion is not None:
            exigir_csrf(entorno, sesion)
            log.info("sesión cerrada", quien=sesion.sujeto)
            salida = self._fuera(sesion)
        respuesta = flask.jsonify({"salida": salida})
        respuesta.headers.add("Set-Cookie", self._sesiones.quitar(entorno))
        return respuesta

    def abrir(self) -> flask.Response:
        """A session with a token that somebody has: of a development key."""
        entorno = flask.request.environ
        exigir_de_aqui(entorno)
        # By its type no other site's page sends it unasked (CORS), whatever its browser says of itself.
        token = cuerpos.leer(TokenPegado).token.strip()
        if not puede_haberla(entorno):
            raise ErrorHttp(403, "Solo se puede entrar por https.")
        try:
            portador = self._portador(token)
        except SinClaves:
            raise _sin_claves() from None
        except TokenInvalido as error:
            raise acceso.token_invalido(error) from None
        sesion = self._sesiones.abrir(token=token, hasta=portador.hasta, sujeto=portador.quien.id)
        respuesta = self._decir(portador.quien, sesion.csrf)
        try:
            respuesta.headers.add("Set-Cookie", self._sesiones.poner(entorno, sesion))
        except NoCabe:
            raise ErrorHttp(422, _NO_CABE) from None
        log.info("sesión abierta", quien=portador.quien.id)
        return respuesta

    def _tomar(self, entrada: Entrada | None, entorno: dict[str, Any]) -> flask.Response:
        """The answer to who comes back, from the provider one hopes."""
        rondas, dichos = self._con_proveedor(), flask.request.args
        estado = dichos.get("state", "")
        if (
            entrada is None
            or self._reloj() - entrada.momento > ENTRADA_S
            or not hmac.compare_digest(estado.encode(), entrada.estado.encode())
        ):
            return _pagina(400, "Esta entrada no empezó en este navegador, o hace demasiado.")
        try:
            # Another provider's answer would be taken to this one (RFC 9207).
            if dichos.get("iss", "" if rondas.proveedor.lugares().dice_quien_es else None) not in (
                None,
                rondas.proveedor.emisor,
            ):
                return _pagina(400, "La respuesta no es del proveedor de identidad.")
            if not (codigo := dichos.get("code")):
                dicho = dichos.get("error", "")
                return _pagina(403, f"El proveedor de identidad no deja entrar{_entre_parentesis(dicho)}.")
            dado = rondas.proveedor.canjear(codigo, verificador=entrada.verificador, vuelta=_propia(VUELTA))
            portador = self._portador(dado.acceso)
            rondas.identidades.comprobar(
                dado.identidad, nonce=entrada.nonce, acceso=dado.acceso, sujeto=portador.quien.id
            )
        except Rechazado as error:
            return _pagina(403, f"El proveedor de identidad no da un token{_entre_parentesis(error.codigo)}.")
        except (SinProveedor, SinClaves):
            return _pagina(503, _SIN_PROVEEDOR)
        except TokenInvalido as error:
            log.warning("el proveedor de identidad da un token que no vale", motivo=error.codigo)
            return _pagina(403, f"El token que da el proveedor de identidad no vale aquí ({error.codigo}).")
        sesion = self._sesiones.abrir(
            token=dado.acceso, hasta=portador.hasta, sujeto=portador.quien.id, refresco=dado.refresco
        )
        try:
            galleta = self._sesiones.poner(entorno, sesion)
        except NoCabe:
            log.error("los tokens del proveedor no caben en una cookie", quien=portador.quien.id)
            return _pagina(503, _NO_CABE)
        log.info("sesión abierta", quien=portador.quien.id)
        # The page bears nobody's data, so it may come without the cookie, as it does after another site; what it asks
        # for then is asked from here.
        return _seguir(flask.request.script_root + entrada.destino, galleta)

    def _renovable(self, sesion: Sesion) -> bool:
        dura_s = self._rondas.dura_s if self._rondas is not None else 0
        return bool(sesion.refresco) and self._reloj() - sesion.desde < dura_s

    def _renovada(self, sesion: Sesion) -> Sesion:
        """A session with a token that is good for longer; itself where that one is, or there is no other."""
        if self._rondas is None or sesion.hasta - self._reloj() > RENOVAR_S or not self._renovable(sesion):
            return sesion
        try:
            dado = self._rondas.proveedor.renovar(sesion.refresco)
            portador = self._portador(dado.acceso)
        except (SinProveedor, SinClaves):
            return sesion
        except (Rechazado, TokenInvalido):
            # Perhaps another tab did with the same one, a moment ago: the token that is there serves to its end.
            return replace(sesion, refresco="") if sesion.hasta < self._reloj() else sesion
        if portador.quien.id != sesion.sujeto:
            return replace(sesion, refresco="", token="")  # nosec B106
        nueva = replace(sesion, token=dado.acceso, hasta=portador.hasta, refresco=dado.refresco)
        return nueva if self._cabe(nueva) else sesion

    def _cabe(self, sesion: Sesion) -> bool:
        try:
            self._sesiones.poner(flask.request.environ, sesion)
        except NoCabe:
            return False
        return True

    def _fuera(self, sesion: Sesion) -> str | None:
        """Where one signs out of the provider, too."""
        if self._rondas is None:
            return None
        if sesion.refresco:
            self._rondas.proveedor.revocar(sesion.refresco)
        try:
            return self._rondas.proveedor.salida(_propia(CONSOLA))
        except SinProveedor:
            return None

    def _portador(self, token: str) -> Portador:
        if (pendiente := self._verificador.preparar(token)) is not None:
            pendiente.result()
        return self._verificador.verificar(token)

    def _con_proveedor(self) -> Rondas:
        if self._rondas is None:
            raise ErrorHttp(404)
        return self._rondas

    def _nadie(self) -> flask.Response:
        """The end of a session that counts no more."""
        respuesta = self._decir()
        respuesta.headers.add("Set-Cookie", self._sesiones.quitar(flask.request.environ))
        return respuesta

    def _decir(self, quien: Quien | None = None, csrf: str | None = None) -> flask.Response:
        hay_entrada = self._rondas is not None or self._autenticacion == "desarrollo"
        return _estado(self._autenticacion, quien, csrf, ENTRADA if hay_entrada else None)


def _estado(
    autenticacion: str, quien: Quien | None = None, csrf: str | None = None, entrada: str | None = None
) -> flask.Response:
    """How it stands with a browser's session."""
    de_quien = quien and {
        "sub": quien.id,
        "roles": sorted(quien.roles),
        "cliente": quien.cliente or None,
        "clinica": quien.clinica or None,
    }
    return flask.jsonify({"autenticacion": autenticacion, "quien": de_quien, "csrf": csrf, "entrada": entrada})


def _seguir(adonde: str, galleta: str) -> flask.Response:
    """On to another page, with a cookie."""
    return flask.Response(status=303, headers=[("Location", adonde), ("Set-Cookie", galleta)])


def _destino(dicho: str) -> str:
    """Where to go after signing in: a page of the console and nothing else, whatever an address says."""
    claro = unquote(dicho)
    if not _DESTINO.fullmatch(dicho) or _PUNTOS.search(claro) or claro.startswith((ENTRADA, VUELTA)):
        return CONSOLA
    return dicho


def _propia(ruta: str) -> str:
    """A path of the door's as its clients reach it."""
    pedido = flask.request
    return f"{pedido.scheme}://{pedido.host}{pedido.script_root}{ruta}"


def _entre_parentesis(codigo: str) -> str:
    return f" ({codigo})" if _ERROR.fullmatch(codigo) else ""


def _sin_claves() -> ErrorHttp:
    return ErrorHttp(503, "No se puede comprobar ahora de quién es la sesión.", cabeceras={"Retry-After": "5"})


_SIN_PROVEEDOR = "El proveedor de identidad no responde: pruebe dentro de un momento."
_NO_CABE = (
    "El token es demasiado largo para una sesión del navegador: con menos ámbitos, roles o grupos, cabe."
)  # fmt: skip

_ESTILO = (
    ":root{color-scheme:light dark}body{font:1.125rem/1.5 system-ui,sans-serif;max-width:34rem;"
    "margin:15vh auto;padding:0 1rem}"
)
_HUELLA = base64.b64encode(hashlib.sha256(_ESTILO.encode()).digest()).decode()
_POLITICA = (
    f"default-src 'none'; style-src 'sha256-{_HUELLA}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)


def _pagina(estado: int, dicho: str) -> flask.Response:
    """What went wrong, for a person: who comes here followed a link."""
    adonde = html.escape(flask.request.script_root + ENTRADA)
    cuerpo = (
        '<!doctype html><html lang="es"><head><meta charset="utf-8"><title>No se pudo entrar</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_ESTILO}</style></head><body><main>'
        f'<h1>No se pudo entrar</h1><p>{html.escape(dicho)}</p><p><a href="{adonde}">Volver a intentarlo</a></p>'
        "</main></body></html>"
    )
    respuesta = flask.Response(cuerpo, estado, content_type="text/html; charset=utf-8")
    respuesta.headers[CSP] = _POLITICA
    if estado == 503:
        respuesta.headers["Retry-After"] = "5"
    return respuesta
