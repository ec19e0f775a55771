"""Queries at the door: handed through to an owner that answers over real HTTP, or that does not."""

import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import urllib3
from flask.testing import FlaskClient

from bff_web import exportacion, servicios
from bff_web.composicion import componer
from bff_web.config import Config
from bff_web.consultas import CONSULTAS
from contratos import Mensaje
from contratos.consultas.suscripciones import Exportacion
from seedwork.aplicacion.sobre import Sobre
from seedwork.pruebas.trazas import guardados, vistos


class Propietario(ThreadingHTTPServer):
    """An owning service: answers as it is told, and remembers what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Atencion)
        self.soltar = threading.Event()
        self.empezar()

    def empezar(self) -> None:
        """Answer as at first, and remember nothing."""
        self.soltar.set()
        self.estado = 200
        self.cuerpo = json.dumps({"nombre": "Neumonía"}, ensure_ascii=False)
        self.de_ruta: dict[str, str] = {}
        self.fallan: dict[str, int] = {}
        self.pedidos: list[str] = []
        self.trazas: list[str | None] = []
        self.cuelga = threading.Event()
        self.soltar = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Atencion(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Propietario

    def do_GET(self) -> None:
        self.server.pedidos.append(self.path)
        self.server.trazas.append(self.headers["traceparent"])
        if self.server.cuelga.is_set():
            self.server.soltar.wait()
        cuerpo = self.server.de_ruta.get(self.path, self.server.cuerpo).encode()
        self.send_response(self.server.fallan.get(self.path, self.server.estado))
        self.send_header("Content-Length", str(len(cuerpo)))
        self.end_headers()
        self.wfile.write(cuerpo)

    def do_POST(self) -> None:
        dicho = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.pedidos.append(f"{self.path} {dicho}")
        self.server.trazas.append(self.headers["traceparent"])
        cuerpo = self.server.cuerpo.encode()
        self.send_response(self.server.estado)
        self.send_header("Content-Length", str(len(cuerpo)))
        self.end_headers()
        self.wfile.write(cuerpo)

    def log_message(self, *_: object) -> None:
        pass


class SinBroker:
    """Queries publish nothing."""

    async def entregar(self, sobre: Sobre, mensaje: Mensaje, *, espera: float) -> None:
        raise AssertionError


@pytest.fixture(scope="module")
def servido() -> Iterator[Propietario]:
    servidor = Propietario()
    hilo = threading.Thread(target=servidor.serve_forever, kwargs={"poll_interval": 0.02})
    hilo.start()
    yield servidor
    servidor.shutdown()
    servidor.server_close()
    hilo.join()


@pytest.fixture
def propietario(servido: Propietario) -> Iterator[Propietario]:
    yield servido
    servido.empezar()


def puerta_hacia(url: str) -> FlaskClient:
    config = Config.model_validate(
        {
            "idempotencia_secreto": "secreto de las pruebas",
            "suscripciones_url": url,
            "servicio_datos_url": url,
            "procesamiento_url": url,
            "notificaciones_url": url,
        }
    )
    return componer(config, SinBroker(), lambda: None).test_client()


@pytest.fixture(scope="module")
def puerta(servido: Propietario) -> FlaskClient:
    return puerta_hacia(servido.url)


def puerto_libre() -> int:
    with socket.socket() as enchufe:
        enchufe.bind(("127.0.0.1", 0))
        return int(enchufe.getsockname()[1])


@pytest.mark.parametrize(
    "ruta",
    [
        "/suscripciones",
        "/suscripciones?cliente=0001&estado=ACTIVA&plan=pro&cursor=abc",
        "/suscripciones/1",
        "/suscripciones/1/saga",
        "/suscripciones/1/sagas",
        "/suscripciones/comandos/1",
        "/planes",
        "/servicios-datos?suscripcion=1&estado=INICIADO&cursor=x",
        "/servicios-datos/1",
        "/servicios-datos/comandos/1",
        "/procesar/imagenes?modalidad=Rayos+X&patologia=Neumon%C3%ADa&region=Cr%C3%A1neo&cursor=x",
        "/procesar/imagenes/46769a88-00000-4468o-8a14-1579887d01",
        "/procesar/comandos/1",
        "/suscripciones/sagas?cliente=0001&suscripcion=1&estado=EN_CURSO&cursor=x",
        "/notificaciones?cliente=0001&suscripcion=1&estado=FALLIDA&cursor=x",
        "/notificaciones/1",
        "/notificaciones/1/carta",
        "/notificaciones/1/eventos",
    ],
)
def test_se_pregunta_lo_mismo_a_su_propietario_y_su_respuesta_llega_entera(
    puerta: FlaskClient, propietario: Propietario, ruta: str
) -> None:
    respuesta = puerta.get(ruta)
    assert (respuesta.status_code, respuesta.content_type) == (200, "application/json")
    assert respuesta.text == propietario.cuerpo
    assert respuesta.headers["Cache-Control"] == "no-store"
    assert propietario.pedidos == [ruta]


@pytest.mark.parametrize(
    ("dado", "preguntado"),
    [("Neumoni%CC%81a", "Neumon%C3%ADa"), ("+Rayos++X%C2%A0", "Rayos+X"), ("%E2%89%A550+%25", "%E2%89%A550+%25")],
)
def test_un_filtro_se_compara_como_se_guarda_un_texto(
    puerta: FlaskClient, propietario: Propietario, dado: str, preguntado: str
) -> None:
    assert puerta.get(f"/procesar/imagenes?modalidad={dado}&cursor=x").status_code == 200
    assert propietario.pedidos == [f"/procesar/imagenes?modalidad={preguntado}&cursor=x"]


@pytest.mark.parametrize(
    ("ruta", "campo"),
    [
        ("/suscripciones?otro=1", "otro"),
        ("/suscripciones/1?cursor=x", "cursor"),
        ("/suscripciones?estado=OTRO", "estado"),
        ("/suscripciones?cliente=a/b", "cliente"),
        ("/notificaciones?estado=OTRO", "estado"),
        ("/suscripciones?cliente=a&cliente=b", "cliente"),
        ("/servicios-datos?estado=ACTIVA", "estado"),
        ("/procesar/imagenes?region=%00", "region"),
        ("/notificaciones?cursor=", "cursor"),
        ("/suscripciones?otro=", "otro"),
        ("/suscripciones?cliente=", "cliente"),
        ("/suscripciones?estado=", "estado"),
        ("/suscripciones?plan", "plan"),
        ("/procesar/imagenes?modalidad=", "modalidad"),
        ("/procesar/imagenes?modalidad=+%E3%80%80", "modalidad"),
        ("/procesar/imagenes?modalidad=a%3Cb", "modalidad"),
        ("/procesar/imagenes?modalidad=%FF", "modalidad"),
        ("/procesar/imagenes?modalidad=Neumon%EDa", "modalidad"),
        ("/procesar/imagenes?modalidad=%ED%A0%80", "modalidad"),
        ("/suscripciones?%FF=1", "?"),
        ("/planes?x", "x"),
        ("/suscripciones?plan=&plan=", "plan"),
    ],
)
def test_un_parametro_que_no_vale_es_422_sin_preguntar(
    puerta: FlaskClient, propietario: Propietario, ruta: str, campo: str
) -> None:
    respuesta = puerta.get(ruta)
    assert (respuesta.status_code, respuesta.content_type) == (422, "application/problem+json")
    assert respuesta.json is not None
    assert [e["campo"] for e in respuesta.json["errores"]] == [campo]
    assert propietario.pedidos == []


def test_un_estado_que_no_existe_dice_cuales_hay(puerta: FlaskClient) -> None:
    respuesta = puerta.get("/suscripciones?estado=OTRO")
    assert respuesta.json is not None
    motivo = "debe ser 'PENDIENTE', 'ACTIVA', 'RECHAZADA' o 'CANCELADA'"
    assert respuesta.json["errores"] == [{"campo": "estado", "motivo": motivo}]


@pytest.mark.parametrize("id_suscripcion", ["a%20b", "%2e%2e", "..;", "a%0ab", "%C3%B1", "x" * 129])
def test_lo_que_no_puede_ser_un_id_no_existe(
    puerta: FlaskClient, propietario: Propietario, id_suscripcion: str
) -> None:
    respuesta = puerta.get(f"/suscripciones/{id_suscripcion}/saga")
    assert (respuesta.status_code, respuesta.headers["Retry-After"]) == (404, "1")
    assert propietario.pedidos == []


@pytest.mark.parametrize(
    "ruta",
    [
        "/suscripciones/..%2f..%2fmetrics/saga",
        "/suscripciones/..%2fauditoria",
        "/suscripciones/x%2fsaga%2f..",
        "/procesar/imagenes/..%5c..%5coriginales%5cx/archivo",
        "/procesar/imagenes/%00/archivo",
        "/servicios-datos/s/dataset/imagenes/..%2f..%2f..%2foriginales%2fx/archivo",
    ],
)
def test_un_id_que_es_un_camino_no_lleva_a_ninguna_parte(
    puerta: FlaskClient, propietario: Propietario, ruta: str
) -> None:
    respuesta = puerta.get(ruta)
    assert (respuesta.status_code, respuesta.content_type) == (404, "application/problem+json")
    assert propietario.pedidos == []


def test_lo_desconocido_es_404_y_vale_la_pena_repetir(puerta: FlaskClient, propietario: Propietario) -> None:
    propietario.estado = 404
    respuesta = puerta.get("/suscripciones/1")
    assert (respuesta.status_code, respuesta.content_type) == (404, "application/problem+json")
    assert respuesta.headers["Retry-After"] == "1"


def test_lo_que_el_propietario_rechaza_llega_con_sus_razones(puerta: FlaskClient, propietario: Propietario) -> None:
    propietario.estado, propietario.cuerpo = 422, '{"errores": []}'
    respuesta = puerta.get("/suscripciones?cursor=roto")
    assert (respuesta.status_code, respuesta.text) == (422, '{"errores": []}')
    assert respuesta.content_type == "application/problem+json"


@pytest.mark.parametrize("estado", [500, 503, 302])
def test_un_propietario_en_apuros_es_503_y_no_muestra_su_error(
    puerta: FlaskClient, propietario: Propietario, estado: int
) -> None:
    propietario.estado, propietario.cuerpo = estado, "SELECT secreto"
    respuesta = puerta.get("/planes")
    assert (respuesta.status_code, respuesta.content_type) == (503, "application/problem+json")
    assert int(respuesta.headers["Retry-After"]) > 0
    assert "secreto" not in respuesta.text
    assert respuesta.json is not None
    assert respuesta.json["servicio"] == "suscripciones"


def test_un_propietario_ausente_es_503_con_su_nombre() -> None:
    puerta = puerta_hacia(f"http://127.0.0.1:{puerto_libre()}")
    nombres = {
        "/suscripciones/1": "suscripciones",
        "/servicios-datos/1": "servicio-datos",
        "/procesar/imagenes/1": "procesamiento",
        "/notificaciones/1": "notificaciones",
    }
    for ruta, nombre in nombres.items():
        respuesta = puerta.get(ruta)
        assert respuesta.status_code == 503
        assert respuesta.json is not None
        assert respuesta.json["servicio"] == nombre


def test_un_propietario_que_no_contesta_es_503_dentro_de_cinco_segundos(
    puerta: FlaskClient, propietario: Propietario, monkeypatch: pytest.MonkeyPatch
) -> None:
    suyo = servicios._PLAZO
    assert suyo.connect_timeout + suyo.read_timeout < 5
    # For ever, were there none: whether it is kept is seen in less.
    monkeypatch.setattr(servicios, "_PLAZO", urllib3.Timeout(connect=1.0, read=0.5))
    propietario.cuelga.set()
    assert puerta.get("/planes").status_code == 503
    assert len(propietario.pedidos) == 1


def test_lo_de_un_cliente_se_reune_de_cada_dueno_pagina_a_pagina(puerta: FlaskClient, propietario: Propietario) -> None:
    dicho = {"cliente": {"codigo": "0001"}, "suscripciones": [], "resto": []}
    propietario.de_ruta = {
        "/clientes/0001/exportaciones/x-1": json.dumps(dicho),
        "/suscripciones?cliente=0001": json.dumps({"elementos": ["s-1"], "siguiente": "mas"}),
        "/suscripciones?cliente=0001&cursor=mas": json.dumps({"elementos": ["s-2"], "siguiente": None}),
        "/servicios-datos?cliente=0001": json.dumps({"elementos": ["d-1"], "siguiente": None}),
        # Without an end: it is told where the rest is.
        "/notificaciones?cliente=0001": json.dumps({"elementos": ["n"], "siguiente": "c"}),
        "/notificaciones?cliente=0001&cursor=c": json.dumps({"elementos": ["n"], "siguiente": "c"}),
    }
    reunido = puerta.get("/clientes/0001/exportaciones/x-1").json or {}
    assert (reunido["cliente"], reunido["suscripciones"]) == ({"codigo": "0001"}, ["s-1", "s-2"])
    assert (reunido["servicios_datos"], reunido["notificaciones"]) == (["d-1"], ["n"] * exportacion.PAGINAS)
    assert reunido["resto"] == ["/notificaciones?cliente=0001&cursor=c"]


EXCUSADAS = {
    "ListarSagasRecientes": "what became of their subscriptions, which are given: steps and codes",
}
"""Queries that a client's code filters and no export is made of, by their names: why not."""


