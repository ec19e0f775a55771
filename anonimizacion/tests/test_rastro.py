"""What was taken out is found again where it stands by itself, and chance is not."""

import pytest

from anonimizacion.rastro import Rastro


def rastro(*quitados: tuple[str, bytes]) -> Rastro:
    hecho = Rastro()
    for vr, valor in quitados:
        hecho.anotar(vr, valor)
    return hecho


@pytest.mark.parametrize(
    ("vr", "quitado", "queda"),
    [
        ("PN", b"GARCIA^ANA", b"Dra. Garcia"),
        ("PN", "山田".encode("iso2022_jp") + b"^X", b"..." + "山田".encode("iso2022_jp")),
        ("SH", b"A12345", b"acceso a12345."),
        ("LO", b"79.448.812-K", b"cc 79.448.812-K"),
        ("LO", b"HC 79448812", b"n 79448812."),
        ("UI", b"1.3.6.1.4.1.99999.5", b"ver 1.3.6.1.4.1.99999.5 y mas"),
        ("DA", b"20100302", b"hecho 2010-03-02"),
        ("DT", b"20100302101500", b"20100302"),
        *(
            ("DA", b"19610312", hoy)
            for hoy in (b"el 12.03.1961", b"12/03/61", b"12031961", b"12MAR1961", b"12-mar-1961")
        ),
        *(("PN", b"PAZ^ANA", nombre) for nombre in (b"paz^ana", b"de Ana Paz", b"PAZ_ANA", b"Anapaz")),
        ("LT", b"vive en la calle larga", b"VIVE EN LA CALLE LARGA"),
    ],
)
def test_se_halla(vr: str, quitado: bytes, queda: bytes) -> None:
    assert rastro((vr, quitado)).en(queda)
    # In a picture's bytes too, behind what is no text.
    if vr not in ("DA", "DT") and quitado != b"PAZ^ANA":
        assert rastro((vr, quitado)).en_partes([memoryview(bytes(1 << 17) + queda.upper() + bytes(100))])


@pytest.mark.parametrize(
    ("vr", "quitado", "queda"),
    [
        ("LO", b"CHEST", b"CHEST"),
        ("SH", b"12345", b"0.0123456"),
        ("SH", b"12345", b"2.25.9912345991"),
        ("SH", b"12345", b"R00A12345B"),
        ("PN", b"LI^A", b"LIVER"),
        ("PN", b"PAZ^ANA", b"CAPAZ ANATOMIA"),
        ("DA", b"19610312", b"syngo 12.03.61, 9912031961"),
        ("TM", b"101530", b"101530"),
    ],
)
def test_el_azar_no_se_toma_por_nadie(vr: str, quitado: bytes, queda: bytes) -> None:
    assert not rastro((vr, quitado)).en(queda)


def test_unas_cifras_entre_los_valores_de_una_imagen_son_azar() -> None:
    """A ramp of grey values is "123456", and a smooth picture is full of those."""
    hecho = rastro(("LO", b"123456"), ("SH", b"79448812"))
    assert not hecho.en_partes([memoryview(bytes(200) + b"--211234560.)%" + bytes(200))])
    assert hecho.en_partes([memoryview(bytes(200) + b"n 123456;" + bytes(200))])
    assert hecho.en_partes([memoryview(bytes(200) + b"10794488120" + bytes(200))])


def test_una_fecha_que_se_puso_no_es_un_resto() -> None:
    hecho = rastro(("DA", b"20100302"))
    assert hecho.en(b"20100302")
    hecho.poner_fecha(b"20100302")
    assert not hecho.en(b"20100302")


def test_entre_miles_de_uid_se_halla_uno() -> None:
    hecho = rastro(*(("UI", f"1.3.6.1.4.1.99999.{n}".encode()) for n in range(1000, 4000)))
    assert hecho.en(b"x 1.3.6.1.4.1.99999.2345 y")
    assert not hecho.en(b"x 1.3.6.1.4.1.99999.5345 y")


@pytest.mark.parametrize("juego", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delante", [0, 1])
@pytest.mark.parametrize("quitado", [("PN", "RAMIREZ^ANA"), ("LO", "79448812"), ("UI", "1.3.6.1.4.1.99999.5")])
def test_de_dos_en_dos_octetos_tambien_se_halla(quitado: tuple[str, str], juego: str, delante: int) -> None:
    hecho = rastro((quitado[0], quitado[1].encode()))
    queda = bytes(100 + delante) + f"de {quitado[1]}.".encode(juego) + b"\xff" * 99
    assert hecho.en(queda)
    assert hecho.en_partes([memoryview(b"\xff" * (1 << 17) + queda)])
    assert not hecho.en_partes([memoryview(b"\xff" * (1 << 17) + "de RAMIRO 78448812 1.3.6".encode(juego))])
