"""The channel against a real SMTP server, in this process, on the loopback: what each of its replies does to a letter.

These stand among the tests without servers since the one they talk to is a few coroutines of their own.
"""

import email
import email.policy
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Any

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from notificaciones.aplicacion.envio import Correo
from notificaciones.aplicacion.puertos import CanalAveriado, CanalNoDisponible, CanalRechazo
from notificaciones.infraestructura.correo import AjustesCorreo, CanalCorreo
from plataforma.puertos import libres
from seedwork.aplicacion.entorno import EntornoReal

CORREO = Correo(
    id="6f1d2c3b-0000-5000-8000-000000000001",
    nombre="Ana",
    direccion="ana@faß.de",
    asunto="Su suscripción está activa",
    cuerpo="Hola, Ana:\n\nYa está.\n",
    fecha=datetime(2025, 2, 3, 4, 5, 6, tzinfo=UTC),
)
SI = "250 OK"


@dataclass
class Servidor:
    """A mail server that answers as it is told, by the step: the greeting, EHLO, MAIL, RCPT, DATA."""

    respuestas: dict[str, str] = field(default_factory=dict)
    ehlos: list[str] = field(default_factory=list)
    remitentes: list[str] = field(default_factory=list)
    destinatarios: list[str] = field(default_factory=list)
    opciones: list[str] = field(default_factory=list)
    mensajes: list[EmailMessage] = field(default_factory=list)
    puerto: int = 0

    async def handle_EHLO(self, server, session, envelope, hostname, responses) -> list[str]:
        self.ehlos.append(hostname)
        if "EHLO" in self.respuestas:
            return [self.respuestas["EHLO"]]
        session.host_name = hostname
        return responses

    async def handle_HELO(self, server, session, envelope, hostname) -> str:
        if "EHLO" in self.respuestas:
            return self.respuestas["EHLO"]
        session.host_name = hostname
        return SI

    async def handle_MAIL(self, server, session, envelope, address, mail_options) -> str:
        self.opciones += mail_options
        if "MAIL" not in self.respuestas:
            self.remitentes.append(address)
            envelope.mail_from = address
        return self.respuestas.get("MAIL", SI)

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options) -> str:
        if "RCPT" in self.respuestas:
            return self.respuestas["RCPT"]
        self.destinatarios.append(address)
        envelope.rcpt_tos.append(address)
        return SI

    async def handle_DATA(self, server, session, envelope) -> str:
        if "DATA" in self.respuestas:
            return self.respuestas["DATA"]
        self.mensajes.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return SI


class _ConSaludo(SMTP):
    """It greets as it is told."""

    async def push(self, status: Any) -> None:
        saludo = self.event_handler.respuestas.get("conexión")
        greets = saludo is not None and isinstance(status, str) and status.startswith("220 ")
        await super().push(saludo if greets else status)


class _Controlador(Controller):
    cifrado: ssl.SSLContext | None = None

    def factory(self) -> SMTP:
        return _ConSaludo(self.handler, enable_SMTPUTF8=True, tls_context=self.cifrado)


@pytest.fixture
def servidor() -> Iterator[Servidor]:
    servidor = Servidor()
    controlador = _Controlador(servidor, hostname="127.0.0.1", port=libres(1)[0])
    controlador.start()
    servidor.puerto = controlador.port
    yield servidor
    controlador.stop()


@pytest.fixture
def canal(servidor: Servidor) -> Callable[..., CanalCorreo]:
    """Makes a channel to it, with further settings."""

    def hacer(**otros: Any) -> CanalCorreo:
        ajustes = AjustesCorreo(
            host="127.0.0.1",
            puerto=servidor.puerto,
            remitente=Address("SaludTech de los Alpes", addr_spec="avisos@saludtech.example"),
            nombre_ehlo="",
            starttls=False,
            usuario="",
            clave="",
            espera_s=5.0,
        )
        return CanalCorreo(replace(ajustes, **otros), EntornoReal())

    return hacer


def test_la_carta_llega_a_la_direccion_que_se_dio(canal, servidor):
    """Python's own codec writes to fass.de, which is a stranger's."""
    canal().enviar(CORREO)

    assert servidor.destinatarios == ["ana@xn--fa-hia.de"]
    (mensaje,) = servidor.mensajes
    assert mensaje["To"].addresses[0].addr_spec == "ana@xn--fa-hia.de"
    assert servidor.remitentes == ["avisos@saludtech.example"]


@pytest.mark.parametrize("direccion", ["ñandú@saludtech.example", "ana@localhost", "a@b.co, c@d.co", "nadie"])
def test_una_direccion_que_no_lo_es_no_llega_al_servidor(canal, servidor, direccion):
    """The server offers SMTPUTF8; the next one on the way may not, and so no letter of ours needs it."""
    with pytest.raises(CanalRechazo):
        canal().enviar(replace(CORREO, direccion=direccion))

    assert servidor.ehlos == servidor.destinatarios == servidor.opciones == []