def test_lo_que_se_filtra_por_cliente_esta_en_lo_que_se_da_a_un_cliente() -> None:
    """Whoever keeps a client's code is asked for what it keeps, or says why not."""
    de_clientes = {c.__name__ for c in CONSULTAS if "cliente" in c.parametros}
    reunidas = {c.__name__ for c in exportacion.LISTAS.values()}
    assert de_clientes and de_clientes == reunidas | EXCUSADAS.keys()
    assert exportacion.LISTAS.keys() <= {campo.nombre for campo in Exportacion.campos()}


def test_lo_de_un_cliente_se_da_entero_o_no_se_da(puerta: FlaskClient, propietario: Propietario) -> None:
    propietario.cuerpo = json.dumps({"elementos": [], "siguiente": None, "resto": []})
    propietario.fallan = {"/notificaciones?cliente=0001": 500}
    assert puerta.get("/clientes/0001/exportaciones/x-1").status_code == 503
    propietario.fallan = {"/notificaciones?cliente=0001": 422}
    assert puerta.get("/clientes/0001/exportaciones/x-1").status_code == 503


@pytest.mark.parametrize("estado", [200, 404, 409, 422])
def test_una_orden_va_a_su_servicio_una_vez_y_se_responde_lo_que_diga(
    puerta: FlaskClient, propietario: Propietario, estado: int
) -> None:
    propietario.estado = estado
    ruta = "/notificaciones/cartas/41:7:-1/reproduccion-comando"
    respuesta = puerta.post(ruta, json={"motivo": " La causa se remedió. "})
    assert (respuesta.status_code, respuesta.text) == (estado, propietario.cuerpo)
    assert respuesta.content_type == ("application/json" if estado == 200 else "application/problem+json")
    assert propietario.pedidos == [f'{ruta} {{"motivo":"La causa se remedió."}}']


