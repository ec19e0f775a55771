"""Makes the Postman collection (v2.1) from the door's OpenAPI document: `make generados` writes it.

Its requests, run from the first to the last, tell one story on an empty or a used platform: a subscription is made,
paid and given another plan, a data service is made by hand for it and ended, an image is sent, the letters are looked
up, the subscription is cancelled, and its client forgotten. Each request keeps the ids that it was answered in
variables for the next ones, and is repeated while its answer says that the platform is still at it. A route that the
story does not tell stands at the end of its folder, with the body of its example, or the parts of its form.
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from bff_web.papeles.openapi import describir

ARCHIVO = Path(__file__).parent / "saludtech.postman_collection.json"
ESQUEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"

HISTORIA: Mapping[str, tuple[str, ...]] = {
    "Plataforma": (
        "/salud/viva",
        "/salud/lista",
        "/salud/trafico",
        "/panorama",
        "/metrics",
        "/openapi.json",
        "/docs",
        "/asyncapi.json",
        "/docs/mensajes",
    ),
    "Suscripciones": (
        "/planes",
        "/suscripciones/suscripcion-comando",
        "/suscripciones/{id_suscripcion}",
        "/suscripciones/{id_suscripcion}/saga",
        "/suscripciones/{id_suscripcion}/pago-comando",
        "/suscripciones/{id_suscripcion}/plan-comando",
        "/suscripciones/comandos/{id_comando}",
        "/suscripciones/{id_suscripcion}/sagas",
        "/suscripciones",
    ),
    "Servicios de datos": (
        "/servicios-datos/servicio-datos-comando",
        "/servicios-datos/comandos/{id_comando}",
        "/servicios-datos/{id_servicio_datos}",
        "/servicios-datos",
        "/servicios-datos/{id_servicio_datos}/inicio-comando",
        "/servicios-datos/{id_servicio_datos}/experto-comando",
        "/servicios-datos/{id_servicio_datos}/fin-comando",
    ),
    "Procesamiento": (
        "/procesar/procesar-imagen",
        "/procesamiento/procesar-imagen",
        "/procesar/comandos/{id_comando}",
        "/procesar/imagenes/{id_imagen}",
        "/procesar/imagenes",
    ),
    "Notificaciones": (
        "/notificaciones",
        "/notificaciones/{id_notificacion}",
        "/notificaciones/{id_notificacion}/carta",
        "/notificaciones/{id_notificacion}/eventos",
    ),
    "Fin": (
        "/servicios-datos/{id_servicio_datos}/dataset/imagenes/{id_imagen}/archivo",
        "/suscripciones/{id_suscripcion}/cancelacion-comando",
        "/clientes/{cliente_codigo}/exportacion-comando",
        "/clientes/{cliente_codigo}/exportaciones/{id_comando}",
        "/clientes/{cliente_codigo}/supresion-comando",
        "/clientes/supresiones/{id_comando}",
    ),
}
"""The story: folders, and their requests in order. A folder bears the name of a tag of the document, but the last."""

IDS = (
    "id_comando",
    "id_suscripcion",
    "id_servicio_datos",
    "id_imagen",
    "id_paquete",
    "id_factura",
    "id_notificacion",
    "cliente_codigo",
)

SIN_CONTAR = re.compile(r"/cartas/\{id_carta\}")
"""What is told in no folder: a story that goes well has no dead letter to ask for."""

VARIABLES: Mapping[str, str] = {"base": "http://127.0.0.1:5005"} | dict.fromkeys(("token", *IDS), "")

_REFERENCIAS = {("id_factura",): "id_factura", ("suscripcion", "codigo"): "id_suscripcion"}
"""Where a body names something that the story has made: the place, and its variable."""

_GUION = """\
const variables = %s;
const cuerpo = (pm.response.headers.get("Content-Type") || "").includes("json") ? pm.response.json() : {};
const elementos = cuerpo.elementos || [];

function guardar(objeto) {
    variables.forEach((v) => { if (typeof objeto[v] === "string") pm.collectionVariables.set(v, objeto[v]); });
}
if (pm.response.code === 202) guardar(cuerpo);
if (pm.request.method === "GET") {
    const emitida = (cuerpo.facturas || []).find((f) => f.estado === "EMITIDA");
    if (emitida) guardar(emitida);
    if (elementos.length && elementos[0].id_notificacion) guardar(elementos[0]);
}

