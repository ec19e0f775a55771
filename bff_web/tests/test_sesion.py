"""Signing in with a browser: the session's cookie, who may use it from where, and the way there by a provider."""

import json
import secrets
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import urllib3
from flask.testing import FlaskClient
from pydantic import ValidationError
from structlog.testing import capture_logs
from werkzeug.test import TestResponse

from bff_web.composicion import componer
from bff_web.config import Config
from bff_web.sesion import galletas
from bff_web.sesion.galletas import CABECERA_CSRF, MAXIMO, Entrada, NoCabe, Rota, Sesion, Sesiones, exigir_de_aqui
from bff_web.sesion.proveedor import Lugares, Proveedor, SinProveedor
from bff_web.sesion.vista import _destino
from contratos.ejemplos import SUSCRIPCION
from seedwork.aplicacion.sobre import Sobre
from seedwork.entrada.http import App
from seedwork.entrada.problemas import ErrorHttp
from seedwork.infraestructura.campos import Llavero
from seedwork.pruebas.identidad import Proveedor as Emisor
from seedwork.pruebas.proveedor_oidc import ProveedorOidc

LOCAL = {"wsgi.url_scheme": "http", "HTTP_HOST": "localhost:5005", "REQUEST_METHOD": "GET"}
TLS = LOCAL | {"wsgi.url_scheme": "https", "HTTP_HOST": "puerta.example"}
COMANDO = "/suscripciones/suscripcion-comando"
PAGINA = b"<title>Consola"


class Broker:
    def __init__(self) -> None:
        self.publicados: list[Sobre] = []

    async def entregar(self, sobre: Sobre, _mensaje: Any, *, espera: float) -> None:
        self.publicados.append(sobre)

    def publicar(self, _sobre: Sobre, _mensaje: Any) -> None:
        pass


def abrir(ajustes: dict[str, Any], broker: Broker | None = None) -> App:
    urls = dict.fromkeys(
        ("suscripciones_url", "servicio_datos_url", "procesamiento_url", "notificaciones_url"), "http://127.0.0.1:1"
    )
    propios = {"idempotencia_secreto": "secreto de las pruebas", "pulsar_admin_url": "http://127.0.0.1:1"}
    config = Config.model_validate(propios | urls | ajustes)
    return componer(config, broker or Broker(), lambda: None)


@pytest.fixture(scope="module")
def proveedor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProveedorOidc]:
    este = ProveedorOidc(tmp_path_factory.mktemp("identidad"), "secreto: de & prueba")
    yield este
    este.cerrar()


@pytest.fixture(autouse=True)
def _como_al_principio(proveedor: ProveedorOidc, broker: Broker) -> None:
    proveedor.con_refresco, proveedor.dura_s = False, 3600.0
    proveedor.cambios.clear()
    broker.publicados.clear()


@pytest.fixture(scope="module")
def broker() -> Broker:
    return Broker()


@pytest.fixture(scope="module")
def app(proveedor: ProveedorOidc, broker: Broker) -> App:
    return abrir(proveedor.ajustes, broker)


@pytest.fixture
def puerta(app: App) -> FlaskClient:
    """A browser that has not been here before."""
    return app.test_client()


def ir(puerta: FlaskClient, destino: str = "/consola") -> dict[str, str]:
    """Who wants to sign in is sent to the provider: with what is asked for."""
    respuesta = puerta.get("/consola/entrar", query_string={"destino": destino})
    assert respuesta.status_code == 303
    return {n: v[0] for n, v in parse_qs(urlsplit(respuesta.location).query).items()}


def firmar(proveedor: ProveedorOidc, pedido: dict[str, str], quien: str = "olga") -> str:
    """They say there who they are, and are sent back to this address."""
    de_formulario = {"Content-Type": "application/x-www-form-urlencoded"}
    cuerpo = urlencode(pedido | {"quien": quien})
    respuesta = urllib3.request(
        "POST", f"{proveedor.emisor}/entrar", body=cuerpo, headers=de_formulario, redirect=False
    )
    return respuesta.headers["Location"].partition("localhost")[2]


def entrar(
    puerta: FlaskClient, proveedor: ProveedorOidc, quien: str = "olga", destino: str = "/consola"
) -> TestResponse:
    return puerta.get(firmar(proveedor, ir(puerta, destino), quien))


