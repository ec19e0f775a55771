"""Whose a token is: what counts, what does not, and what becomes of it when the provider changes its keys or is away.

The forgeries are made here by hand, with what signs and nothing of what checks.
"""

import base64
import hmac
import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from joserfc import jwk, jws

from seedwork.aplicacion.identidad import Quien
from seedwork.infraestructura import tokens
from seedwork.infraestructura.sello import Sello, lector
from seedwork.infraestructura.tokens import (
    PAUSA_S,
    REFRESCO_S,
    SISTEMA,
    TIPO_CUALQUIERA,
    TIPOS,
    VIGENCIA_S,
    ClavesFijas,
    ClavesPublicadas,
    Codigo,
    Juego,
    SinClaves,
    TokenInvalido,
    Verificador,
)

EMISOR, AUDIENCIA, AHORA = "https://identidad.example", "saludtech", 1_800_000_000
CLAVES = {
    "RS256": jwk.RSAKey.generate_key(2048, {"kid": "rsa", "use": "sig"}),
    "ES256": jwk.ECKey.generate_key("P-256", {"kid": "ec", "alg": "ES256"}),
    "EdDSA": jwk.OKPKey.generate_key("Ed25519", {"kid": "ed"}),
}
PUBLICAS = [clave.as_dict(private=False) for clave in CLAVES.values()]
DICHAS: dict[str, Any] = {
    "iss": EMISOR,
    "aud": AUDIENCIA,
    "sub": "ana",
    "iat": AHORA - 5,
    "exp": AHORA + 600,
    "scope": "suscripciones:leer suscripciones:escribir",
    "roles": ["cliente"],
    "cliente_codigo": "0001",
}


def firmado(cabecera: dict[str, Any], dichas: Any, clave: Any) -> str:
    """As whoever forges one does it: no library looks at what is signed."""
    dicho = f"{parte(cabecera)}.{parte(dichas)}"
    return f"{dicho}.{parte(jws.JWSRegistry.algorithms[cabecera['alg']].sign(dicho.encode(), clave))}"


def token(
    alg: str = "EdDSA",
    *,
    clave: Any = None,
    cabecera: dict[str, Any] | None = None,
    sin: tuple[str, ...] = (),
    **dichas: Any,
) -> str:
    clave = clave or CLAVES[alg]
    dice = {"alg": alg, "typ": "at+jwt", "kid": clave.kid} | (cabecera or {})
    return firmado(
        {n: v for n, v in dice.items() if v is not None},
        {n: v for n, v in (DICHAS | dichas).items() if n not in sin},
        clave,
    )


def parte(dicho: Any) -> str:
    octetos = dicho if isinstance(dicho, bytes) else json.dumps(dicho).encode()
    return base64.urlsafe_b64encode(octetos).rstrip(b"=").decode()


def verificador(publicas: list[dict[str, Any]] | None = None, **opciones: Any) -> Verificador:
    opciones = {"reloj": lambda: float(AHORA)} | opciones
    juego = Juego(PUBLICAS if publicas is None else publicas)
    return Verificador(ClavesFijas(juego), emisor=EMISOR, audiencia=AUDIENCIA, **opciones)


def codigo(dicho: str, **opciones: Any) -> Codigo:
    with pytest.raises(TokenInvalido) as negado:
        verificador(**opciones).verificar(dicho)
    assert not dicho or dicho not in str(negado.value)
    return negado.value.codigo


@pytest.mark.parametrize("alg", CLAVES)
@pytest.mark.parametrize("tipo", ["at+jwt", "application/at+jwt", "AT+JWT"])
def test_un_token_firmado_por_el_proveedor_dice_quien_es(alg: str, tipo: str) -> None:
    portador = verificador().verificar(token(alg, cabecera={"typ": tipo}))
    assert portador.quien == Quien(id="ana", roles=frozenset({"cliente"}), cliente="0001")
    assert portador.ambitos == {"suscripciones:leer", "suscripciones:escribir"}


def test_quien_no_es_persona_se_dice_como_tal() -> None:
    assert verificador().verificar(token(client_id="ana")).quien.tipo == "service_account"
    assert verificador().verificar(token(client_id="portal")).quien.tipo == "user"


