"""The door described: an OpenAPI 3.1 document made from the tables of routes, and a page that shows it offline."""

import base64
import functools
import hashlib
import inspect
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import flask
from flask_openapi.models import OPENAPI3_REF_TEMPLATE, OpenAPISpec
from flask_openapi_swagger.plugins import RegisterPlugin  # type: ignore[import-untyped]
from flask_openapi_swagger.templates import swagger_html_string  # type: ignore[import-untyped]
from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import models_json_schema

from bff_web import descargas, idempotencia, respuestas, tipos
from bff_web.comandos import COMANDOS
from bff_web.comandos.comun import Comando
from bff_web.consultas import CONSULTAS, CONTEXTOS
from bff_web.cuerpos import TIPO_JSON, TIPOS_ADMITIDOS, puede_faltar
from bff_web.eventos.vista import ULTIMO
from bff_web.modelos_consultas import CURSOR, de_filtros, de_respuesta
from bff_web.ordenes import ORDENES, CuerpoSobreCarta
from bff_web.papeles import mensajes
from bff_web.rutas import RUTAS
from bff_web.sesion.galletas import CABECERA_CSRF, POR_TLS, SESION
from contratos.acceso import ROLES, Alcance, Permiso
from contratos.consultas import ArchivoNombrado, Consulta
from contratos.consultas.eventos import VerEventos
from contratos.ordenes import Orden
from seedwork.entrada.compresion import Fija
from seedwork.entrada.cuerpo_que_llega import TIPO as TIPO_FORMULARIO
from seedwork.entrada.flujo import TIPO as TIPO_FLUJO
from seedwork.entrada.problemas import TIPO_PROBLEMA
from seedwork.entrada.proteccion import CSP

_RUTA = "openapi.json"

_ENTERO = {"type": "integer"}
_TEXTO = {"type": "string"}
_ID = TypeAdapter(tipos.Id).json_schema()
_ESPERA = {"Retry-After": {"description": "Segundos tras los que conviene repetir.", "schema": _ENTERO}}

_ERRORES: dict[int, dict[str, Any]] = {
    400: {"description": "El cuerpo no es JSON, o no es un objeto."},
    401: {
        "description": "No se dice quién lo pide, o el token no vale.",
        "headers": {"WWW-Authenticate": {"description": "Cómo decirlo (RFC 6750).", "schema": _TEXTO}},
    },
    403: {
        "description": "Al token le falta el ámbito, o ninguno de sus roles puede hacerlo. De la sesión de un "
        f"navegador, también: lo pide una página de otro sitio, o falta `{CABECERA_CSRF}`."
    },
    404: {"description": "No existe, o el comando que lo crea aún no se ha aplicado.", "headers": _ESPERA},
    412: {"description": "El archivo no es el que `If-Match` dice."},
    413: {"description": "El cuerpo tiene más de 1 MiB."},
    415: {"description": "El tipo de contenido no se admite."},
    416: {"description": "El archivo no llega hasta el rango pedido."},
    429: {"description": "Son demasiadas solicitudes en poco tiempo.", "headers": _ESPERA},
    422: {"description": "Algún dato no es válido: `errores` dice cuáles y por qué."},
    500: {"description": "El archivo debería estar y no se halla: avise al operador."},
    503: {"description": "El servicio dueño de la respuesta no está disponible.", "headers": _ESPERA},
}

_DE_FORMULARIO = {
    400: "El formulario está mal formado, o no llegó entero.",
    408: "El formulario viene demasiado despacio.",
    413: "Los campos, o un archivo, tienen más octetos de los que caben.",
}
"""What these errors mean of a form."""

_FILTRO = "Coincidencia exacta, con mayúsculas y acentos; no puede estar vacío."

_CLAVE = {
    "name": idempotencia.CABECERA,
    "in": "header",
    "required": False,
    "description": "Hace de las repeticiones de una petición el mismo comando, 24 horas como mínimo. "
    "Con otro cuerpo, la misma clave se rechaza.",
    "schema": {
        "type": "string",
        "minLength": 1,
        "maxLength": idempotencia.MAXIMO_CLAVE,
        "pattern": idempotencia.PATRON_CLAVE,
    },
}

