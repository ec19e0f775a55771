"""The e-mail channel: SMTP (RFC 5321), with connections that are kept and reused."""

import re
import smtplib
import ssl
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.charset import BASE64, QP, Charset
from email.header import Header
from email.headerregistry import Address
from email.message import Message
from email.policy import compat32
from email.utils import format_datetime, formataddr
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from notificaciones.aplicacion.envio import Correo
from notificaciones.aplicacion.puertos import CanalAveriado, CanalNoDisponible, CanalRechazo
from notificaciones.infraestructura.respuestas import Culpa, Etapa, Respuesta, clasificar
from seedwork.aplicacion.entorno import Entorno
from seedwork.dominio.correo import DireccionInvalida, leer_correo

# What would end a name's place in a header, or break a line: replaced, whatever a library would make of it.
_INDEBIDOS = re.compile(r'[\x00-\x1f\x7f-\x9f\u2028\u2029"<>@,;:\\()\[\]]+')
_NOMBRE_MAXIMO = 100
_UTF8 = Charset("utf-8")
_UTF8.header_encoding, _UTF8.body_encoding = BASE64, QP
_FORMA = compat32.clone(linesep="\r\n", mangle_from_=False)
_OCIO_S = 20.0


@dataclass(frozen=True, kw_only=True)
class AjustesCorreo:
    """How the SMTP server is reached. All of it is ASCII, as it goes onto the wire.

    Attributes:
        remitente: whom letters are from; its domain is also that of their Message-ID.
        nombre_ehlo: what we call ourselves; empty for the address that the connection comes from.
        starttls: whether the connection must be encrypted before anything is said.
        ca: the file of the authorities, in PEM, that its certificate must then come from; None for those that the
            system trusts.
        usuario: empty for no login.
        espera_s: seconds that one dialogue may take, connecting included.
    """

    host: str
    puerto: int
    remitente: Address
    nombre_ehlo: str
    starttls: bool
    usuario: str
    clave: str
    espera_s: float
    ca: Path | None = None


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
            CanalRechazo: the address is none, or the server refused this mailbox, or this letter, for good.
            CanalNoDisponible: the server asks for time for this mailbox.
            CanalAveriado: any other trouble. Whose fault what is, :mod:`notificaciones.infraestructura.respuestas` has.
        """
        destinatario, mensaje = componer(correo, self._ajustes.remitente)

        def entregar(dialogo: _Dialogo) -> None:
            self._presentarse(dialogo)
            with _en(Etapa.RCPT):
                _exigir_si(dialogo.rcpt(destinatario))
            with _en(Etapa.DATA):
                _exigir_si(dialogo.data(mensaje))

        self._con_un_dialogo(entregar)

    def probar(self) -> None:
        """Find out whether the server would hear a letter: go as far as one can without naming a mailbox.

        Raises:
            CanalAveriado: it would not.
        """

        def tantear(dialogo: _Dialogo) -> None:
            self._presentarse(dialogo)
            with _en(Etapa.MAIL):
                _exigir_si(dialogo.rset())

        self._con_un_dialogo(tantear)

    def _presentarse(self, dialogo: "_Dialogo") -> None:
        with _en(Etapa.MAIL):
            _exigir_si(dialogo.mail(self._ajustes.remitente.addr_spec))

    def _con_un_dialogo(self, hablar: Callable[["_Dialogo"], None]) -> None:
        dialogo = self._tomar()
        try:
            hablar(dialogo)
        except BaseException:
            dialogo.close()
            raise
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
        with _en(Etapa.CONEXION):
            dialogo = _Dialogo(ajustes.host, ajustes.puerto, limite, self._entorno)
        try:
            dialogo.local_hostname = ajustes.nombre_ehlo or dialogo.direccion_propia
            with _en(Etapa.EHLO):
                dialogo.ehlo_or_helo_if_needed()
            if ajustes.starttls:
                with _en(Etapa.STARTTLS):
                    dialogo.starttls(context=ssl.create_default_context(cafile=ajustes.ca))
                with _en(Etapa.EHLO):
                    dialogo.ehlo_or_helo_if_needed()
            if ajustes.usuario:
                with _en(Etapa.AUTH):
                    dialogo.login(ajustes.usuario, ajustes.clave)
        except BaseException:
            dialogo.close()
            raise
        return dialogo


def componer(correo: Correo, remitente: Address) -> tuple[str, bytes]:
    """The address as it travels, and the letter (RFC 5322), the same each time that it is sent.

    Raises:
        CanalRechazo: the address is not one e-mail address that every server takes.
    """
    try:
        direccion = leer_correo(correo.direccion)
    except DireccionInvalida:
        raise CanalRechazo("la dirección no es una dirección de correo") from None
    nombre = " ".join(_INDEBIDOS.sub(" ", correo.nombre).split())[:_NOMBRE_MAXIMO].rstrip()
    # The newer EmailMessage parses each header that it is given: three times the work of all the rest.
    mensaje = Message(_FORMA)
    mensaje["From"] = _buzon(remitente.display_name, remitente.addr_spec)
    mensaje["To"] = _buzon(nombre, direccion)
    mensaje["Subject"] = _texto(correo.asunto)
    mensaje["Date"] = format_datetime(correo.fecha)
    mensaje["Message-ID"] = f"<{correo.id}@{remitente.domain}>"
    mensaje["Content-Language"] = "es"
    mensaje["Auto-Submitted"] = "auto-generated"
    mensaje.set_payload(correo.cuerpo, _UTF8)
    return direccion, mensaje.as_bytes()


def _buzon(nombre: str, direccion: str) -> str:
    """A name and its address as they stand in a header."""
    escrito = _texto(nombre)
    return formataddr((nombre, direccion)) if escrito == nombre else f"{escrito} <{direccion}>"


def _texto(texto: str) -> str:
    """A header's text, in encoded words where it is not ASCII, or could be taken for one of them (RFC 2047)."""
    return texto if texto.isascii() and "=?" not in texto else Header(texto, _UTF8).encode()


