"""Who comes in at the door: every role at every route, with every kind of token, and what is said to who may not.

What is expected of the dangerous routes is written down here by hand, and is nobody's table but this one's; of each
route besides, what the rules say (contratos/permisos.py).
"""

import http.client
import json
import multiprocessing
import re
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from pydantic import ValidationError
from tests.fallos.valores import tabla
from werkzeug.test import TestResponse

from bff_web.composicion import componer
from bff_web.config import Config
from bff_web.limites import Limite
from bff_web.rutas import reglas
from contratos import Mensaje
from contratos.acceso import ROLES, Alcance, Permiso, Rol, SinPermiso
from contratos.bff import AccesoNegado
from contratos.ejemplos import IMAGEN, SUSCRIPCION
from contratos.permisos import PERMISOS
from seedwork.aplicacion.identidad import Quien
from seedwork.aplicacion.sobre import Sobre
from seedwork.entrada.conexiones import Limites
from seedwork.entrada.http import App
from seedwork.entrada.problemas import ErrorHttp
from seedwork.infraestructura.sello import Sello, lector
from seedwork.infraestructura.tokens import TokenInvalido
from seedwork.pruebas.identidad import FALSOS, Falso, Proveedor
from seedwork.pruebas.matrices import contar
from seedwork.pruebas.servidor import ServidorEnHilo

SUYO: dict[Rol, dict[str, str]] = {
    "cliente": {"cliente": "0001"},
    "clinica": {"clinica": "norte"},
    "investigador": {},
    "operador": {},
}
TODOS_LOS_AMBITOS = " ".join(sorted({regla.ambito for regla in PERMISOS.values()} - {""}))

PELIGROSAS: dict[str, tuple[str, str]] = {
    # method and route                                          who may                         with the scope
    "POST /suscripciones/suscripcion-comando": ("cliente operador", "suscripciones:escribir"),
    "POST /suscripciones/x/plan-comando": ("cliente operador", "suscripciones:escribir"),
    "POST /suscripciones/x/cancelacion-comando": ("cliente operador", "suscripciones:escribir"),
    "POST /suscripciones/x/pago-comando": ("cliente operador", "suscripciones:escribir"),
    "GET /suscripciones": ("cliente operador", "suscripciones:leer"),
    "GET /suscripciones/x": ("cliente operador", "suscripciones:leer"),
    "POST /clientes/0001/supresion-comando": ("cliente operador", "clientes:escribir"),
    "GET /clientes/supresiones/x": ("cliente operador", "clientes:leer"),
    "POST /clientes/0001/exportacion-comando": ("cliente operador", "clientes:leer"),
    "GET /clientes/0001/exportaciones/x": ("cliente operador", "clientes:leer"),
    "POST /servicios-datos/servicio-datos-comando": ("cliente operador", "servicios-datos:escribir"),
    "POST /servicios-datos/x/inicio-comando": ("cliente operador", "servicios-datos:escribir"),
    "POST /servicios-datos/x/experto-comando": ("cliente operador", "servicios-datos:escribir"),
    "POST /servicios-datos/x/investigador-comando": ("cliente operador", "servicios-datos:escribir"),
    "POST /servicios-datos/x/fin-comando": ("cliente operador", "servicios-datos:escribir"),
    "GET /servicios-datos": ("cliente operador", "servicios-datos:leer"),
    "GET /servicios-datos/x": ("cliente operador", "servicios-datos:leer"),
    "GET /servicios-datos/x/dataset": ("cliente investigador operador", "datasets:leer"),
    "GET /servicios-datos/x/dataset/manifiesto": ("cliente investigador operador", "datasets:leer"),
    "GET /servicios-datos/x/dataset/imagenes/x/archivo": ("cliente investigador operador", "datasets:leer"),
    "POST /procesar/procesar-imagen": ("clinica operador", "imagenes:escribir"),
    "POST /procesamiento/procesar-imagen": ("clinica operador", "imagenes:escribir"),
    "POST /procesar/imagenes": ("clinica operador", "imagenes:escribir"),
    "POST /procesar/paquetes": ("clinica operador", "imagenes:escribir"),
    "POST /procesar/imagenes/x/liberar": ("operador", "cuarentena:escribir"),
    "POST /procesar/imagenes/x/descartar": ("operador", "cuarentena:escribir"),
    "GET /procesar/imagenes": ("clinica operador", "imagenes:leer"),
    "GET /procesar/imagenes/x": ("clinica operador", "imagenes:leer"),
    "GET /procesar/imagenes/x/archivo": ("clinica operador", "imagenes:leer"),
    "GET /procesar/imagenes/x/vista": ("clinica operador", "imagenes:leer"),
    "GET /procesar/imagenes/x/informe": ("clinica operador", "imagenes:leer"),
    "GET /procesar/paquetes": ("clinica operador", "imagenes:leer"),
    "GET /procesar/paquetes/x/imagenes": ("clinica operador", "imagenes:leer"),
    "GET /notificaciones/x/carta": ("cliente operador", "notificaciones:leer"),
    "GET /notificaciones/x/eventos": ("cliente operador", "notificaciones:leer"),
    "GET /eventos": ("cliente clinica operador", "eventos:leer"),
    "GET /metrics": ("operador", ""),
    "GET /panorama": ("operador", ""),
}
"""By hand, from the contract (§9)."""