_CSRF = {
    "name": CABECERA_CSRF,
    "in": "header",
    "required": False,
    "description": "Lo lleva quien pide con la sesión de su navegador, y solo entonces se mira: el `csrf` que dice "
    "`GET /consola/sesion`.",
    "schema": _TEXTO,
}

_SIN_ARCHIVO = {
    "description": "No existe; o no tiene archivo: `estado` dice cómo está, e `informe` dónde se ve por qué.",
    "headers": _ESPERA,
}
_DE_ARCHIVO = {
    "ETag": {"description": "El SHA-256 del archivo entero, entre comillas.", "schema": _TEXTO},
    "Accept-Ranges": {"description": "`bytes`: se puede pedir un rango.", "schema": _TEXTO},
}
_CONDICIONES = {
    "Range": "Un rango, como `bytes=1000-`; varios a la vez se responden con el archivo entero.",
    "If-Range": "El rango solo vale si el archivo sigue siendo el de esta `ETag`.",
    "If-None-Match": "Si el archivo es el de esta `ETag`, la respuesta es 304, sin él.",
}
"""The headers by which less than all of a file is asked for."""

_EVENTOS = (
    "Server-Sent Events, sin final. Cada `event: hecho` lleva en `data` un `Hecho`. Quien vuelve con `Last-Event-ID` "
    "(un navegador lo hace solo) sigue donde estaba, sin perder ni repetir nada; si estuvo fuera más de unos minutos, "
    "recibe `event: reinicio`, y ha de consultar de nuevo lo que muestre. `event: espera` dice que por ahora no llega "
    "nada, porque el broker, o el dueño de lo que pasó, no responde; `event: al-dia`, que vuelve a llegar. Sin ningún "
    "filtro, solo un operador."
)
_ULTIMO = "El `id` del último evento recibido, tal cual."

SE_PIERDE = "x-se-pierde"
"""Of an operation that cannot be undone: what is gone once it took effect, in a person's words."""
_PLATAFORMA = "Plataforma"
_ETIQUETAS = {
    "Suscripciones": "Suscripciones, sus planes, sus facturas, sus sagas y sus clientes.",
    "Servicios de datos": "El experto, la nube y el conjunto de datos de una suscripción.",
    "Procesamiento": "Imágenes, ya anonimizadas.",
    "Notificaciones": "Lo que se cuenta a los clientes.",
    _PLATAFORMA: "La puerta misma.",
}
"""What each group of operations is about. A context that is not told of here is described by its name."""

_CUERPO = (
    f"JSON, con `Content-Type: {TIPO_JSON}`. De los clientes de siempre se admiten también "
    f"{', '.join(f'`{tipo}`' for tipo in TIPOS_ADMITIDOS if tipo != TIPO_JSON)}. Como máximo 1 MiB."
)
_VACIO = "Vacío, es como `{}`."
_FORMULARIO = (
    f"Un formulario, `{TIPO_FORMULARIO}`, con cada campo en UTF-8 y cada archivo como partes; ha de llevar "
    f"{idempotencia.CABECERA}, que cubre los campos y el SHA-256 de cada archivo. Tiene límites propios: de "
    "tamaño (413), de tiempo (408: a 50 kB/s como mínimo) y de cuántos a la vez (503)."
)


