"""Settings that contradict the saga's deadline, or each other, are refused at the start."""

import email
import email.policy
from datetime import UTC, datetime
from email.utils import formataddr

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from notificaciones.aplicacion.envio import Correo
from notificaciones.config import Config
from notificaciones.infraestructura.correo import componer
from seedwork.entrada.config import cargar

DATABASE_URL = "postgresql://n@127.0.0.1/n"
CARTA = Correo(
    id="n-1", nombre="", direccion="ana@x.co", asunto="Hola", cuerpo="Hola\n", fecha=datetime(2025, 2, 3, tzinfo=UTC)
)


def config(**ajustes) -> Config:
    return Config(database_url=DATABASE_URL, **ajustes)


@pytest.mark.parametrize("plazo", [1, 5, 20, 120, 86_400])
def test_sin_decir_nada_los_reintentos_siguen_al_plazo_de_la_saga(plazo):
    politica = config(saga_plazo_s=plazo).politica

    assert politica.plazo_s <= plazo / 2
    assert politica.espera_s <= 5


@pytest.mark.parametrize(
    ("ajustes", "texto"),
    [
        ({"saga_plazo_s": 100, "envio_plazo_s": 51}, "mitad de SAGA_PLAZO_S"),
        ({"envio_plazo_s": 10, "smtp_espera_s": 6}, "no cabe ningún reintento"),
        ({"envio_plazo_s": 10, "envio_pausa_s": 9}, "no cabe ningún reintento"),
        ({"smtp_usuario": "u"}, "van juntas"),
        ({"smtp_clave": "c"}, "van juntas"),
        ({"smtp_usuario": "u", "smtp_clave": "secreto-1"}, "SMTP_STARTTLS"),
        ({"smtp_remitente": "nadie"}, "dirección de correo"),
        ({"smtp_remitente": "<>"}, "dirección de correo"),
        ({"smtp_remitente": ""}, "dirección de correo"),
        ({"smtp_remitente": "a@b.co, c@d.co"}, "una sola dirección de correo"),
        ({"smtp_remitente": "Ñandú <ñandú@saludtech.example>"}, "antes de la @ solo ASCII"),
        ({"smtp_remitente": "avisos@localhost"}, "todo servidor admita"),
        ({"smtp_remitente": "avisos@ñ..co"}, "todo servidor admita"),
        ({"smtp_remitente": "Ana\nBcc: x@y.co <avisos@saludtech.example>"}, "una sola|caracteres de control"),
        ({"smtp_remitente": f"{'A' * 101} <avisos@saludtech.example>"}, "el nombre no puede"),
        ({"smtp_host": ""}, "nombre de una máquina"),
        ({"smtp_host": "correo saludtech"}, "nombre de una máquina"),
        ({"smtp_nombre_ehlo": "contenedor"}, "nombre con su dominio"),
        ({"smtp_nombre_ehlo": "a b.co"}, "nombre con su dominio"),
        ({"smtp_nombre_ehlo": "[300.0.0.1]"}, "nombre con su dominio"),
        ({"smtp_usuario": "ñ", "smtp_clave": "c", "smtp_starttls": True}, "ASCII imprimibles"),
        ({"smtp_usuario": "u", "smtp_clave": "secreto-1ñ", "smtp_starttls": True}, "ASCII imprimibles"),
        ({"smtp_puerto": 0}, "greater than or equal to 1"),
    ],
)
def test_lo_contradictorio_se_rechaza(ajustes, texto):
    with pytest.raises(ValidationError, match=texto) as rechazo:
        config(**ajustes)

    assert "secreto-1" not in str(rechazo.value)


@given(
    st.text(max_size=20) | st.sampled_from(["SaludTech", "Año, nuevo", "=?utf-8?q?x?=", 'a"b']),
    st.emails() | st.sampled_from(["avisos@faß.de", "avisos@saludtech.example"]),
)
def test_un_remitente_que_se_admite_es_el_de_una_carta(nombre, direccion):
    """The settings are tried as they will be used: no start is followed by letters that can't be written."""
    texto = formataddr((nombre, direccion.replace("faß", "xn--fa-hia"))).replace("xn--fa-hia", "faß")
    try:
        remitente = config(smtp_remitente=texto).correo.remitente
    except ValidationError:
        return
    _, carta = componer(CARTA, remitente)
    assert carta.isascii()
    assert max(map(len, carta.split(b"\r\n"))) <= 998
    leida = email.message_from_bytes(carta, policy=email.policy.default)
    (autor,) = leida["From"].addresses
    assert autor.addr_spec == remitente.addr_spec
    assert leida["Message-ID"].strip() == f"<n-1@{remitente.domain}>"


def test_lo_que_va_mas_alla_de_ascii_se_usa_en_idna_2008():
    ajustes = config(smtp_remitente="Ñ <avisos@faß.de>", smtp_host="correo.faß.de", smtp_nombre_ehlo="avisos.faß.de")

    assert ajustes.correo.remitente.addr_spec == "avisos@xn--fa-hia.de"
    assert (ajustes.correo.host, ajustes.correo.nombre_ehlo) == ("correo.xn--fa-hia.de", "avisos.xn--fa-hia.de")


@pytest.mark.parametrize("nombre", ["", "avisos.saludtech.example", "[10.0.0.1]", "[IPv6:fd00::1]"])
def test_nombres_con_los_que_saludar(nombre):
    assert config(smtp_nombre_ehlo=nombre).correo.nombre_ehlo == nombre


def test_el_proceso_acaba_diciendo_que_se_contradice(monkeypatch, capsys):
    for nombre, valor in {"DATABASE_URL": DATABASE_URL, "SAGA_PLAZO_S": "10", "ENVIO_PLAZO_S": "8"}.items():
        monkeypatch.setenv(nombre, valor)

    with pytest.raises(SystemExit) as salida:
        cargar(Config)

    assert salida.value.code == 2
    assert "ENVIO_PLAZO_S (8 s) pasa de la mitad de SAGA_PLAZO_S (5 s)" in capsys.readouterr().err
