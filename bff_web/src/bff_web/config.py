"""The door's settings."""

import json
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated, Self, get_args
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    Field,
    FilePath,
    NonNegativeFloat,
    PositiveFloat,
    PositiveInt,
    SecretStr,
    model_validator,
)

from seedwork.entrada.config import ConfigDeAlmacen, es_de_esta_maquina, es_segura, exigir_cifrado, exigir_en_casa, pem
from seedwork.infraestructura.tokens import (
    ALGORITMOS,
    EMISOR_DESARROLLO,
    Algoritmo,
    clave_privada,
    es_de_desarrollo,
    leer_juego,
)


def _de_http(url: str) -> str:
    if not url.startswith(("http://", "https://")):
        raise ValueError("ha de empezar por http:// o https://")
    return url.rstrip("/")


UrlHttp = Annotated[str, AfterValidator(_de_http)]


def _redes(texto: str) -> list[IPv4Network | IPv6Network]:
    return [ip_network(parte.strip()) for parte in texto.split(",") if parte.strip()]


def _de_redes(texto: str) -> str:
    try:
        _redes(texto)
    except ValueError:
        raise ValueError("ha de ser una lista de direcciones o redes, como 10.0.0.0/8, con comas") from None
    return texto


def _partes(texto: str) -> list[str]:
    return [parte.strip() for parte in texto.split(",") if parte.strip()]


def _de_algoritmos(texto: str) -> str:
    dichos = _partes(texto)
    if not dichos or not set(dichos) <= set(ALGORITMOS):
        raise ValueError(f"ha de ser una lista de {', '.join(ALGORITMOS)}, con comas")
    return texto


def _de_origenes(texto: str) -> str:
    for origen in _partes(texto):
        partes = urlsplit(origen)
        if (
            partes.scheme not in ("http", "https")
            or not partes.hostname
            or origen != f"{partes.scheme}://{partes.netloc}"
        ):
            raise ValueError("ha de ser una lista de orígenes, como https://portal.saludtech.co, con comas")
    return texto


def _de_juego(fuente: str) -> str:
    partes = urlsplit(fuente)
    if partes.scheme == "http" and not es_de_esta_maquina(partes.hostname):
        raise ValueError("ha de ser un archivo o empezar por https://: las claves no viajan en claro")
    return fuente


def _de_proveedor(url: str) -> str:
    if url and not es_segura(url):
        raise ValueError("ha de empezar por https://: un token no viaja en claro")
    return url


def _hay_de_desarrollo(fuente: str) -> bool:
    """Whether there is a development key in a file; one that is fetched is looked at when it is."""
    if fuente.startswith(("http://", "https://")):
        return False
    try:
        return any(es_de_desarrollo(clave) for clave in json.loads(leer_juego(fuente))["keys"])
    except (OSError, ValueError, KeyError, TypeError):
        raise ValueError("OIDC_JWKS no es una URL ni un archivo con claves (JWKS)") from None