class _Dialogo(smtplib.SMTP):
    """An SMTP connection on which all steps together, not each, have to end in time."""

    def __init__(self, host: str, puerto: int, limite: float, entorno: Entorno) -> None:
        self.limite = limite
        self._entorno = entorno
        # A name is given, since the library would look one up, which may wait for a DNS server.
        super().__init__(host, puerto, local_hostname="[0.0.0.0]", timeout=self._queda_s())

    @property
    def direccion_propia(self) -> str:
        """The address that it comes from, as a name to give in EHLO (RFC 5321 §4.1.3)."""
        propia = "0.0.0.0" if self.sock is None else self.sock.getsockname()[0]  # nosec B104 # noqa: S104 - a name, not an address
        ip = ip_address(propia.partition("%")[0])
        return f"[IPv6:{ip}]" if ip.version == 6 else f"[{ip}]"

    def send(self, s: Any) -> None:
        self._apurar()
        super().send(s)

    def getreply(self) -> tuple[int, bytes]:
        self._apurar()
        return super().getreply()

    def _apurar(self) -> None:
        queda_s = self._queda_s()
        if self.sock is not None:
            self.sock.settimeout(queda_s)

    def _queda_s(self) -> float:
        queda_s = self.limite - self._entorno.monotono()
        if queda_s <= 0:
            raise TimeoutError
        return queda_s


_ERRORES: Mapping[Culpa, type[CanalRechazo | CanalNoDisponible]] = {
    Culpa.DEL_BUZON: CanalRechazo,
    Culpa.DE_NADIE: CanalNoDisponible,
    Culpa.NUESTRA: CanalAveriado,
}


@contextmanager
def _en(etapa: Etapa) -> Iterator[None]:
    """Whatever goes wrong in the block is told as a channel's errors are.

    Their text is the step and its codes: a reply's own text may quote the address.
    """
    try:
        yield
    except smtplib.SMTPResponseException as error:
        texto = error.smtp_error if isinstance(error.smtp_error, bytes) else error.smtp_error.encode()
        respuesta = Respuesta.leer(error.smtp_code, texto)
        raise _ERRORES[clasificar(etapa, respuesta)](f"{etapa.value} {respuesta}") from None
    except (smtplib.SMTPException, OSError, ValueError) as error:
        raise CanalAveriado(f"{etapa.value} {type(error).__name__}") from None


def _exigir_si(respuesta: tuple[int, bytes]) -> None:
    """Raise the library's error of a reply that does not say yes."""
    if respuesta[0] // 100 != 2:
        raise smtplib.SMTPResponseException(*respuesta)


def _responde(dialogo: _Dialogo) -> bool:
    try:
        return dialogo.noop()[0] == 250
    except (smtplib.SMTPException, OSError):
        return False
