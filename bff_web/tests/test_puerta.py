"""The door's own pages: health, metrics, errors, and a document that tells all of it."""

import inspect
import json
import os
import re
import threading
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, get_args

import pytest
from flask.testing import FlaskClient
from pydantic import BaseModel

from bff_web import cuerpos, idempotencia, modelos_consultas
from bff_web import respuestas as respuestas_de_la_puerta
from bff_web.comandos import COMANDOS
from bff_web.comandos.comun import SOLO_POST, Comando
from bff_web.composicion import componer
from bff_web.config import Config
from bff_web.consultas import CONSULTAS
from bff_web.ordenes import ORDENES, CuerpoSobreCarta
from contratos import Mensaje
from contratos.consultas import ArchivoNombrado, Respuesta
from seedwork.aplicacion.entorno import EntornoReal
from seedwork.aplicacion.sobre import Sobre
from seedwork.dominio.reglas import es_id
from seedwork.entrada import compresion, parada
from seedwork.entrada.config import cargar
from seedwork.entrada.problemas import ErrorHttp
from seedwork.entrada.salud import Comprobacion


class PublicadorRoto:
    async def entregar(self, sobre: Sobre, mensaje: Mensaje, *, espera: float) -> None:
        raise RuntimeError("SELECT secreto")


@pytest.fixture(scope="module")
def sin_nada() -> Iterator[str]:
    """A server that has nothing of what it is asked, and says so at once: nobody asks it again, and again."""
    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as servidor:
        hilo = threading.Thread(target=servidor.serve_forever, kwargs={"poll_interval": 0.02})
        hilo.start()
        yield f"http://127.0.0.1:{servidor.server_port}"
        servidor.shutdown()
        hilo.join()


def puerta_con(comprobar_broker: Comprobacion, admin: str = "http://127.0.0.1:1") -> FlaskClient:
    config = Config.model_validate(
        {
            "idempotencia_secreto": "secreto de las pruebas",
            "suscripciones_url": "http://127.0.0.1:1",
            "servicio_datos_url": "http://127.0.0.1:1",
            "procesamiento_url": "http://127.0.0.1:1",
            "notificaciones_url": "http://127.0.0.1:1",
            "pulsar_admin_url": admin,
            "almacen_url": "/dev/null/almacen",
        }
    )
    return componer(config, PublicadorRoto(), comprobar_broker).test_client()


@pytest.fixture(scope="module")
def puerta(sin_nada: str) -> FlaskClient:
    return puerta_con(lambda: None, sin_nada)


@pytest.fixture(scope="module")
def documento(puerta: FlaskClient) -> dict[str, Any]:
    respuesta = puerta.get("/openapi.json")
    assert respuesta.json is not None
    return dict(respuesta.json)


def test_esta_lista_con_el_broker_solo_y_muestra_lo_demas(puerta: FlaskClient) -> None:
    respuesta = puerta.get("/salud/lista")
    assert respuesta.status_code == 200
    assert respuesta.json is not None
    assert respuesta.json["partes"] == {"broker": {"lista": True, "detalle": None}}
    informativas = respuesta.json["informativas"]
    servicios = {"suscripciones", "servicio-datos", "procesamiento", "notificaciones"}
    assert set(informativas) == servicios | {"cartas_muertas", "atrasos", "almacen"}
    assert not any(parte["lista"] for parte in informativas.values())


def test_sin_broker_no_esta_lista_y_lo_nombra_pero_vive(sin_nada: str) -> None:
    puerta = puerta_con(lambda: "sin conexión", sin_nada)
    respuesta = puerta.get("/salud/lista")
    assert (respuesta.status_code, respuesta.content_type) == (503, "application/problem+json")
    assert respuesta.json is not None
    assert respuesta.json["partes"]["broker"] == {"lista": False, "detalle": "sin conexión"}
    assert "broker" in respuesta.json["detail"]
    assert puerta.get("/salud/viva").status_code == 200


