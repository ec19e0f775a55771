"""This service's settings."""

from email.errors import MessageError
from email.headerregistry import Address
from email.utils import parseaddr
from typing import Annotated, Self

from pydantic import AfterValidator, Field, PositiveFloat, PositiveInt, SecretStr, model_validator

from notificaciones.aplicacion.envio import Politica
from notificaciones.infraestructura.correo import AjustesCorreo
from seedwork.entrada.config import ConfigServicio, Puerto


def _remitente(texto: str) -> str:
    try:
        completa = bool(_direccion(texto).username)
    except (MessageError, ValueError, IndexError):
        completa = False
    if not completa:
        raise ValueError("ha de ser una dirección de correo, con o sin nombre: Nombre <usuario@dominio>")
    return texto


def _direccion(texto: str) -> Address:
    nombre, direccion = parseaddr(texto)
    return Address(nombre, addr_spec=direccion)


class Config(ConfigServicio):
    """What every service is told, how mail leaves, and how long that is tried."""

    http_puerto: Puerto = 5014
    salud_puerto: Puerto = 5024
    smtp_host: str = "127.0.0.1"
    """The mail server."""
    smtp_puerto: int = Field(1025, ge=1, le=65535)
    """Its port."""
    smtp_remitente: Annotated[str, AfterValidator(_remitente)] = (
        "SaludTech de los Alpes <notificaciones@saludtech.example>"
    )
    """Whom letters are from, with or without a name; its domain is also that of their Message-ID."""
    smtp_starttls: bool = False
    """Whether the mail server must be talked to encrypted."""
    smtp_usuario: str = ""
    """For a mail server that asks for a login; only together with SMTP_CLAVE and SMTP_STARTTLS."""
    smtp_clave: SecretStr = SecretStr("")
    """Secret: the login's password."""
    smtp_espera_s: PositiveFloat | None = None
    """Seconds that one attempt may take; by default an eighth of ENVIO_PLAZO_S, at most 5."""
    envio_plazo_s: PositiveFloat | None = None
    """Seconds from a notification's creation to the end of its last attempt; by default two fifths of SAGA_PLAZO_S, at
    most half of it."""
    envio_pausa_s: PositiveFloat | None = None
    """Seconds before the first repeat, each further one twice as long; by default a sixteenth of ENVIO_PLAZO_S, at most
    0.5."""
    envio_hilos: PositiveInt = 8
    """Attempts at a time."""

    @property
    def politica(self) -> Politica:
        """How long a delivery is tried."""
        plazo = self.envio_plazo_s or self.saga_plazo_s * 0.4
        return Politica(
            plazo_s=plazo,
            espera_s=self.smtp_espera_s or min(5.0, plazo / 8),
            pausa_s=self.envio_pausa_s or min(0.5, plazo / 16),
        )

    @property
    def correo(self) -> AjustesCorreo:
        """How the SMTP server is reached."""
        return AjustesCorreo(
            host=self.smtp_host,
            puerto=self.smtp_puerto,
            remitente=_direccion(self.smtp_remitente),
            starttls=self.smtp_starttls,
            usuario=self.smtp_usuario,
            clave=self.smtp_clave.get_secret_value(),
            espera_s=self.politica.espera_s,
        )

    @model_validator(mode="after")
    def _coherente(self) -> Self:
        politica, mitad = self.politica, self.saga_plazo_s / 2
        if politica.plazo_s > mitad:
            raise ValueError(
                f"ENVIO_PLAZO_S ({politica.plazo_s:g} s) pasa de la mitad de SAGA_PLAZO_S ({mitad:g} s): "
                "los reintentos de una notificación han de acabar antes"
            )
        if politica.espera_s + politica.pausa_s + politica.espera_s > politica.plazo_s:
            raise ValueError(
                f"en ENVIO_PLAZO_S ({politica.plazo_s:g} s) no cabe ningún reintento con SMTP_ESPERA_S "
                f"({politica.espera_s:g} s) y ENVIO_PAUSA_S ({politica.pausa_s:g} s)"
            )
        if bool(self.smtp_usuario) != bool(self.smtp_clave.get_secret_value()):
            raise ValueError("SMTP_USUARIO y SMTP_CLAVE van juntas")
        if self.smtp_usuario and not self.smtp_starttls:
            raise ValueError("con SMTP_USUARIO hace falta SMTP_STARTTLS: la clave no viaja sin cifrar")
        return self