def test_la_audiencia_puede_ser_una_de_varias() -> None:
    assert verificador().verificar(token(aud=["otra", AUDIENCIA])).quien.id == "ana"


def confundido(kid: str, publica: bytes) -> str:
    """Signed with what is public, as if that were a shared secret."""
    dicho = f"{parte({'alg': 'HS256', 'typ': 'at+jwt', 'kid': kid})}.{parte(DICHAS)}"
    return f"{dicho}.{parte(hmac.digest(publica, dicho.encode(), 'sha256'))}"


CABECERA = {"alg": "EdDSA", "typ": "at+jwt", "kid": "ed"}
FALSOS: dict[str, tuple[Callable[[], str], Codigo]] = {
    "caducado": (lambda: token(exp=AHORA - 11), "caducado"),
    "sin caducidad": (lambda: token(sin=("exp",)), "afirmaciones"),
    "caducidad que no es un número": (lambda: token(exp="9999999999"), "afirmaciones"),
    "caducidad infinita": (lambda: token(exp=float("inf")), "afirmaciones"),
    "caducidad que es un sí": (lambda: token(exp=True), "afirmaciones"),
    "aún no": (lambda: token(nbf=AHORA + 60), "todavia_no"),
    "de mañana": (lambda: token(iat=AHORA + 60), "futuro"),
    "de otro emisor": (lambda: token(iss="https://otra.example"), "emisor"),
    "del emisor con una barra": (lambda: token(iss=EMISOR + "/"), "emisor"),
    "sin emisor": (lambda: token(sin=("iss",)), "emisor"),
    "para otra audiencia": (lambda: token(aud="portal"), "audiencia"),
    "sin audiencia": (lambda: token(sin=("aud",)), "audiencia"),
    "sin sujeto": (lambda: token(sin=("sub",)), "sujeto"),
    "con sujeto de dos líneas": (lambda: token(sub="ana\nb"), "sujeto"),
    "con ámbitos en lista": (lambda: token(scope=["suscripciones:leer"]), "afirmaciones"),
    "de tipo JWT": (lambda: token(cabecera={"typ": "JWT"}), "tipo"),
    "sin tipo": (lambda: token(cabecera={"typ": None}), "tipo"),
    "con crit": (lambda: token(cabecera={"crit": ["exp"]}), "crit"),
    "con b64": (lambda: token(cabecera={"crit": ["b64"], "b64": True}), "crit"),
    "de una clave desconocida": (lambda: token(cabecera={"kid": "otra"}), "clave"),
    "sin kid, y hay varias claves": (lambda: token(cabecera={"kid": None}), "clave"),
    "con el algoritmo de otra clave": (lambda: token("RS256", cabecera={"kid": "ed"}), "algoritmo"),
    "con PS256": (lambda: token("PS256", clave=CLAVES["RS256"]), "algoritmo"),
    "de otra clave con el mismo kid": (
        lambda: token(clave=jwk.OKPKey.generate_key("Ed25519", {"kid": "ed"})),
        "firma",
    ),
    "con la clave en la cabecera": (
        lambda: token(
            clave=(propia := jwk.OKPKey.generate_key("Ed25519", {"kid": "mia"})),
            cabecera={"jwk": propia.as_dict(private=False)},
        ),
        "clave",
    ),
    "alg none": (
        lambda: f"{parte({'alg': 'none', 'typ': 'at+jwt', 'kid': 'ed'})}.{parte(DICHAS)}.",
        "forma",
    ),
    "alg none con firma": (
        lambda: f"{parte({'alg': 'none', 'typ': 'at+jwt', 'kid': 'ed'})}.{parte(DICHAS)}.AAAA",
        "algoritmo",
    ),
    "alg None": (lambda: f"{parte({'alg': 'None', 'typ': 'at+jwt'})}.{parte(DICHAS)}.AAAA", "algoritmo"),
    "confusión de claves, PEM": (lambda: confundido("rsa", CLAVES["RS256"].as_pem(private=False)), "algoritmo"),
    "confusión de claves, JSON": (lambda: confundido("ed", json.dumps(PUBLICAS[2]).encode()), "algoritmo"),
    "con otras afirmaciones": (lambda: re.sub(r"[.].*[.]", f".{parte(DICHAS | {'sub': 'eva'})}.", token()), "firma"),
    "que no son un objeto": (lambda: firmado(CABECERA, [1], CLAVES["EdDSA"]), "afirmaciones"),
    "que no son JSON": (lambda: firmado(CABECERA, b"nada", CLAVES["EdDSA"]), "firma"),
    "vacío": (lambda: "", "forma"),
    "a medias": (lambda: token().rpartition(".")[0], "forma"),
    "con blancos": (lambda: token() + " x", "forma"),
    "enorme": (lambda: token(sobra="x" * 9000), "forma"),
    "cabecera que no es un objeto": (lambda: f"{parte([])}.{parte(DICHAS)}.AAAA", "forma"),
    "cabecera hondísima": (lambda: f"{parte(b'[' * 4000)}.{parte(DICHAS)}.AAAA", "forma"),
}  # fmt: skip


