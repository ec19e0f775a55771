"""A service's API takes the door's word about who asks, and nobody else's."""

import time
from pathlib import Path

import flask
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from pydantic import ValidationError

from seedwork.aplicacion.identidad import Quien
from seedwork.entrada.config import ConfigServicio
from seedwork.entrada.http import App, crear_app
from seedwork.entrada.servicio import identificado_por_la_puerta
from seedwork.infraestructura.sello import AUDIENCIA, EMISOR, Sello
from seedwork.infraestructura.tokens import Firmante
from seedwork.pruebas.identidad import Proveedor

CLAVE = Ed25519PrivateKey.generate()
PRIVADA = CLAVE.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
PUBLICA = CLAVE.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
ANA = Quien(id="ana", roles=frozenset({"cliente"}), cliente="0001")


@pytest.fixture(params=[PUBLICA, PUBLICA.replace("\n", "\\n")], ids=["en líneas", "en una"])
def app(request: pytest.FixtureRequest) -> App:
    app = crear_app()
    app.identificar = identificado_por_la_puerta(request.param)
    app.add_url_rule("/quien", "quien", lambda: flask.jsonify(getattr(app.identificar(), "id", None)))
    return app


@pytest.mark.parametrize(
    ("credencial", "desafio"),
    [
        (None, 'Bearer realm="saludtech"'),
        ("Basic YW5hOmFuYQ==", 'Bearer realm="saludtech"'),
        ("Bearer ", 'Bearer realm="saludtech"'),
        ("Bearer x.y.z", 'Bearer realm="saludtech", error="invalid_token"'),
        (f"Bearer {Sello(PRIVADA, lambda: 1e9).de(ANA)}", 'Bearer realm="saludtech", error="invalid_token"'),
    ],
)
def test_a_quien_no_es_la_puerta_se_le_pregunta_quien_es(app: App, credencial: str | None, desafio: str) -> None:
    respuesta = app.test_client().get("/quien", headers={"Authorization": credencial} if credencial else {})
    assert (respuesta.status_code, respuesta.content_type) == (401, "application/problem+json")
    assert respuesta.headers["WWW-Authenticate"] == desafio


def test_con_el_token_de_un_cliente_no_se_entra_en_un_servicio(app: App, tmp_path: Path) -> None:
    """Not even where it is signed with the door's own key, and says all that the door says."""
    proveedor = Proveedor(tmp_path)
    ahora = int(time.time())
    dichas = {"iss": EMISOR, "aud": AUDIENCIA, "sub": "ana", "iat": ahora, "exp": ahora + 60, "roles": ["operador"]}
    for suyo in (proveedor.token("operador"), Firmante(PRIVADA, "at+jwt").firmar(dichas)):
        respuesta = app.test_client().get("/quien", headers={"Authorization": f"Bearer {suyo}"})
        assert respuesta.status_code == 401


def test_a_la_puerta_se_le_cree_y_la_salud_no_pregunta(app: App) -> None:
    sello = {"Authorization": f"Bearer {Sello(PRIVADA).de(ANA)}"}
    assert app.test_client().get("/quien", headers=sello).json == "ana"
    assert app.test_client().get("/salud/viva").status_code == 200


def test_sin_la_clave_de_la_puerta_la_api_no_empieza() -> None:
    with pytest.raises(SystemExit, match="PUERTA_CLAVE_PUBLICA"):
        identificado_por_la_puerta("")


def ajustes(**otros: str) -> ConfigServicio:
    propios = {"database_url": "postgresql://x:y@127.0.0.1/z", "http_puerto": 5011, "salud_puerto": 5021}
    return ConfigServicio.model_validate(propios | otros)


def test_donde_no_se_pregunta_nadie_llega_de_fuera() -> None:
    assert ajustes(http_host="::1").http_host == "::1"
    assert ajustes(http_host="0.0.0.0", autenticacion="oidc").autenticada
    for host in ("0.0.0.0", "::", "10.0.0.7", "servicio.example"):
        with pytest.raises(ValidationError, match="HTTP_HOST"):
            ajustes(http_host=host)
    for mala in (PRIVADA, "/dev/null", "nada"):
        with pytest.raises(ValidationError, match="clave"):
            ajustes(puerta_clave_publica=mala)