def test_un_balanceador_le_envia_desde_que_estuvo_lista_hasta_que_se_detiene(
    sin_nada: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What becomes of the broker meanwhile is no instance's own trouble (contract §7)."""
    del_broker: str | None = "sin conexión"
    puerta = puerta_con(lambda: del_broker, sin_nada)

    def trafico() -> tuple[int, str]:
        respuesta = puerta.get("/salud/trafico")
        assert respuesta.json is not None
        return respuesta.status_code, respuesta.json["estado"]

    assert trafico() == (503, "CERRADA")
    del_broker = None
    assert trafico() == (200, "ABIERTA")
    del_broker = "sin conexión"
    assert trafico() == (200, "ABIERTA")
    assert puerta.get("/salud/lista").status_code == 503
    monkeypatch.setattr(parada, "PARANDO", (parando := threading.Event()))
    parando.set()
    assert trafico() == (503, "CERRADA")
    assert puerta.get("/planes").status_code == 503, "de lo que se le pide sigue ocupándose, aquí sin servicios"


def test_de_los_procesos_de_una_instancia_basta_que_uno_haya_estado_listo() -> None:
    """Whichever of them a balancer reaches, the instance answers."""
    listo = True
    puerta = puerta_con(lambda: None if listo else "sin conexión")
    hijo = os.fork()
    if not hijo:
        os._exit(puerta.get("/salud/trafico").status_code != 200)
    assert os.waitpid(hijo, 0)[1] == 0
    listo = False
    assert puerta.get("/salud/trafico").status_code == 200


def test_un_error_imprevisto_no_muestra_nada(puerta: FlaskClient, documento: dict[str, Any]) -> None:
    (ejemplo,) = documento["components"]["schemas"]["CuerpoAnonimizarImagen"]["examples"]
    respuesta = puerta.post("/procesar/procesar-imagen", json=ejemplo)
    assert (respuesta.status_code, respuesta.content_type) == (500, "application/problem+json")
    assert "secreto" not in respuesta.text
    assert "Traceback" not in respuesta.text


@pytest.mark.parametrize(
    ("metodo", "ruta", "estado"),
    [
        ("GET", "/nada", 404),
        ("GET", "//planes", 404),
        ("GET", "//salud/viva", 404),
        ("GET", "//metrics", 404),
        ("GET", "/salud//viva", 404),
        ("GET", "/planes/", 404),
        ("DELETE", "/planes", 405),
    ],
)
def test_los_errores_de_direccion_son_problemas(puerta: FlaskClient, metodo: str, ruta: str, estado: int) -> None:
    # As it came: the client would read a host in what follows two slashes.
    respuesta = puerta.open("/", method=metodo, environ_overrides={"PATH_INFO": ruta})
    assert (respuesta.status_code, respuesta.content_type) == (estado, "application/problem+json")
    assert respuesta.json is not None
    assert respuesta.json["status"] == estado
    assert ("Allow" in respuesta.headers) == (estado == 405)


@pytest.mark.parametrize("ruta", ["/planes", "/nada", "/suscripciones"])
def test_cada_respuesta_dice_con_que_identificador_se_halla(puerta: FlaskClient, ruta: str) -> None:
    def dicho(suyo: str) -> str:
        return puerta.get(ruta, headers={"X-Correlation-Id": suyo}).headers["X-Correlation-Id"]

    assert dicho("c-7") == "c-7"
    assert es_id(dicho("c 7"))
    assert dicho("c 7") != dicho("c 7")


@pytest.mark.parametrize("metodo", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "TRACE", "OPTIONS"])
@pytest.mark.parametrize("ruta", [ruta for comando in COMANDOS for ruta in comando.rutas])
def test_la_direccion_de_un_comando_solo_admite_post(puerta: FlaskClient, ruta: str, metodo: str) -> None:
    """It is none of a resource, though it may look like one: no owner is asked; save where a list has the same."""
    respuesta = puerta.open(re.sub(r"\{\w+\}", "x-1", ruta), method=metodo)
    lista = ruta in {consulta.ruta for consulta in CONSULTAS}
    if lista and metodo in ("GET", "HEAD"):
        assert respuesta.status_code == 503  # who would answer is away
        return
    estado = 204 if metodo == "OPTIONS" else 405
    permitidos = "GET, HEAD, OPTIONS, POST" if lista else "OPTIONS, POST"
    assert (respuesta.status_code, respuesta.headers["Allow"]) == (estado, permitidos)