@dataclass(frozen=True, kw_only=True)
class Identificacion:
    """How callers say who they are.

    Attributes:
        proveedor: the address of who issues their tokens, where that can be asked for them (OpenID Connect); empty
            where it can't.
        sesion: whether somebody may sign in with a browser, too, whose session then counts in a token's place.
    """

    proveedor: str = ""
    sesion: bool = False

    @property
    def esquemas(self) -> dict[str, Any]:
        """The document's security schemes."""
        token = {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "Un token de acceso (RFC 9068), con los ámbitos en `scope` y con `roles`; los clientes, "
            "además, con `cliente_codigo`, y las clínicas con `clinica`.",
        }
        donde = f"{self.proveedor.rstrip('/')}/.well-known/openid-configuration"
        # A provider's door is reached by https, but by whoever tries it out on the same machine.
        por_tls, por_http = (f"{POR_TLS}{SESION}", SESION)
        sesion = {
            "type": "apiKey",
            "in": "cookie",
            "name": por_tls if self.proveedor else por_http,
            "description": "La sesión de un navegador, en una galleta que la puerta pone al entrar "
            f"(`/consola/entrar`) y solo ella lee. Por https se llama `{por_tls}`; por http, que solo vale en la misma "
            f"máquina, `{por_http}`. Vale en lugar del token; si vienen los dos, cuenta el token. Solo sirve a páginas "
            f"de esta misma dirección, y lo que no es GET ha de llevar `{CABECERA_CSRF}`, con el `csrf` que dice "
            "`GET /consola/sesion`.",
        }
        return (
            {"token": token}
            | ({"proveedor": {"type": "openIdConnect", "openIdConnectUrl": donde}} if self.proveedor else {})
            | ({"sesion": sesion} if self.sesion else {})
        )


_ROLES = {
    "cliente": "un cliente",
    "clinica": "una clínica",
    "investigador": "un investigador",
    "operador": "un operador",
}
_ALCANCES = {Alcance.PROPIO: "lo suyo", Alcance.TODO: "todo"}


def registrar(app: flask.Flask, identificacion: Identificacion | None) -> None:
    """Add ``/openapi.json`` and ``/docs``.

    Args:
        identificacion: how callers say who they are; None where nobody is asked.
    """
    app.config["SWAGGER_CONFIG"] = {"validatorUrl": None}
    app.config["SWAGGER_HTML_STRING"] = swagger_html_string.replace('<html lang="en">', '<html lang="es">')
    app.register_blueprint(RegisterPlugin.register(doc_url=_RUTA))
    app.add_url_rule(f"/{_RUTA}", "documento", Fija(_escrito(identificacion), TIPO_JSON))
    with app.test_request_context():
        html = str(app.view_functions["swagger.swagger"]())
    # The page's own references are relative to its parent, which "/docs" and the plugin's address share.
    pagina = app.view_functions["swagger.swagger"] = Fija(html.encode(), "text/html; charset=utf-8")
    app.add_url_rule("/docs", "docs", pagina)
    politica = _politica(html)

    @app.after_request
    def _dejar_correr(respuesta: flask.Response) -> flask.Response:
        if flask.request.endpoint in ("docs", "swagger.swagger"):
            respuesta.headers[CSP] = politica
        return respuesta


@functools.cache
def _escrito(identificacion: Identificacion | None) -> bytes:
    """The document as it is sent. To make it takes longer than all else of a door, and tests make hundreds of doors."""
    return json.dumps(describir(identificacion), ensure_ascii=False).encode()


