"""The e-mail channel: SMTP (RFC 5321), with connections that are kept and reused."""

import email.errors
import re
import smtplib
import socket
import ssl
from collections import deque
from dataclasses import dataclass
from email.charset import BASE64, QP, Charset
from email.header import Header
from email.headerregistry import Address
from email.message import Message
from email.policy import compat32
from email.utils import format_datetime, formataddr
from typing import Any

from notificaciones.aplicacion.envio import Correo
from notificaciones.aplicacion.puertos import CanalNoDisponible, CanalRechazo
from seedwork.aplicacion.entorno import Entorno

# What would end a name's place in a header, or break a line: replaced, whatever a library would make of it.
_INDEBIDOS = re.compile(r'[\x00-\x1f\x7f-\x9f\u2028\u2029"<>@,;:\\()\[\]]+')
_NOMBRE_MAXIMO = 100
_UTF8 = Charset("utf-8")
_UTF8.header_encoding, _UTF8.body_encoding = BASE64, QP
_FORMA = compat32.clone(linesep="\r\n", mangle_from_=False)
_OCIO_S = 20.0


@dataclass(frozen=True, kw_only=True)
class AjustesCorreo:
    """How the SMTP server is reached.

    Attributes:
        remitente: whom letters are from; its domain is also that of their Message-ID.
        starttls: whether the connection must be encrypted before anything is said.
        usuario: empty for no login.
        espera_s: seconds that one dialogue may take, connecting included.
    """

    host: str
    puerto: int
    remitente: Address
    starttls: bool
    usuario: str
    clave: str
    espera_s: float


class CanalCorreo:
    """Sends letters as e-mail. Any number of threads may use it at once."""

    nombre = "CORREO"

    def __init__(self, ajustes: AjustesCorreo, entorno: Entorno) -> None:
        self._ajustes = ajustes
        self._entorno = entorno
        self._libres: deque[tuple[float, _Dialogo]] = deque()

    def enviar(self, correo: Correo) -> None:
        """Hand a letter to the server; when this returns, the server has taken charge of it.

        Raises:
            CanalRechazo: the address is none, or the server refused the recipient or the letter for good (5xx).
            CanalNoDisponible: the server is away, too slow, refused for now (4xx), or refused us, not the letter:
                a wrong password is the operator's to mend, and no client's subscription is to fail for it.
        """
        mensaje = componer(correo, self._ajustes.remitente)
        try:
            dialogo = self._tomar()
            try:
                dialogo.sendmail(self._ajustes.remitente.addr_spec, [_transportable(correo.direccion)], mensaje)
            except BaseException:
                dialogo.close()
                raise
        except (smtplib.SMTPException, OSError) as error:
            # The error's text may quote the address: only its kind and code go on.
            codigos = _codigos(error)
            texto = " ".join([type(error).__name__, *map(str, codigos)])
            if _es_de_este_correo(error) and (not codigos or min(codigos) >= 500):
                raise CanalRechazo(texto) from None
            raise CanalNoDisponible(texto) from None
        self._libres.append((self._entorno.monotono(), dialogo))

    def _tomar(self) -> "_Dialogo":
        """A connection that is known to work, or a new one."""
        limite = self._entorno.monotono() + self._ajustes.espera_s
        while self._libres:
            try:
                desde, dialogo = self._libres.pop()
            except IndexError:
                break
            dialogo.limite = limite
            if self._entorno.monotono() - desde < _OCIO_S and _responde(dialogo):
                return dialogo
            dialogo.close()
        return self._conectar(limite)

    def _conectar(self, limite: float) -> "_Dialogo":
        ajustes = self._ajustes
        dialogo = _Dialogo(ajustes.host, ajustes.puerto, limite, self._entorno)
        try:
            if ajustes.starttls:
                dialogo.starttls(context=ssl.create_default_context())
            if ajustes.usuario:
                dialogo.login(ajustes.usuario, ajustes.clave)
        except BaseException:
            dialogo.close()
            raise
        return dialogo