// What is still on its way is asked again, half a minute at most.
const enCurso = (r) => ["PENDIENTE", "EN_CURSO"].includes(r.estado);
const falta = pm.response.code === 404 || enCurso(cuerpo) || elementos.some((e) => e.pasos && enCurso(e));
const intentos = Number(pm.variables.get("intentos") || 0);
if (pm.request.method === "GET" && falta && intentos < 60) {
    pm.variables.set("intentos", intentos + 1);
    setTimeout(() => pm.execution.setNextRequest(pm.info.requestName), 500);
} else {
    pm.variables.set("intentos", 0);
    const esperado = pm.request.method === "POST" ? 202 : 200;
    pm.test(`responde ${esperado}`, () => pm.response.to.have.status(esperado));
    if (pm.response.code === 202) {
        const lugar = pm.response.headers.get("Location");
        pm.test("dice dónde consultar", () => pm.expect(lugar).to.eql(cuerpo.consulta));
    }
}
"""


def coleccion(documento: Mapping[str, Any]) -> dict[str, Any]:
    """The collection of every route of an OpenAPI document.

    Raises:
        KeyError: the story tells a route that there is not.
    """
    return {
        "info": {
            "name": documento["info"]["title"],
            "description": f"{documento['info']['description']}\n\nLas peticiones, de la primera a la última, cuentan "
            "una historia: cada una guarda en variables los identificadores que recibe, y se repite mientras la "
            "plataforma siga en ello. Donde se pregunta quién lo pide, la variable «token» lleva un token: el que da "
            "`saludtech token --rol operador`, por ejemplo.",
            "schema": ESQUEMA,
        },
        "auth": {"type": "bearer", "bearer": [{"key": "token", "value": "{{token}}", "type": "string"}]},
        "variable": [{"key": clave, "value": valor, "type": "string"} for clave, valor in VARIABLES.items()],
        "event": [_guion(_GUION % json.dumps(IDS))],
        "item": [
            {
                "name": nombre,
                "item": [
                    _peticion(ruta, metodo, operacion, documento["components"]["schemas"])
                    for ruta in rutas
                    for metodo, operacion in documento["paths"][ruta].items()
                ],
            }
            for nombre, rutas in _carpetas(documento).items()
        ],
    }


def _carpetas(documento: Mapping[str, Any]) -> dict[str, list[str]]:
    """The story's folders, each with the routes of its tag that the story does not tell at its end."""
    carpetas = {nombre: list(rutas) for nombre, rutas in HISTORIA.items()}
    contadas = {ruta for rutas in HISTORIA.values() for ruta in rutas}
    for ruta, operaciones in documento["paths"].items():
        if ruta not in contadas and not SIN_CONTAR.search(ruta):
            (etiqueta,) = {operacion["tags"][0] for operacion in operaciones.values()}
            carpetas.setdefault(etiqueta, []).append(ruta)
    return carpetas


def _guion(texto: str) -> dict[str, Any]:
    return {"listen": "test", "script": {"type": "text/javascript", "exec": texto.splitlines()}}


def _peticion(ruta: str, metodo: str, operacion: Mapping[str, Any], esquemas: Mapping[str, Any]) -> dict[str, Any]:
    parametros = {
        donde: [p for p in operacion["parameters"] if p["in"] == donde] for donde in ("path", "query", "header")
    }
    camino = [f":{parte[1:-1]}" if parte.startswith("{") else parte for parte in ruta.strip("/").split("/")]
    url: dict[str, Any] = {"raw": "{{base}}/" + "/".join(camino), "host": ["{{base}}"], "path": camino}
    if parametros["path"]:
        url["variable"] = [{"key": p["name"], "value": f"{{{{{p['name']}}}}}"} for p in parametros["path"]]
    if parametros["query"]:
        url["query"] = [
            {"key": p["name"], "value": "", "description": p["description"], "disabled": True}
            for p in parametros["query"]
        ]
    cabeceras = [
        {"key": p["name"], "value": "{{$guid}}", "description": p["description"], "disabled": not p["required"]}
        for p in parametros["header"]
    ]
    pedido: dict[str, Any] = {"method": metodo.upper(), "header": cabeceras, "url": url}
    if cuerpo := operacion.get("requestBody"):
        tipo, contenido = next(iter(cuerpo["content"].items()))
        if tipo == "application/json":
            esquema = esquemas[contenido["schema"]["$ref"].rpartition("/")[2]]
            texto = json.dumps(_con_referencias(esquema["examples"][0]), ensure_ascii=False, indent=2)
            cabeceras.insert(0, {"key": "Content-Type", "value": tipo})
            pedido["body"] = {"mode": "raw", "raw": texto, "options": {"raw": {"language": "json"}}}
        else:
            pedido["body"] = {"mode": "formdata", "formdata": _partes(contenido["schema"])}
    # A request is repeated by its name: no two have the same.
    return {"name": f"{operacion['summary']} · {metodo.upper()} {ruta}", "request": pedido}


def _partes(esquema: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A form's parts, each a file that is chosen by hand; of two shapes that it may have, those of the first."""
    return [
        {
            "key": nombre,
            "type": "file",
            "src": [],
            "description": propiedad["description"],
            "disabled": nombre not in esquema["oneOf"][0]["required"],
        }
        for nombre, propiedad in esquema["properties"].items()
    ]


def _con_referencias(cuerpo: Any, lugar: tuple[str, ...] = ()) -> Any:
    if lugar in _REFERENCIAS:
        return f"{{{{{_REFERENCIAS[lugar]}}}}}"
    if isinstance(cuerpo, dict):
        return {clave: _con_referencias(valor, (*lugar, clave)) for clave, valor in cuerpo.items()}
    return cuerpo


def peticiones(carpetas: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Every request of a collection, in order."""
    for carpeta in carpetas["item"]:
        yield from carpeta["item"]


def escrita() -> str:
    """The file's text, as it is to be."""
    return json.dumps(coleccion(describir()), ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    ARCHIVO.write_text(escrita(), encoding="utf-8")