@pytest.mark.parametrize("cual", FALSOS)
def test_lo_que_no_es_un_token_no_vale_y_se_dice_por_que(cual: str) -> None:
    hacer, motivo = FALSOS[cual]
    assert codigo(hacer()) == motivo


def test_los_relojes_pueden_diferir_en_poco() -> None:
    assert verificador().verificar(token(exp=AHORA - 9, nbf=AHORA + 9, iat=AHORA + 9))


def test_solo_valen_los_algoritmos_que_se_dijeron() -> None:
    assert codigo(token("ES256"), algoritmos=["RS256"]) == "algoritmo"


def test_una_clave_sola_no_necesita_nombre() -> None:
    assert verificador([PUBLICAS[2]]).verificar(token(cabecera={"kid": None})).quien.id == "ana"


def test_el_tipo_jwt_vale_donde_se_dijo_y_el_token_de_identidad_nunca() -> None:
    tipos = TIPOS | {TIPO_CUALQUIERA}
    assert verificador(tipos=tipos).verificar(token(cabecera={"typ": "JWT"})).quien.id == "ana"
    assert codigo(token(cabecera={"typ": "JWT"}, nonce="n"), tipos=tipos) == "tipo"


@pytest.mark.filterwarnings("ignore:Key size")
def test_de_lo_publicado_solo_sirve_lo_que_puede_verificar() -> None:
    secreta = jwk.OctKey.import_key(b"x" * 32, {"kid": "oct"}).as_dict(private=True)
    corta = jwk.RSAKey.generate_key(1024, {"kid": "corta"}, auto_kid=False).as_dict(private=False)
    cifrar = PUBLICAS[0] | {"use": "enc", "kid": "enc"}
    otras = [
        secreta,
        corta,
        cifrar,
        {"kty": "EC"},
        {"kty": "raro"},
        "nada",
        None,
        {"kty": "OKP", "crv": "Ed25519", "x": "!"},
    ]
    assert len(Juego(otras)) == 0
    assert len(Juego([CLAVES["EdDSA"].as_dict(private=True)])) == 1


def test_una_clave_de_desarrollo_no_sirve_fuera_de_el() -> None:
    publica = PUBLICAS[2] | {"kid": tokens.PREFIJO_DESARROLLO + "x"}
    assert len(Juego([publica])) == 0
    assert len(Juego([publica], desarrollo=True)) == 1


def test_lo_verificado_se_recuerda_un_minuto_y_no_mas_que_el_token() -> None:
    ahora = [float(AHORA)]
    juegos = [Juego(PUBLICAS)]

    class Cuenta(ClavesFijas):
        def juego(self) -> Juego:
            return juegos[0]

    este = Verificador(Cuenta(juegos[0]), emisor=EMISOR, audiencia=AUDIENCIA, reloj=lambda: ahora[0])
    largo, corto = token(), token(exp=AHORA + 30)
    este.verificar(largo)
    este.verificar(corto)
    juegos[0] = Juego([])
    ahora[0] += 29
    assert este.verificar(largo) and este.verificar(corto)
    ahora[0] += 2
    assert este.verificar(largo)
    with pytest.raises(TokenInvalido, match="clave"):
        este.verificar(corto)
    ahora[0] += 30
    with pytest.raises(TokenInvalido, match="clave"):
        este.verificar(largo)


def test_lo_que_se_recuerda_tiene_un_tope(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "_MAXIMO_RECUERDO", 3)
    este = verificador()
    for n in range(10):
        este.verificar(token(jti=str(n)))
    assert len(este._recordados) == 3