@pytest.mark.parametrize(
    ("etapa", "respuesta"),
    [
        ("conexión", "421 Too busy"),
        ("conexión", "554 5.7.1 Blocked"),
        ("EHLO", "504 5.5.2 need fully-qualified hostname"),
        ("MAIL", "530 5.7.0 Must issue a STARTTLS command first"),
        ("MAIL", "530 5.7.0 Authentication required"),
        ("MAIL", "550 5.1.8 Sender unknown"),
        ("MAIL", "452 4.3.1 Insufficient system storage"),
        ("MAIL", "503 5.5.1 Out of order"),
        ("RCPT", "554 5.7.1 Relay access denied"),
        ("RCPT", "550 5.7.1 Unable to relay"),
        ("RCPT", "454 4.7.1 Relay access denied"),
        ("RCPT", "421 4.3.2 Going down"),
        ("RCPT", "550-Mail rejected\r\n550 5.7.1 relaying denied"),
        ("RCPT", "550-Mail rejected; see\r\n550-https://mail.example/why\r\n550 we do not relay (#5.7.1)"),
        ("DATA", "554 5.7.1 Message rejected"),
        ("DATA", "554 Transaction failed"),
        ("DATA", "550 Spam, we think"),
    ],
)
def test_lo_nuestro_no_acaba_con_ninguna_carta_y_arreglado_llega(canal, servidor, etapa, respuesta):
    servidor.respuestas[etapa] = respuesta
    uno = canal()
    with pytest.raises(CanalAveriado) as error:
        uno.enviar(CORREO)
    assert str(error.value).startswith(f"{etapa} {respuesta[:3]}")
    assert not any(c.isalpha() for c in str(error.value).removeprefix(etapa))

    if etapa in ("conexión", "EHLO", "MAIL"):
        with pytest.raises(CanalAveriado):
            uno.probar()
    else:
        uno.probar()
    servidor.respuestas.clear()
    uno.probar()
    uno.enviar(CORREO)
    assert len(servidor.mensajes) == 1


@pytest.mark.parametrize(
    ("etapa", "respuesta"),
    [
        ("RCPT", "550 5.1.1 No such user"),
        ("RCPT", "550 No such user"),
        ("RCPT", "551 Elsewhere"),
        ("RCPT", "553 Not allowed"),
        ("RCPT", "554-Mail rejected\r\n554 5.1.1 No such user"),
        ("RCPT", "550-We know\r\n550 nobody of that name"),
        ("RCPT", "552 5.2.2 Full"),
        ("DATA", "550 5.1.1 No such user"),
        ("DATA", "550-Mail rejected\r\n550 5.1.1 No such user"),
        ("DATA", "552 5.2.3 Too long"),
    ],
)
def test_lo_que_habla_del_buzon_acaba_con_la_carta(canal, servidor, etapa, respuesta):
    servidor.respuestas[etapa] = respuesta
    with pytest.raises(CanalRechazo):
        canal().enviar(CORREO)


@pytest.mark.parametrize(
    ("etapa", "respuesta"),
    [("RCPT", "450 4.2.0 Greylisted"), ("RCPT", "452 4.2.2 Full"), ("RCPT", "451 Later"), ("DATA", "451 4.7.1 Later")],
)
def test_quien_pide_tiempo_no_se_queja_de_nosotros(canal, servidor, etapa, respuesta):
    servidor.respuestas[etapa] = respuesta
    with pytest.raises(CanalNoDisponible) as error:
        canal().enviar(CORREO)
    assert not isinstance(error.value, CanalAveriado)


@pytest.mark.parametrize(
    ("ajustes", "dicho"),
    [
        ({"starttls": True}, "STARTTLS SMTPNotSupportedError"),
        ({"usuario": "u", "clave": "c"}, "AUTH SMTPNotSupportedError"),
        ({"puerto": 1}, "conexión ConnectionRefusedError"),
    ],
)
def test_lo_que_el_servidor_no_ofrece_o_no_esta_es_cosa_nuestra(canal, servidor, ajustes, dicho):
    for intento in (lambda c: c.enviar(CORREO), lambda c: c.probar()):
        with pytest.raises(CanalAveriado, match=dicho):
            intento(canal(**ajustes))
    assert servidor.mensajes == []


def test_cifrado_se_habla_con_el_servidor_que_se_conoce_y_con_ningun_otro(canal, tmp_path):
    """By its certificate and the name that it bears; to another nothing is said after STARTTLS."""
    autoridad, ajena = trustme.CA(), trustme.CA()
    for nombre, una in (("ca", autoridad), ("ajena", ajena)):
        una.cert_pem.write_to_path(str(tmp_path / nombre))
    cifrado = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    autoridad.issue_cert("localhost").configure_cert(cifrado)
    buzon = Servidor()
    controlador = _Controlador(buzon, hostname="127.0.0.1", port=libres(1)[0])
    controlador.cifrado = cifrado
    controlador.start()
    try:
        conocido = {"host": "localhost", "puerto": controlador.port, "starttls": True, "ca": str(tmp_path / "ca")}
        for malo in ({"ca": str(tmp_path / "ajena")}, {"ca": None}, {"host": "127.0.0.1"}):
            with pytest.raises(CanalAveriado, match="STARTTLS SSLCertVerificationError"):
                canal(**conocido | malo).enviar(CORREO)
        assert (buzon.remitentes, buzon.mensajes) == ([], [])
        canal(**conocido).enviar(CORREO)
        assert len(buzon.mensajes) == 1
    finally:
        controlador.stop()


@pytest.mark.parametrize(("nombre", "dicho"), [("", "[127.0.0.1]"), ("avisos.saludtech.example",) * 2])
def test_al_saludar_se_da_un_nombre_que_todo_servidor_admite(canal, servidor, nombre, dicho):
    """A bare host name, as a container's is, some refuse (504)."""
    canal(nombre_ehlo=nombre).enviar(CORREO)

    assert servidor.ehlos == [dicho]


def test_probar_no_nombra_ningun_buzon_ni_deja_nada(canal, servidor):
    uno = canal()
    uno.probar()
    uno.enviar(CORREO)
    uno.probar()

    assert len(servidor.ehlos) == 1, "one connection serves them all"
    assert len(servidor.destinatarios) == len(servidor.mensajes) == 1
