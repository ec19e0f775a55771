"""Access tokens (RFC 9068): whose they are, checked against the keys that a provider publishes.

What a token says about itself decides nothing: which key it is checked with, the set of keys says; and how, the key's
own type. Nothing here waits for the provider where a caller waits: keys are fetched on a thread, and whoever runs an
event loop awaits :meth:`Verificador.preparar` before it calls :meth:`Verificador.verificar`.
"""

import hashlib
import json
import re
import threading
import time
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol, get_args

import structlog
import urllib3
from joserfc import jwk, jws
from joserfc.errors import JoseError
from joserfc.util import urlsafe_b64decode, urlsafe_b64encode
from typing_extensions import override

from seedwork.aplicacion.identidad import Quien, TipoAutor

log = structlog.get_logger(__name__)

Algoritmo = Literal["RS256", "ES256", "EdDSA"]
ALGORITMOS: tuple[Algoritmo, ...] = get_args(Algoritmo)
TIPOS = frozenset({"at+jwt", "application/at+jwt"})
"""The types that an access token may say it is of (RFC 9068 §2.1)."""
SISTEMA = "saludtech_sistema"
"""The claim by which a part of the platform says that it asks for itself."""
TIPO_CUALQUIERA = "jwt"
"""The type of tokens of providers that know no other; an ID token says the same of itself."""

HOLGURA_S = 10.0
"""Seconds by which the provider's clock and ours may differ."""
RECUERDO_S = 60.0
"""The longest that a token is not checked again."""
_MAXIMO_RECUERDO = 10_000
MAXIMO_TOKEN = 8192
"""Characters of a token."""

REFRESCO_S = 300.0
"""Seconds after which keys are fetched anew."""
PAUSA_S = 10.0
"""Seconds between two fetches at least, whatever tokens come."""
VIGENCIA_S = 3600.0
"""Seconds that the keys serve on while they can't be fetched."""
_MAXIMO_JUEGO = 1024 * 1024
_MAXIMO_CLAVES = 100
_PLAZO = urllib3.Timeout(connect=2.0, read=3.0)
_MINIMO_RSA = 2048

EMISOR_DESARROLLO = "urn:saludtech:desarrollo"
"""Who issues the tokens of a development key."""
PREFIJO_DESARROLLO = "saludtech-desarrollo-"
"""How such a key's id begins."""

_FORMA = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_DE_ALGORITMO: Mapping[str, tuple[str, str | None]] = {
    "RS256": ("RSA", None),
    "ES256": ("EC", "P-256"),
    "EdDSA": ("OKP", "Ed25519"),
}
"""The one type of key, and its curve, that an algorithm goes with."""

Codigo = Literal[
    "forma",
    "tipo",
    "algoritmo",
    "crit",
    "clave",
    "firma",
    "emisor",
    "audiencia",
    "caducado",
    "todavia_no",
    "futuro",
    "sujeto",
    "afirmaciones",
    "nonce",
    "at_hash",
]


class TokenInvalido(Exception):
    """It is no token that counts. It says why in a word, and never what was in it.

    Args:
        codigo: the word.
    """

    def __init__(self, codigo: Codigo) -> None:
        super().__init__(codigo)
        self.codigo = codigo


class SinClaves(Exception):
    """The provider's keys were never fetched, or too long ago: nobody can say whose a token is."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Portador:
    """Who bears a token that was checked.

    Attributes:
        quien: the caller.
        ambitos: the scopes that it was given.
        hasta: until when it counts, in seconds of the epoch.
    """

    quien: Quien
    ambitos: frozenset[str]
    hasta: float


class Juego:
    """A set of public keys.

    Args:
        claves: what was published, as of RFC 7517. A key that can't be one of ours is passed over.
        desarrollo: whether a development key may be among them.
    """

    def __init__(self, claves: Collection[Any], *, desarrollo: bool = False) -> None:
        self._claves = [
            clave
            for dicha in list(claves)[:_MAXIMO_CLAVES]
            if (clave := _clave(dicha)) is not None and (desarrollo or not es_de_desarrollo(dicha))
        ]

    def __len__(self) -> int:
        return len(self._claves)

    def tiene(self, kid: str | None) -> bool:
        """Whether there is a key of that id; one without any is any key's."""
        return kid is None or any(clave.kid == kid for clave in self._claves)

    def elegir(self, kid: str | None, algoritmo: str) -> jwk.Key:
        """The one key that a token is to be checked with.

        Raises:
            TokenInvalido: there is none; there are several; it is of another type than the algorithm's, or is kept for
                another algorithm.
        """
        claves = [c for c in self._claves if kid is None or c.kid == kid]
        if not claves or (kid is None and len(claves) > 1):
            raise TokenInvalido("clave")
        aptas = [c for c in claves if _va_con(c, algoritmo)]
        if len(aptas) != 1:
            raise TokenInvalido("algoritmo")
        return aptas[0]


