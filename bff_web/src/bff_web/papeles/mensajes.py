"""The messages described: an AsyncAPI document, and a page that shows it, which runs no script and loads nothing."""

import base64
import functools
import hashlib
import json
from importlib.resources import files
from typing import Any, Final

import flask
import jinja2
from markupsafe import Markup

from bff_web.cuerpos import TIPO_JSON
from bff_web.papeles.asyncapi import describir
from seedwork.entrada.compresion import Fija
from seedwork.entrada.proteccion import CSP

DOCUMENTO: Final = "/asyncapi.json"
PAGINA: Final = "/docs/mensajes"


def registrar(app: flask.Flask) -> None:
    """Add ``/asyncapi.json`` and ``/docs/mensajes``."""
    documento, pagina, politica = _hechas()

    def _ver() -> flask.Response:
        respuesta = pagina()
        respuesta.headers[CSP] = politica
        return respuesta

    app.add_url_rule(DOCUMENTO, "mensajes", documento)
    app.add_url_rule(PAGINA, "docs_mensajes", _ver)


@functools.cache
def _hechas() -> tuple[Fija, Fija, str]:
    """The document and the page as they are sent, and what the page may do: made once for all doors."""
    descrito = describir()
    entorno = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    entorno.filters["tipo_avro"] = _tipo_avro
    entorno.filters["de_campo"] = lambda caminos, campo: [c for c in caminos if c.split(".")[0] == campo]
    entorno.filters["marcado"] = _marcado
    entorno.filters["en_json"] = lambda valor: json.dumps(valor, ensure_ascii=False, indent=2)
    plantilla = files("bff_web.papeles").joinpath("mensajes.html").read_text(encoding="utf-8")
    html = entorno.from_string(plantilla).render(
        documento=descrito, direccion=DOCUMENTO, contextos=_por_contexto(descrito)
    )
    estilo = plantilla.partition("<style>")[2].partition("</style>")[0]
    huella = base64.b64encode(hashlib.sha256(estilo.encode()).digest()).decode()
    politica = (
        f"default-src 'none'; style-src 'sha256-{huella}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    )
    documento = Fija(json.dumps(descrito, ensure_ascii=False).encode(), TIPO_JSON)
    return documento, Fija(html.encode(), "text/html; charset=utf-8"), politica


def _por_contexto(documento: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """What the page shows of each message, by the context that owns it."""
    contextos: dict[str, list[dict[str, Any]]] = {}
    for nombre, canal in documento["channels"].items():
        mensaje = documento["components"]["messages"][nombre]
        suyas = [o for o in documento["operations"].values() if o["channel"]["$ref"] == f"#/channels/{nombre}"]
        papeles = {
            accion: [o["tags"][0]["name"] for o in suyas if o["action"] == accion] for accion in ("send", "receive")
        }
        visto = {"id": nombre, "canal": canal, "mensaje": mensaje, "dicen": papeles["send"], "oyen": papeles["receive"]}
        contextos.setdefault(canal["tags"][0]["name"], []).append(visto)
    return dict(sorted(contextos.items()))


def _marcado(texto: str) -> Markup:
    """A text with its literals, which stand between backticks, as such."""
    return Markup("").join(
        Markup("<code>{}</code>").format(parte) if i % 2 else parte for i, parte in enumerate(texto.split("`"))
    )


def _tipo_avro(tipo: Any) -> str:
    """An Avro type as a person reads it."""
    if isinstance(tipo, list):
        return " | ".join(_tipo_avro(opcion) for opcion in tipo)
    if isinstance(tipo, str):
        return tipo
    if tipo["type"] == "array":
        return f"{_tipo_avro(tipo['items'])}[]"
    return f"{tipo['name']} {{{', '.join(c['name'] for c in tipo['fields'])}}}"
