"""The door described: an OpenAPI 3.1 document made from the tables of routes, and a page that shows it offline."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import flask
from flask_openapi.models import OPENAPI3_REF_TEMPLATE, OpenAPISpec
from flask_openapi_swagger.plugins import RegisterPlugin  # type: ignore[import-untyped]
from flask_openapi_swagger.templates import swagger_html_string  # type: ignore[import-untyped]
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from bff_web import idempotencia, respuestas
from bff_web.comandos import COMANDOS
from bff_web.comandos.comun import Comando
from bff_web.consultas import CONSULTAS, CONTEXTOS
from bff_web.cuerpos import TIPOS_ADMITIDOS, puede_faltar
from bff_web.modelos_consultas import CURSOR, Filtro, de_filtros, de_respuesta
from contratos.consultas import Consulta
from seedwork.dominio.reglas import MAXIMO_ID, PATRON_ID
from seedwork.entrada.problemas import TIPO_PROBLEMA

_RUTA = "openapi.json"

_ENTERO = {"type": "integer"}
_TEXTO = {"type": "string"}
_ESPERA = {"Retry-After": {"description": "Segundos tras los que conviene repetir.", "schema": _ENTERO}}

_ERRORES: dict[int, dict[str, Any]] = {
    400: {"description": "El cuerpo no es JSON, o no es un objeto."},
    404: {"description": "No existe, o el comando que lo crea aún no se ha aplicado.", "headers": _ESPERA},
    413: {"description": "El cuerpo tiene más de 1 MiB."},
    415: {"description": "El tipo de contenido no se admite."},
    422: {"description": "Algún dato no es válido: `errores` dice cuáles y por qué."},
    503: {"description": "El servicio dueño de la respuesta no está disponible.", "headers": _ESPERA},
}

_FILTRO = "Coincidencia exacta, con mayúsculas y acentos. Vacío, es como si no se diera."

_CLAVE = {
    "name": idempotencia.CABECERA,
    "in": "header",
    "required": False,
    "description": "Hace de las repeticiones de una petición el mismo comando, 24 horas como mínimo. "
    "Con otro cuerpo, la misma clave se rechaza.",
    "schema": {"type": "string", "minLength": 1, "maxLength": idempotencia.MAXIMO_CLAVE},
}


def registrar(app: flask.Flask) -> None:
    """Add ``/openapi.json`` and ``/docs``."""
    documento = describir()
    app.config["SWAGGER_CONFIG"] = {"validatorUrl": None}
    app.config["SWAGGER_HTML_STRING"] = swagger_html_string.replace('<html lang="en">', '<html lang="es">')
    app.register_blueprint(RegisterPlugin.register(doc_url=_RUTA))
    app.add_url_rule(f"/{_RUTA}", "documento", lambda: documento)
    # The page's own references are relative to its parent, which "/docs" and the plugin's address share.
    app.add_url_rule("/docs", "docs", app.view_functions["swagger.swagger"])


def describir() -> dict[str, Any]:
    """The OpenAPI document."""
    rutas: dict[str, Any] = {}
    for comando in COMANDOS:
        for ruta in comando.rutas:
            rutas[ruta] = {"post": _de_comando(comando, ruta)}
    for consulta in CONSULTAS:
        rutas[consulta.ruta] = {"get": _de_consulta(consulta)}
    rutas |= _propias()
    propios = {modelo for modelo in _subclases(BaseModel) if modelo.__module__.startswith("bff_web.")}
    modelos = {modelo for modelo in propios if not issubclass(modelo, Filtro)}
    _, esquemas = models_json_schema(
        [(modelo, "validation") for modelo in sorted(modelos, key=lambda m: m.__name__)],
        ref_template=OPENAPI3_REF_TEMPLATE,
    )
    documento = {
        "openapi": "3.1.0",
        "info": {
            "title": "SaludTech de los Alpes",
            "version": "1.0.0",
            "description": "Suscripciones, servicios de datos e imágenes anonimizadas. Los comandos se aceptan con "
            "202 y se aplican después: la respuesta dice dónde consultar su resultado.",
        },
        "paths": rutas,
        "components": {"schemas": esquemas["$defs"]},
    }
    return OpenAPISpec.model_validate(documento).model_dump(mode="json", by_alias=True, exclude_none=True)


def _subclases(modelo: type[BaseModel]) -> Iterable[type[BaseModel]]:
    for hija in modelo.__subclasses__():
        yield hija
        yield from _subclases(hija)


def _de_comando(comando: Comando, ruta: str) -> dict[str, Any]:
    cuerpo = {
        "schema": _referencia(comando.cuerpo),
        "examples": _ejemplos(comando.cuerpo),
    }
    aceptado = {
        "description": "El comando es durable y se aplicará.",
        "headers": {"Location": {"description": "La consulta del resultado.", "schema": _TEXTO}},
        "content": {"application/json": _con_ejemplo(comando.recurso.aceptado)},
    }
    sin_confirmar = {
        "description": "El broker no confirmó el comando en 5 s: no se sabe si tendrá efecto.",
        "headers": _ESPERA,
        "content": {TIPO_PROBLEMA: {"schema": _referencia(respuestas.ProblemaSinConfirmar)}},
    }
    return _operacion(
        comando.titulo,
        comando.recurso.etiqueta,
        parametros=[*_de_ruta(ruta, {}), _CLAVE],
        respuestas={"202": aceptado, "503": sin_confirmar} | _errores(400, 413, 415, 422),
    ) | {
        "requestBody": {
            "required": not puede_faltar(comando.cuerpo),
            "content": dict.fromkeys(TIPOS_ADMITIDOS, cuerpo),
        }
    }


def _de_consulta(consulta: type[Consulta]) -> dict[str, Any]:
    esquema = de_filtros(consulta).model_json_schema(ref_template=OPENAPI3_REF_TEMPLATE)
    filtros = [
        {
            "name": nombre,
            "in": "query",
            "required": False,
            "description": propiedad["description"] if nombre == CURSOR else f"{propiedad['description']} {_FILTRO}",
            "schema": _sin_nulo(propiedad),
        }
        for nombre, propiedad in esquema.get("properties", {}).items()
    ]
    return _operacion(
        (consulta.__doc__ or "").rstrip("."),
        CONTEXTOS[consulta.contexto],
        parametros=[*_de_ruta(consulta.ruta, {c.nombre: c.significado for c in consulta.campos()}), *filtros],
        respuestas={"200": _bien(de_respuesta(consulta.respuesta))} | _errores(404, 422, 503),
    )


def _propias() -> dict[str, Any]:
    """The door's own pages."""
    no_lista = {
        "description": "No está lista.",
        "headers": _ESPERA,
        "content": {TIPO_PROBLEMA: {"schema": _referencia(respuestas.ProblemaNoLista)}},
    }
    paginas = {
        "/salud/viva": ("Si el proceso vive", {"200": _bien(respuestas.Viva)}),
        "/salud/lista": ("Si puede atender", {"200": _bien(respuestas.Lista), "503": no_lista}),
        "/metrics": ("Métricas de Prometheus", {"200": _pagina("text/plain")}),
        f"/{_RUTA}": ("Este documento", {"200": _bien(respuestas.DocumentoOpenApi)}),
        "/docs": ("Este documento, como página", {"200": _pagina("text/html")}),
    }
    return {ruta: {"get": _operacion(titulo, "Plataforma", [], r)} for ruta, (titulo, r) in paginas.items()}