def _politica(html: str) -> str:
    """What the page may do: run its own scripts, of which one stands in it, and ask the door."""
    escritos = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
    huellas = [base64.b64encode(hashlib.sha256(guion.encode()).digest()).decode() for guion in escritos]
    guiones = " ".join(["'self'", *(f"'sha256-{huella}'" for huella in huellas)])
    return (
        f"default-src 'none'; script-src {guiones}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    )


ALIAS = "x-alias-de"
"""Of an operation that is another one by a second address: where that one is."""


def describir(identificacion: Identificacion | None = None) -> dict[str, Any]:
    """The OpenAPI document.

    Args:
        identificacion: how callers say who they are; None where nobody is asked.
    """
    rutas: dict[str, Any] = {}
    for comando in COMANDOS:
        for ruta in comando.rutas:
            rutas[ruta] = {"post": _de_comando(comando, ruta)}
    for orden in ORDENES:
        rutas[orden.ruta] = {"post": _de_orden(orden)}
    for consulta in CONSULTAS:
        rutas.setdefault(consulta.ruta, {})["get"] = _de_consulta(consulta)
    rutas[VerEventos.ruta] = {"get": _de_eventos()}
    rutas |= _propias()
    if identificacion is not None:
        _decir_quien_puede(rutas, identificacion)
    _, esquemas = models_json_schema(
        [(modelo, "validation") for modelo in _modelos()], ref_template=OPENAPI3_REF_TEMPLATE
    )
    etiquetas = sorted({e for operaciones in rutas.values() for o in operaciones.values() for e in o["tags"]})
    documento = {
        "openapi": "3.1.0",
        "info": {
            "title": "SaludTech de los Alpes",
            "version": "1.0.0",
            "description": "Suscripciones, servicios de datos e imágenes anonimizadas. Los comandos se aceptan con "
            "202 y se aplican después: la respuesta dice dónde consultar su resultado. Cada respuesta dice en "
            "`X-Correlation-Id` con qué identificador se hallan en los registros y en la auditoría lo que se pidió y "
            "lo que se hizo: el de la petición, si lo trae, o uno nuevo; de un comando, su `id_comando`. Lo que las "
            f"partes se dicen entre ellas está en [los mensajes]({mensajes.PAGINA}).",
        },
        "servers": [{"url": "/", "description": "Donde está este documento."}],
        "security": [],
        "tags": [{"name": nombre, "description": _ETIQUETAS.get(nombre, nombre)} for nombre in etiquetas],
        "paths": rutas,
        "components": {"schemas": esquemas["$defs"]}
        | ({"securitySchemes": identificacion.esquemas} if identificacion is not None else {}),
    }
    return OpenAPISpec.model_validate(documento).model_dump(mode="json", by_alias=True, exclude_none=True)


def _decir_quien_puede(rutas: Mapping[str, Any], identificacion: Identificacion) -> None:
    """Add to each operation whose it is, and what is answered to others.

    Args:
        rutas: the document's.
        identificacion: how callers say who they are, of which each way will do.
    """
    esquemas = list(identificacion.esquemas)
    reglas = {(ruta.direccion, ruta.metodo): ruta.regla for ruta in RUTAS.values()}
    for (ruta, metodo), operacion in [((r, m), o) for r, os in rutas.items() for m, o in os.items()]:
        regla = reglas.get((ruta, metodo))
        if regla is not None:
            operacion["security"] = [{esquema: [regla.ambito] if regla.ambito else []} for esquema in esquemas]
            operacion["responses"] |= _errores(401, 403)
            if identificacion.sesion and metodo != "get":
                operacion["parameters"].append(_CSRF)
            operacion["description"] = "\n\n".join(filter(None, [operacion["description"], _quien_puede(regla)]))
        if not ruta.startswith("/salud/"):
            operacion["responses"] |= _errores(429)


def _quien_puede(regla: Permiso) -> str:
    alcances = {rol: regla.alcance(rol) for rol in ROLES}
    quienes = ", ".join(f"{_ROLES[rol]} ({_ALCANCES[a]})" for rol, a in alcances.items() if a is not Alcance.NADA)
    con = f", con el ámbito `{regla.ambito}`" if regla.ambito else ""
    return f"Puede {quienes}{con}."


def _modelos() -> list[type[BaseModel]]:
    """What clients send and are answered; what it is made of follows it into the document."""
    modelos: set[type[BaseModel]] = {
        *(modelos[0] for comando in COMANDOS for modelos in _cuerpos(comando).values() if len(modelos) == 1),
        *(comando.recurso.aceptado for comando in COMANDOS),
        *(de_respuesta(c.respuesta) for c in CONSULTAS if not issubclass(c.respuesta, ArchivoNombrado)),
        *(de_respuesta(orden.respuesta) for orden in ORDENES),
        CuerpoSobreCarta,
        *respuestas.PROPIAS,
    }
    return sorted(modelos, key=lambda modelo: modelo.__name__)


def _de_comando(comando: Comando, ruta: str) -> dict[str, Any]:
    aceptado = {
        "description": "El comando es durable y se aplicará.",
        "headers": {"Location": {"description": "La consulta del resultado.", "schema": _TEXTO}},
        "content": {TIPO_JSON: _con_ejemplo(comando.recurso.aceptado)},
    }
    sin_confirmar = {
        "description": "El broker no confirmó el comando en 5 s: no se sabe si tendrá efecto.",
        "headers": _ESPERA,
        "content": {TIPO_PROBLEMA: {"schema": _referencia(respuestas.ProblemaSinConfirmar)}},
    }
    cuerpos = _cuerpos(comando)
    # As a form alone it is always sent with a key: no other site's page can send one.
    clave = _CLAVE | {"required": comando.cuerpo is None}
    pierde = {SE_PIERDE: comando.se_pierde} if comando.se_pierde else {}
    alias = {} if ruta == comando.rutas[0] else {ALIAS: comando.rutas[0]}
    return _operacion(
        _en_minuscula(comando.mensaje.__name__) + _por(comando, ruta),
        comando.titulo,
        comando.recurso.etiqueta,
        descripcion="\n\n".join(inspect.getdoc(modelo) or "" for modelo in next(iter(cuerpos.values()))),
        parametros=[*_de_ruta(ruta, {comando.recurso.id: "El recurso al que se dirige."}), clave],
        respuestas={"202": aceptado, "503": sin_confirmar} | _errores_al_leer(comando),
    ) | {
        **alias,
        "requestBody": {
            "description": " ".join(_sobre_el_cuerpo(comando)),
            # With its type in any case: a request without one is refused, as is a form of another site's page.
            "required": True,
            # Its example is the schema's own: here, tools would hold it to patterns that they read without Unicode.
            "content": {tipo: {"schema": _uno_de(modelos)} for tipo, modelos in cuerpos.items()},
        },
        **pierde,
    }


def _de_orden(orden: type[Orden]) -> dict[str, Any]:
    sin_saber = "El servicio no respondió: no se sabe si se hizo. Repetirla no la hace dos veces."
    errores = _errores(400, 404, 413, 415, 422, 503) | _error(503, {"description": sin_saber, "headers": _ESPERA})
    se_queda = "No se pudo, y se queda como estaba: `detail` dice por qué. Si otro la tiene en la mano, repita luego."
    no_hay = "No hay tal carta: no la hubo, o alguien la reprodujo o la descartó."
    errores |= _error(404, {"description": no_hay}) | _error(409, {"description": se_queda, "headers": _ESPERA})
    return _operacion(
        _en_minuscula(orden.__name__),
        (orden.__doc__ or "").rstrip("."),
        CONTEXTOS[orden.contexto],
        descripcion="Se hace antes de responder, una sola vez, y queda en la auditoría quién lo hizo y por qué.",
        parametros=_de_ruta(orden.ruta, {c.nombre: c.significado for c in orden.campos()}),
        respuestas={"200": _bien(de_respuesta(orden.respuesta))} | errores,
    ) | {
        "requestBody": {
            "description": _CUERPO,
            "required": True,
            "content": {TIPO_JSON: {"schema": _referencia(CuerpoSobreCarta)}},
        }
    }


def _cuerpos(comando: Comando) -> dict[str, tuple[type[BaseModel], ...]]:
    """What a command is sent as, one of these of each media type."""
    dados: dict[str, tuple[type[BaseModel], ...]] = {
        TIPO_JSON: (comando.cuerpo,) if comando.cuerpo else (),
        TIPO_FORMULARIO: comando.formularios,
    }
    return {tipo: modelos for tipo, modelos in dados.items() if modelos}


def _uno_de(modelos: tuple[type[BaseModel], ...]) -> dict[str, Any]:
    """A body's schema. Of several there is one with the fields of all: what shows a form shows it so."""
    if len(modelos) == 1:
        return _referencia(modelos[0])
    esquemas = [modelo.model_json_schema() for modelo in modelos]
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {nombre: propiedad for e in esquemas for nombre, propiedad in e["properties"].items()},
        "oneOf": [{"required": esquema["required"]} for esquema in esquemas],
    }