RASTRO = ("operador", "auditoria:leer")
CARTAS = {"GET": ("operador", "cartas:leer"), "POST": ("operador", "cartas:escribir")}
"""By hand, too: who may read an audit trail, whichever service's; and who may look at its dead letters, or end one."""

PUBLICAS = {
    "/salud/viva", "/salud/lista", "/salud/trafico", "/openapi.json", "/docs", "/swagger", "/oauth2-redirect.html",
    "/asyncapi.json", "/docs/mensajes",
    "/swagger/css/swagger-ui.css", "/consola", "/consola/", "/consola/x", "/consola/estaticos/marca.svg",
    "/consola/sesion",
}  # fmt: skip

SALIR = "POST /consola/salir"
"""Whoever has no session is out already, and whoever has one says its secret (test_sesion.py)."""


class Emisor:
    def __init__(self) -> None:
        self.publicados: list[tuple[Sobre, Mensaje]] = []
        self.negados: list[tuple[Sobre, Mensaje]] = []

    async def entregar(self, sobre: Sobre, mensaje: Mensaje, *, espera: float) -> None:
        self.publicados.append((sobre, mensaje))

    def publicar(self, sobre: Sobre, mensaje: Mensaje) -> None:
        self.negados.append((sobre, mensaje))


class Propietario(ThreadingHTTPServer):
    """An owning service that keeps who it was told that asks."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Atencion)
        self.credenciales: list[str] = []


class _Atencion(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Propietario

    def do_GET(self) -> None:
        self.server.credenciales.append(self.headers.get("Authorization", ""))
        self.send_response(404)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def proveedor(tmp_path_factory: pytest.TempPathFactory) -> Proveedor:
    return Proveedor(tmp_path_factory.mktemp("identidad"))


@pytest.fixture(scope="module")
def propietario() -> Iterator[Propietario]:
    with Propietario() as servidor:
        threading.Thread(target=servidor.serve_forever, daemon=True).start()
        yield servidor
        servidor.shutdown()


def ajustes(proveedor: Proveedor, propietario: Propietario | None = None, **otros: Any) -> Config:
    url = f"http://127.0.0.1:{propietario.server_port if propietario else 1}"
    servicios = dict.fromkeys(
        ("suscripciones_url", "servicio_datos_url", "procesamiento_url", "notificaciones_url"), url
    )  # fmt: skip
    propios = {"idempotencia_secreto": "secreto de las pruebas", "pulsar_admin_url": url}
    return Config.model_validate(propios | servicios | proveedor.ajustes | otros)


@pytest.fixture(scope="module")
def emisor() -> Emisor:
    return Emisor()


@pytest.fixture(scope="module")
def app(proveedor: Proveedor, propietario: Propietario, emisor: Emisor) -> App:
    return componer(ajustes(proveedor, propietario, bff_rafaga=10**6, bff_ritmo=10**6), emisor, lambda: None)


@pytest.fixture(scope="module")
def puerta(app: App) -> FlaskClient:
    return app.test_client()


def pedir(puerta: FlaskClient, que: str, token: str | None, cuerpo: str = "{}", **cabeceras: str) -> TestResponse:
    metodo, ruta = que.split(" ")
    dichas = {"Authorization": f"Bearer {token}"} if token is not None else {}
    datos = {"data": cuerpo, "content_type": "application/json"} if metodo == "POST" else {}
    return puerta.open(ruta, method=metodo, headers=dichas | cabeceras, **datos)


def rutas(app: App) -> dict[str, str]:
    """Every route that does something, with an id where it takes one, and its name."""
    todas = {}
    for regla in app.url_map.iter_rules():
        if not regla.endpoint.endswith("(solo POST)"):
            partes = regla.rule.replace("<cliente_codigo>", "0001").split("/")
            ruta = "/".join("x" if parte.startswith("<") else parte for parte in partes)
            todas |= {f"{m} {ruta}": regla.endpoint for m in (regla.methods or set()) & {"GET", "POST"}}
    return dict(sorted(todas.items()))


def con_regla(app: App) -> dict[str, Permiso]:
    """Each route that not everybody may use, by how it is asked, and its rule."""
    de_todas = reglas(app)
    return {que: regla for que, nombre in rutas(app).items() if (regla := de_todas[nombre]) is not None}


def peligrosas(app: App) -> dict[str, tuple[str, str]]:
    """What was written down by hand, the trails and the dead letters by their routes."""
    rastros = {que: RASTRO for que in rutas(app) if que.endswith("/auditoria")}
    return PELIGROSAS | rastros | {que: CARTAS[que.split(" ")[0]] for que in rutas(app) if "/cartas" in que}


def test_toda_ruta_esta_en_alguna_parte_de_esta_prueba_o_en_la_tabla(app: App) -> None:
    """What is not public here by hand has a rule that asks for a role or a scope."""
    publicas = {app.url_map.bind("x").match(ruta)[0] for ruta in PUBLICAS} | {rutas(app)[SALIR]}
    sin_regla = {n for n, regla in reglas(app).items() if regla is None and not n.endswith("(solo POST)")}
    assert sin_regla == publicas


def test_una_ruta_sin_regla_no_deja_abrir_la_puerta(proveedor: Proveedor) -> None:
    otra = componer(ajustes(proveedor), Emisor(), lambda: None)
    otra.add_url_rule("/escondida", "escondida", lambda: "nada")
    with pytest.raises(SinPermiso, match="/escondida"):
        reglas(otra)


@pytest.mark.parametrize("ruta", sorted(PUBLICAS))
def test_lo_publico_lo_es(puerta: FlaskClient, ruta: str) -> None:
    assert puerta.get(ruta).status_code == 200


def test_sin_token_no_se_entra_en_ninguna_parte(app: App, puerta: FlaskClient) -> None:
    for que in rutas(app):
        if que.split(" ")[1] in PUBLICAS | {"/swagger/x", "/consola/estaticos/x"} or que == SALIR:
            continue
        respuesta = pedir(puerta, que, None)
        assert (respuesta.status_code, respuesta.content_type) == (401, "application/problem+json"), que
        assert respuesta.headers["WWW-Authenticate"] == 'Bearer realm="saludtech"', que


@pytest.mark.parametrize("cual", FALSOS)
def test_con_un_token_que_no_vale_no_se_entra_en_ninguna_parte(
    app: App, puerta: FlaskClient, proveedor: Proveedor, cual: Falso, emisor: Emisor
) -> None:
    antes = len(emisor.publicados)
    falsos = {
        rol: proveedor.falso(cual, roles=(rol,), ambitos=TODOS_LOS_AMBITOS, **SUYO[rol]) for rol in ROLES
    }  # fmt: skip
    for que in rutas(app):
        if que.split(" ")[1] in PUBLICAS | {"/swagger/x", "/consola/estaticos/x"} or que == SALIR:
            continue
        for rol, falso in falsos.items():
            respuesta = pedir(puerta, que, falso)
            assert respuesta.status_code == 401, (que, rol)
            assert respuesta.headers["WWW-Authenticate"] == 'Bearer realm="saludtech", error="invalid_token"'
            assert falso not in respuesta.text
    assert len(emisor.publicados) == antes


def test_con_lo_que_la_puerta_dice_a_los_servicios_no_se_entra_en_la_puerta(
    app: App, puerta: FlaskClient, proveedor: Proveedor
) -> None:
    """Whoever saw one on its way says it again, where a caller's token belongs."""
    ana = Quien(id="ana", roles=frozenset(ROLES), cliente="0001", clinica="norte")
    sello = Sello(proveedor.puerta_clave.read_text()).de(ana)
    for que in con_regla(app):
        assert pedir(puerta, que, sello).status_code == 401, que


