"""This service's settings."""

from email.headerregistry import Address
from email.utils import getaddresses
from ipaddress import ip_address
from typing import Annotated, Self

from pydantic import AfterValidator, Field, FilePath, PositiveFloat, PositiveInt, SecretStr, model_validator

from notificaciones.aplicacion.envio import Politica
from notificaciones.infraestructura.correo import AjustesCorreo
from seedwork.dominio.correo import DireccionInvalida, leer_correo, leer_maquina
from seedwork.entrada.config import ConfigServicio, Puerto

MAXIMO_NOMBRE = 100
"""Characters of the sender's name: much longer ones would not fit on a line of a letter (RFC 5322 §2.1.1)."""


def _remitente(texto: str) -> str:
    _direccion(texto)
    return texto


def _direccion(texto: str) -> Address:
    """The sender, tried as it will be used: as the address of a letter that every server takes.

    Raises:
        ValueError: no letter can bear it.
    """
    partes = getaddresses([texto])
    if len(partes) != 1:
        raise ValueError("ha de ser una sola dirección de correo, con o sin nombre: Nombre <usuario@dominio>")
    ((nombre, direccion),) = partes
    if not nombre.isprintable() or len(nombre) > MAXIMO_NOMBRE:
        raise ValueError(f"el nombre no puede tener caracteres de control, ni más de {MAXIMO_NOMBRE} en total")
    try:
        return Address(nombre, addr_spec=leer_correo(direccion))
    except DireccionInvalida:
        raise ValueError(
            "ha de ser una dirección de correo que todo servidor admita, con o sin nombre: Nombre <usuario@dominio>; "
            "antes de la @ solo ASCII, y el dominio ha de tener una forma IDNA 2008"
        ) from None


def _nombre_ehlo(texto: str) -> str:
    """What we call ourselves to the mail server (RFC 5321 §4.1.1.1): a name with its domain, or an address literal."""
    if not texto:
        return texto
    try:
        if texto.startswith("[") and texto.endswith("]"):
            ip = ip_address(texto[1:-1].removeprefix("IPv6:"))
            return f"[IPv6:{ip}]" if ip.version == 6 else f"[{ip}]"
        # What may stand behind an @ may stand here.
        return leer_correo(f"postmaster@{texto}").partition("@")[2]
    except ValueError:
        raise ValueError("ha de ser un nombre con su dominio, o una dirección IP entre corchetes") from None


def _credencial(texto: str) -> str:
    if not (texto.isascii() and texto.isprintable()):
        raise ValueError("solo puede tener caracteres ASCII imprimibles: la autenticación de SMTP no lleva otros")
    return texto


def _clave(clave: SecretStr) -> SecretStr:
    _credencial(clave.get_secret_value())
    return clave


class Config(ConfigServicio):
    """What every service is told, how mail leaves, and how long that is tried."""

    http_puerto: Puerto = 5014
    salud_puerto: Puerto = 5024
    smtp_host: Annotated[str, AfterValidator(leer_maquina)] = "127.0.0.1"
    """The mail server."""
    smtp_puerto: int = Field(1025, ge=1, le=65535)
    """Its port."""
    smtp_remitente: Annotated[str, AfterValidator(_remitente)] = (
        "SaludTech de los Alpes <notificaciones@saludtech.example>"
    )
    """Whom letters are from, with or without a name; its domain, in IDNA 2008, is also that of their Message-ID."""
    smtp_nombre_ehlo: Annotated[str, AfterValidator(_nombre_ehlo)] = ""
    """What this service calls itself to the mail server: a name with its domain, or an IP address in brackets; by
    default the address that the connection comes from."""
    smtp_starttls: bool = False
    """Whether the mail server must be talked to encrypted."""
    smtp_ca: FilePath | None = None
    """The authorities, a file in PEM, that its certificate must then come from; by default those that the system
    trusts. Its name is always looked at, too."""
    smtp_usuario: Annotated[str, AfterValidator(_credencial)] = ""
    """For a mail server that asks for a login; only together with SMTP_CLAVE and SMTP_STARTTLS."""
    smtp_clave: Annotated[SecretStr, AfterValidator(_clave)] = SecretStr("")
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
            nombre_ehlo=self.smtp_nombre_ehlo,
            starttls=self.smtp_starttls,
            usuario=self.smtp_usuario,
            clave=self.smtp_clave.get_secret_value(),
            espera_s=self.politica.espera_s,
            ca=self.smtp_ca,
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