def _sobre_el_cuerpo(comando: Comando) -> Iterator[str]:
    if comando.cuerpo is not None:
        yield _CUERPO
        if puede_faltar(comando.cuerpo):
            yield _VACIO
    if comando.formularios:
        yield _FORMULARIO if comando.cuerpo is None else "O " + _en_minuscula(_FORMULARIO)


def _en_minuscula(nombre: str) -> str:
    return nombre[0].lower() + nombre[1:]


def _por(comando: Comando, ruta: str) -> str:
    """Tells an alias of a command's route from it, by where it begins."""
    return "" if ruta == comando.rutas[0] else "En" + ruta.split("/")[1].capitalize()


def _de_filtros(consulta: type[Consulta]) -> list[dict[str, Any]]:
    esquema = de_filtros(consulta).model_json_schema(ref_template=OPENAPI3_REF_TEMPLATE)
    return [
        {
            "name": nombre,
            "in": "query",
            "required": False,
            "description": descripcion if nombre in (CURSOR, ULTIMO) else f"{descripcion} {_FILTRO}",
            "schema": _sin_nulo(propiedad),
        }
        for nombre, propiedad in esquema.get("properties", {}).items()
        for descripcion in [propiedad["description"]]
    ]


def _de_eventos() -> dict[str, Any]:
    """The stream; its schema is of what stands in each block's ``data``, which OpenAPI 3.1 has no word for."""
    contenido = {TIPO_FLUJO: _con_ejemplo(respuestas.Hecho)}
    return _operacion(
        "verEventos",
        (VerEventos.__doc__ or "").rstrip("."),
        _PLATAFORMA,
        descripcion=_EVENTOS,
        parametros=[*_de_filtros(VerEventos), *_de_cabecera({"Last-Event-ID": _ULTIMO})],
        respuestas={"200": {"description": "La corriente.", "content": contenido}}
        | _errores(422)
        | _error(503, {"description": "Hay demasiadas corrientes abiertas.", "headers": _ESPERA}),
    )