def test_las_metricas_cuentan_por_ruta_y_no_por_direccion(puerta: FlaskClient) -> None:
    puerta.get("/suscripciones/una")
    puerta.open("/inventada", method="INVENTADO")
    metricas = puerta.get("/metrics").text
    assert 'ruta="/suscripciones/<id_suscripcion>"' in metricas
    assert 'ruta="desconocida"' in metricas
    assert "inventad" not in metricas.lower()


def test_el_documento_dice_todas_las_rutas(puerta: FlaskClient, documento: dict[str, Any]) -> None:
    assert documento["openapi"].startswith("3.1")
    ajenas = ("/swagger", "/oauth2", "/consola")
    servidas = {
        (regla.rule.replace("<", "{").replace(">", "}"), metodo.lower())
        for regla in puerta.application.url_map.iter_rules()
        for metodo in (regla.methods or set()) - {"HEAD", "OPTIONS"}
        if not regla.rule.startswith(ajenas) and not regla.endpoint.endswith(SOLO_POST)
    }
    dichas = {(ruta, metodo) for ruta, metodos in documento["paths"].items() for metodo in metodos}
    assert servidas == dichas


def test_cada_parametro_de_una_consulta_dice_que_es_y_como_se_compara(documento: dict[str, Any]) -> None:
    for consulta in CONSULTAS:
        parametros = [p for p in documento["paths"][consulta.ruta]["get"]["parameters"] if p["in"] != "header"]
        assert {p["name"]: p["in"] for p in parametros} == {
            c.nombre: "query" if c.nombre in consulta.parametros else "path" for c in consulta.campos()
        }
        for campo, dicho in zip(consulta.campos(), parametros, strict=True):
            filtra = dicho["in"] == "query" and campo.nombre != "cursor"
            como = " Coincidencia exacta, con mayúsculas y acentos; no puede estar vacío." if filtra else ""
            assert dicho["description"] == campo.significado + como


def test_cada_respuesta_tiene_en_el_documento_los_campos_de_su_contrato(documento: dict[str, Any]) -> None:
    esquemas = documento["components"]["schemas"]
    de_archivo = {c.respuesta for c in CONSULTAS if issubclass(c.respuesta, ArchivoNombrado)}
    por_ver, vistas = [c.respuesta for c in CONSULTAS if c.respuesta not in de_archivo], set[type[Respuesta]]()
    while por_ver:
        respuesta = por_ver.pop()
        vistas.add(respuesta)
        esquema = esquemas[respuesta.__name__]
        assert (list(esquema["properties"]), esquema["description"]) == (
            esquema["required"],
            inspect.getdoc(respuesta),
        )
        assert [(c.nombre, c.significado) for c in respuesta.campos()] == [
            (nombre, propiedad["description"]) for nombre, propiedad in esquema["properties"].items()
        ]
        suyos = {t for c in respuesta.campos() for t in (c.tipo, *get_args(c.tipo)) if isinstance(t, type)}
        por_ver += [t for t in suyos if issubclass(t, Respuesta) and t not in vistas]
    assert len(vistas) > len(CONSULTAS) - len(de_archivo)


