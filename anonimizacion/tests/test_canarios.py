"""A mark of its own in every attribute there is, at the top and deep inside, in each encoding: none comes out.

The marks are drawn anew at each run. What the standard's table names and every other text must go; of texts only those
that are listed as technical stay. In make check; what another encoding of all
that text tells, in make test-largo.
"""

import re
import secrets
import struct

import pytest
from pydicom._dicom_dict import DicomDictionary

from anonimizacion.dicom import lector
from anonimizacion.dicom.elementos import Codificacion, Conjunto, Elemento
from anonimizacion.dicom.escritor import escribir
from anonimizacion.dicom.lector import leer
from anonimizacion.dicom.tabla import CODIGOS, TABLA, TECNICOS
from anonimizacion.dicom.textos import que_cabe
from anonimizacion.modelo import Formato, Limpia, Opciones, Remitente
from anonimizacion.motor import anonimizar
from anonimizacion.seudonimos import Seudonimizador

CLAVE = Seudonimizador(bytes(range(32)), 2)
CLINICA = Remitente("Hospital del norte")
IMPLICITA, EXPLICITA, GRANDE = "1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2"
CODIFICACIONES = {
    IMPLICITA: Codificacion(explicita=False),
    EXPLICITA: Codificacion(explicita=True),
    GRANDE: Codificacion(explicita=True, pequeno=False),
}
PALABRAS = {"AE", "LO", "LT", "PN", "SH", "ST", "UC", "UR", "UT"}
BINARIOS = {"OB", "OW", "OF", "OD", "OL", "OV", "UN"}
ESTRUCTURA = {0x00080005, 0x00080016, 0x00080018, 0x00100020, 0x00420011}
"""What a file is read by; and a document inside of it is quarantine."""


class Marcas:
    """Draws values for attributes, and remembers what was put where."""

    def __init__(self) -> None:
        self.puestas: dict[bytes, int] = {}
        self._ano = 1000

    def elemento(self, tag: int, vr: str) -> Elemento | None:
        """An element with a mark of its own; None where its representation bears none."""
        marca = b"QX" + secrets.token_hex(6).upper().encode()
        valor = marca
        if vr == "UI":
            valor = marca = f"1.3.6.1.4.1.99999.{secrets.randbelow(10**18) + 10**18}".encode()
        elif vr in ("DA", "DT"):
            # Further apart than any shift: no date becomes another's.
            self._ano += 5
            marca = f"{self._ano}0615".encode()
            valor = marca if vr == "DA" else marca + b"101500"
        elif vr in BINARIOS:
            valor = marca + bytes(-len(marca) % 8)
        elif vr in ("DS", "IS"):
            valor = marca = b"%d" % (secrets.randbelow(10**9) + 10**9)
        elif vr == "SQ":
            self.puestas[marca] = tag
            return Elemento("SQ", [{0x00080104: Elemento("LO", marca), 0x00100010: Elemento("PN", marca)}])
        elif vr not in PALABRAS | {"CS"}:
            return None
        self.puestas[marca] = tag
        return Elemento(vr, valor)

    def las(self, tags: set[int]) -> Conjunto:
        """A mark in each of these attributes."""
        conjunto = {}
        for tag in sorted(tags - ESTRUCTURA):
            entrada = DicomDictionary.get(tag)
            elemento = self.elemento(tag, entrada[0][:2] if entrada is not None else "LO")
            if elemento is not None:
                conjunto[tag] = elemento
        return conjunto

    def en(self, octetos: bytes) -> set[int]:
        """The attributes whose marks stand in bytes; within a UID made anew, eight digits of a date are chance."""
        return {tag for marca, tag in self.puestas.items() if marca in octetos and _entera(marca, octetos)}


def _entera(marca: bytes, octetos: bytes) -> bool:
    return not marca.isdigit() or re.search(rb"(?<![0-9.])" + marca, octetos) is not None