QUIENES = (*ROLES, "sin papel", "nadie")
"""Who asks: each role, somebody of none, and nobody."""


@pytest.fixture(scope="module")
def visto(app: App, puerta: FlaskClient, proveedor: Proveedor) -> dict[tuple[str, str], TestResponse]:
    """What each route answers to each who asks, with a good token that has every scope."""
    tokens = {rol: proveedor.token(rol, ambitos=TODOS_LOS_AMBITOS, **SUYO[rol]) for rol in ROLES}
    tokens |= {"sin papel": proveedor.token(ambitos=TODOS_LOS_AMBITOS)}
    return {(que, quien): pedir(puerta, que, tokens.get(quien)) for que in con_regla(app) for quien in QUIENES}


def test_cada_rol_entra_donde_dicen_las_reglas_y_en_ninguna_otra_parte(
    app: App, visto: dict[tuple[str, str], TestResponse]
) -> None:
    """Role × route, whole."""

    def debido(regla: Permiso, quien: str) -> int | None:
        if quien == "nadie":
            return 401
        return None if any(quien == rol and regla.alcance(rol) is not Alcance.NADA for rol in ROLES) else 403

    entra = {casilla: dicho.status_code not in (401, 403) for casilla, dicho in visto.items()}
    mal = [
        f"{quien}, {que}: {visto[que, quien].status_code}"
        for que, regla in con_regla(app).items()
        for quien in QUIENES
        if (None if entra[que, quien] else visto[que, quien].status_code) != debido(regla, quien)
    ]
    assert mal == []
    contar("role × route", entra, a_mano=lambda casilla: casilla[0] in peligrosas(app))