def estado(puerta: FlaskClient) -> dict[str, Any]:
    return dict(puerta.get("/consola/sesion").get_json())


def test_el_documento_dice_la_galleta_y_su_secreto(puerta: FlaskClient, proveedor: ProveedorOidc) -> None:
    """What a browser's session takes: the cookie by its name, and the header with what changes something."""
    documento = puerta.get("/openapi.json").get_json()
    galleta = documento["components"]["securitySchemes"]["sesion"]
    assert (galleta["type"], galleta["in"], galleta["name"]) == ("apiKey", "cookie", f"__Host-{galletas.SESION}")
    puestas = [g.partition("=")[0] for g in entrar(puerta, proveedor).headers.getlist("Set-Cookie")]
    assert galletas.SESION in puestas and f"`{galletas.SESION}`" in galleta["description"]
    for operaciones in documento["paths"].values():
        for metodo, operacion in operaciones.items():
            con_regla = "security" in operacion
            assert not con_regla or ["sesion"] in [list(esquema) for esquema in operacion["security"]]
            dichas = {p["name"] for p in operacion["parameters"] if p["in"] == "header"}
            assert (CABECERA_CSRF in dichas) == (con_regla and metodo == "post")


# --- The cookie ---


def sesion(**otras: Any) -> Sesion:
    propias: dict[str, Any] = {"token": "t" * 900, "hasta": 2e9, "sujeto": "ana", "csrf": "c", "desde": 1.0}
    return Sesion(**propias | otras)


def con(galleta: str, entorno: dict[str, str] = TLS) -> dict[str, Any]:
    return entorno | {"HTTP_COOKIE": f"otra=1; {galleta.partition(';')[0]}"}


@pytest.fixture
def sesiones() -> Sesiones:
    return Sesiones(Llavero([b"a" * 32]))


def test_la_galleta_dice_lo_que_se_guardo_y_nadie_mas_lo_lee(sesiones: Sesiones) -> None:
    escrita = sesiones.poner(TLS, sesion(token="dos.puntos.secretos"))
    assert sesiones.leer(con(escrita)) == sesion(token="dos.puntos.secretos")
    assert "secretos" not in escrita
    # Each time another, though it says the same.
    assert escrita != sesiones.poner(TLS, sesion(token="dos.puntos.secretos"))


def test_los_atributos_de_las_galletas(sesiones: Sesiones) -> None:
    por_tls = sesiones.poner(TLS, sesion())
    assert por_tls.startswith("__Host-saludtech_sesion=")
    assert por_tls.split("; ")[1:] == ["Secure", "HttpOnly", "Path=/", "SameSite=Strict"]
    assert sesiones.poner(LOCAL, sesion()).split("; ")[1:] == ["HttpOnly", "Path=/", "SameSite=Strict"]
    entrada = sesiones.entrada.poner(TLS, Entrada.nueva("/consola", 1.0))
    assert entrada.startswith("__Host-saludtech_entrada=")
    assert entrada.split("; ")[2:] == ["Max-Age=600", "Secure", "HttpOnly", "Path=/", "SameSite=Lax"]
    assert "Max-Age=0" in sesiones.quitar(TLS)


def test_lo_que_alguien_cambio_o_puso_de_otra_no_es_ninguna(sesiones: Sesiones) -> None:
    nombre, _, valor = sesiones.poner(TLS, sesion()).partition(";")[0].partition("=")
    entrada = sesiones.entrada.poner(TLS, Entrada.nueva("/consola", 1.0)).partition(";")[0].partition("=")[2]
    medio = len(valor) // 2
    for otro in (
        valor[:medio] + ("A" if valor[medio] != "A" else "B") + valor[medio + 1 :],
        valor[:-4],
        valor.replace("v1.", "v2.", 1),
        entrada,
        "v1.",
        "x",
        "é",
    ):
        with pytest.raises(Rota):
            sesiones.leer(con(f"{nombre}={otro}"))