def archivo(datos: Conjunto, sintaxis: str) -> bytes:
    datos = datos | {
        0x00080016: Elemento("UI", b"1.2.840.10008.5.1.4.1.1.66"),
        0x00080018: Elemento("UI", b"1.3.6.1.4.1.99999.1"),
        0x00100020: Elemento("LO", b"X1"),
    }
    meta = b"".join(escribir({0x00020010: Elemento("UI", sintaxis.encode())}, CODIFICACIONES[EXPLICITA]))
    return bytes(128) + b"DICM" + meta + b"".join(escribir(datos, CODIFICACIONES[sintaxis]))


def limpio(octetos: bytes, opciones: Opciones | None = None) -> bytes:
    resultado = anonimizar(octetos, Formato.DICOM, CLAVE, CLINICA, opciones)
    assert isinstance(resultado, Limpia), resultado
    return resultado.contenido()


@pytest.mark.parametrize("sintaxis", CODIFICACIONES)
@pytest.mark.parametrize("honduras", [0, 1, 3])
def test_de_lo_que_la_tabla_nombra_no_queda_nada(sintaxis: str, honduras: int) -> None:
    marcas = Marcas()
    datos = marcas.las(set(TABLA))
    if sintaxis == IMPLICITA and not honduras:
        # There the file meta information would go on in another encoding: that is no file.
        datos = {tag: elemento for tag, elemento in datos.items() if tag >> 16 > 4}
    for _ in range(honduras):
        datos = {0x00409096: Elemento("SQ", [datos, marcas.las({0x00100010, 0x00104000})])}
    original = archivo(datos, sintaxis)
    assert len(marcas.en(original)) > 580
    assert marcas.en(limpio(original)) == set()


@pytest.mark.parametrize(
    "sintaxis",
    [EXPLICITA, *(pytest.param(otra, marks=pytest.mark.largo) for otra in CODIFICACIONES if otra != EXPLICITA)],
)
def test_de_los_textos_fuera_de_la_tabla_quedan_los_tecnicos(sintaxis: str) -> None:
    marcas = Marcas()
    tags = {t for t in DicomDictionary if t >> 16 > 4 and t not in TABLA and t >> 16 != 0xFFFE and t >> 16 != 0x7FE0}
    conjunto = {t: e for t, e in marcas.las(tags).items() if t not in CODIGOS}
    original = archivo(conjunto, sintaxis)
    assert len(marcas.en(original)) > 500
    quedan = {DicomDictionary[tag][4] for tag in marcas.en(limpio(original)) if DicomDictionary[tag][0][:2] in PALABRAS}
    assert quedan <= TECNICOS


@pytest.mark.parametrize("sintaxis", CODIFICACIONES)
def test_lo_privado_lo_desconocido_y_lo_huerfano_se_van(sintaxis: str) -> None:
    marcas = Marcas()
    tags = {0x00090010, 0x00091001, 0x00310020, 0x00081301, 0x00083456, 0x00990098, 0x50000010, 0x50002500, 0x60000022}
    tags |= {0x60004000, 0x60123000, 0x60021500, 0x00020016, 0x00001000, 0x00041500, 0x7FE10010, 0xFFFCFFFC}
    conjunto = {tag: marcas.elemento(tag, "LO") or Elemento("LO", b"") for tag in tags}
    dentro = {tag: elemento for tag, elemento in conjunto.items() if tag != 0xFFFCFFFC}
    conjunto = {tag: elemento for tag, elemento in conjunto.items() if tag >> 16 > 4}
    secuencias = {0x00409096: Elemento("SQ", [dentro]), 0x00291010: Elemento("SQ", [marcas.las({0x00100010})])}
    original = archivo(conjunto | secuencias, sintaxis)
    resultado = limpio(original)
    assert marcas.en(original) >= tags
    assert marcas.en(resultado) == set()
    assert all(not tag >> 16 & 1 for tag in leer(resultado, 0).datos)