def test_en_lo_peligroso_entra_quien_puede_y_nadie_mas(app: App, visto: dict[tuple[str, str], TestResponse]) -> None:
    for que, (quienes, ambito) in peligrosas(app).items():
        for quien in QUIENES:
            respuesta = visto[que, quien]
            if quien in quienes.split():
                assert respuesta.status_code not in (401, 403), (que, quien, respuesta.text)
            elif quien != "nadie":
                assert respuesta.status_code == 403, (que, quien)
                assert 'error="insufficient_scope"' in respuesta.headers["WWW-Authenticate"]
                assert not ambito or f'scope="{ambito}"' in respuesta.headers["WWW-Authenticate"], que


def test_los_peligrosos_son_todos(app: App) -> None:
    """Each command's route, each whose answer holds what docs/datos-personales.md names, each file's and each trail's
    are among those that were written down by hand."""
    lugares = (lugar.replace("{cliente_codigo}", "0001") for valor in tabla().values() for lugar in valor.otros)
    # Of any answer, a header alone: the asker's own word. The trails and the dead letters are among `otras`.
    sin_ruta = {"GET *", "GET /*/auditoria", "GET /*/cartas", "GET /*/cartas/x"}
    muestran = {re.sub(r"\{\w+\}", "x", lugar) for lugar in lugares if lugar.startswith("GET ")} - sin_ruta
    otras = {
        que
        for que in rutas(app).keys() - {SALIR}
        if que.startswith("POST ") or que.endswith(("/archivo", "/auditoria")) or "/cartas" in que
    }
    assert (muestran | otras) - peligrosas(app).keys() == set()
    assert peligrosas(app).keys() - con_regla(app).keys() == set()
    assert len(peligrosas(app)) * 3 >= len(con_regla(app))


def test_sin_su_ambito_no_se_entra_en_ninguna_parte(app: App, puerta: FlaskClient, proveedor: Proveedor) -> None:
    """With all roles, and all scopes but that of the route; what asks for none is entered with none."""
    mal = []
    for que, regla in con_regla(app).items():
        otros = {*TODOS_LOS_AMBITOS.split(), f"{regla.ambito}x"} - {regla.ambito} if regla.ambito else set()
        token = proveedor.token(*ROLES, cliente="0001", clinica="norte", ambitos=" ".join(sorted(otros)))
        respuesta = pedir(puerta, que, token)
        negado = respuesta.status_code == 403 and f"ámbito {regla.ambito}" in respuesta.text
        if negado != bool(regla.ambito) or regla.ambito != peligrosas(app).get(que, ("", regla.ambito))[1]:
            mal.append(f"{que}: {respuesta.status_code}")
    assert mal == []


def test_quien_no_es_nada_de_esto_no_hace_nada(puerta: FlaskClient, proveedor: Proveedor) -> None:
    """A role that nobody knows, and those that need a code and say none, or one that can be none."""
    for dichas in ({"roles": ["admin"]}, {"roles": ["cliente", "clinica"]}, {"roles": "operador"},
                   {"roles": ["cliente"], "cliente_codigo": "../0001"}, {"roles": {"operador": True}}):  # fmt: skip
        token = proveedor.token(ambitos=TODOS_LOS_AMBITOS, **dichas)  # type: ignore[arg-type]
        for que in PELIGROSAS:
            assert pedir(puerta, que, token).status_code == 403, (que, dichas)


def test_las_rutas_que_no_hay_no_piden_token_y_las_preguntas_por_metodos_tampoco(puerta: FlaskClient) -> None:
    assert puerta.get("/nada").status_code == 404
    assert puerta.options("/suscripciones").status_code == 200
    assert puerta.options("/suscripciones/suscripcion-comando").status_code == 204
    assert puerta.get("/suscripciones/suscripcion-comando").status_code == 405


# --- What becomes of who asks ---