def test_una_clave_nueva_no_acaba_las_sesiones_y_una_retirada_si(sesiones: Sesiones) -> None:
    escrita = con(sesiones.poner(TLS, sesion()))
    assert Sesiones(Llavero([b"b" * 32, b"a" * 32])).leer(dict(escrita)) == sesion()
    with pytest.raises(Rota):
        Sesiones(Llavero([b"b" * 32])).leer(dict(escrita))


def test_en_claro_hacia_otra_maquina_no_hay_sesion(sesiones: Sesiones) -> None:
    fuera = LOCAL | {"HTTP_HOST": "puerta.example:5005"}
    assert sesiones.leer(con(sesiones.poner(fuera, sesion()), fuera)) is None
    for casa in ("localhost", "127.0.0.1:5005", "[::1]:5005", "[::1]"):
        aqui = LOCAL | {"HTTP_HOST": casa}
        assert sesiones.leer(con(sesiones.poner(aqui, sesion()), aqui)) == sesion()
    assert not galletas.puede_haberla(LOCAL | {"HTTP_HOST": "[::1"})
    # That of plain HTTP is none over TLS: somebody on the wire may have put it there.
    assert sesiones.leer(con(sesiones.poner(LOCAL, sesion()), TLS)) is None


def test_lo_que_no_cabe_se_dice(sesiones: Sesiones) -> None:
    assert len(sesiones.poner(TLS, sesion(token=secrets.token_urlsafe(2000))).partition(";")[0]) <= MAXIMO + 1
    with pytest.raises(NoCabe):
        sesiones.poner(TLS, sesion(token=secrets.token_urlsafe(3000)))


# --- From where, and with what, a session counts ---


@pytest.mark.parametrize(
    ("cabeceras", "vale"),
    [
        ({}, True),
        ({"HTTP_SEC_FETCH_SITE": "same-origin", "HTTP_ORIGIN": "https://puerta.example"}, True),
        ({"HTTP_SEC_FETCH_SITE": "none"}, True),
        ({"HTTP_SEC_FETCH_SITE": "cross-site"}, False),
        ({"HTTP_SEC_FETCH_SITE": "same-site"}, False),
        ({"HTTP_SEC_FETCH_SITE": ""}, False),
        ({"HTTP_ORIGIN": "https://puerta.example"}, True),
        ({"HTTP_ORIGIN": "http://puerta.example"}, False),
        ({"HTTP_ORIGIN": "https://puerta.example.otro"}, False),
        ({"HTTP_ORIGIN": "null"}, False),
    ],
)
def test_desde_otro_origen_no_vale(cabeceras: dict[str, str], vale: bool) -> None:
    if vale:
        exigir_de_aqui(TLS | cabeceras)
    else:
        with pytest.raises(ErrorHttp) as error:
            exigir_de_aqui(TLS | cabeceras)
        assert error.value.estado == 403