def test_lo_que_nombra_un_archivo_se_documenta_como_el_archivo_mismo(documento: dict[str, Any]) -> None:
    for consulta in (c for c in CONSULTAS if issubclass(c.respuesta, ArchivoNombrado)):
        dicho = documento["paths"][consulta.ruta]["get"]
        for estado in ("200", "206"):
            formatos = {c["schema"].get("format") for c in dicho["responses"][estado]["content"].values()}
            assert formatos == {"binary"}
        assert {"304", "404", "416"} <= dicho["responses"].keys()
        assert {p["name"] for p in dicho["parameters"] if p["in"] == "header"} >= {"Range", "If-None-Match"}
        assert consulta.respuesta.__name__ not in documento["components"]["schemas"]


def test_toda_referencia_del_documento_lleva_a_algo(documento: dict[str, Any]) -> None:
    def referencias(nodo: object) -> set[str]:
        if isinstance(nodo, dict):
            propias = {nodo["$ref"]} if isinstance(nodo.get("$ref"), str) else set()
            return propias.union(*(referencias(v) for v in nodo.values()))
        if isinstance(nodo, list):
            return set().union(*(referencias(v) for v in nodo))
        return set()

    esquemas = {f"#/components/schemas/{nombre}" for nombre in documento["components"]["schemas"]}
    assert referencias(documento) <= esquemas


def test_los_esquemas_se_distinguen_en_letras_y_ninguno_es_de_dentro(documento: dict[str, Any]) -> None:
    """Generators make classes of the names, of which no more than letters and digits is left."""
    esquemas = documento["components"]["schemas"]
    en_letras = Counter(re.sub(r"[^a-z0-9]", "", nombre.lower()) for nombre in esquemas)
    assert [nombre for nombre, veces in en_letras.items() if veces > 1] == []
    usados = set(re.findall(r'#/components/schemas/([^"]+)"', json.dumps(documento)))
    assert usados == set(esquemas)
    assert not [nombre for nombre in esquemas if not re.fullmatch(r"[A-Z][A-Za-z]+", nombre)]
    assert not usados & {"Config", "Cuerpo", "Filtro", "Objeto"}


def test_cada_operacion_tiene_un_id_que_la_nombra_y_un_grupo_que_se_explica(documento: dict[str, Any]) -> None:
    operaciones = [o for ruta in documento["paths"].values() for o in ruta.values()]
    ids = [o["operationId"] for o in operaciones]
    assert len({id.lower() for id in ids}) == len(ids)
    assert all(re.fullmatch(r"[a-z]+([A-Z][a-z]+)+", id) for id in ids)
    esperados = {"crearSuscripcion", "anonimizarImagen", "anonimizarImagenEnProcesamiento", "listarNotificaciones"}
    assert esperados <= set(ids)
    explicadas = {e["name"]: e["description"] for e in documento["tags"]}
    assert {e for o in operaciones for e in o["tags"]} == set(explicadas)
    assert documento["servers"] == [{"url": "/", "description": "Donde está este documento."}]


@pytest.mark.parametrize("comando", COMANDOS, ids=lambda c: c.mensaje.__name__)
def test_un_cuerpo_se_dice_de_un_solo_tipo_y_los_otros_en_palabras(documento: dict[str, Any], comando: Comando) -> None:
    """What is no media type's name, as `aplication/json` is none, makes generators refuse the whole document.

    A form with a file is another body."""
    for ruta in comando.rutas:
        pedido = documento["paths"][ruta]["post"]["requestBody"]
        formulario = ["multipart/form-data"] if comando.formularios else []
        de_json = ["application/json"] if comando.cuerpo else []
        assert list(pedido["content"]) == [*de_json, *formulario]
        dichos = [tipo for tipo in cuerpos.TIPOS_ADMITIDOS if tipo in pedido["description"]]
        assert dichos == (list(cuerpos.TIPOS_ADMITIDOS) if comando.cuerpo else [])