def test_el_comando_lleva_a_quien_lo_pide(puerta: FlaskClient, proveedor: Proveedor, emisor: Emisor) -> None:
    token = proveedor.token("cliente", cliente="0001", ambitos="suscripciones:escribir")
    respuesta = pedir(puerta, "POST /suscripciones/suscripcion-comando", token, SUSCRIPCION)
    assert respuesta.status_code == 202, respuesta.text
    sobre, _ = emisor.publicados[-1]
    assert sobre.quien == Quien(id="ana", roles=frozenset({"cliente"}), cliente="0001")


SERVICIO = {
    "cliente": {"codigo": "0001", "nombre": {"nombres": "A", "apellidos": "B"}, "usuario": "u"},
    "experto": {"codigo": "e"}, "nube": {"codigo": "n"}, "dataset": {"codigo": "d"}, "suscripcion": {"codigo": "s"},
}  # fmt: skip


@pytest.mark.parametrize(
    ("ruta", "cuerpo"),
    [
        ("/suscripciones/suscripcion-comando", json.loads(SUSCRIPCION)),
        ("/servicios-datos/servicio-datos-comando", SERVICIO),
    ],
)
def test_un_cliente_no_pide_a_nombre_de_otro_y_un_operador_si(
    puerta: FlaskClient, proveedor: Proveedor, emisor: Emisor, ruta: str, cuerpo: dict[str, Any]
) -> None:
    antes = len(emisor.publicados)
    eva = proveedor.token("cliente", sub="eva", cliente="0002", ambitos=TODOS_LOS_AMBITOS)
    respuesta = pedir(puerta, f"POST {ruta}", eva, json.dumps(cuerpo))
    assert (respuesta.status_code, len(emisor.publicados)) == (403, antes)
    operador = proveedor.token("operador", ambitos=TODOS_LOS_AMBITOS)
    assert pedir(puerta, f"POST {ruta}", operador, json.dumps(cuerpo)).status_code == 202


def test_de_lo_que_se_niega_se_entera_la_auditoria(puerta: FlaskClient, proveedor: Proveedor, emisor: Emisor) -> None:
    """By whichever of the door's parts it was refused; once a second, hence the wait."""
    eva = proveedor.token("cliente", sub="eva-negada", cliente="0002", ambitos=TODOS_LOS_AMBITOS)
    assert pedir(puerta, "POST /suscripciones/suscripcion-comando", eva, SUSCRIPCION).status_code == 403
    assert pedir(puerta, "GET /procesar/imagenes/i-1", eva).status_code == 403

    def dichos() -> dict[str, tuple[str, str]]:
        suyos = [h for _, h in emisor.negados if isinstance(h, AccesoNegado) and h.quien == "eva-negada"]
        return {h.accion: (h.titular, h.recurso) for h in suyos}

    limite = time.monotonic() + 20
    while len(dichos()) < 2:
        assert time.monotonic() < limite, dichos()
        time.sleep(0.02)
    assert dichos() == {
        "CrearSuscripcion": ("cliente:0002", ""),
        "ObtenerImagenAnonimizada": ("cliente:0002", "i-1"),
    }


def test_la_clave_de_idempotencia_es_de_quien_la_dio(puerta: FlaskClient, proveedor: Proveedor, emisor: Emisor) -> None:
    def comando(sub: str, clinica: str = "norte") -> Any:
        token = proveedor.token("clinica", sub=sub, clinica=clinica, ambitos="imagenes:escribir")
        ruta = "POST /procesar/procesar-imagen"
        respuesta = pedir(puerta, ruta, token, IMAGEN, **{"Idempotency-Key": "k"})
        assert respuesta.status_code == 202
        return respuesta.json["id_comando"], emisor.publicados[-1][0].clave_idempotencia  # type: ignore[index]

    assert comando("ana") == comando("ana")
    assert set(comando("ana")).isdisjoint(comando("eva"))
    # Nor is it of the same one for somebody else.
    assert set(comando("ana")).isdisjoint(comando("ana", "sur"))


def test_al_servicio_se_le_dice_quien_pide_y_no_su_token(
    puerta: FlaskClient, proveedor: Proveedor, propietario: Propietario
) -> None:
    token = proveedor.token("cliente", cliente="0001", ambitos="suscripciones:leer")
    assert pedir(puerta, "GET /suscripciones/s-1", token).status_code == 404
    dicha = propietario.credenciales[-1].removeprefix("Bearer ")
    assert dicha != token
    publica = proveedor.puerta_clave_publica.read_text()
    assert lector(publica).verificar(dicha).quien == Quien(id="ana", roles=frozenset({"cliente"}), cliente="0001")
    with pytest.raises(TokenInvalido):
        lector(publica).verificar(token)
    # What the door signs opens no door.
    assert pedir(puerta, "GET /suscripciones/s-1", dicha).status_code == 401


