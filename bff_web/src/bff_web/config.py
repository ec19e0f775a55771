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
    """What the door is told.

    Attributes:
        bff_host: where it listens.
        bff_puerto: its port.
        bff_trabajadores: gunicorn workers.
        bff_hilos: threads of each; a command holds one until the broker confirms it, so there must be more than
            commands that may wait at once.
        idempotencia_secreto: keys the hash of a command's body; the same in every instance, and for as long as an
            Idempotency-Key is to be good.
        suscripciones_url, servicio_datos_url, procesamiento_url, notificaciones_url: the services' HTTP APIs.
    """

    bff_host: str = "127.0.0.1"
    bff_puerto: int = Field(5005, ge=1, le=65535)
    bff_trabajadores: PositiveInt = 2
    bff_hilos: int = Field(64, ge=8)
    idempotencia_secreto: SecretStr = Field(min_length=16)
    suscripciones_url: UrlHttp = "http://127.0.0.1:5011"
    servicio_datos_url: UrlHttp = "http://127.0.0.1:5012"
    procesamiento_url: UrlHttp = "http://127.0.0.1:5013"
    notificaciones_url: UrlHttp = "http://127.0.0.1:5014"