@pytest.mark.parametrize(
    ("clave", "vale"),
    [("a", True), ("x" * 255, True), ("a b", True), ("", False), ("x" * 256, False), ("ñ", False), ("a\tb", False)],
)
def test_una_clave_vale_en_la_puerta_si_vale_en_el_documento(documento: dict[str, Any], clave: str, vale: bool) -> None:
    parametros = documento["paths"][COMANDOS[0].rutas[0]]["post"]["parameters"]
    (dicha,) = (p for p in parametros if p["name"] == "Idempotency-Key")
    esquema = dicha["schema"]
    en_documento = esquema["minLength"] <= len(clave) <= esquema["maxLength"] and re.search(esquema["pattern"], clave)
    modelo = COMANDOS[0].cuerpo
    assert modelo is not None
    cuerpo = modelo.model_validate(modelo.model_json_schema()["examples"][0])
    try:
        idempotencia.identificar("/r", clave, cuerpo, b"s", EntornoReal())
    except ErrorHttp:
        assert (bool(en_documento), vale) == (False, False)
    else:
        assert (bool(en_documento), vale) == (True, True)


def test_cada_cuerpo_y_cada_respuesta_tiene_un_ejemplo_que_cumple_su_modelo(documento: dict[str, Any]) -> None:
    cuerpos: dict[str, type[BaseModel]] = {c.cuerpo.__name__: c.cuerpo for c in COMANDOS if c.cuerpo}
    cuerpos |= {c.respuesta.__name__: modelos_consultas.de_respuesta(c.respuesta) for c in (*CONSULTAS, *ORDENES)}
    cuerpos[CuerpoSobreCarta.__name__] = CuerpoSobreCarta
    vistos: set[str] = set()
    for operaciones in documento["paths"].values():
        for operacion in operaciones.values():
            respuestas = [r for estado, r in operacion["responses"].items() if estado.startswith("2")]
            for parte in [*respuestas, operacion.get("requestBody", {})]:
                for tipo, contenido in parte.get("content", {}).items():
                    if tipo in ("multipart/form-data", "text/event-stream"):
                        # There is no example of a file; and no event has every field.
                        continue
                    nombre = contenido["schema"].get("$ref", "").rpartition("/")[2]
                    if nombre and nombre not in vistos:
                        vistos.add(nombre)
                        modelo = cuerpos.get(nombre) or getattr(respuestas_de_la_puerta, nombre)
                        (ejemplo,) = documento["components"]["schemas"][nombre]["examples"]
                        if parte in respuestas:
                            assert contenido["examples"] == {"ejemplo": {"value": ejemplo}}
                        leido = modelo.model_validate(ejemplo)
                        assert modelo.model_fields.keys() <= leido.model_fields_set, f"{nombre}: every field is shown"
    assert len(vistos) > len(COMANDOS)


def test_la_pagina_se_sirve_sin_internet(puerta: FlaskClient) -> None:
    pagina = puerta.get("/docs")
    assert pagina.status_code == 200
    assert '<html lang="es">' in pagina.text
    assert "https://" not in pagina.text
    for parte in ("swagger/css/swagger-ui.css", "swagger/js/swagger-ui-bundle.js"):
        assert parte in pagina.text
        assert puerta.get(f"/{parte}").status_code == 200


def test_sin_secreto_no_hay_puerta(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("IDEMPOTENCIA_SECRETO", raising=False)
    with pytest.raises(SystemExit):
        cargar(Config)
    assert "IDEMPOTENCIA_SECRETO: falta" in capsys.readouterr().err


def test_un_archivo_se_guarda_comprimido_una_vez_se_escriba_como_se_escriba(puerta: FlaskClient) -> None:
    """Each spelling of its address kept a copy of it, for good."""
    for lugar in ("", "./", "././", "%2e/"):
        respuesta = puerta.get(f"/swagger/{lugar}css/swagger-ui.css", headers={"Accept-Encoding": "gzip"})
        assert (respuesta.status_code, respuesta.headers["Content-Encoding"]) == (200, "gzip")
        if not lugar:
            guardados = set(compresion._archivos)
    assert set(compresion._archivos) == guardados
