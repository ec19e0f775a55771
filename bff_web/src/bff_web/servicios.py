"""The services' HTTP APIs, asked over pooled connections."""

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

import flask
import urllib3

from bff_web.direcciones import no_encontrado
from seedwork.aplicacion import trazas
from seedwork.entrada.http import CABECERA_CORRELACION, correlacion
from seedwork.entrada.problemas import TIPO_PROBLEMA, ErrorHttp

_PLAZO = urllib3.Timeout(connect=1.0, read=3.0)
_PLAZO_DE_ORDEN = urllib3.Timeout(connect=1.0, read=15.0)
"""What an order does takes longer than to look."""
_RECHAZOS = (400, 422)


class Servicio:
    """One service that owns answers.

    Args:
        nombre: its name, as clients are told.
        url: its API's base URL.
        http: the connections, shared by all services.
        credencial: the header by which a service hears who sends the request being handled; none where nobody is asked.
    """

    def __init__(
        self, nombre: str, url: str, http: urllib3.PoolManager, credencial: Callable[[], Mapping[str, str]] = dict
    ) -> None:
        self.nombre = nombre
        self._url = url
        self._http = http
        self._credencial = credencial

    def preguntar(self, ruta: str, filtros: Mapping[str, str]) -> flask.Response:
        """The service's answer to a query, handed through.

        Args:
            ruta: the path, safe to stand in a URL.
            filtros: the query's parameters.

        Raises:
            ErrorHttp: 404 for what the service does not know; 503 when it is away, too slow or in trouble.
        """
        try:
            entera = f"{ruta}?{urlencode(filtros)}" if filtros else ruta
            respuesta = self._seguido("preguntar", "GET", lambda suyas: self._pedir(entera, correlacion(), suyas))
        except urllib3.exceptions.HTTPError:
            raise self.ausente() from None
        if respuesta.status == 404:
            raise no_encontrado()
        if respuesta.status in _RECHAZOS:
            return flask.Response(respuesta.data, respuesta.status, content_type=TIPO_PROBLEMA)
        if respuesta.status != 200:
            raise self.ausente()
        cabeceras = {"Cache-Control": "no-store"}
        return flask.Response(respuesta.data, 200, cabeceras, content_type="application/json")

    def ordenar(self, ruta: str, cuerpo: Mapping[str, str]) -> flask.Response:
        """What the service says that became of an order, handed through; it is sent once.

        Args:
            ruta: the path, safe to stand in a URL.
            cuerpo: the order's body.

        Raises:
            ErrorHttp: 503 when the service is away, too slow or in trouble: whether it is done is unknown.
        """
        try:
            respuesta = self._seguido("ordenar", "POST", lambda suyas: self._mandar(ruta, cuerpo, suyas))
        except urllib3.exceptions.HTTPError:
            raise self._sin_saber() from None
        if respuesta.status in (404, 409, 422):
            cabeceras = {n: v for n in ("Retry-After",) if (v := respuesta.headers.get(n))}
            return flask.Response(respuesta.data, respuesta.status, cabeceras, content_type=TIPO_PROBLEMA)
        if respuesta.status != 200:
            raise self._sin_saber()
        return flask.Response(respuesta.data, 200, {"Cache-Control": "no-store"}, content_type="application/json")

    def _sin_saber(self) -> ErrorHttp:
        return ErrorHttp(
            503,
            f"El servicio {self.nombre} no respondió: no se sabe si se hizo. Mírelo antes de repetirlo; repetirlo no "
            "lo hace dos veces.",
            cabeceras={"Retry-After": "2"},
            servicio=self.nombre,
        )

    def buscar(self, ruta: str, correlacion: str, credencial: Mapping[str, str]) -> dict[str, Any] | None:
        """A resource, as one asks who is not sending a request just now; None where there is none for that one.

        Args:
            ruta: its path.
            correlacion: the id under which it is found that it was asked.
            credencial: the header that says who asks.

        Raises:
            ErrorHttp: 503.
        """
        try:
            respuesta = self._pedir(ruta, correlacion, credencial)
        except urllib3.exceptions.HTTPError:
            raise self.ausente() from None
        if respuesta.status == 404:
            return None
        if respuesta.status != 200:
            raise self.ausente()
        dicho: dict[str, Any] = json.loads(respuesta.data)
        return dicho

    def comprobar(self) -> str | None:
        """Whether the service says that it is ready; a health check."""
        estado = self._pedir("/salud/lista", "", {}).status
        return None if estado == 200 else f"responde {estado}"

    def cartas(self) -> str | None:
        """What the service says of its dead letters, where there are any; a health check. They are its own to see."""
        salud = json.loads(self._pedir("/salud/lista", "", {}).data)
        dicho: str | None = salud["informativas"]["cartas"]["detalle"]
        return dicho

    def _seguido(
        self, que: str, metodo: str, pedir: Callable[[Mapping[str, str]], urllib3.BaseHTTPResponse]
    ) -> urllib3.BaseHTTPResponse:
        """Ask as a part of the request's trace.

        Args:
            que: what is done to the service.
            metodo: HTTP's.
            pedir: asks, with these headers: who sends the request, and the trace.
        """
        dicho = {trazas.PARTE: self.nombre, trazas.METODO: metodo}
        tramo = trazas.empezar(f"{que} a {self.nombre}", flask.g.tramo.contexto, "cliente", dicho)
        if tramo.contexto is None:
            return pedir(self._credencial())
        try:
            respuesta = pedir({**self._credencial(), "traceparent": tramo.contexto})
        except urllib3.exceptions.HTTPError as error:
            tramo.terminar(error=type(error).__name__)
            raise
        tramo.terminar({trazas.ESTADO: respuesta.status})
        return respuesta

    def salud(self, plazo_s: float) -> Mapping[str, Any]:
        """What the service says of its parts (``/salud/lista``), ready or not.

        Raises:
            urllib3.exceptions.HTTPError: it does not say so within these seconds.
            ValueError: what it says is no JSON.
        """
        dicho: dict[str, Any] = json.loads(self._pedir("/salud/lista", "", {}, plazo_s).data)
        return dicho

    def metricas(self, plazo_s: float) -> str:
        """Its metrics, likewise.

        Raises:
            urllib3.exceptions.HTTPError: as for :meth:`salud`.
        """
        return self._pedir("/metrics", "", {}, plazo_s).data.decode()

    def _pedir(
        self, ruta: str, correlacion: str, credencial: Mapping[str, str], plazo_s: float | None = None
    ) -> urllib3.BaseHTTPResponse:
        plazo = _PLAZO if plazo_s is None else urllib3.Timeout(plazo_s)
        pedido = {CABECERA_CORRELACION: correlacion, "Accept": "application/json", **credencial}
        try:
            return self._http.request("GET", self._url + ruta, headers=pedido, timeout=plazo, retries=False)
        except urllib3.exceptions.ProtocolError:
            # The service may have closed an idle connection just as it was taken from the pool.
            return self._http.request("GET", self._url + ruta, headers=pedido, timeout=plazo, retries=False)

    def _mandar(self, ruta: str, cuerpo: Mapping[str, str], suyas: Mapping[str, str]) -> urllib3.BaseHTTPResponse:
        pedido = {CABECERA_CORRELACION: correlacion(), "Accept": "application/json", **suyas}
        return self._http.request(
            "POST", self._url + ruta, json=cuerpo, headers=pedido, timeout=_PLAZO_DE_ORDEN, retries=False
        )

    def ausente(self) -> ErrorHttp:
        """What is answered where it says nothing that counts: 503."""
        return ErrorHttp(
            503,
            f"El servicio {self.nombre} no responde.",
            cabeceras={"Retry-After": "2"},
            servicio=self.nombre,
        )
