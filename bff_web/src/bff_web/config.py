"""The door's settings."""

from typing import Annotated

from pydantic import AfterValidator, Field, PositiveInt, SecretStr

from seedwork.entrada.config import ConfigBase


def _de_http(url: str) -> str:
    if not url.startswith(("http://", "https://")):
        raise ValueError("ha de empezar por http:// o https://")
    return url.rstrip("/")


UrlHttp = Annotated[str, AfterValidator(_de_http)]


class Config(ConfigBase):
    """What the door is told."""

    bff_host: str = "127.0.0.1"
    """Where the door listens."""
    bff_puerto: int = Field(5005, ge=1, le=65535)
    """Its port."""
    bff_trabajadores: PositiveInt = 2
    """gunicorn workers."""
    bff_hilos: int = Field(64, ge=8)
    """Threads of each; a command holds one until the broker confirms it, so there must be more than commands that may
    wait at once."""
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