def test_con_la_sesion_se_pide_y_sin_el_secreto_no_se_manda(
    puerta: FlaskClient, proveedor: ProveedorOidc, broker: Broker
) -> None:
    entrar(puerta, proveedor)
    csrf = estado(puerta)["csrf"]
    # There is no service behind this door: whoever gets so far was let in.
    assert puerta.get("/suscripciones").status_code == 503

    def mandar(**cabeceras: str) -> TestResponse:
        return puerta.post(COMANDO, data=SUSCRIPCION, content_type="application/json", headers=cabeceras)

    for mal in ({}, {CABECERA_CSRF: ""}, {CABECERA_CSRF: csrf[:-1]}, {CABECERA_CSRF: "é"}):
        dicho = mandar(**mal)
        assert (dicho.status_code, dicho.content_type) == (403, "application/problem+json")
        assert CABECERA_CSRF in dicho.get_json()["detail"]
    assert mandar(**{CABECERA_CSRF: csrf, "Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert puerta.get("/suscripciones", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert broker.publicados == []
    assert mandar(**{CABECERA_CSRF: csrf, "Sec-Fetch-Site": "same-origin"}).status_code == 202
    assert [sobre.quien.id for sobre in broker.publicados if sobre.quien] == ["olga"]


def test_quien_dice_un_token_es_quien_dice_el_token(puerta: FlaskClient, proveedor: ProveedorOidc) -> None:
    entrar(puerta, proveedor, "ines")
    assert puerta.get("/metrics").status_code == 403
    otro = {"Authorization": f"Bearer {proveedor.token('operador')}"}
    assert puerta.get("/metrics", headers=otro).status_code == 200
    # Even one that does not count, and without the session's secret.
    assert puerta.get("/metrics", headers={"Authorization": "Basic YTpi"}).status_code == 401
    assert puerta.post(COMANDO, headers=otro).status_code == 403


def test_una_galleta_rota_es_401_y_se_olvida(puerta: FlaskClient) -> None:
    puerta.set_cookie("saludtech_sesion", "v1.00000000.AAAA")
    respuesta = puerta.get("/suscripciones")
    assert (respuesta.status_code, respuesta.content_type) == (401, "application/problem+json")
    assert "Max-Age=0" in respuesta.headers["Set-Cookie"]
    assert puerta.get_cookie("saludtech_sesion") is None
    puerta.set_cookie("saludtech_sesion", "v1.00000000.AAAA")
    assert estado(puerta)["quien"] is None
    assert puerta.get_cookie("saludtech_sesion") is None


def test_lo_que_se_niega_a_otro_sitio_no_se_apunta_a_su_visitante(
    puerta: FlaskClient, proveedor: ProveedorOidc
) -> None:
    entrar(puerta, proveedor, "ines")
    with capture_logs() as dichos:
        assert puerta.get("/suscripciones", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
        assert puerta.get("/metrics").status_code == 403
    negados = [dicho for dicho in dichos if dicho["event"] == "acceso negado"]
    assert [(dicho["quien"], dicho["accion"]) for dicho in negados] == [("ines", "salud.metricas")]


# --- At the provider, and back ---


def test_la_entrada_entera(puerta: FlaskClient, proveedor: ProveedorOidc) -> None:
    nadie = {"autenticacion": "oidc", "quien": None, "csrf": None, "entrada": "/consola/entrar"}
    assert estado(puerta) == nadie
    pedido = ir(puerta, "/consola/sagas?estado=EN_CURSO")
    assert pedido["scope"].split()[0] == "openid"
    assert "auditoria:leer" in pedido["scope"].split()
    assert pedido["redirect_uri"] == "http://localhost/consola/vuelta"
    vuelta = puerta.get(firmar(proveedor, pedido, "ana"))
    assert (vuelta.status_code, vuelta.location) == (303, "/consola/sagas?estado=EN_CURSO")
    assert puerta.get_cookie("saludtech_entrada") is None
    hay = estado(puerta)
    assert hay["quien"] == {"sub": "ana", "roles": ["cliente"], "cliente": "0001", "clinica": None}
    assert puerta.get("/servicios-datos").status_code == 503
    assert puerta.get("/metrics").status_code == 403
    assert puerta.post("/consola/salir").status_code == 403
    fuera = puerta.post("/consola/salir", headers={CABECERA_CSRF: hay["csrf"]})
    salida = urlsplit(fuera.get_json()["salida"])
    assert salida.path == "/salir"
    assert parse_qs(salida.query)["post_logout_redirect_uri"] == ["http://localhost/consola"]
    assert estado(puerta) == nadie
    assert puerta.get("/servicios-datos").status_code == 401
    assert puerta.post("/consola/salir").get_json() == {"salida": None}


def test_cada_entrada_tiene_secretos_suyos(puerta: FlaskClient) -> None:
    una, otra = ir(puerta), ir(puerta)
    for nombre in ("state", "nonce", "code_challenge"):
        assert una[nombre] != otra[nombre]
        assert len(una[nombre]) == 43


def test_sin_haber_empezado_aqui_no_se_acaba(app: App, puerta: FlaskClient, proveedor: ProveedorOidc) -> None:
    """Else another's code would sign its victim in as that other one."""
    ajena = firmar(proveedor, ir(app.test_client()), "norte")
    for antes in (lambda: None, lambda: ir(puerta)):
        antes()
        respuesta = puerta.get(ajena)
        assert respuesta.status_code == 400
        assert "no empezó en este navegador" in respuesta.text
        assert estado(puerta)["quien"] is None


def test_nadie_entra_por_un_enlace_de_otro_sitio(puerta: FlaskClient) -> None:
    ajena = puerta.get("/consola/entrar", headers={"Sec-Fetch-Site": "cross-site"})
    assert (ajena.status_code, "Set-Cookie" in ajena.headers) == (403, False)
    assert puerta.get("/consola/entrar", headers={"Sec-Fetch-Site": "same-origin"}).status_code == 303


def test_una_vuelta_vale_una_vez(puerta: FlaskClient, proveedor: ProveedorOidc) -> None:
    direccion = firmar(proveedor, ir(puerta))
    assert puerta.get(direccion).status_code == 303
    assert puerta.get(direccion).status_code == 400


def test_una_entrada_caduca(puerta: FlaskClient, proveedor: ProveedorOidc, monkeypatch: pytest.MonkeyPatch) -> None:
    vieja = Entrada.nueva("/consola", time.time() - 601)
    monkeypatch.setattr(Entrada, "nueva", lambda *_: vieja)
    assert puerta.get(firmar(proveedor, ir(puerta))).status_code == 400


@pytest.mark.parametrize(
    ("cual", "cambio"),
    [
        ("identidad", {"nonce": "otro"}),
        ("identidad", {"aud": "otro-cliente"}),
        ("identidad", {"aud": ["saludtech-consola", "otro"]}),
        ("identidad", {"aud": ["saludtech-consola"], "azp": "otro"}),
        ("identidad", {"at_hash": "AAAA"}),
        ("identidad", {"iss": "https://otro.example"}),
        ("identidad", {"exp": 1}),
        ("identidad", {"sub": "otra"}),
        ("acceso", {"aud": "otra"}),
        ("acceso", {"exp": 1}),
    ],
)
def test_un_token_que_no_vale_no_abre_sesion(
    puerta: FlaskClient, proveedor: ProveedorOidc, cual: str, cambio: dict[str, Any]
) -> None:
    proveedor.cambios[cual] = cambio
    respuesta = entrar(puerta, proveedor)
    assert respuesta.status_code == 403
    assert "no vale aquí" in respuesta.text
    assert estado(puerta)["quien"] is None


def test_otro_emisor_u_otro_verificador_no_dan_sesion(puerta: FlaskClient, proveedor: ProveedorOidc) -> None:
    direccion = firmar(proveedor, ir(puerta))
    assert puerta.get(direccion.replace("iss=http", "iss=https")).status_code == 400
    direccion = firmar(proveedor, ir(puerta))
    assert puerta.get(direccion.partition("&iss")[0]).status_code == 400
    # The code that somebody saw on its way, in a browser that has begun by itself.
    robado = parse_qs(urlsplit(firmar(proveedor, ir(puerta))).query)["code"][0]
    propio = ir(puerta)
    respuesta = puerta.get(
        "/consola/vuelta", query_string={"code": robado, "state": propio["state"], "iss": proveedor.emisor}
    )
    assert respuesta.status_code == 403
    assert "invalid_grant" in respuesta.text


def test_a_quien_el_proveedor_no_deja_se_le_dice(puerta: FlaskClient, proveedor: ProveedorOidc) -> None:
    respuesta = entrar(puerta, proveedor, "nadie")
    assert (respuesta.status_code, respuesta.mimetype) == (403, "text/html")
    assert "access_denied" in respuesta.text
    # Nothing of an address is written into the page as it came.
    raro = puerta.get(
        "/consola/vuelta",
        query_string={"error": "<script>", "state": ir(puerta)["state"], "iss": proveedor.emisor},
    )
    assert "script" not in raro.text
    assert "script-src" not in raro.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("dicho", "destino"),
    [
        ("/consola", "/consola"),
        ("/consola/sagas/x?a=b#c", "/consola/sagas/x?a=b#c"),
        ("", "/consola"),
        ("https://otro.example/consola", "/consola"),
        ("//otro.example/consola", "/consola"),
        ("/\\otro.example", "/consola"),
        ("/consola\\..\\x", "/consola"),
        ("/consola.otro.example", "/consola"),
        ("/consolas", "/consola"),
        ("/consola/../metrics", "/consola"),
        ("/consola/%2e%2e/metrics", "/consola"),
        ("/consola/%252e", "/consola/%252e"),
        ("/consola/ \r\nSet-Cookie: a=b", "/consola"),
        ("/consola/entrar?destino=/consola", "/consola"),
        ("/consola/vuelta", "/consola"),
        ("javascript:alert(1)", "/consola"),
    ],
)
def test_despues_de_entrar_se_va_a_la_consola_y_a_ninguna_otra_parte(dicho: str, destino: str) -> None:
    assert _destino(dicho) == destino


def test_un_token_corto_se_renueva_sin_que_nadie_lo_note(puerta: FlaskClient, proveedor: ProveedorOidc) -> None:
    proveedor.con_refresco, proveedor.dura_s = True, 30.0
    entrar(puerta, proveedor)
    antes, galleta = estado(puerta), puerta.get_cookie("saludtech_sesion")
    proveedor.dura_s = 3600.0
    assert estado(puerta) == antes
    renovada = puerta.get_cookie("saludtech_sesion")
    assert renovada != galleta
    assert estado(puerta) == antes
    assert puerta.get_cookie("saludtech_sesion") == renovada


def test_lo_que_el_proveedor_ya_no_renueva_acaba_con_su_token(puerta: FlaskClient, proveedor: ProveedorOidc) -> None:
    proveedor.con_refresco, proveedor.dura_s = True, -5.0
    entrar(puerta, proveedor)
    proveedor.olvidar()
    # Within the seconds that clocks may differ by it counts.
    assert estado(puerta)["quien"] is not None
    assert puerta.get("/metrics").status_code == 200


def test_una_sesion_que_caduco_se_olvida(puerta: FlaskClient, proveedor: ProveedorOidc) -> None:
    sesiones = Sesiones(Config.model_validate({"idempotencia_secreto": "x" * 16}).llavero)
    viejo = proveedor.token("operador", exp=int(time.time()) - 60)

    def con_una(**otras: str) -> None:
        galleta = sesiones.poner(LOCAL, sesion(token=viejo, hasta=time.time() - 60, **otras))
        puerta.set_cookie("saludtech_sesion", galleta.partition(";")[0].partition("=")[2])

    con_una()
    respuesta = puerta.get("/metrics")
    assert (respuesta.status_code, respuesta.get_json()["detail"]) == (401, "La sesión ha acabado: entre de nuevo.")
    assert puerta.get_cookie("saludtech_sesion") is None
    # One that may yet be renewed is left for that; this one began too long ago.
    con_una(refresco="r", desde=0.0)
    assert puerta.get("/metrics").status_code == 401
    assert puerta.get_cookie("saludtech_sesion") is not None
    assert estado(puerta)["quien"] is None
    assert puerta.get_cookie("saludtech_sesion") is None


# --- Whom the door asks ---


def test_el_proveedor_que_no_responde_no_deja_la_puerta_sin_hilos(proveedor: ProveedorOidc) -> None:
    puerta = abrir(proveedor.ajustes | {"oidc_emisor": "http://127.0.0.1:1"}).test_client()
    respuesta = puerta.get("/consola/entrar")
    assert (respuesta.status_code, respuesta.mimetype) == (503, "text/html")
    este = Proveedor(emisor=proveedor.emisor, cliente="x")
    for _ in range(4):
        este._sitios.acquire()
    with pytest.raises(SinProveedor, match="demasiadas"):
        este.lugares()


def test_a_un_proveedor_que_se_publica_en_claro_nadie_va(
    proveedor: ProveedorOidc, monkeypatch: pytest.MonkeyPatch
) -> None:
    dicho = proveedor._documento()
    for malo in (
        {"token_endpoint": "http://otro.example/token"},
        {"end_session_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": "file:///etc/passwd"},
        {"issuer": "http://otro.example"},
        {"token_endpoint": None},
    ):
        monkeypatch.setattr(Proveedor, "_pedir", lambda *_, m=malo: dicho | m)
        with pytest.raises(SinProveedor):
            Proveedor(emisor=proveedor.emisor, cliente="x").lugares()


def test_los_lugares_a_mano_van_delante_y_guardan_su_consulta(proveedor: ProveedorOidc) -> None:
    a_mano = Lugares(autorizacion="https://x.example/authorize?audience=saludtech")
    este = Proveedor(emisor=proveedor.emisor, cliente="x", a_mano=a_mano)
    adonde = este.adonde(estado="e", nonce="n", verificador="v", vuelta="https://puerta/consola/vuelta")
    assert adonde.startswith("https://x.example/authorize?audience=saludtech&response_type=code&")
    assert este.lugares().token == f"{proveedor.emisor}/token"
    sin_documento = Proveedor(
        emisor="https://nadie.example", cliente="x", a_mano=Lugares(autorizacion="https://a", token="https://t")
    )
    assert sin_documento.lugares().token == "https://t"


# --- The other ways to be somebody ---


def test_con_una_clave_de_desarrollo_se_pega_un_token(tmp_path: Path) -> None:
    emisor = Emisor(tmp_path)
    clave = emisor.clave.as_dict(private=False)
    emisor.jwks.write_text(json.dumps({"keys": [clave | {"kid": "de-prueba"}]}))
    puerta = abrir(emisor.ajustes | {"autenticacion": "desarrollo"}).test_client()
    assert estado(puerta)["entrada"] == "/consola/entrar"
    token = emisor.token("operador", iss="urn:saludtech:desarrollo")
    assert puerta.post("/consola/sesion", json={"token": emisor.token("operador")}).status_code == 401
    assert puerta.post("/consola/sesion", data={"token": token}).status_code == 415
    ajena = puerta.post("/consola/sesion", json={"token": token}, headers={"Sec-Fetch-Site": "cross-site"})
    assert ajena.status_code == 403
    assert estado(puerta)["quien"] is None
    dicho = puerta.post("/consola/sesion", json={"token": f" {token}\n"}).get_json()
    assert dicho == estado(puerta)
    assert dicho["quien"] == {"sub": "ana", "roles": ["operador"], "cliente": None, "clinica": None}
    assert puerta.get("/metrics").status_code == 200
    assert puerta.post("/consola/salir", headers={CABECERA_CSRF: dicho["csrf"]}).get_json() == {"salida": None}
    assert puerta.get("/metrics").status_code == 401


def test_donde_no_se_pregunta_a_nadie_no_hay_sesion_ni_entrada() -> None:
    puerta = abrir({"autenticacion": "ninguna"}).test_client()
    assert estado(puerta) == {"autenticacion": "ninguna", "quien": None, "csrf": None, "entrada": None}
    assert PAGINA in puerta.get("/consola/entrar").data, "no way in: the console's page, as at any address of its own"
    assert puerta.post("/consola/salir").status_code == 405
    # Nor is a cookie looked at.
    puerta.set_cookie("saludtech_sesion", "v1.00000000.AAAA")
    assert puerta.get("/suscripciones").status_code == 503


def test_sin_cliente_en_el_proveedor_nadie_entra_con_un_navegador(proveedor: ProveedorOidc) -> None:
    puerta = abrir(proveedor.ajustes | {"oidc_cliente": ""}).test_client()
    assert estado(puerta)["entrada"] is None
    assert PAGINA in puerta.get("/consola/entrar").data
    assert puerta.post("/consola/sesion", json={"token": proveedor.token("operador")}).status_code == 405


@pytest.mark.parametrize(
    ("otros", "dice"),
    [
        ({"oidc_emisor": "http://identidad.example"}, "OIDC_EMISOR ha de empezar por https"),
        ({"oidc_token": "http://identidad.example/token"}, "no viaja en claro"),
    ],
)
def test_con_un_proveedor_en_claro_no_arranca(proveedor: ProveedorOidc, otros: dict[str, str], dice: str) -> None:
    with pytest.raises(ValidationError, match=dice):
        abrir(proveedor.ajustes | otros)


def test_por_tls_las_galletas_son_de_la_puerta_y_de_nadie_mas(puerta: FlaskClient) -> None:
    respuesta = puerta.get("/consola/entrar", base_url="https://puerta.example")
    assert respuesta.headers["Set-Cookie"].startswith("__Host-saludtech_entrada=")
    vuelta = parse_qs(urlsplit(respuesta.location).query)["redirect_uri"][0]
    assert vuelta == "https://puerta.example/consola/vuelta"
    assert puerta.get("/consola/entrar", base_url="http://puerta.example").status_code == 403
    assert galletas.puede_haberla(TLS)