def test_un_codigo_dice_lo_que_su_esquema_dice() -> None:
    def codigo(valor: bytes, esquema: bytes, significado: bytes) -> Conjunto:
        return {
            0x00080100: Elemento("SH", valor),
            0x00080102: Elemento("SH", esquema),
            0x00080104: Elemento("LO", significado),
        }

    marcas = [secrets.token_hex(6).upper().encode() for _ in range(4)]
    items = [
        codigo(b"T-D3000", b"SRT", b"Chest of " + marcas[0]),
        codigo(b"51185008", b"SCT", b"Chest " + marcas[1]),
        codigo(marcas[2], b"99HOSPITAL", b"Chest " + marcas[3]),
    ]
    contenido = limpio(archivo({0x00082218: Elemento("SQ", items)}, EXPLICITA))
    assert not any(marca in contenido for marca in marcas)
    uno, otro, propio = leer(contenido, 0).datos[0x00082218].items
    assert (uno[0x00080100].octetos, uno[0x00080102].octetos) == (b"T-D3000 ", b"SRT ")
    assert bytes(uno[0x00080104].octetos).startswith(b"Thora")
    assert otro[0x00080104].octetos
    assert propio[0x00080102].octetos == b"99SALUDTECH "


@pytest.mark.parametrize(
    ("valor", "esquema", "queda"),
    [
        *((v, "SCT", True) for v in ("51185008", "987654321")),
        *((v, "DCM", True) for v in ("121106", "999999")),
        *((v, "UCUM", True) for v in ("mm", "mm2", "{ratio}", "[hnsf'U]", "mg/ml", "10*-3/min", "1", "kBq/ml")),
        *((v, s, False) for v in ("GARCIALOPEZ", "QX12AB34") for s in ("SCT", "DCM", "UCUM", "SRT", "LN", "99X", "")),
        ("anything", "BARI", False),
    ],
)
def test_un_codigo_tiene_la_forma_de_su_esquema(valor: str, esquema: str, queda: bool) -> None:
    item: Conjunto = {0x00080100: Elemento("SH", valor.encode()), 0x00080102: Elemento("SH", esquema.encode())}
    hecho = leer(limpio(archivo({0x00082218: Elemento("SQ", [item])}, EXPLICITA)), 0).datos[0x00082218].items[0]
    assert (bytes(hecho[0x00080100].octetos).strip() == valor.encode()) is queda


def test_el_peso_y_la_talla_se_quedan_solo_si_se_pide() -> None:
    datos = {0x00101020: Elemento("DS", b"1.68"), 0x00101030: Elemento("DS", b"71.5")}
    assert {0x00101020, 0x00101030} & leer(limpio(archivo(datos, EXPLICITA)), 0).datos.keys() == set()
    pedido = leer(limpio(archivo(datos, EXPLICITA), Opciones(peso_y_talla=True)), 0).datos
    assert (pedido[0x00101020].octetos, pedido[0x00101030].octetos) == (b"1.68", b"71.5")