def _de_consulta(consulta: type[Consulta]) -> dict[str, Any]:
    filtros = _de_filtros(consulta)
    ids = _de_ruta(consulta.ruta, {c.nombre: c.significado for c in consulta.campos()})
    if issubclass(consulta.respuesta, ArchivoNombrado):
        return _operacion(
            _en_minuscula(consulta.__name__),
            (consulta.__doc__ or "").rstrip("."),
            CONTEXTOS[consulta.contexto],
            descripcion=inspect.getdoc(consulta.respuesta),
            parametros=[*ids, *_de_cabecera(_CONDICIONES)],
            respuestas=_archivo() | _errores(404, 412, 416, 422, 500, 503) | _error(404, _SIN_ARCHIVO),
        )
    return _operacion(
        _en_minuscula(consulta.__name__),
        (consulta.__doc__ or "").rstrip("."),
        CONTEXTOS[consulta.contexto],
        descripcion=inspect.getdoc(consulta.respuesta),
        parametros=[*ids, *filtros],
        # What has no id is there, though there may be nothing in it.
        respuestas={"200": _bien(de_respuesta(consulta.respuesta))} | _errores(*([404] if ids else []), 422, 503),
    )


def _de_cabecera(significados: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        {"name": nombre, "in": "header", "required": False, "schema": _TEXTO, "description": significado}
        for nombre, significado in significados.items()
    ]


def _archivo() -> dict[str, Any]:
    """The answers that are a file, or a part of one."""
    contenido = {tipo: {"schema": _TEXTO | {"format": "binary"}} for tipo in descargas.EXTENSIONES}
    rango = {"Content-Range": {"description": "Qué rango es, y de cuántos octetos.", "schema": _TEXTO}}
    return {
        "200": {"description": "El archivo.", "headers": _DE_ARCHIVO, "content": contenido},
        "206": {"description": "El rango pedido.", "headers": _DE_ARCHIVO | rango, "content": contenido},
        "304": {"description": "El que se tiene es el mismo.", "headers": _DE_ARCHIVO},
    }