def test_bajo_ninguna_no_se_pregunta_a_nadie(emisor: Emisor) -> None:
    abierta = componer(
        Config.model_validate({"idempotencia_secreto": "secreto de las pruebas"}), emisor, lambda: None
    ).test_client()
    assert pedir(abierta, "POST /suscripciones/suscripcion-comando", None, SUSCRIPCION).status_code == 202
    assert emisor.publicados[-1][0].quien is None
    assert abierta.get("/metrics").status_code == 200
    documento = abierta.get("/openapi.json").json or {}
    assert "securitySchemes" not in documento["components"]


def test_el_documento_dice_quien_puede(app: App, puerta: FlaskClient) -> None:
    documento = puerta.get("/openapi.json").json or {}
    assert documento["components"]["securitySchemes"]["proveedor"]["openIdConnectUrl"].startswith("https://")
    for que, (_, ambito) in peligrosas(app).items():
        metodo, ruta = que.lower().split(" ")
        partes = ruta.split("/")
        (camino,) = [
            c for c in documento["paths"]
            if len(c.split("/")) == len(partes)
            and all(p == q or (p in ("x", SUYO["cliente"]["cliente"]) and q.startswith("{"))
                    for p, q in zip(partes, c.split("/"), strict=True))
        ]  # fmt: skip
        operacion = documento["paths"][camino][metodo]
        assert operacion["security"] == [
            {"token": [ambito] if ambito else []},
            {"proveedor": [ambito] if ambito else []},
        ]
        assert {"401", "403", "429"} <= set(operacion["responses"]), que
    assert "security" not in documento["paths"]["/salud/viva"]["get"]


# --- Too much of it ---


def test_quien_pide_demasiado_espera_y_los_demas_no(proveedor: Proveedor) -> None:
    ahora = [1_000_000.0]
    limite = Limite(200, 2000, lambda: ahora[0])

    def pasan(cuantas: int, **quien: str) -> int:
        hechas = 0
        for _ in range(cuantas):
            try:
                limite.contar(**quien)
            except ErrorHttp as error:
                assert error.estado == 429
                assert error.cabeceras and 1 <= int(error.cabeceras["Retry-After"]) <= 11
            else:
                hechas += 1
        return hechas

    assert pasan(2500, sujeto="ana") == 2000
    assert pasan(10, sujeto="eva") == 10
    assert pasan(10, direccion="ana") == 10
    ahora[0] += 15
    assert pasan(2500, sujeto="ana") == pytest.approx(1000, abs=2)
    ahora[0] += 60
    assert pasan(2500, sujeto="ana") == 2000


def test_tras_una_rafaga_pasa_el_ritmo_y_nada_mas() -> None:
    ahora, pasaron = [1_000_009.99], []
    limite = Limite(2, 20, lambda: ahora[0])
    for _ in range(100):
        for _ in range(30):
            try:
                limite.contar(sujeto="ana")
            except ErrorHttp:
                break
            pasaron.append(ahora[0])
        ahora[0] += 0.1
    assert pasaron.count(pasaron[0]) == 20
    for cuando in pasaron:
        assert len([p for p in pasaron if p <= cuando]) <= 20 + 2 * (cuando - pasaron[0]) + 1
    assert 20 < len(pasaron) < 2 * 20


def test_lo_que_dice_retry_after_es_verdad() -> None:
    ahora = [1_000_003.0]
    limite = Limite(2, 20, lambda: ahora[0])
    for _ in range(5):
        with pytest.raises(ErrorHttp) as negado:
            for _ in range(100):
                limite.contar(sujeto="ana")
        assert negado.value.cabeceras
        ahora[0] += int(negado.value.cabeceras["Retry-After"])
        limite.contar(sujeto="ana")


def test_los_procesos_de_una_instancia_tienen_un_limite_entre_todos() -> None:
    limite = Limite(10, 10, lambda: 1_000_000.0)

    def contar() -> None:
        for _ in range(6):
            limite.contar(sujeto="ana")

    otro = multiprocessing.get_context("fork").Process(target=contar)
    otro.start()
    otro.join(10)
    assert otro.exitcode == 0
    with pytest.raises(ErrorHttp):
        contar()


def test_una_red_de_ipv6_es_un_cliente() -> None:
    limite = Limite(10, 10)
    for n in range(10):
        limite.contar(direccion=f"2001:db8::{n}")
    with pytest.raises(ErrorHttp):
        limite.contar(direccion="2001:db8::ffff")
    limite.contar(direccion="2001:db8:0:1::1")


