"""Where a patient's number is found, and where it is not: contract §2, no less and no more."""

import re
import string
import unicodedata

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from anonimizacion.paciente import Paciente

CIFRAS = st.text(string.digits, min_size=5, max_size=15).filter(lambda c: c[0] != "0")
LADO = st.sampled_from(["", "RX", "TAC 3", "de: ", "a_", "(", "sala Ñ"])
CORTE = st.sampled_from(["-", "_", ".", " ", ":", "/", "(", ","])
UID = st.lists(st.integers(0, 10**9), min_size=3, max_size=8).map(lambda c: ".".join(map(str, [1, 2, 840, *c])))


def esta(numero: str, texto: str) -> bool:
    return Paciente("Hospital del norte", numero).esta_en(texto)


@pytest.mark.parametrize(
    ("numero", "texto"),
    [
        ("CC-1020304050", "RX-1020304050-x"),
        ("CC-1020304050", "RX-1020304050-1"),
        ("CC-1020304050", "rx.1.020.304.050.dcm"),
        ("CC-1020304050", "1 020 304 050"),
        ("CC-1020304050", "cc1020304050"),
        ("12.345.678-9", "RX-12345678-x"),
        ("12.345.678-9", "RX_12.345.678-9"),
        ("12.345.678-9", "123456789"),
        ("12.345.678-K", "12345678k"),
        ("12.345.678 - k", "12345678"),
        ("0001234567", "RX-1234567"),
        ("0001234567", "RX-0001234567"),
        ("0001234", "RX-0001234"),
        ("0001234", "RX-1234"),
        ("HC 000.1234", "RX-1234"),
        ("0001234-5", "1234"),
        ("0002024", "TAC-2024-01"),
        ("00007", "Sala 7"),
        ("00000", "RX-00000"),
        ("79/123456^X", "79/123456^x"),
        ("79/123456^X", "h-123456-2"),
        ("A12345B", "rx-a12345b-1"),
        ("1020304050", "1.2.840.113619.1020304050.7"),
        ("1.2.840.113619.2.5", "1.2.840.113619.2.5.9"),
        ("46769a88-181f-4468-8i34-15f750381d01", "rx-46769A88181F44688I3415F750381D01"),
        ("1020304050", "Sala １０２０３０４０５０"),
        ("1020304050", "10203–04050"),
        ("MÉD-54321-7", "méd-54321"),
        ("12345-54321", "a-12345"),
        ("12345-54321", "a-54321"),
        ("1020304050", "Nº1020304050"),
        ("1020304050", "HC N.º1020304050"),
        ("1020304050", "1020304050ª"),
        ("CC-1020304050", "Control 1020\ufe0f304050"),
        ("CC-1020304050", "Control 1020\u034f304050"),
        ("CC-1020304050", "Control 1020\u0301304050"),
        ("CC-1020304050", "Control 1\u20e30\ufe0f\u20e320304050"),
        ("CC-1020304050", "Control 1020\u3164304050"),
        ("CC-1020304050", "Control 1020\uffa0304050"),
        ("CC-1020304050", "Control 1020\u2066304050"),
        ("CC-1020304050", "Control 1020\u1680304050"),
        ("CC-1020\ufe0f304050", "Control 1020304050"),
        ("CC-1020304050", "Sala ١٠٢٠٣٠٤٠٥٠"),
        ("CC-1020304050", "Sala १०२०304050"),
        ("CC-١٠٢٠٣٠٤٠٥٠", "Sala 1020304050"),
        ("CC-١٠٢٠٣٠٤٠٥٠", "Sala ۱۰۲۰۳۰۴۰۵۰"),
        ("0001234", "Sala ١٢٣٤"),
        ("0001234", "Sala 12\ufe0f34"),
        ("MÉD54321", "med54321"),
        ("MÉD54321", "ME\u0301D54321"),
        ("दीपा54321", "sala दीपा54321"),
        ("79/12345A", "RX 79/12345a"),
        ("79/12345A", "RX 79-12345A"),
        ("2024.01.15", "TAC 2024-01-15"),
        ("2024.01.15", "TAC 20240115"),
    ],
)
def test_el_numero_o_su_nucleo_enteros(numero, texto):
    assert esta(numero, texto)


