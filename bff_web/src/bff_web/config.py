"""The door's settings."""

from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated, Self

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

from seedwork.entrada.config import ConfigDeAlmacen, exigir_cifrado


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


class Config(ConfigDeAlmacen):
    """What the door is told."""

    bff_host: str = "127.0.0.1"
    """Where the door listens."""
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
    suscripciones_url: UrlHttp = "http://127.0.0.1:5011"
    """The service's HTTP API."""
    servicio_datos_url: UrlHttp = "http://127.0.0.1:5012"
    """Likewise."""
    procesamiento_url: UrlHttp = "http://127.0.0.1:5013"
    """Likewise."""
    notificaciones_url: UrlHttp = "http://127.0.0.1:5014"
    """Likewise."""

    servicios_ca: FilePath | None = None
    """The authorities, a file in PEM, that the services' certificates must come from, where they are asked by https://;
    by default those that the system trusts. Their names are always looked at, too."""

    @model_validator(mode="after")
    def _a_los_servicios_no_se_les_habla_en_claro(self) -> Self:
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