def es_de_desarrollo(dicha: Any) -> bool:
    """Whether a published key is a development key."""
    return isinstance(dicha, dict) and str(dicha.get("kid", "")).startswith(PREFIJO_DESARROLLO)


def _clave(dicha: Any) -> jwk.Key | None:
    if not isinstance(dicha, dict) or dicha.get("kty") not in {tipo for tipo, _ in _DE_ALGORITMO.values()}:
        # A secret that is published among public keys (oct) is no key.
        return None
    if dicha.get("use", "sig") != "sig" or "verify" not in dicha.get("key_ops", ["verify"]):
        return None
    with suppress(JoseError, ValueError, TypeError, KeyError):
        clave = jwk.import_key({n: v for n, v in dicha.items() if n not in _SECRETOS})
        if dicha["kty"] == "RSA" and clave.public_key.key_size < _MINIMO_RSA:  # type: ignore[union-attr]
            return None
        return clave
    return None


_SECRETOS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k", "key_ops"})
"""What of a published key is not looked at: it is to verify, whatever else somebody published by mistake."""


def _va_con(clave: jwk.Key, algoritmo: str) -> bool:
    dicha = clave.as_dict(private=False)
    tipo, curva = _DE_ALGORITMO[algoritmo]
    return dicha["kty"] == tipo and dicha.get("crv") == curva and dicha.get("alg", algoritmo) == algoritmo


class Claves(Protocol):
    """Where keys come from."""

    def juego(self) -> Juego:
        """Those that count now.

        Raises:
            SinClaves: there are none.
        """

    def preparar(self, kid: str | None) -> "Future[None] | None":
        """What has to be waited for before :meth:`juego` can have a key of that id; None where nothing has."""


class ClavesFijas:
    """Keys that stay what they are.

    Args:
        juego: these.
    """

    def __init__(self, juego: Juego) -> None:
        self._juego = juego

    def juego(self) -> Juego:
        """Them."""
        return self._juego

    def preparar(self, kid: str | None) -> "Future[None] | None":
        """Nothing."""
        return None


class ClavesPublicadas:
    """The keys that a provider publishes (JWKS), kept up to date: fetched by age and when a token names an unknown one,
    but never twice within :data:`PAUSA_S`. While they can't be fetched, those that there are serve on for
    :data:`VIGENCIA_S`. No connection is opened before a token comes.

    Args:
        fuente: a URL, a file's path, or the keys themselves (JSON).
        desarrollo: whether they may be development keys.
        reloj: seconds that only grow.
        leer: fetches what is published; from the source by default.
    """

    def __init__(
        self,
        fuente: str,
        *,
        desarrollo: bool = False,
        reloj: Callable[[], float] = time.monotonic,
        leer: Callable[[], bytes] | None = None,
    ) -> None:
        self._leer = leer or (lambda: leer_juego(fuente))
        self._desarrollo = desarrollo
        self._reloj = reloj
        self._juego: Juego | None = None
        self._leido = 0.0
        self._intentado: float | None = None
        self._lectura: Future[None] | None = None
        self._cerrojo = threading.Lock()

    def juego(self) -> Juego:
        """Those that count now.

        Raises:
            SinClaves: none were ever fetched, or none for too long.
        """
        juego = self._juego
        if juego is None or self._reloj() - self._leido > VIGENCIA_S:
            raise SinClaves("las claves del proveedor no se pudieron leer")
        return juego

    def comprobar(self) -> str | None:
        """Why they can't be relied on; a health check. It waits for a fetch that is due."""
        if (lectura := self.preparar(None)) is not None:
            lectura.result()
        juego = self._juego
        if juego is None:
            return "sin claves"
        if not len(juego):
            return "ninguna clave sirve"
        hace = self._reloj() - self._leido
        return f"sin leer desde hace {hace:.0f} s" if hace > 2 * REFRESCO_S else None

    def preparar(self, kid: str | None) -> "Future[None] | None":
        """The fetch that has to be waited for before :meth:`juego` can have a key of that id; None where none has. One
        that is due by age alone is begun, and not waited for, unless nobody has asked for long."""
        juego, ahora = self._juego, self._reloj()
        hace = ahora - self._leido
        # After a time in which nobody came, nobody had them fetched either: one of them may be withdrawn since.
        dormia = self._intentado is not None and ahora - self._intentado > REFRESCO_S + PAUSA_S
        falta = juego is None or hace > VIGENCIA_S or dormia or not juego.tiene(kid)
        if not falta and hace <= REFRESCO_S:
            return None
        with self._cerrojo:
            if self._lectura is None and (self._intentado is None or ahora - self._intentado >= PAUSA_S):
                self._intentado = ahora
                self._lectura = Future()
                # From here on, whoever no longer waits for it does not end it for the others.
                self._lectura.set_running_or_notify_cancel()
                threading.Thread(target=self._traer, args=(self._lectura,), name="jwks", daemon=True).start()
            return self._lectura if falta else None

    def _traer(self, lectura: "Future[None]") -> None:
        try:
            dichas = json.loads(self._leer())["keys"]
            juego = Juego(dichas, desarrollo=self._desarrollo)
            if len(juego):
                self._juego, self._leido = juego, self._reloj()
            else:
                # What is there serves on: an empty set is more likely a mistake than the end of all keys.
                log.error("el proveedor de identidad no publica ninguna clave que sirva")
        except Exception as error:
            # Its text may quote an address.
            log.warning("las claves del proveedor de identidad no se pudieron leer", error=type(error).__name__)
        finally:
            with self._cerrojo:
                self._lectura = None
            lectura.set_result(None)


