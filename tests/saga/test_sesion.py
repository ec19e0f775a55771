"""Somebody signs in at a provider with a browser, and is that one to every part of the platform, until they sign out.

In `make test-largo`: it is a platform of its own, whose callers say who they are to an OpenID provider.
"""

import json
from collections.abc import Iterator
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import urllib3
from rich.console import Console
from tests.documento.plataforma import Viva, plataforma

from contratos.ejemplos import SUSCRIPCION
from seedwork.pruebas.proveedor_oidc import ProveedorOidc
from seedwork.pruebas.taller import esperar

pytestmark = [pytest.mark.integracion, pytest.mark.largo]


@pytest.fixture(scope="module")
def proveedor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProveedorOidc]:
    este = ProveedorOidc(tmp_path_factory.mktemp("identidad"))
    este.con_refresco = True
    yield este
    este.cerrar()


@pytest.fixture(scope="module")
def viva(proveedor: ProveedorOidc) -> Iterator[Viva]:
    with plataforma(Console(quiet=True), "oidc", **proveedor.entorno) as viva:
        yield viva


class Navegante:
    """What a browser does of it: keeps cookies, and goes where it is sent."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._galletas: dict[str, str] = {}

    def pedir(self, metodo: str, ruta: str, cuerpo: object = None, **cabeceras: str) -> urllib3.BaseHTTPResponse:
        dichas = {"Sec-Fetch-Site": "same-origin", "Content-Type": "application/json"} | cabeceras
        dichas["Cookie"] = "; ".join(f"{n}={v}" for n, v in self._galletas.items())
        datos = json.dumps(cuerpo) if cuerpo is not None else None
        respuesta = urllib3.request(metodo, self._url + ruta, body=datos, headers=dichas, redirect=False)
        for puesta in respuesta.headers.getlist("Set-Cookie"):
            for nombre, galleta in SimpleCookie(puesta).items():
                self._galletas[nombre] = galleta.value
        self._galletas = {n: v for n, v in self._galletas.items() if v}
        return respuesta

    def entrar(self, quien: str) -> None:
        """The whole round by the provider."""
        hacia = self.pedir("GET", "/consola/entrar").headers["Location"]
        lugar, _, pedido = hacia.partition("?")
        formulario = {"Content-Type": "application/x-www-form-urlencoded"}
        cuerpo = f"{pedido}&{urlencode({'quien': quien})}"
        de_vuelta = urllib3.request("POST", lugar, body=cuerpo, headers=formulario, redirect=False)
        llegada = self.pedir("GET", de_vuelta.headers["Location"].removeprefix(self._url))
        assert (llegada.status, llegada.headers["Location"]) == (303, "/consola")

    def sesion(self) -> dict[str, Any]:
        return dict(self.pedir("GET", "/consola/sesion").json())


def test_quien_entra_es_quien_es_en_toda_la_plataforma_hasta_que_sale(viva: Viva, proveedor: ProveedorOidc) -> None:
    ana, otra = Navegante(viva.url), Navegante(viva.url)
    assert ana.pedir("GET", "/suscripciones").status == 401
    ana.entrar("ana")
    otra.entrar("olga")
    hay = ana.sesion()
    assert hay["quien"] == {"sub": "ana", "roles": ["cliente"], "cliente": "0001", "clinica": None}
    orden = json.loads(SUSCRIPCION)
    ruta = "/suscripciones/suscripcion-comando"
    assert ana.pedir("POST", ruta, orden).status == 403
    hecha = ana.pedir("POST", ruta, orden, **{"X-CSRF-Token": hay["csrf"]})
    assert hecha.status == 202, hecha.data
    suya = f"/suscripciones/{hecha.json()['id_suscripcion']}"
    esperar(lambda: ana.pedir("GET", suya).status == 200, 60)
    # What the owner says to whom: hers, and everybody's to an operator.
    assert otra.pedir("GET", suya).status == 200
    assert ana.pedir("GET", "/suscripciones/auditoria").status == 403
    vistas = otra.pedir("GET", "/suscripciones/auditoria").json()["elementos"]
    assert {vista["quien"] for vista in vistas} >= {"ana"}
    # One token after another, and the same session.
    proveedor.dura_s = 30.0
    ana.entrar("ana")
    antes, hay = dict(ana._galletas), ana.sesion()
    assert ana.sesion()["csrf"] == hay["csrf"]
    assert ana._galletas != antes
    salida = ana.pedir("POST", "/consola/salir", **{"X-CSRF-Token": hay["csrf"]})
    assert salida.json()["salida"].startswith(f"{proveedor.emisor}/salir?")
    assert ana.sesion()["quien"] is None
    assert ana.pedir("GET", suya).status == 401
    assert otra.pedir("GET", suya).status == 200
    assert not [ruta for ruta in _registros(viva) if "eyJ" in ruta.read_text(errors="replace")], "a token in a log"


def _registros(viva: Viva) -> list[Path]:
    return list((viva.corrida.estado / "logs").glob("*.log"))