def test_los_tokens_falsos_se_cuentan_a_su_direccion(proveedor: Proveedor) -> None:
    puerta = componer(ajustes(proveedor, bff_rafaga=5, bff_ritmo=1), Emisor(), lambda: None).test_client()
    estados = [pedir(puerta, "GET /metrics", f"falso.{n}.x").status_code for n in range(7)]
    assert estados == [401] * 5 + [429] * 2
    assert pedir(puerta, "GET /metrics", proveedor.token("operador")).status_code == 200
    assert puerta.get("/salud/viva").status_code == 200
    assert puerta.get("/docs").status_code == 429


# --- Headers ---


def test_toda_respuesta_lleva_las_cabeceras_que_protegen(puerta: FlaskClient) -> None:
    for ruta in ("/salud/viva", "/planes", "/nada", "/openapi.json"):
        cabeceras = puerta.get(ruta).headers
        assert cabeceras["X-Content-Type-Options"] == "nosniff"
        assert cabeceras["Referrer-Policy"] == "no-referrer"
        assert "frame-ancestors 'none'" in cabeceras["Content-Security-Policy"]
        assert cabeceras["Cache-Control"] == "no-store"
        assert "Strict-Transport-Security" not in cabeceras
    assert "max-age" in puerta.get("/planes", base_url="https://x").headers["Strict-Transport-Security"]


def test_la_pagina_corre_sus_guiones_y_ningun_otro(puerta: FlaskClient) -> None:
    for ruta in ("/docs", "/swagger"):
        politica = puerta.get(ruta).headers["Content-Security-Policy"]
        assert "script-src 'self' 'sha256-" in politica
        assert "unsafe-inline" not in politica.split("script-src")[1].split(";")[0]


def test_desde_otro_sitio_no_se_pregunta_salvo_desde_los_dichos(proveedor: Proveedor, puerta: FlaskClient) -> None:
    portal = "https://portal.example"
    previa = {"Origin": portal, "Access-Control-Request-Method": "POST"}
    cerrada = puerta.options("/suscripciones/suscripcion-comando", headers=previa)
    assert not [n for n, _ in cerrada.headers if n.startswith("Access-Control")]
    abierta = componer(ajustes(proveedor, bff_origenes=portal), Emisor(), lambda: None).test_client()
    suya = abierta.options("/suscripciones/suscripcion-comando", headers=previa)
    assert suya.headers["Access-Control-Allow-Origin"] == portal
    assert "Authorization" in suya.headers["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Credentials" not in suya.headers
    for otro in ("https://portal.example.malo", "null", "https://malo"):
        ajena = abierta.options("/suscripciones/suscripcion-comando", headers=previa | {"Origin": otro})
        assert "Access-Control-Allow-Origin" not in ajena.headers
        assert "Origin" in ajena.headers["Vary"]


# --- Before a body is read ---


@pytest.fixture(scope="module")
def servida(app: App) -> Iterator[int]:
    servidor = ServidorEnHilo(app, Limites(hilos=4, subidas=2))
    yield servidor.puerto
    servidor.cerrar()


@pytest.mark.parametrize("tipo", ["application/json", "multipart/form-data; boundary=x"])
@pytest.mark.parametrize("espera", ["", "Expect: 100-continue\r\n"])
def test_a_quien_no_entra_se_le_dice_antes_de_que_mande_el_cuerpo(servida: int, tipo: str, espera: str) -> None:
    cabeza = (
        f"POST /procesar/imagenes HTTP/1.1\r\nHost: x\r\nContent-Type: {tipo}\r\nContent-Length: 90000\r\n{espera}\r\n"
    )
    with socket.create_connection(("127.0.0.1", servida), timeout=5) as enchufe:
        enchufe.sendall(f"{cabeza}\r\n".encode())
        dicho = enchufe.recv(4096)
    assert dicho.startswith(b"HTTP/1.1 401 "), dicho
    assert b"nosniff" in dicho


def test_quien_entra_manda_su_cuerpo_despacio_y_vale(servida: int, proveedor: Proveedor, emisor: Emisor) -> None:
    """Its body comes behind its head: it is asked once, and the limit counts it once."""
    token = proveedor.token("clinica", clinica="norte", ambitos="imagenes:escribir")
    cuerpo = IMAGEN.encode()
    with socket.create_connection(("127.0.0.1", servida), timeout=5) as enchufe:
        enchufe.sendall(
            f"POST /procesar/procesar-imagen HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            f"Authorization: Bearer {token}\r\nExpect: 100-continue\r\nContent-Length: {len(cuerpo)}\r\n\r\n".encode()
        )
        assert enchufe.recv(4096).startswith(b"HTTP/1.1 100 ")
        enchufe.sendall(cuerpo)
        respuesta = http.client.HTTPResponse(enchufe)
        respuesta.begin()
        assert respuesta.status == 202, respuesta.read()


class Publicador(ThreadingHTTPServer):
    """A provider that takes its time to say its keys."""

    daemon_threads = True

    def __init__(self, proveedor: Proveedor) -> None:
        super().__init__(("127.0.0.1", 0), _Publicacion)
        self.juego = proveedor.jwks.read_bytes()
        self.preguntado = threading.Event()
        self.soltar = threading.Event()


class _Publicacion(BaseHTTPRequestHandler):
    server: Publicador

    def do_GET(self) -> None:
        self.server.preguntado.set()
        self.server.soltar.wait(10)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.server.juego)

    def log_message(self, *_: object) -> None:
        pass


