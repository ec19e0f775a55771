"""The messages' document says what the code does: each message, who says and hears it, its schema, its envelope."""

import json
import re
from typing import Any

import jsonschema_rs
import pytest
from flask import Flask
from flask.testing import FlaskClient

from bff_web.papeles import mensajes, openapi
from bff_web.papeles.asyncapi import FORMATO, describir, nombre
from contratos import Mensaje, a_dict, ejemplos
from contratos.canales import CANALES
from contratos.esquemas import archivo, leer, publicados
from seedwork.aplicacion.identidad import Quien
from seedwork.aplicacion.validez import falta
from seedwork.infraestructura import avro
from seedwork.infraestructura.cloudevents import a_propiedades
from seedwork.pruebas.sobres import sobre_nuevo

DOCUMENTO = describir()
MENSAJES = DOCUMENTO["components"]["messages"]
SIEMPRE = (
    "ce_specversion",
    "ce_id",
    "ce_type",
    "ce_source",
    "ce_subject",
    "ce_time",
    "ce_correlationid",
    "content-type",
)
"""By hand, from the contract (§3)."""


@pytest.fixture
def puerta() -> FlaskClient:
    app = Flask("puerta")
    mensajes.registrar(app)
    return app.test_client()


def test_cada_mensaje_tiene_su_canal_y_ninguno_sobra() -> None:
    assert {m: c["address"] for m, c in DOCUMENTO["channels"].items()} == {nombre(t): t.topico for t in CANALES}
    for canal, dicho in DOCUMENTO["channels"].items():
        assert dicho["messages"] == {canal: {"$ref": f"#/components/messages/{canal}"}}
    assert MENSAJES.keys() == DOCUMENTO["channels"].keys()


def test_cada_uno_dice_y_oye_lo_que_su_regla_le_deja() -> None:
    dichas = sorted((o["tags"][0]["name"], o["action"], o["channel"]["$ref"]) for o in DOCUMENTO["operations"].values())
    assert dichas == sorted(
        (papel, accion, f"#/channels/{nombre(tipo)}")
        for tipo, regla in CANALES.items()
        for accion, papeles in (("send", regla.dice), ("receive", regla.oye))
        for papel in papeles
    )
    miran = {canal: dicho["x-miran"] for canal, dicho in DOCUMENTO["channels"].items()}
    assert miran == {nombre(tipo): sorted(regla.mira) for tipo, regla in CANALES.items()}


def test_cada_esquema_es_el_del_archivo_publicado() -> None:
    for tipo in publicados():
        assert MENSAJES[nombre(tipo)]["payload"] == {"schemaFormat": FORMATO, "schema": leer(archivo(tipo))}


def test_las_cabeceras_son_las_que_se_escriben() -> None:
    """An envelope with all that it may have fits, and one with less than it always has does not."""
    for tipo, regla in CANALES.items():
        valida = jsonschema_rs.Draft7Validator(MENSAJES[nombre(tipo)]["headers"]).is_valid
        for papel in regla.dice:
            escritas = a_propiedades(_sobre(tipo, papel), tipo.topico)
            assert valida(escritas)
            assert {*escritas} <= {*MENSAJES[nombre(tipo)]["headers"]["properties"]}
        for falta_esta in SIEMPRE:
            assert not valida({n: v for n, v in escritas.items() if n != falta_esta})
        assert not valida(escritas | {"ce_source": "/saludtech/otro"})
        assert not valida(escritas | {"ce_subject": ".."})


def test_cada_ejemplo_vale() -> None:
    for tipo in publicados():
        (ejemplo,) = MENSAJES[nombre(tipo)]["examples"]
        mensaje = ejemplos.de(tipo)
        assert ejemplo["payload"] == a_dict(mensaje)
        assert jsonschema_rs.Draft7Validator(MENSAJES[nombre(tipo)]["headers"]).is_valid(ejemplo["headers"])
        assert falta(mensaje, ejemplo["headers"]["ce_subject"]) is None
        sobre = _sobre(tipo, "bff")
        assert avro.decodificar(tipo, avro.codificar(mensaje, sobre), sobre=sobre) == mensaje


def test_la_pagina_muestra_cada_mensaje_y_no_carga_nada(puerta: FlaskClient) -> None:
    pagina = puerta.get("/docs/mensajes")
    assert {*re.findall(r'<h3 id="([^"]+)"', pagina.text)} == MENSAJES.keys()
    assert json.loads(puerta.get("/asyncapi.json").text) == DOCUMENTO
    assert 'href="../docs"' in pagina.text and 'href="../asyncapi.json"' in pagina.text
    assert "(/docs/mensajes)" in openapi.describir()["info"]["description"]
    assert not re.search(r"<script|<link|<img|\bsrc=|https?://", pagina.text)
    politica = pagina.headers["Content-Security-Policy"]
    assert politica.startswith("default-src 'none'; style-src 'sha256-") and "unsafe" not in politica


def _sobre(tipo: type[Mensaje], papel: str) -> Any:
    de_comando = tipo.clase == "comando"
    return sobre_nuevo(
        tipo,
        fuente=f"/saludtech/{papel}",
        sujeto="s-1",
        clave_idempotencia="c-1",
        traza="00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        quien=Quien(id="ana", roles=frozenset({"operador"})) if de_comando else None,
    )