def leer_juego(fuente: str) -> bytes:
    """What is published at a URL, or in a file; what begins as JSON does is itself. Nobody is followed elsewhere.

    Raises:
        OSError: it can't be read.
        ValueError: there is too much of it.
        urllib3.exceptions.HTTPError: it can't be fetched.
    """
    if fuente.lstrip().startswith("{"):
        datos = fuente.encode()
    elif not fuente.startswith(("http://", "https://")):
        with Path(fuente.removeprefix("file://")).open("rb") as archivo:
            datos = archivo.read(_MAXIMO_JUEGO + 1)
    else:
        with urllib3.PoolManager() as http:
            respuesta = http.request(
                "GET", fuente, headers={"Accept": "application/json"}, timeout=_PLAZO, retries=False, redirect=False,
                preload_content=False,
            )  # fmt: skip
            datos = respuesta.read(_MAXIMO_JUEGO + 1) if respuesta.status == 200 else b""
            respuesta.close()
        if respuesta.status != 200:
            raise ValueError(f"responde {respuesta.status}")
    if len(datos) > _MAXIMO_JUEGO:
        raise ValueError("demasiado grande")
    return datos


class _Registro(jws.JWSRegistry):
    """The library's algorithms, without its word about their age. Which one may be used was decided before."""

    @override
    def get_alg(self, name: str) -> Any:
        return self.algorithms[name]


_REGISTRO = _Registro(strict_check_header=False)


class Verificador:
    """Says who bears a token.

    Args:
        claves: what they are checked with.
        emisor: whose tokens count (``iss``).
        audiencia: whom they must be meant for (``aud``).
        algoritmos: those that count.
        tipos: what they may say they are (``typ``), in lower case.
        de_casa: they are signed by a part of the platform, which may say (:data:`SISTEMA`) that it asks for itself.
        reloj: seconds of the epoch.
    """

    def __init__(
        self,
        claves: Claves,
        *,
        emisor: str,
        audiencia: str,
        algoritmos: Collection[Algoritmo] = ALGORITMOS,
        tipos: Collection[str] = TIPOS,
        de_casa: bool = False,
        reloj: Callable[[], float] = time.time,
    ) -> None:
        self._claves = claves
        self._emisor = emisor
        self._audiencia = audiencia
        self._algoritmos = frozenset(algoritmos)
        self._tipos = frozenset(tipos)
        self._de_casa = de_casa
        self._reloj = reloj
        self._recordados: dict[bytes, tuple[Portador, float]] = {}
        self._cerrojo = threading.Lock()

    def preparar(self, token: str) -> "Future[None] | None":
        """What has to be waited for before :meth:`verificar`; None, as good as always, where nothing has."""
        if self._recordado(_huella(token)) is not None:
            return None
        try:
            kid = _cabecera(token).get("kid")
        except TokenInvalido:
            return None
        return self._claves.preparar(kid if isinstance(kid, str) else None)

    def verificar(self, token: str) -> Portador:
        """Who bears it. It neither waits nor blocks.

        Raises:
            TokenInvalido: it does not count.
            SinClaves: nobody can say.
        """
        huella = _huella(token)
        recordado = self._recordado(huella)
        if recordado is not None:
            return recordado
        dichas = self._firmadas(token)
        ahora = self._reloj()
        self._exigir(dichas, ahora)
        portador = _portador(dichas, de_casa=self._de_casa)
        self._recordar(huella, portador, min(ahora + RECUERDO_S, dichas["exp"]))
        return portador

    def _firmadas(self, token: str) -> dict[str, Any]:
        """What a token says, whose signature is a known key's."""
        tipo = _cabecera(token).get("typ")
        if not isinstance(tipo, str) or tipo.lower() not in self._tipos:
            raise TokenInvalido("tipo")
        return _firmadas(token, self._claves, self._algoritmos)

    def _exigir(self, dichas: Mapping[str, Any], ahora: float) -> None:
        _exigir(dichas, self._emisor, self._audiencia, ahora)
        if TIPO_CUALQUIERA in self._tipos and not _ID_TOKEN.isdisjoint(dichas):
            # It says whom somebody logged in as, to whom it was issued; it is no leave to do anything.
            raise TokenInvalido("tipo")

    def _recordado(self, huella: bytes) -> Portador | None:
        recordado = self._recordados.get(huella)
        return recordado[0] if recordado is not None and self._reloj() < recordado[1] else None

    def _recordar(self, huella: bytes, portador: Portador, hasta: float) -> None:
        with self._cerrojo:
            self._recordados.pop(huella, None)
            while len(self._recordados) >= _MAXIMO_RECUERDO:
                # The oldest goes; nothing is remembered for long anyway.
                del self._recordados[next(iter(self._recordados))]
            self._recordados[huella] = portador, hasta