def test_lo_que_se_quita_se_busca_en_lo_que_sale(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the look at what stays taken away, the last search alone finds a number that a kept value holds."""
    from anonimizacion.dicom.recorrido import Recorrido

    datos = {0x00080050: Elemento("SH", b"AC4471902"), 0x00080070: Elemento("LO", b"ACME AC4471902")}
    assert b"4471902" not in limpio(archivo(datos, EXPLICITA))
    monkeypatch.setattr(Recorrido, "_mirar_lo_que_queda", lambda _: None)
    resultado = anonimizar(archivo(datos, EXPLICITA), Formato.DICOM, CLAVE, CLINICA)
    assert not isinstance(resultado, Limpia)
    assert resultado.motivo == "IDENTIFICADOR_EN_EL_RESULTADO"


def test_una_hora_que_se_queda_no_es_un_resto() -> None:
    """Devices make a procedure step's id of its day and time. The same digits where no time stands are a rest."""
    datos = {
        0x00080030: Elemento("TM", b"113933.000000"),
        0x00400253: Elemento("SH", b"20190124.113933"),
        0x00409096: Elemento("SQ", [{0x00400245: Elemento("TM", b"113933")}]),
    }
    hecho = leer(limpio(archivo(datos, EXPLICITA)), 0).datos
    assert bytes(hecho[0x00080030].octetos).strip() == b"113933.000000"
    assert hecho[0x00409096].items[0][0x00400245].octetos == b"113933"
    resto: Conjunto = {0x00283006: Elemento("OW", b"a 113933 ")}
    resultado = anonimizar(archivo(datos | resto, EXPLICITA), Formato.DICOM, CLAVE, CLINICA)
    assert not isinstance(resultado, Limpia)
    assert resultado.motivo == "IDENTIFICADOR_EN_EL_RESULTADO"


@pytest.mark.parametrize(
    ("tipo", "queda"),
    [
        (b"ORIGINAL\\PRIMARY\\RENAL\\0001", b"ORIGINAL\\PRIMARY\\RENAL\\0001 "),
        (b"DERIVED\\PRIMARY\\DE MARY", b"DERIVED\\PRIMARY\\ANONIMIZADO"),
        (b"ORIGINAL\\PRIMARY\\ABDOM/RAD\\0001", b"ORIGINAL\\PRIMARY\\ANONIMIZADO\\0001"),
        (b"ORIGINAL\\PRIMARY\\ABDOM/RAD\\MARY", b"ORIGINAL\\PRIMARY\\ANONIMIZADO\\ANONIMIZADO"),
    ],
)
def test_el_tipo_de_una_imagen_se_queda_con_sus_palabras(tipo: bytes, queda: bytes) -> None:
    """Who is called Mary, or Mono, is in words of the standard's, without which no picture can be read."""
    datos = {
        0x00080008: Elemento("CS", tipo),
        0x00100010: Elemento("PN", b"MONO^MARY"),
        0x00280004: Elemento("CS", b"MONOCHROME2"),
        0x00080070: Elemento("LO", b"PRIMARY CARE"),
    }
    hecho = leer(limpio(archivo(datos, EXPLICITA)), 0).datos
    assert bytes(hecho[0x00080008].octetos).strip() == queda.strip()
    assert hecho[0x00280004].octetos == b"MONOCHROME2 "
    assert hecho[0x00080070].octetos == b"ANONIMIZADO "


def test_lo_que_un_modulo_no_admite_vacio_se_quita() -> None:
    """And what an animal's file has to have is emptied (PS3.3 C.7.2.1, C.7.1.1)."""
    datos = {
        0x00081110: Elemento("SQ", [{0x00081155: Elemento("UI", b"1.3.6.1.4.1.99999.44")}]),
        0x00102297: Elemento("PN", b"GARCIA^LUZ"),
        0x00102299: Elemento("LO", b"Finca La Esperanza"),
    }
    hecho = leer(limpio(archivo(datos, EXPLICITA)), 0).datos
    assert 0x00081110 not in hecho
    assert hecho[0x00102297].octetos == hecho[0x00102299].octetos == b""


@pytest.mark.parametrize("queda", ["Consultorio Muñoz", "CONSULTORIO MUÑOZ", "Consultorio Munoz"])
def test_un_nombre_es_el_mismo_con_otras_mayusculas_y_sin_tildes(queda: str) -> None:
    datos = {
        0x00080005: Elemento("CS", b"ISO_IR 100"),
        0x00080070: Elemento("LO", queda.encode("latin-1")),
        0x00100010: Elemento("PN", "MUÑOZ^LÍA".encode("latin-1")),
    }
    assert leer(limpio(archivo(datos, EXPLICITA)), 0).datos[0x00080070].octetos == b"ANONIMIZADO "


@pytest.mark.parametrize(
    ("juego", "nombre", "queda"),
    [
        (b"\\ISO 2022 IR 149", b"QX^\x1b$)C\xb1\xe6\xb5\xbf\xc8\xf1", b"ACME \x1b$)C\xb1\xe6\xb5\xbf\xc8\xf1"),
        (b"\\ISO 2022 IR 149", b"\x1b$)C\xb1\xe6\xb5\xbf\xc8\xf1^\x1b$)CQX", b"\x1b$)CACME \xb1\xe6\xb5\xbf\xc8\xf1"),
        (b"\\ISO 2022 IR 87", b"\x1b$B;3ED\x1b(B^QX", b"\x1b$B=q;3ED\x1b(B"),
        (b"ISO_IR 192", "Łukasz^QX".encode(), b"ACME LUKASZ"),
        (b"ISO_IR 144", "Иванова^QX".encode("iso8859_5"), "ЗАО ИВАНОВА".encode("iso8859_5")),
    ],
)
def test_un_nombre_es_el_mismo_entre_otros_escapes(juego: bytes, nombre: bytes, queda: bytes) -> None:
    datos = {
        0x00080005: Elemento("CS", juego),
        0x00080070: Elemento("LO", queda),
        0x00100010: Elemento("PN", nombre),
    }
    assert leer(limpio(archivo(datos, EXPLICITA)), 0).datos[0x00080070].octetos == b"ANONIMIZADO "
    # In an item that has character sets of its own too; the data set has none.
    fuera: Conjunto = {0x00081090: Elemento("LO", b"X1000"), 0x00409096: Elemento("SQ", [datos])}
    hecho = leer(limpio(archivo(fuera, EXPLICITA)), 0).datos
    assert hecho[0x00409096].items[0][0x00080070].octetos == b"ANONIMIZADO "


@pytest.mark.parametrize(
    "cola",
    [
        struct.pack("<HH2sH", 0x0008, 0x0060, b"CS", 2) + b"CT",
        struct.pack("<HH2sH", 0x0010, 0x0020, b"LO", 2) + b"X1",
        b"\0" * 9 + b"1",
        struct.pack("<HH2sH", 0x7FE1, 0x0010, b"??", 2) + b"CT",
        struct.pack("<HHI", 0xFFFE, 0xE00D, 0),
    ],
    ids=["desordenado", "repetido", "tras ceros", "vr que no hay", "delimitador suelto"],
)
def test_lo_que_no_esta_en_su_sitio_se_aparta(cola: bytes) -> None:
    assert not isinstance(anonimizar(archivo({}, EXPLICITA) + cola, Formato.DICOM, CLAVE, CLINICA), Limpia)


def test_un_item_sin_fin_no_es_ninguno() -> None:
    """Of unknown length, in a sequence whose length is known: it ends where its delimiter stands, and nowhere else."""
    dentro = struct.pack("<HH2sH", 0x0008, 0x1150, b"UI", 4) + b"1.2\0"
    fin = struct.pack("<HHI", 0xFFFE, 0xE00D, 0)
    for item, sale in ((dentro + fin, True), (dentro, False)):
        secuencia = struct.pack("<HHI", 0xFFFE, 0xE000, 0xFFFFFFFF) + item
        cola = struct.pack("<HH2sHI", 0x0040, 0x9096, b"SQ", 0, len(secuencia)) + secuencia
        resultado = anonimizar(archivo({}, EXPLICITA) + cola, Formato.DICOM, CLAVE, CLINICA)
        assert isinstance(resultado, Limpia) is sale


def test_un_archivo_de_demasiados_elementos_se_aparta(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lector, "ELEMENTOS", 8)
    items: list[Conjunto] = [{} for _ in range(8)]
    resultado = anonimizar(archivo({0x00409096: Elemento("SQ", items)}, EXPLICITA), Formato.DICOM, CLAVE, CLINICA)
    assert not isinstance(resultado, Limpia)
    assert resultado.motivo == "DEMASIADO_GRANDE"


@pytest.mark.parametrize(
    ("vr", "valor", "queda"),
    [
        ("DS", b"0.123456789012345678", b"0.123456789"),
        ("DS", b"-1.5\\2.000000000000000001", b"-1.5\\2"),
        ("DS", b"1000000000000000000e999", None),
        ("DS", b"1,5", None),
        ("IS", b" 12 ", b" 12"),
        ("IS", b"99999999999", None),
        ("IS", b"1.0", None),
        ("CS", b"AXIAL\\", b"AXIAL\\"),
        ("CS", b"Garcia", None),
        ("FD", b"123456789", None),
    ],
)
def test_un_numero_se_queda_si_cabe(vr: str, valor: bytes, queda: bytes | None) -> None:
    assert que_cabe(vr, valor) == queda