@pytest.mark.parametrize(
    ("numero", "texto"),
    [
        ("1234", "1.2.840.113619.6041234119.3"),
        ("1234", "RX-1234"),
        ("2024", "TAC-2024-01"),
        ("2024.01.15", "TAC 2024/01/15"),
        ("2024.01.15", "TAC 2024, 01, 15"),
        ("79/12345A", "RX 79:12345A"),
        ("0001234", "RX-01234"),
        ("0001234", "RX-12345"),
        ("0001234", "1.2.840.113619.6041234119.3"),
        ("00000", "RX-0"),
        ("00000", "RX"),
        ("norte", "Hospital del norte"),
        ("", "RX"),
        ("---", "RX---"),
        ("102030", "1.2.840.113619.6010203011.3"),
        ("1020304050", "x1020304050"),
        ("1020304050", "10203040501"),
        ("1020304050", "01020304050"),
        ("12840", "1.2.840.10008.5.1"),
        ("84010008", "1.2.840.10008.5.1"),
        ("1234-5678", "1234-5678"),
        ("12.345.678-9", "12.345.679"),
        ("46769a88-181f-4468-8i34-15f750381d01", "46769a88-00000-4468o-8a14-1579887d01"),
    ],
)
def test_lo_que_no_lo_es(numero, texto):
    assert not esta(numero, texto)


@st.composite
def escritos(dibuja: st.DrawFn, cifras: str) -> str:
    """Digits as people write long numbers: in one, or with dots, hyphens or blanks inside."""
    corte = dibuja(st.sampled_from(["", ".", "-", " "]))
    return re.sub(r"(?<=\d)(?=(\d{3})+$)", corte, cifras)


@given(st.data(), CIFRAS, LADO, CORTE, CORTE, LADO)
def test_se_halla_como_quiera_que_se_escriba(datos, cifras, antes, corte, otro, despues):
    numero = datos.draw(st.sampled_from(["", "CC-", "CC ", "HC:", "00"])) + datos.draw(escritos(cifras))
    numero += datos.draw(st.sampled_from(["", "-7", "-K", "-k"]))
    # A number between hyphens of its own whose last group is one digit has lost it as its check digit.
    assume(max(map(len, re.findall(r"\d+", re.sub(r"[. ]", "", re.sub(r"-[\dKk]$", "", numero))))) >= len(cifras))
    assert esta(numero, antes + corte + datos.draw(escritos(cifras)) + otro + despues)


@given(CIFRAS, st.text(string.ascii_letters + string.digits, min_size=1, max_size=5), st.booleans())
def test_dentro_de_una_tira_mas_larga_es_azar(cifras, resto, delante):
    assume(resto.lower() != "cc")
    assert not esta(f"CC-{cifras}", f"RX-{resto + cifras if delante else cifras + resto}-x")


@given(st.text(string.digits, min_size=5, max_size=12), UID)
@example("12840", "1.2.840.10008")
def test_en_un_uid_solo_se_miran_sus_componentes(cifras, uid):
    assert esta(cifras, uid) == bool({cifras, cifras.lstrip("0")} & set(uid.split(".")))


INVISIBLES = "\u115f\u1160\u3164\uffa0"
OCULTOS = st.text(st.characters(categories=["Mn", "Me", "Cf"]) | st.sampled_from(INVISIBLES), max_size=2)
ESCRITURAS = st.sampled_from("0\u0660\u06f0\u0966\u09e6\u0e50\u0f20\uff10\U0001d7ce")


@given(st.data(), st.integers(0, 3), CIFRAS, LADO, CORTE)
def test_se_halla_con_cifras_de_otra_escritura_y_con_lo_que_no_se_ve(datos, ceros, cifras, antes, corte):
    def disfrazado(escrito: str) -> str:
        return "".join(chr(ord(datos.draw(ESCRITURAS)) + int(c)) + datos.draw(OCULTOS) for c in escrito)

    assert esta("CC-" + disfrazado("0" * ceros + cifras), antes + corte + disfrazado(cifras))


@given(st.text(max_size=30).filter(lambda t: sum(unicodedata.digit(c, -1) >= 0 for c in t) < 5), st.text(max_size=40))
def test_sin_cinco_cifras_no_se_busca(numero, texto):
    assert not esta(numero, texto + numero)


@given(*[st.text(max_size=12).map(lambda t: " ".join(t.replace("\0", " ").split()))] * 4)
@example("a", "1:b", "a1", ":b")
@example("1:a", "b", "1", ":ab")
def test_emisor_y_numero_se_escriben_sin_confundirse(emisor, numero, otro, segundo):
    uno, dos = Paciente(emisor, numero), Paciente(otro, segundo)
    pares = ((emisor, otro), (numero, segundo))
    iguales = all(unicodedata.normalize("NFC", a) == unicodedata.normalize("NFC", b) for a, b in pares)
    assert (uno.canonico == dos.canonico) == iguales


def test_los_blancos_de_los_extremos_no_hacen_otro_paciente_y_los_ceros_si():
    assert Paciente(" Hospital  del norte\0", " 0102\0").canonico == Paciente("Hospital del norte", "0102").canonico
    assert Paciente("h", "0102").canonico != Paciente("h", "102").canonico
    assert Paciente("Clínica", "1").canonico == Paciente("Cli\u0301nica", "1").canonico


def test_el_numero_no_esta_en_su_texto():
    assert "1020304050" not in repr(Paciente("h", "1020304050"))