# --- Keys that change, and a provider that is away ---


@dataclass
class Proveedor:
    """Publishes keys, and counts how often it is asked."""

    claves: list[dict[str, Any]] = field(default_factory=lambda: [PUBLICAS[0]])
    ausente: bool = False
    preguntas: int = 0
    ahora: float = 1000.0

    def leer(self) -> bytes:
        self.preguntas += 1
        if self.ausente:
            raise OSError("ausente")
        return json.dumps({"keys": self.claves}).encode()

    def publicadas(self) -> ClavesPublicadas:
        return ClavesPublicadas("no se usa", reloj=lambda: self.ahora, leer=self.leer)


def pedir(este: Verificador, dicho: str) -> str:
    """As the door does: wait for what has to be waited for, then ask."""
    if (pendiente := este.preparar(dicho)) is not None:
        pendiente.result(5)
    return este.verificar(dicho).quien.id


def de(proveedor: Proveedor) -> Verificador:
    return Verificador(
        proveedor.publicadas(), emisor=EMISOR, audiencia=AUDIENCIA, reloj=lambda: float(AHORA)
    )  # fmt: skip


def test_una_clave_nueva_se_conoce_en_cuanto_llega_un_token_suyo() -> None:
    proveedor = Proveedor()
    este = de(proveedor)
    assert pedir(este, token("RS256")) == "ana"
    assert proveedor.preguntas == 1
    proveedor.claves = [PUBLICAS[0], PUBLICAS[1]]
    proveedor.ahora += PAUSA_S
    assert pedir(este, token("ES256")) == "ana"
    assert proveedor.preguntas == 2


def test_por_mas_claves_desconocidas_que_lleguen_se_pregunta_una_vez_cada_tanto() -> None:
    proveedor = Proveedor()
    este = de(proveedor)
    pedir(este, token("RS256"))
    for n in range(200):
        proveedor.ahora += PAUSA_S / 100
        with pytest.raises(TokenInvalido, match="clave"):
            pedir(este, token(cabecera={"kid": f"inventada-{n}"}))
    assert proveedor.preguntas <= 3


def test_muchos_a_la_vez_esperan_la_misma_lectura() -> None:
    proveedor, seguir = Proveedor(), threading.Event()
    leer = proveedor.leer

    def despacio() -> bytes:
        seguir.wait(5)
        return leer()

    claves = ClavesPublicadas("no se usa", reloj=lambda: proveedor.ahora, leer=despacio)
    pendientes = [claves.preparar("rsa") for _ in range(50)]
    assert all(p is pendientes[0] and p is not None for p in pendientes)
    seguir.set()
    assert pendientes[0] is not None
    pendientes[0].result(5)
    assert proveedor.preguntas == 1
    assert claves.preparar("rsa") is None


def test_la_clave_retirada_deja_de_valer_al_refrescar_sin_que_nadie_espere() -> None:
    proveedor = Proveedor([PUBLICAS[0], PUBLICAS[1]])
    claves = proveedor.publicadas()
    este = Verificador(claves, emisor=EMISOR, audiencia=AUDIENCIA, reloj=lambda: float(AHORA))
    assert pedir(este, token("ES256")) == "ana"
    proveedor.claves = [PUBLICAS[0]]
    proveedor.ahora += REFRESCO_S + 1
    otro = token("ES256", jti="2")
    assert este.preparar(otro) is None
    claves.comprobar()
    proveedor.ahora += PAUSA_S
    with pytest.raises(TokenInvalido, match="clave"):
        pedir(este, otro)


def test_tras_un_rato_sin_nadie_se_espera_a_las_claves_de_ahora() -> None:
    proveedor = Proveedor([PUBLICAS[0], PUBLICAS[1]])
    este = de(proveedor)
    assert pedir(este, token("ES256")) == "ana"
    proveedor.claves = [PUBLICAS[0]]
    proveedor.ahora += VIGENCIA_S / 2
    otro = token("ES256", jti="2")
    lectura = este.preparar(otro)
    assert lectura is not None
    lectura.result()
    with pytest.raises(TokenInvalido, match="clave"):
        este.verificar(otro)