class Config(ConfigDeAlmacen):
    """What the door is told."""

    bff_host: str = "127.0.0.1"
    """Where the door listens; with AUTENTICACION=ninguna, on the loopback alone."""
    bff_puerto: int = Field(5005, ge=1, le=65535)
    """Its port."""
    bff_trabajadores: PositiveInt = 2
    """Processes that serve it."""
    bff_hilos: int = Field(32, ge=8)
    """Threads of each: queries that are asked at once. Commands need none."""
    bff_conexiones: int = Field(4000, ge=100)
    """Clients' connections open at once, of all processes together; more than the balancer before it opens. The one
    that has been idle for longest, or else is slowest to send or to read, makes room for another."""
    bff_subidas: PositiveInt = 8
    """Files that come at once, of all processes together; the next is a 503."""
    bff_subida_maxima: PositiveInt = 2 * 1024**3
    """Octets of one such file, at most."""
    bff_descargas: PositiveInt = 8
    """Files that go out at once, likewise."""
    bff_corrientes: PositiveInt = 2000
    """Streams of events that are open at once, of all processes together; the next is a 503. Each is a connection, too.
    """
    eventos_ventana_s: float = Field(300.0, gt=0, le=86_400)
    """Seconds that a stream's client may have been away and still go on where it was."""
    bff_inactividad_s: PositiveFloat = 30.0
    """Seconds that an idle connection is kept: longer than the balancer before the door keeps its own (620 for
    Google's, which keep theirs for 600)."""
    drenaje_s: NonNegativeFloat = 0.0
    """Seconds from SIGTERM on that the door still serves, while `/salud/trafico` says 503 and each answer is its
    connection's last: as many as a balancer takes to notice, 15 say."""
    bff_proxies: Annotated[str, AfterValidator(_de_redes)] = ""
    """Addresses or networks (10.0.0.0/8), with commas, of proxies: from them alone `X-Forwarded-For`, `-Proto` and
    `-Prefix` count."""
    idempotencia_secreto: SecretStr = Field(min_length=16)
    """Required, secret: keys the ids of commands that come with an Idempotency-Key, 16 characters or more; the same in
    every instance, and for as long as such a key is to be good. The local run makes one."""
    oidc_emisor: str = ""
    """Who issues callers' tokens (`iss`), letter by letter as they say it. Required for AUTENTICACION=oidc; of
    `desarrollo` it is the development key's."""
    oidc_audiencia: str = "saludtech"
    """Whom they must be meant for (`aud`)."""
    oidc_jwks: Annotated[str, AfterValidator(_de_juego)] = ""
    """The public keys that they are checked with (JWKS): an https:// URL, a file's path, or the JSON itself; read anew
    every five minutes, and when a token names an unknown one. Required unless AUTENTICACION=ninguna."""
    oidc_algoritmos: Annotated[str, AfterValidator(_de_algoritmos)] = ",".join(ALGORITMOS)
    """How they may be signed: RS256, ES256, EdDSA, with commas."""
    oidc_tipo_jwt: bool = False
    """Whether tokens of the plain type JWT count, too: those of a provider that does not know at+jwt (RFC 9068). Its ID
    tokens are of that type as well; what tells them apart is OIDC_AUDIENCIA, then one of the API's own."""
    oidc_cliente: str = ""
    """Who the console is to the provider (client id), for AUTENTICACION=oidc: with it people sign in with a browser
    (Authorization Code with PKCE); without it nobody does, and tokens come in a header alone. Its redirect URI is the
    door's address and `/consola/vuelta`."""
    oidc_cliente_secreto: SecretStr = SecretStr("")
    """Secret: what the console proves that with; a public client has none."""
    oidc_ambitos: str = ""
    """The scopes that are asked for when somebody signs in, with spaces; by default `openid` and each that a route of
    the door asks for. `offline_access` besides where the provider needs it to give refresh tokens."""
    oidc_autorizacion: Annotated[str, AfterValidator(_de_proveedor)] = ""
    """Where people sign in (authorization endpoint); by default what `OIDC_EMISOR/.well-known/openid-configuration`
    says. It may have a query, as `?audience=saludtech`."""
    oidc_token: Annotated[str, AfterValidator(_de_proveedor)] = ""
    """Where a code becomes a token (token endpoint); likewise. With both by hand, that document is not asked for."""
    oidc_salida: Annotated[str, AfterValidator(_de_proveedor)] = ""
    """Where they sign out (end session endpoint); likewise."""
    sesion_horas: PositiveFloat = 12.0
    """Hours in which the session of whoever signed in with a browser is renewed, however long the provider would; after
    them it is as long as its token."""
    puerta_clave: SecretStr = SecretStr("")
    """Secret: the Ed25519 private key, PEM or a file's path, that the door signs for the services with who asks.
    Required unless AUTENTICACION=ninguna; the same in every instance. The local run and `make secretos` make it."""
    bff_ritmo: PositiveInt = 200
    """Requests a second that one caller may send to one instance in the long run; whoever has no token that counts is
    its address. Unless AUTENTICACION=ninguna."""
    bff_rafaga: PositiveInt = 2000
    """Requests that it may send at once, before that."""
    bff_origenes: Annotated[str, AfterValidator(_de_origenes)] = ""
    """Origins (https://portal.saludtech.co), with commas, whose pages may ask the door from a browser (CORS); none by
    default."""
    suscripciones_url: UrlHttp = "http://127.0.0.1:5011"
    """The service's HTTP API; with AUTENTICACION=oidc, on another machine, by https://."""
    servicio_datos_url: UrlHttp = "http://127.0.0.1:5012"
    """Likewise."""
    procesamiento_url: UrlHttp = "http://127.0.0.1:5013"
    """Likewise."""
    notificaciones_url: UrlHttp = "http://127.0.0.1:5014"
    """Likewise."""

    servicios_ca: FilePath | None = None
    """The authorities, a file in PEM, that the services' certificates must come from, where they are asked by https://;
    by default those that the system trusts. Their names are always looked at, too."""

    @property
    def algoritmos(self) -> list[Algoritmo]:
        """How callers' tokens may be signed."""
        dichos = _partes(self.oidc_algoritmos)
        return [algoritmo for algoritmo in get_args(Algoritmo) if algoritmo in dichos]

    @property
    def emisor(self) -> str:
        """Whose tokens count."""
        return EMISOR_DESARROLLO if self.autenticacion == "desarrollo" else self.oidc_emisor

    @property
    def clave(self) -> str:
        """The door's private key, PEM."""
        return pem(self.puerta_clave.get_secret_value())

    @property
    def origenes(self) -> frozenset[str]:
        """Whose pages may ask from a browser."""
        return frozenset(_partes(self.bff_origenes))

    @model_validator(mode="after")
    def _nadie_entra_sin_decir_quien_es(self) -> Self:
        if not self.autenticada:
            exigir_en_casa("BFF_HOST", self.bff_host)
            return self
        for variable, dicho in (("OIDC_JWKS", self.oidc_jwks), ("PUERTA_CLAVE", self.puerta_clave.get_secret_value())):
            if not dicho:
                raise ValueError(f"falta {variable}, que AUTENTICACION={self.autenticacion} necesita")
        if not self.oidc_audiencia:
            raise ValueError("falta OIDC_AUDIENCIA")
        clave_privada(self.clave)
        return self

    @model_validator(mode="after")
    def _la_clave_de_desarrollo_no_vale_fuera(self) -> Self:
        if self.autenticacion == "oidc":
            if not self.oidc_emisor:
                raise ValueError("falta OIDC_EMISOR, que AUTENTICACION=oidc necesita")
            if self.oidc_emisor == EMISOR_DESARROLLO or _hay_de_desarrollo(self.oidc_jwks):
                raise ValueError(
                    "OIDC_EMISOR y OIDC_JWKS son los de una clave de desarrollo, que solo vale con "
                    "AUTENTICACION=desarrollo"
                )
            if self.oidc_cliente and not (es_segura(self.oidc_emisor) or (self.oidc_autorizacion and self.oidc_token)):
                raise ValueError(
                    "con OIDC_CLIENTE, OIDC_EMISOR ha de empezar por https://, o dígase OIDC_AUTORIZACION y OIDC_TOKEN"
                )
        return self

    @model_validator(mode="after")
    def _lo_que_la_puerta_firma_no_viaja_en_claro(self) -> Self:
        if self.autenticacion == "oidc":
            exigir_cifrado(
                "AUTENTICACION=oidc",
                SUSCRIPCIONES_URL=self.suscripciones_url,
                SERVICIO_DATOS_URL=self.servicio_datos_url,
                PROCESAMIENTO_URL=self.procesamiento_url,
                NOTIFICACIONES_URL=self.notificaciones_url,
            )
        return self

    @property
    def proxies(self) -> list[IPv4Network | IPv6Network]:
        """Whose word about their clients counts."""
        return _redes(self.bff_proxies)