def _firmadas(token: str, claves: Claves, algoritmos: Collection[str]) -> dict[str, Any]:
    """What a token says, whose signature is a known key's."""
    cabecera = _cabecera(token)
    if "crit" in cabecera:
        raise TokenInvalido("crit")
    algoritmo, kid = cabecera.get("alg"), cabecera.get("kid")
    if not isinstance(algoritmo, str) or algoritmo not in algoritmos:
        raise TokenInvalido("algoritmo")
    if kid is not None and not isinstance(kid, str):
        raise TokenInvalido("clave")
    clave = claves.juego().elegir(kid, algoritmo)
    try:
        firmado = jws.deserialize_compact(token, clave, algorithms=[algoritmo], registry=_REGISTRO)
        dichas = json.loads(firmado.payload or b"")
    except (JoseError, ValueError, RecursionError):
        raise TokenInvalido("firma") from None
    if not isinstance(dichas, dict):
        raise TokenInvalido("afirmaciones")
    return dichas


def _exigir(dichas: Mapping[str, Any], emisor: str, audiencia: str, ahora: float) -> None:
    if dichas.get("iss") != emisor:
        raise TokenInvalido("emisor")
    para = dichas.get("aud")
    if audiencia not in (para if isinstance(para, list) else [para]):
        raise TokenInvalido("audiencia")
    if not _es_hora(dichas.get("exp")) or not all(_es_hora(dichas.get(n, 0)) for n in ("nbf", "iat")):
        raise TokenInvalido("afirmaciones")
    if ahora >= dichas["exp"] + HOLGURA_S:
        raise TokenInvalido("caducado")
    if ahora + HOLGURA_S < dichas.get("nbf", 0):
        raise TokenInvalido("todavia_no")
    if ahora + HOLGURA_S < dichas.get("iat", 0):
        raise TokenInvalido("futuro")


class Identidades:
    """Reads ID tokens (OpenID Connect Core §3.1.3.7): who logged in, told to the client that sent them to the provider.

    Args:
        claves: what they are checked with.
        emisor: whose count (``iss``).
        cliente: the client that they must be issued to (``aud``, ``azp``).
        algoritmos: those that count.
        reloj: seconds of the epoch.
    """

    def __init__(
        self,
        claves: Claves,
        *,
        emisor: str,
        cliente: str,
        algoritmos: Collection[Algoritmo] = ALGORITMOS,
        reloj: Callable[[], float] = time.time,
    ) -> None:
        self._claves = claves
        self._emisor = emisor
        self._cliente = cliente
        self._algoritmos = frozenset(algoritmos)
        self._reloj = reloj

    def comprobar(self, token: str, *, nonce: str, acceso: str, sujeto: str) -> None:
        """Look at one. It waits for the provider's keys where they are due.

        Args:
            nonce: what was asked for it with.
            acceso: the access token that came with it.
            sujeto: whose that is: both are one person's (OpenID Connect Core §3.1.3.3).

        Raises:
            TokenInvalido: it does not count, or answers another request.
            SinClaves: nobody can say.
        """
        cabecera = _cabecera(token)
        kid = cabecera.get("kid")
        if (lectura := self._claves.preparar(kid if isinstance(kid, str) else None)) is not None:
            lectura.result()
        dichas = _firmadas(token, self._claves, self._algoritmos)
        _exigir(dichas, self._emisor, self._cliente, self._reloj())
        para = dichas["aud"]
        # Who else it is for is nobody that we know: then it has to say that it was issued to us.
        propio = self._cliente if isinstance(para, str) or len(para) == 1 else None
        if dichas.get("azp", propio) != self._cliente:
            raise TokenInvalido("audiencia")
        if dichas.get("nonce") != nonce:
            raise TokenInvalido("nonce")
        if dichas.get("at_hash", huella := _at_hash(acceso, cabecera["alg"])) != huella:
            raise TokenInvalido("at_hash")
        if dichas.get("sub") != sujeto:
            raise TokenInvalido("sujeto")