def test_de_una_orden_que_el_servicio_no_responde_se_dice_que_no_se_sabe(
    puerta: FlaskClient, propietario: Propietario
) -> None:
    propietario.estado = 500
    respuesta = puerta.post("/procesar/cartas/41:7:-1/descarte-comando", json={"motivo": "x"})
    assert (respuesta.status_code, "no se sabe si se hizo" in respuesta.text) == (503, True)
    assert len(propietario.pedidos) == 1


@pytest.mark.parametrize(
    ("metodo", "ruta", "que"),
    [
        ("GET", "/procesar/imagenes/1", "preguntar a procesamiento"),
        ("POST", "/procesar/cartas/41:7:-1/descarte-comando", "ordenar a procesamiento"),
    ],
)
def test_lo_que_se_pregunta_o_se_ordena_sigue_la_traza_de_quien_llama(
    puerta: FlaskClient, propietario: Propietario, metodo: str, ruta: str, que: str
) -> None:
    suya = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    with guardados() as exportador:
        puerta.open(ruta, method=metodo, json={"motivo": "x"}, headers={"traceparent": suya})
        hechos = vistos(exportador)
    peticion, paso = next(t for n, t in hechos.items() if n.startswith(metodo)), hechos[que]
    assert (paso.parent.span_id, f"{peticion.parent.span_id:016x}") == (peticion.context.span_id, suya[36:52])
    assert propietario.trazas == [f"{suya[:36]}{paso.context.span_id:016x}-01"]
    assert (paso.attributes["http.request.method"], paso.attributes["http.response.status_code"]) == (metodo, 200)


@pytest.mark.parametrize("cuerpo", [{}, {"motivo": ""}, {"motivo": "x", "otro": 1}, {"motivo": "a\0b"}])
def test_una_orden_sin_motivo_no_llega_a_nadie(
    puerta: FlaskClient, propietario: Propietario, cuerpo: dict[str, str]
) -> None:
    assert puerta.post("/suscripciones/cartas/41:7:-1/descarte-comando", json=cuerpo).status_code == 422
    assert propietario.pedidos == []
