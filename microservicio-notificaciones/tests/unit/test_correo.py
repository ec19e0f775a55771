"""The e-mail as it is written: nothing that a client wrote can leave its place."""

import email
import email.policy
from dataclasses import replace
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage

import pytest

from contratos.notificaciones import TIPOS
from notificaciones.aplicacion.envio import Correo
from notificaciones.aplicacion.puertos import CanalRechazo
from notificaciones.infraestructura.correo import componer
from notificaciones.infraestructura.plantillas import HUECO, PlantillaInvalida, Plantillas

REMITENTE = Address("SaludTech de los Alpes", addr_spec="avisos@saludtech.example")
CORREO = Correo(
    id="6f1d2c3b-0000-5000-8000-000000000001",
    nombre="Pablo Pérez Prieto",
    direccion="pperez@domain.com",
    asunto="Su suscripción está activa",
    cuerpo="Hola, Pablo Pérez:\n\nYa está.\n",
    fecha=datetime(2025, 2, 3, 4, 5, 6, tzinfo=UTC),
)


def leida(correo: Correo) -> EmailMessage:
    """The message as whoever receives its bytes reads it."""
    _, crudo = componer(correo, REMITENTE)
    assert crudo.isascii()
    assert all(len(linea) <= 998 for linea in crudo.split(b"\r\n")), "RFC 5322, 2.1.1"
    return email.message_from_bytes(crudo, policy=email.policy.default)


def test_una_carta_corriente():
    mensaje = leida(CORREO)

    assert mensaje["To"] == "Pablo Pérez Prieto <pperez@domain.com>"
    assert mensaje["Subject"] == "Su suscripción está activa"
    assert mensaje["From"] == "SaludTech de los Alpes <avisos@saludtech.example>"
    assert mensaje["Date"].datetime == CORREO.fecha
    assert mensaje["Message-ID"] == "<6f1d2c3b-0000-5000-8000-000000000001@saludtech.example>"
    assert mensaje.get_content().splitlines() == CORREO.cuerpo.splitlines()


def test_dos_envios_de_una_carta_son_iguales():
    assert componer(CORREO, REMITENTE) == componer(CORREO, REMITENTE)


@pytest.mark.parametrize("cuerpo", ["Sin nada\n", "From aquí\n.\nsigue\n", "Ñ" * 3000 + "\n", "A" * 3000 + "\n"])
def test_el_texto_llega_como_se_escribio(cuerpo):
    assert leida(replace(CORREO, cuerpo=cuerpo)).get_content().splitlines() == cuerpo.splitlines()


@pytest.mark.parametrize(
    "nombre",
    [
        "Ana\r\nBcc: otra@mal.example",
        "Ana\nSubject: otro",
        "José, otra@mal.example",
        'José" <otra@mal.example>, "',
        "=?utf-8?q?x?= <otra@mal.example>",
        "=?utf-8?q?Banco?=",
        "Zoë (comentario); grupo: otra@mal.example;",
        "Ñ" * 4000,
        "A" * 4000,
        "María José Ñandú 李 🌵",
        "\x00\u2028",
        "",
    ],
)
def test_ningun_nombre_sale_de_su_lugar(nombre):
    mensaje = leida(replace(CORREO, nombre=nombre))

    assert [a.addr_spec for a in mensaje["To"].addresses] == ["pperez@domain.com"]
    assert mensaje["Bcc"] is None
    assert mensaje.get_all("Subject") == [CORREO.asunto]
    assert len(mensaje["To"].addresses[0].display_name) < 120
    assert mensaje["To"].addresses[0].display_name != "Banco"


def test_un_dominio_con_eñe_viaja_en_su_forma_ascii():
    mensaje = leida(replace(CORREO, direccion="juan@peñalosa.co"))

    assert mensaje["To"].addresses[0].addr_spec == "juan@xn--pealosa-5za.co"


@pytest.mark.parametrize(
    "direccion",
    [
        "",
        "nadie",
        "@domain.com",
        "a@b@c",
        "a@b.com, c@d.com",
        "Ana <a@b.com>",
        "a@b.com\r\nBcc: c@d.com",
        "a@b.com\n",
        " a@b.com",
        "a b@c.com",
        "a@",
        "a@b..co",
        f"a@{'b' * 64}.co",
        "pérez@domain.com",
    ],
)
def test_lo_que_no_es_una_direccion_se_rechaza(direccion):
    with pytest.raises(CanalRechazo):
        componer(replace(CORREO, direccion=direccion), REMITENTE)


def test_lo_que_alguien_escribio_no_es_plantilla_ni_html():
    datos = {"nombre": "Ñusta {{ 7*7 }} <b>", "plan": "PRO", "suscripcion": "s-1"}

    assert "Hola, Ñusta {{ 7*7 }} <b>:" in Plantillas(TIPOS).cuerpo("SERVICIO_LISTO", datos)


@pytest.mark.parametrize("texto", [None, "Hola\n", "Asunto: Hola\n\n{{ nombre"])
def test_una_plantilla_que_falta_o_no_sirve_se_dice_al_empezar(tmp_path, texto):
    if texto is not None:
        (tmp_path / "pago_recibido.txt").write_text(texto)

    with pytest.raises(PlantillaInvalida, match=r"pago_recibido\.txt"):
        Plantillas({"PAGO_RECIBIDO"}, tmp_path)


def test_vuelta_a_componer_la_carta_no_tiene_nombre_y_dice_lo_que_falta():
    plantillas = Plantillas(TIPOS)
    guardados = {"plan": "PRO", "suscripcion": "s-1", "nombre": "Pablo"}
    assert plantillas.cuerpo_sin_nombre("SUSCRIPCION_ACTIVA", guardados) == plantillas.cuerpo(
        "SUSCRIPCION_ACTIVA", {**guardados, "nombre": ""}
    )
    for tipo in TIPOS:
        de_antes = plantillas.cuerpo_sin_nombre(tipo, {"suscripcion": "s-1"})
        assert de_antes.startswith("Hola:") and HUECO in de_antes