def componer(correo: Correo, remitente: Address) -> bytes:
    """The letter (RFC 5322), the same each time that it is sent.

    Raises:
        CanalRechazo: the address is not one e-mail address, or its local part is not ASCII.
    """
    nombre = " ".join(_INDEBIDOS.sub(" ", correo.nombre).split())[:_NOMBRE_MAXIMO].rstrip()
    try:
        direccion = _transportable(correo.direccion)
        destinatario = Address(nombre, addr_spec=direccion)
    except (email.errors.MessageError, ValueError, IndexError):
        raise CanalRechazo("la dirección no es una dirección de correo") from None
    if destinatario.addr_spec != direccion or not destinatario.domain:
        raise CanalRechazo("la dirección no es una sola dirección de correo")
    # The newer EmailMessage parses each header that it is given: three times the work of all the rest.
    mensaje = Message(_FORMA)
    mensaje["From"] = _buzon(remitente)
    mensaje["To"] = _buzon(destinatario)
    mensaje["Subject"] = _texto(correo.asunto)
    mensaje["Date"] = format_datetime(correo.fecha)
    mensaje["Message-ID"] = f"<{correo.id}@{remitente.domain}>"
    mensaje["Content-Language"] = "es"
    mensaje["Auto-Submitted"] = "auto-generated"
    mensaje.set_payload(correo.cuerpo, _UTF8)
    return mensaje.as_bytes()


def _buzon(direccion: Address) -> str:
    """A name and its address as they stand in a header."""
    nombre = _texto(direccion.display_name)
    if nombre == direccion.display_name:
        return formataddr((nombre, direccion.addr_spec))
    return f"{nombre} <{direccion.addr_spec}>"


def _texto(texto: str) -> str:
    """A header's text, in encoded words where it is not ASCII, or could be taken for one of them (RFC 2047)."""
    return texto if texto.isascii() and "=?" not in texto else Header(texto, _UTF8).encode()


def _transportable(direccion: str) -> str:
    """An address as every server takes it: a domain beyond ASCII in its IDNA form.

    Raises:
        ValueError: it has a blank or a control character, or no domain.
    """
    usuario, _, dominio = direccion.rpartition("@")
    if not direccion.isprintable() or " " in direccion:
        raise ValueError("la dirección tiene espacios o caracteres de control")
    return f"{usuario}@{dominio.encode('idna').decode('ascii')}"


class _Dialogo(smtplib.SMTP):
    """An SMTP connection on which all steps together, not each, have to end in time."""

    def __init__(self, host: str, puerto: int, limite: float, entorno: Entorno) -> None:
        self.limite = limite
        self._entorno = entorno
        # The name is given, since finding the fully qualified one out may wait for a DNS server.
        super().__init__(host, puerto, socket.gethostname(), timeout=max(0.001, limite - entorno.monotono()))

    def send(self, s: Any) -> None:
        self._apurar()
        super().send(s)

    def getreply(self) -> tuple[int, bytes]:
        self._apurar()
        return super().getreply()

    def _apurar(self) -> None:
        queda = self.limite - self._entorno.monotono()
        if queda <= 0:
            raise TimeoutError
        if self.sock is not None:
            self.sock.settimeout(queda)


def _responde(dialogo: _Dialogo) -> bool:
    try:
        return dialogo.noop()[0] == 250
    except (smtplib.SMTPException, OSError):
        return False


def _es_de_este_correo(error: Exception) -> bool:
    """Whether it is this mail that the server does not want."""
    return isinstance(error, smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError | smtplib.SMTPNotSupportedError)


def _codigos(error: Exception) -> list[int]:
    """The server's reply codes behind an error; none where it did not reply."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return [codigo for codigo, _ in error.recipients.values()]
    return [error.smtp_code] if isinstance(error, smtplib.SMTPResponseException) else []