def test_mientras_el_proveedor_no_esta_valen_las_claves_de_antes_y_no_para_siempre() -> None:
    proveedor = Proveedor()
    claves = proveedor.publicadas()
    este = Verificador(claves, emisor=EMISOR, audiencia=AUDIENCIA, reloj=lambda: float(AHORA))
    assert pedir(este, token("RS256")) == "ana"
    proveedor.ausente = True
    proveedor.ahora += VIGENCIA_S - 1
    assert pedir(este, token("RS256", jti="2")) == "ana"
    assert claves.comprobar() is not None
    proveedor.ahora += PAUSA_S
    with pytest.raises(SinClaves):
        pedir(este, token("RS256", jti="3"))
    proveedor.ausente = False
    proveedor.ahora += PAUSA_S
    assert pedir(este, token("RS256", jti="3")) == "ana"
    assert claves.comprobar() is None


def test_un_juego_vacio_no_borra_el_que_habia() -> None:
    proveedor = Proveedor()
    este = de(proveedor)
    pedir(este, token("RS256"))
    proveedor.claves = []
    proveedor.ahora += REFRESCO_S + 1
    with pytest.raises(TokenInvalido, match="clave"):
        pedir(este, token(cabecera={"kid": "nueva"}))
    assert proveedor.preguntas == 2
    assert pedir(este, token("RS256", jti="2")) == "ana"


def test_las_claves_se_leen_de_un_archivo(tmp_path: Path) -> None:
    archivo = tmp_path / "jwks.json"
    archivo.write_text(json.dumps({"keys": PUBLICAS}))
    este = Verificador(
        ClavesPublicadas(str(archivo)), emisor=EMISOR, audiencia=AUDIENCIA, reloj=lambda: float(AHORA)
    )  # fmt: skip
    assert pedir(este, token("ES256")) == "ana"


# --- The door's word to the services ---


def pareja() -> tuple[str, str]:
    clave = Ed25519PrivateKey.generate()
    privada = clave.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return privada.decode(), clave.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


PRIVADA, PUBLICA = pareja()
ANA = Quien(id="ana", roles=frozenset({"cliente", "clinica"}), cliente="0001", clinica="norte")


def test_los_servicios_oyen_de_la_puerta_quien_pide() -> None:
    sello = Sello(PRIVADA, lambda: float(AHORA))
    robot = Quien(id="robot", roles=frozenset({"operador"}), tipo="service_account")
    ella_misma = replace(robot, id="bff", tipo="system")
    for quien in (ANA, robot, ella_misma):
        assert lector(PUBLICA, lambda: float(AHORA)).verificar(sello.de(quien)).quien == quien


def test_de_fuera_nadie_es_parte_de_la_plataforma() -> None:
    """It would be noted nowhere what such a one saw."""
    assert verificador().verificar(token(**{SISTEMA: True})).quien.tipo == "user"


def test_el_sello_de_otra_puerta_el_viejo_y_el_token_de_un_cliente_no_valen() -> None:
    ahora = float(AHORA)
    otro = Sello(pareja()[0], lambda: ahora).de(ANA)
    viejo = Sello(PRIVADA, lambda: ahora - 80).de(ANA)
    for dicho, motivo in ((otro, "clave"), (viejo, "caducado"), (token(), "tipo")):
        with pytest.raises(TokenInvalido, match=motivo):
            lector(PUBLICA, lambda: ahora).verificar(dicho)
    # Nor does the door take its own for a caller's.
    with pytest.raises(TokenInvalido, match="tipo"):
        verificador().verificar(Sello(PRIVADA, lambda: ahora).de(ANA))


def test_el_sello_se_usa_media_vida_y_cada_quien_tiene_el_suyo() -> None:
    ahora = [float(AHORA)]
    sello = Sello(PRIVADA, lambda: ahora[0])
    primero = sello.de(ANA)
    assert sello.de(Quien(id="eva")) != primero
    ahora[0] += 29
    assert sello.de(ANA) == primero
    ahora[0] += 2
    assert sello.de(ANA) != primero


@pytest.mark.parametrize("mala", ["", "nada", PRIVADA, jwk.ECKey.generate_key("P-256").as_pem(private=False).decode()])
def test_una_clave_que_no_es_la_publica_de_la_puerta_no_se_toma(mala: str) -> None:
    with pytest.raises(ValueError, match="clave"):
        lector(mala)