def _operacion(
    titulo: str, etiqueta: str, parametros: list[dict[str, Any]], respuestas: dict[str, Any]
) -> dict[str, Any]:
    otro = {"description": "Otro error.", "content": {TIPO_PROBLEMA: {"schema": _PROBLEMA}}}
    return {
        "summary": titulo,
        "tags": [etiqueta],
        "parameters": parametros,
        "responses": respuestas | {"default": otro},
    }


def _de_ruta(ruta: str, significados: Mapping[str, str]) -> list[dict[str, Any]]:
    esquema = {"type": "string", "pattern": PATRON_ID, "maxLength": MAXIMO_ID}
    return [
        {"name": id, "in": "path", "required": True, "schema": esquema, "description": significados.get(id)}
        for id in re.findall(r"\{(\w+)\}", ruta)
    ]


def _sin_nulo(propiedad: dict[str, Any]) -> Any:
    """A parameter is left out, never null."""
    return next(opcion for opcion in propiedad["anyOf"] if opcion.get("type") != "null")


def _referencia(modelo: type[BaseModel]) -> dict[str, str]:
    return {"$ref": OPENAPI3_REF_TEMPLATE.format(model=modelo.__name__)}


def _bien(modelo: type[BaseModel]) -> dict[str, Any]:
    return {"description": "Bien.", "content": {"application/json": _con_ejemplo(modelo)}}


def _con_ejemplo(modelo: type[BaseModel]) -> dict[str, Any]:
    return {"schema": _referencia(modelo), "examples": _ejemplos(modelo)}


def _ejemplos(modelo: type[BaseModel]) -> dict[str, Any]:
    return {"ejemplo": {"value": modelo.model_json_schema()["examples"][0]}}


def _pagina(tipo: str) -> dict[str, Any]:
    return {"description": "Bien.", "content": {tipo: {"schema": _TEXTO}}}


_PROBLEMA = _referencia(respuestas.Problema)


def _errores(*estados: int) -> dict[str, Any]:
    return {str(e): _ERRORES[e] | {"content": {TIPO_PROBLEMA: {"schema": _PROBLEMA}}} for e in estados}