def _at_hash(acceso: str, algoritmo: str) -> str:
    """The left half of an access token's hash, of the kind that the signature is made with."""
    resumen = hashlib.new("sha512" if algoritmo == "EdDSA" else "sha256", acceso.encode()).digest()
    return urlsafe_b64encode(resumen[: len(resumen) // 2]).decode()


_ID_TOKEN = frozenset({"nonce", "at_hash", "c_hash"})
"""What OpenID Connect's ID tokens alone say."""


def _huella(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


def _cabecera(token: str) -> dict[str, Any]:
    """What a token says of itself, unchecked."""
    if len(token) > MAXIMO_TOKEN or not _FORMA.fullmatch(token):
        raise TokenInvalido("forma")
    try:
        cabecera = json.loads(urlsafe_b64decode(token.partition(".")[0].encode()))
    except (ValueError, RecursionError):
        raise TokenInvalido("forma") from None
    if not isinstance(cabecera, dict):
        raise TokenInvalido("forma")
    return cabecera


def _es_hora(dicha: Any) -> bool:
    # 1e12 s are 31,000 years; NaN is none of them.
    return isinstance(dicha, int | float) and not isinstance(dicha, bool) and 0 <= dicha <= 1e12


def _portador(dichas: Mapping[str, Any], *, de_casa: bool) -> Portador:
    ambitos = dichas.get("scope", "")
    if not isinstance(ambitos, str):
        raise TokenInvalido("afirmaciones")
    sujeto = dichas.get("sub")
    # Who asks for a token in no person's name is both (RFC 9068 §5).
    tipo: TipoAutor = "service_account" if dichas.get("client_id") == sujeto else "user"
    if de_casa and dichas.get(SISTEMA) is True:
        tipo = "system"
    try:
        quien = Quien.de_claims(dichas, sujeto, tipo)  # type: ignore[arg-type]
    except ValueError:
        raise TokenInvalido("sujeto") from None
    return Portador(quien=quien, ambitos=frozenset(ambitos.split()), hasta=float(dichas["exp"]))


class Firmante:
    """Signs tokens, with EdDSA.

    Args:
        clave: an Ed25519 private key, as PEM or as a JWK.
        tipo: what they say they are (``typ``).

    Raises:
        ValueError: it is no such key.
    """

    def __init__(self, clave: str | dict[str, Any], tipo: str) -> None:
        self._clave = clave_privada(clave)
        self._cabecera = {"alg": "EdDSA", "typ": tipo, "kid": self._clave.kid or self._clave.thumbprint()}

    def firmar(self, dichas: Mapping[str, Any]) -> str:
        """A token that says this."""
        carga = json.dumps(dichas, separators=(",", ":"), ensure_ascii=False)
        return jws.serialize_compact(self._cabecera, carga, self._clave, algorithms=["EdDSA"], registry=_REGISTRO)


def clave_privada(dicha: str | dict[str, Any]) -> jwk.OKPKey:
    """An Ed25519 private key.

    Raises:
        ValueError: it is none.
    """
    clave = _okp(dicha)
    if not clave.is_private:
        raise ValueError("no es una clave privada Ed25519")
    return clave


def clave_publica(pem: str) -> jwk.OKPKey:
    """An Ed25519 public key.

    Raises:
        ValueError: it is none, or a private one: whoever checks is to have no more than it needs.
    """
    clave = _okp(pem)
    if clave.is_private:
        raise ValueError("es una clave privada: aquí va la pública")
    return clave


def _okp(dicha: str | dict[str, Any]) -> jwk.OKPKey:
    try:
        clave = jwk.OKPKey.import_key(dicha)
        if clave.curve_name == "Ed25519":
            return clave
    except (JoseError, ValueError, TypeError, KeyError, AttributeError):
        pass
    raise ValueError("no es una clave Ed25519 en PEM")