def _propias() -> dict[str, Any]:
    """The door's own pages."""
    no_lista = {
        "description": "No está lista.",
        "headers": _ESPERA,
        "content": {TIPO_PROBLEMA: {"schema": _referencia(respuestas.ProblemaNoLista)}},
    }
    cerrada = {
        "description": "Aún no ha estado lista, o se está deteniendo.",
        "headers": _ESPERA,
        "content": {TIPO_PROBLEMA: {"schema": _referencia(respuestas.ProblemaCerrada)}},
    }
    paginas = {
        "/salud/viva": ("verSiVive", "Si el proceso vive", {"200": _bien(respuestas.Viva)}),
        "/salud/lista": ("verSiEstaLista", "Si puede atender", {"200": _bien(respuestas.Lista), "503": no_lista}),
        "/salud/trafico": (
            "verSiEstaAbierta",
            "Si un balanceador ha de enviarle peticiones",
            {"200": _bien(respuestas.Abierta), "503": cerrada},
        ),
        "/panorama": (
            "verPanorama",
            "La plataforma de un vistazo",
            {"200": _bien(respuestas.VistaPanorama)} | _errores(503),
        ),
        "/metrics": ("verMetricas", "Métricas de Prometheus", {"200": _pagina("text/plain")}),
        f"/{_RUTA}": ("obtenerDocumento", "Este documento", {"200": _bien(respuestas.DocumentoOpenApi)}),
        "/docs": ("verDocumento", "Este documento, como página", {"200": _pagina("text/html")}),
        mensajes.DOCUMENTO: (
            "obtenerMensajes",
            "Los mensajes entre las partes, en AsyncAPI",
            {"200": _bien(respuestas.DocumentoAsyncApi)},
        ),
        mensajes.PAGINA: ("verMensajes", "Los mensajes, como página", {"200": _pagina("text/html")}),
    }
    return {
        ruta: {"get": _operacion(id, titulo, _PLATAFORMA, respuestas=dadas)}
        for ruta, (id, titulo, dadas) in paginas.items()
    }


def _operacion(
    id: str,
    titulo: str,
    etiqueta: str,
    *,
    descripcion: str | None = None,
    parametros: Sequence[Mapping[str, Any]] = (),
    respuestas: Mapping[str, Any],
) -> dict[str, Any]:
    otro = {"description": "Otro error.", "content": {TIPO_PROBLEMA: {"schema": _PROBLEMA}}}
    return {
        "operationId": id,
        "summary": titulo,
        "description": descripcion,
        "tags": [etiqueta],
        "parameters": [*parametros],
        "responses": {**respuestas, "default": otro},
    }


def _de_ruta(ruta: str, significados: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        {"name": id, "in": "path", "required": True, "schema": _ID, "description": significados[id]}
        for id in re.findall(r"\{(\w+)\}", ruta)
    ]


def _sin_nulo(propiedad: dict[str, Any]) -> Any:
    """A parameter is left out, never null."""
    return next(opcion for opcion in propiedad["anyOf"] if opcion.get("type") != "null")


def _referencia(modelo: type[BaseModel]) -> dict[str, str]:
    return {"$ref": OPENAPI3_REF_TEMPLATE.format(model=modelo.__name__)}


def _bien(modelo: type[BaseModel]) -> dict[str, Any]:
    return {"description": "Bien.", "content": {TIPO_JSON: _con_ejemplo(modelo)}}


def _con_ejemplo(modelo: type[BaseModel]) -> dict[str, Any]:
    ejemplo = modelo.model_json_schema()["examples"][0]
    return {"schema": _referencia(modelo), "examples": {"ejemplo": {"value": ejemplo}}}


def _pagina(tipo: str) -> dict[str, Any]:
    return {"description": "Bien.", "content": {tipo: {"schema": _TEXTO}}}


_PROBLEMA = _referencia(respuestas.Problema)


def _errores(*estados: int) -> dict[str, Any]:
    return {estado: dicho for e in estados for estado, dicho in _error(e, _ERRORES[e]).items()}


def _error(estado: int, dicho: Mapping[str, Any]) -> dict[str, Any]:
    return {str(estado): {**dicho, "content": {TIPO_PROBLEMA: {"schema": _PROBLEMA}}}}


def _errores_al_leer(comando: Comando) -> dict[str, Any]:
    errores = _errores(400, 413, 415, 422)
    if comando.formularios:
        for estado, descripcion in _DE_FORMULARIO.items():
            de_json = [errores[str(estado)]["description"]] if comando.cuerpo and str(estado) in errores else []
            errores |= _error(estado, {"description": " ".join([*de_json, descripcion])})
    return errores