def test_un_proveedor_lento_no_detiene_a_quien_no_espera_por_el(proveedor: Proveedor, propietario: Propietario) -> None:
    def estado(ruta: str, **cabeceras: str) -> int:
        conexion = http.client.HTTPConnection("127.0.0.1", servidor.puerto, timeout=8)
        conexion.request("GET", ruta, headers=cabeceras)
        return conexion.getresponse().status

    with Publicador(proveedor) as publicador, ThreadPoolExecutor() as hilos:
        threading.Thread(target=publicador.serve_forever, daemon=True).start()
        jwks = f"http://127.0.0.1:{publicador.server_port}/jwks"
        app = componer(ajustes(proveedor, propietario, oidc_jwks=jwks), Emisor(), lambda: None)
        servidor = ServidorEnHilo(app, Limites(hilos=2))
        try:
            token = proveedor.token("cliente", cliente="0001", ambitos="suscripciones:leer")
            espera = [hilos.submit(estado, "/suscripciones/s-1", Authorization=f"Bearer {token}") for _ in range(4)]
            assert publicador.preguntado.wait(5)
            assert estado("/salud/viva") == 200
            assert estado("/planes") == 401
            assert not any(e.done() for e in espera)
            publicador.soltar.set()
            assert [e.result(5) for e in espera] == [404] * 4
        finally:
            publicador.soltar.set()
            servidor.cerrar()
            publicador.shutdown()


# --- Settings ---


@pytest.mark.parametrize(
    ("otros", "dice"),
    [
        ({"autenticacion": "ninguna", "bff_host": "0.0.0.0"}, "BFF_HOST"),
        ({"autenticacion": "ninguna", "bff_host": "10.0.0.7"}, "BFF_HOST"),
        ({"oidc_emisor": ""}, "OIDC_EMISOR"),
        ({"oidc_jwks": ""}, "OIDC_JWKS"),
        ({"oidc_jwks": "http://identidad.example/jwks"}, "https"),
        ({"procesamiento_url": "http://procesamiento:5013"}, "PROCESAMIENTO_URL ha de empezar por https"),
        ({"oidc_emisor": "urn:saludtech:desarrollo"}, "desarrollo"),
        ({"oidc_audiencia": ""}, "OIDC_AUDIENCIA"),
        ({"oidc_algoritmos": "HS256"}, "RS256"),
        ({"oidc_algoritmos": "RS256,none"}, "RS256"),
        ({"puerta_clave": ""}, "PUERTA_CLAVE"),
        ({"puerta_clave": "/dev/null"}, "Ed25519"),
        ({"bff_origenes": "*"}, "orígenes"),
        ({"bff_origenes": "https://portal.example/"}, "orígenes"),
    ],
)
def test_con_ajustes_que_dejarian_entrar_a_cualquiera_no_arranca(
    proveedor: Proveedor, otros: dict[str, str], dice: str
) -> None:
    with pytest.raises(ValidationError, match=dice):
        ajustes(proveedor, **otros)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "127.8.8.8"])
def test_ninguna_arranca_en_esta_maquina(proveedor: Proveedor, host: str) -> None:
    assert ajustes(proveedor, autenticacion="ninguna", bff_host=host).bff_host == host


def test_la_clave_de_desarrollo_no_vale_bajo_oidc(proveedor: Proveedor, tmp_path: Path) -> None:
    jwks = tmp_path / "jwks.json"
    publica = proveedor.clave.as_dict(private=False) | {"kid": "saludtech-desarrollo-1"}
    jwks.write_text(json.dumps({"keys": [publica]}))
    with pytest.raises(ValidationError, match="desarrollo"):
        ajustes(proveedor, oidc_jwks=str(jwks))
    assert ajustes(proveedor, oidc_jwks=str(jwks), autenticacion="desarrollo").emisor == "urn:saludtech:desarrollo"
