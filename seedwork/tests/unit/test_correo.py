"""One way to read an address, from the door to the mail server, and the names of the hosts that it goes by."""

import unicodedata
from email._header_value_parser import get_addr_spec

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedwork.dominio.correo import DireccionInvalida, correo_tomado, es_correo, leer_correo, leer_maquina


@pytest.mark.parametrize(
    ("dada", "viaja"),
    [
        ("pperez@domain.com", "pperez@domain.com"),
        ("INFO+a.b@Domain.COM", "INFO+a.b@domain.com"),
        ("o'neil@d-e.fr", "o'neil@d-e.fr"),
        ("a@clinica.example", "a@clinica.example"),
        # Dot-atoms of people and firms, and what forwarders make of an address.
        ("ana-maria_2+tag-1@b.co", "ana-maria_2+tag-1@b.co"),
        ("_i&d~+='@b.co", "_i&d~+='@b.co"),
        ("prvs=0123=ana@b.co", "prvs=0123=ana@b.co"),
        ("a.b+c@peñalosa.co", "a.b+c@xn--pealosa-5za.co"),
        # What IDNA 2003 would make another's domain of, or nothing.
        ("ana@faß.de", "ana@xn--fa-hia.de"),
        ("ana@FAẞ.de", "ana@xn--fa-hia.de"),
        ("ana@xn--fa-hia.de", "ana@xn--fa-hia.de"),
        ("ana@βόλος.com", "ana@xn--nxasmm1c.com"),
    ],
)
def test_una_direccion_viaja_en_ascii(dada: str, viaja: str) -> None:
    assert es_correo(dada)
    assert leer_correo(dada) == viaja
    assert leer_correo(viaja) == viaja


def test_se_toma_en_nfc_y_los_mensajes_la_traen_asi() -> None:
    """Else a repeat of a request by another program would be another command."""
    suelta = unicodedata.normalize("NFD", "a@mañana.co")
    assert correo_tomado(suelta) == "a@mañana.co" == correo_tomado("a@mañana.co")
    assert es_correo("a@mañana.co")
    assert not es_correo(suelta)


@pytest.mark.parametrize(
    "texto",
    [
        "",
        "nadie",
        "@domain.com",
        "a@",
        "a@b@c",
        "a@x.com,b@x.com",
        "a@b.com, c@d.com",
        "Ana <a@x.com>",
        "a@x.com\r\nBcc: b@x.com",
        "a@x.com\n",
        " a@x.com",
        "a b@x.com",
        "a..b@x.com",
        "a@x..com",
        "pérez@domain.com",
        '"a"@x.com',
        "a\0@x.com",
        "a@localhost",
        "a@[127.0.0.1]",
        "a@xn--zzzzzz.com",
        # What one server or another reads as another recipient, or as more than an address.
        "=?utf-8?q?victima=40otro.co?=@b.co",
        "=?utf-8?q?a=0d=0aNOOP?=@b.co",
        "=?utf-7?q?+AEA-?=@b.co",
        "x=?iso-8859-1?b?YUBiLmNvPj4=?=@b.co",
        "a@=?utf-8?q?b=2eco?=.co",
        "a%otro.co@b.co",
        "otro.co!a@b.co",
        "@otro.co:a@b.co",
        "@otro.co,@c.co:a@b.co",
        "a(otro)@b.co",
        "a@(otro)b.co",
        "(otro)a@b.co",
        '"a@otro.co"@b.co',
        '"a\\"@b.co',
        'x."a"@b.co',
        "a\\@otro.co@b.co",
        "a@[IPv6:::1]",
        "a@[b.co]",
        "a@127.0.0.1",
        "|sh@b.co",
        "/tmp/a@b.co",
        "-oQ@b.co",
        *(f"a{c}b@x.co" for c in '!#$%*/?^`{|}()<>[]:;,\\"\t\x7f'),
        "\ud800@x.com",
        f"{'a' * 65}@x.com",
        f"a@{'b' * 64}.com",
        f"a@{'b' * 300}.com",
        # 254 characters as they are written, more as they travel.
        f"a@{'.'.join(['ñ' * 50] * 4)}.co",
    ],
)
def test_lo_que_no_es_una_direccion_no_se_cita(texto: str) -> None:
    assert not es_correo(texto)
    with pytest.raises(DireccionInvalida) as error:
        leer_correo(texto)
    assert not texto or texto not in str(error.value)
    assert error.value.__cause__ is None


@given(st.emails() | st.text(max_size=40) | st.from_regex(r"[a-z]{1,5}@[\w.-]{1,20}\.[a-z]{2}", fullmatch=True))
def test_lo_que_viaja_es_una_direccion_ascii_y_no_cambia_mas(texto: str) -> None:
    if es_correo(texto):
        viaja = leer_correo(texto)
        assert viaja.isascii()
        assert viaja.isprintable()
        assert len(viaja) <= 254
        assert viaja.rpartition("@")[0] == texto.rpartition("@")[0]
        assert leer_correo(viaja) == viaja


@given(st.text("=?qQbB40a.@+-_ADw8utf'&~!%", min_size=1, max_size=24))
def test_quien_lee_con_manga_ancha_lee_lo_mismo(usuario: str) -> None:
    """The standard library's reader decodes words and drops comments in an address, as some servers do."""
    texto = f"{usuario}@b.co"
    if es_correo(texto):
        leida, resto = get_addr_spec(texto)
        assert (leida.addr_spec, str(leida), resto) == (texto, texto, "")


@pytest.mark.parametrize(
    ("dada", "leida"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("::1", "::1"),
        ("smtp_relay", "smtp_relay"),
        ("correo.faß.de", "correo.xn--fa-hia.de"),
    ],
)
def test_el_nombre_de_una_maquina_llega_al_socket_en_ascii(dada: str, leida: str) -> None:
    """A socket encodes what is not ASCII by IDNA 2003."""
    assert leer_maquina(dada) == leida


@pytest.mark.parametrize("texto", ["", "a b", "a\n", "ñ..x", "ñ b"])
def test_lo_que_no_es_el_nombre_de_una_maquina(texto: str) -> None:
    with pytest.raises(ValueError):
        leer_maquina(texto)


def test_el_codec_de_python_es_el_de_2003() -> None:
    """Why nothing may be left to it, nor to a socket, which uses it: it writes to a stranger."""
    assert "faß.de".encode("idna") == b"fass.de"
