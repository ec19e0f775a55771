"""Files full of canaries: marks drawn anew at each run, each in a place of its own.

Written with pydicom, which had no part in the engine's reader and writer. One canary per attribute of the standard's
table; then the structural ones, for what a table does not name. What is looked for says nothing of how it is cleaned.
"""

import io
import secrets
import string
import struct
import warnings
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from importlib import resources

import nibabel
import numpy as np
from openjpeg.utils import encode_array
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from pydicom import config
from pydicom._dicom_dict import DicomDictionary
from pydicom.datadict import dictionary_VR
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate, generate_frames
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_dataset
from pydicom.sequence import Sequence
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGLSLossless,
    RLELossless,
)
from tests.anonimizacion.busqueda import Aguja, de_fecha, de_nombre, de_octetos, de_texto

from anonimizacion.dicom.tabla import CODIGOS, TECNICOS
from anonimizacion.modelo import Formato

NATIVAS = (ImplicitVRLittleEndian, ExplicitVRLittleEndian, ExplicitVRBigEndian, DeflatedExplicitVRLittleEndian)
ENCAPSULADAS = (RLELossless, JPEGBaseline8Bit, JPEGLSLossless, JPEG2000Lossless)
LADO = 64
"""Pixels."""
_TEXTOS = {"AE", "CS", "LO", "LT", "SH", "ST", "UC", "UR", "UT"}
_OCTETOS = {"OB", "OD", "OF", "OL", "OV", "OW", "UN"}
_NUMEROS = {"FD": "d", "FL": "f", "SL": "i", "SV": "q", "UL": "I", "UV": "Q"}
_LEJOS = timedelta(days=1461)
"""Two dates so far apart are never one another's, whatever the shift."""

LETRAS: dict[str, str] = {
    "ISO_IR 100": "ÁÉÍÓÚÑÇßøþæ",
    "ISO_IR 101": "ŁĄŚŹŻČĎĚŘŮ",
    "ISO_IR 109": "ĦĴĈĜĤŜŬ",
    "ISO_IR 110": "ĀĒĢĪĶĻŅŠŪŽ",
    "ISO_IR 144": "БГДЖЗИЙЛПФЦЧШЩЮЯ",
    "ISO_IR 127": "ابتثجحخدذرزسشصضطظ",
    "ISO_IR 126": "ΓΔΘΛΞΠΣΦΨΩ",
    "ISO_IR 138": "אבגדהוזחטיכלמנס",
    "ISO_IR 148": "ĞİŞÖÜÇ",
    "ISO_IR 166": "กขคงจฉชซญดตถทธน",
    "ISO_IR 13": "ｱｲｳｴｵｶｷｸｹｺｻｼｽ",
    "ISO_IR 192": "ÑłБΩאกアー山田태鄧",
    "GB18030": "王小东张伟李娜刘洋",
    "GBK": "王小东张伟李娜刘洋",
    "\\ISO 2022 IR 87": "山田太郎鈴木花子佐藤",
    "\\ISO 2022 IR 149": "김희중홍길동이영",
    "\\ISO 2022 IR 58": "王小东张伟李娜刘洋",
}
"""A letter or two of each character set's own, by its term (PS3.3 C.12.1.1.2)."""


@dataclass
class Archivo:
    """A file with its canaries.

    Attributes:
        nombre: what it is about, for whoever reads the result. As a name of a file it would hold nobody's.
        octetos: the file.
        tabla: the canaries in attributes of the table.
        estructura: the others.
        pixeles: what its pixels must be afterwards; None where there are none, or where they may change.
        puede_apartarse: whether quarantine is as good an outcome as a clean file.
        formato: what it is said to be.
    """

    nombre: str
    octetos: bytes = field(repr=False)
    tabla: list[Aguja] = field(default_factory=list, repr=False)
    estructura: list[Aguja] = field(default_factory=list, repr=False)
    pixeles: bytes | None = field(default=None, repr=False)
    puede_apartarse: bool = False
    formato: Formato = Formato.DICOM

    @property
    def agujas(self) -> list[Aguja]:
        """All of its canaries."""
        return self.tabla + self.estructura


@contextmanager
def al_pie_de_la_letra() -> Iterator[None]:
    """The writer puts down what it is told, however wrong, and says nothing of it."""
    antes = config.settings.writing_validation_mode, config.replace_un_with_known_vr
    config.settings.writing_validation_mode, config.replace_un_with_known_vr = config.IGNORE, False
    try:
        with warnings.catch_warnings(), config.disable_value_validation():
            warnings.simplefilter("ignore")
            yield
    finally:
        config.settings.writing_validation_mode, config.replace_un_with_known_vr = antes


def ficha(letras: int = 9) -> str:
    """A word that nobody has."""
    return "QX" + "".join(secrets.choice("BCDFGHJKLMNPRSTVWXYZ") for _ in range(letras))


class Puestas:
    """Draws values, and keeps what is to be looked for.

    Args:
        siglo: the year from which on its days are.
    """

    def __init__(self, siglo: int = 1300) -> None:
        self.agujas: list[Aguja] = []
        # No year is a month and a day: a day that is written backwards is no other one.
        self._dia = date(siglo + secrets.randbelow(60), 1 + secrets.randbelow(12), 1 + secrets.randbelow(28))

    def texto(self, nombre: str, *, largo: int = 16) -> str:
        """A word with a number behind it, as codes and ids are."""
        valor = ficha(min(7, largo - 6)) + f"{secrets.randbelow(9000) + 1000}"
        self.agujas.append(de_texto(nombre, valor))
        return valor

    def persona(self, nombre: str, letras: str = "") -> str:
        """A name, also of letters of one's own."""
        propia = "".join(secrets.choice(letras) for _ in range(7)) if letras else ficha(6)
        valor = f"{propia}^{ficha(5)}"
        self.agujas.append(de_nombre(nombre, valor))
        return valor

    def dia(self, nombre: str) -> str:
        """A day that no other one's shifted day is."""
        self._dia += _LEJOS + timedelta(days=secrets.randbelow(300))
        self.agujas.append(de_fecha(nombre, self._dia))
        return self._dia.strftime("%Y%m%d").zfill(8)

    def uid(self, nombre: str) -> str:
        """A UID of a made-up root."""
        valor = f"1.2.826.0.1.{secrets.randbelow(10**12) + 10**12}.{secrets.randbelow(10**12) + 10**12}"
        self.agujas.append(Aguja(nombre, frozenset({valor, valor.replace(".", "")})))
        return valor

    def numero(self, nombre: str) -> str:
        """Ten digits."""
        valor = str(secrets.randbelow(9 * 10**9) + 10**9)
        self.agujas.append(de_texto(nombre, valor))
        return valor

    def octetos(self, nombre: str, cuantos: int = 16) -> bytes:
        """Bytes of chance, a word among them."""
        valor = ficha(8).encode() + secrets.token_bytes(cuantos)
        self.agujas += [de_octetos(nombre, valor[10:]), de_texto(nombre, valor[:10].decode())]
        return valor + bytes(-len(valor) % 8)

    def valor(self, nombre: str, vr: str) -> object | None:
        """A value of a representation with a canary in it; None where it has no room for one."""
        if vr == "PN":
            return self.persona(nombre)
        if vr == "UI":
            return self.uid(nombre)
        if vr in ("DA", "DT"):
            return self.dia(nombre) + ("101530.25" if vr == "DT" else "")
        if vr in ("DS", "IS"):
            return self.numero(nombre)
        if vr in _OCTETOS:
            return self.octetos(nombre)
        if vr in _NUMEROS:
            crudo = secrets.token_bytes(24)
            numeros = struct.unpack(f"<{24 // struct.calcsize(_NUMEROS[vr])}{_NUMEROS[vr]}", crudo)
            if all(n == n and abs(n) < float("inf") for n in numeros):
                self.agujas.append(de_octetos(nombre, crudo))
            return list(numeros)
        if vr == "SQ":
            dentro = Dataset()
            dentro.PatientName, dentro.PatientComments = self.persona(nombre), self.texto(nombre)
            dentro.ReferencedSOPInstanceUID, dentro.TextValue = self.uid(nombre), self.texto(nombre)
            return Sequence([dentro])
        return self.texto(nombre, largo=16) if vr in _TEXTOS else None


def tags_de_la_tabla() -> list[int]:
    """The table's attributes that are one tag each; patterns (curves, overlays, private) are structural canaries."""
    texto = (resources.files("anonimizacion.dicom") / "tabla.tsv").read_text(encoding="utf-8")
    nombrados = (linea.split("\t")[0] for linea in texto.splitlines()[1:])
    return [int(t.replace(",", ""), 16) for t in nombrados if not t.replace(",", "").strip(string.hexdigits)]


def base(sintaxis: str = ExplicitVRLittleEndian, *, profundos: int = 12) -> Dataset:
    """A CT slice of nobody in particular, with an id that says nothing."""
    datos = Dataset()
    datos.SOPClassUID, datos.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.2", f"1.2.826.0.1.{secrets.randbelow(10**15)}"
    datos.StudyInstanceUID, datos.SeriesInstanceUID = (f"1.2.826.0.1.{secrets.randbelow(10**15)}" for _ in range(2))
    datos.Modality, datos.PatientID, datos.PatientSex = "CT", ficha(6), "F"
    datos.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    datos.Rows = datos.Columns = LADO
    datos.SamplesPerPixel, datos.PhotometricInterpretation, datos.PixelRepresentation = 1, "MONOCHROME2", 0
    reservados = 8 if sintaxis == JPEGBaseline8Bit else 16
    datos.BitsAllocated, datos.BitsStored = reservados, min(profundos, reservados)
    datos.HighBit = datos.BitsStored - 1
    return datos


def pixeles(datos: Dataset) -> np.ndarray:
    """Pixels of chance that fit a data set."""
    tipo = np.uint8 if datos.BitsAllocated == 8 else np.uint16
    return np.random.default_rng().integers(0, 1 << datos.BitsStored, (LADO, LADO)).astype(tipo)


def escribir(
    datos: Dataset, sintaxis: str, *, meta: Dataset | None = None, preambulo: bytes = bytes(128), cola: bytes = b""
) -> bytes:
    """A file with exactly this in it, however wrong."""
    cabeza, largo = Dataset(), Dataset()
    cabeza.FileMetaInformationVersion = b"\0\1"
    cabeza.MediaStorageSOPClassUID, cabeza.TransferSyntaxUID = datos.SOPClassUID, UID(sintaxis)
    cabeza.MediaStorageSOPInstanceUID = datos.SOPInstanceUID
    cabeza.ImplementationClassUID = "1.2.3.4"
    cabeza.update(meta or {})
    crudo = _crudo(cabeza, ExplicitVRLittleEndian)
    largo.add_new(0x00020000, "UL", len(crudo))
    cuerpo = _crudo(datos, sintaxis) + cola
    if sintaxis == DeflatedExplicitVRLittleEndian:
        compresor = zlib.compressobj(wbits=-zlib.MAX_WBITS)
        cuerpo = compresor.compress(cuerpo) + compresor.flush()
        cuerpo += bytes(len(cuerpo) % 2)
    return preambulo + b"DICM" + _crudo(largo, ExplicitVRLittleEndian) + crudo + cuerpo


def _crudo(datos: Dataset, sintaxis: str) -> bytes:
    salida = DicomBytesIO()
    salida.is_implicit_VR, salida.is_little_endian = sintaxis == ImplicitVRLittleEndian, sintaxis != ExplicitVRBigEndian
    with al_pie_de_la_letra():
        write_dataset(salida, datos)
    return salida.getvalue()


def con_pixeles(datos: Dataset, sintaxis: str, crudos: np.ndarray | None = None) -> bytes:
    """Give a data set its pixels as the transfer syntax has them; answers them decoded."""
    crudos = pixeles(datos) if crudos is None else crudos
    if sintaxis not in ENCAPSULADAS:
        orden = ">" if sintaxis == ExplicitVRBigEndian else "<"
        datos.add_new(0x7FE00010, "OW", crudos.astype(crudos.dtype.newbyteorder(orden)).tobytes())
        return crudos.tobytes()
    if sintaxis in _COMPRIMIR:
        datos.add_new(0x7FE00010, "OB", encapsulate([_COMPRIMIR[sintaxis](crudos, datos.BitsStored)]))
    else:
        provisional = Dataset(datos)
        provisional.file_meta = FileMetaDataset()
        provisional.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        provisional.add_new(0x7FE00010, "OW", crudos.tobytes())
        provisional.compress(UID(sintaxis), generate_instance_uid=False)
        datos.add_new(0x7FE00010, "OB", provisional.PixelData)
    datos["PixelData"].is_undefined_length = True
    # What JPEG makes of pixels is its own.
    return b"" if sintaxis == JPEGBaseline8Bit else crudos.tobytes()


def _jpeg(crudos: np.ndarray, _: int) -> bytes:
    salida = io.BytesIO()
    Image.fromarray(crudos).save(salida, "JPEG", quality=95)
    return salida.getvalue()


def _jpeg2000(crudos: np.ndarray, profundos: int) -> bytes:
    return bytes(encode_array(crudos, bits_stored=profundos, codec_format=0))


_COMPRIMIR = {JPEGBaseline8Bit: _jpeg, JPEG2000Lossless: _jpeg2000}


# --- The table ---


@al_pie_de_la_letra()
def de_la_tabla(sintaxis: str, hondura: int) -> Archivo:
    """A canary in every attribute of the table, so many sequences deep."""
    puestas, conjunto, meta = Puestas(), Dataset(), Dataset()
    for tag in tags_de_la_tabla():
        nombre = f"{tag >> 16:04X},{tag & 0xFFFF:04X}"
        try:
            vr = dictionary_VR(tag)[:2]
        except KeyError:
            # The table is newer than the reader's dictionary.
            vr = "LO"
        if tag in (0x00080018, 0x00100020, 0x00420011):
            # What a file is known by, of which every other file here has one too; and a document in it is quarantine.
            continue
        if tag >> 16 == 2 or (tag >> 16 < 8 and hondura):
            continue
        valor = puestas.valor(nombre, vr)
        if valor is not None:
            conjunto.add_new(tag, vr, valor)
    for nivel in range(hondura):
        # Sequences that the table does not name: they stay, and so does what hides in them if nobody looks.
        envoltura = Dataset()
        envoltura.add_new((0x00409096, 0x00283110, 0x00081140)[nivel % 3], "SQ", Sequence([Dataset(), conjunto]))
        conjunto = envoltura
    datos = base(sintaxis)
    datos.update({e.tag: e for e in conjunto})
    datos.PatientID = puestas.texto("0010,0020")
    datos.SOPInstanceUID = puestas.uid("0008,0018")
    hechos = con_pixeles(datos, sintaxis)
    octetos = escribir(datos, sintaxis, meta=meta)
    nombre = f"table, {UID(sintaxis).name}, {hondura} deep"
    return Archivo(nombre, octetos, tabla=puestas.agujas, pixeles=hechos or None)


# --- What no table names ---

Estructura = Callable[[Dataset, Puestas], None]


def privado(datos: Dataset, puestas: Puestas) -> None:
    datos.add_new(0x00090010, "LO", puestas.texto("private creator"))
    datos.add_new(0x00091001, "LO", puestas.texto("private text"))
    datos.add_new(0x00091002, "PN", puestas.persona("private name"))
    datos.add_new(0x00091003, "OB", puestas.octetos("private bytes"))
    datos.add_new(0x00091004, "DA", puestas.dia("private date"))


def privado_conocido(datos: Dataset, puestas: Puestas) -> None:
    datos.add_new(0x00290010, "LO", "SIEMENS CSA HEADER")
    datos.add_new(0x00291008, "CS", puestas.texto("known private block"))
    datos.add_new(0x00291010, "OB", puestas.octetos("CSA header"))


def privado_huerfano(datos: Dataset, puestas: Puestas) -> None:
    datos.add_new(0x00313011, "LO", puestas.texto("private without a creator"))


def privado_con_secuencia(datos: Dataset, puestas: Puestas) -> None:
    dentro = Dataset()
    dentro.PatientName = puestas.persona("name in a private sequence")
    datos.add_new(0x00410010, "LO", "ACME")
    datos.add_new(0x00411020, "SQ", Sequence([dentro]))


def desconocido(datos: Dataset, puestas: Puestas) -> None:
    datos.add_new(0x00083456, "LO", puestas.texto("unknown text"))
    datos.add_new(0x00181FFE, "UN", puestas.octetos("unknown bytes"))
    dentro = Dataset()
    dentro.PatientName = puestas.persona("name in an unknown sequence")
    datos.add_new(0x00400FFE, "SQ", Sequence([dentro]))


def superposicion(datos: Dataset, puestas: Puestas) -> None:
    for grupo in (0x6000, 0x601E):
        datos.add_new(grupo << 16 | 0x0010, "US", LADO)
        datos.add_new(grupo << 16 | 0x0011, "US", LADO)
        datos.add_new(grupo << 16 | 0x0022, "LO", puestas.texto("overlay description"))
        datos.add_new(grupo << 16 | 0x1500, "LO", puestas.texto("overlay label"))
        datos.add_new(grupo << 16 | 0x3000, "OW", puestas.octetos("overlay"))
        datos.add_new(grupo << 16 | 0x4000, "LT", puestas.texto("overlay comments"))


def curva(datos: Dataset, puestas: Puestas) -> None:
    datos.add_new(0x50020022, "LO", puestas.texto("curve description"))
    datos.add_new(0x50022500, "LO", puestas.texto("curve label"))
    datos.add_new(0x50023000, "OW", puestas.octetos("curve"))
    datos.add_new(0x5002200C, "OW", puestas.octetos("audio"))


def hondo(datos: Dataset, puestas: Puestas) -> None:
    dentro = Dataset()
    dentro.PatientName, dentro.PatientComments = puestas.persona("name 12 deep"), puestas.texto("comment 12 deep")
    dentro.add_new(0x00190010, "LO", puestas.texto("private creator 12 deep"))
    dentro.add_new(0x00191001, "UN", puestas.octetos("private bytes 12 deep"))
    for _ in range(12):
        envoltura = Dataset()
        envoltura.ContentSequence = Sequence([dentro])
        dentro = envoltura
    datos.update({e.tag: e for e in dentro})


def secuencia_como_un(datos: Dataset, puestas: Puestas) -> None:
    dentro = Dataset()
    dentro.PatientName = puestas.persona("name in a sequence that came as UN")
    dentro.CodeMeaning = puestas.texto("meaning in a sequence that came as UN")
    crudo = _crudo(dentro, ImplicitVRLittleEndian)
    datos.add_new(0x00082218, "UN", struct.pack("<HHI", 0xFFFE, 0xE000, len(crudo)) + crudo)


def referencias(datos: Dataset, puestas: Puestas) -> None:
    dentro = Dataset()
    dentro.ReferencedSOPClassUID = "1.2.840.10008.5.1.4.1.1.2"
    dentro.ReferencedSOPInstanceUID = puestas.uid("referenced instance")
    dentro.add_new(0x00080050, "SH", puestas.texto("accession number in a reference"))
    dentro.add_new(0x00081030, "LO", puestas.texto("description in a reference"))
    datos.ReferencedStudySequence = Sequence([dentro])
    datos.SourceImageSequence = Sequence([dentro])
    datos.FrameOfReferenceUID = puestas.uid("frame of reference")
    datos.add_new(0x00041511, "UI", puestas.uid("directory's reference"))


def codigos(datos: Dataset, puestas: Puestas) -> None:
    publico, propio = Dataset(), Dataset()
    publico.CodeValue, publico.CodingSchemeDesignator = "T-D3000", "SRT"
    publico.CodeMeaning = f"Chest of {puestas.texto('meaning of a public code')}"
    propio.CodeValue, propio.CodingSchemeDesignator = puestas.texto("code of a local scheme"), "99LOCAL"
    propio.CodeMeaning = puestas.texto("meaning of a local code")
    datos.AnatomicRegionSequence = Sequence([publico, propio])


def textos_de_la_imagen(datos: Dataset, puestas: Puestas) -> None:
    datos.WindowCenter, datos.WindowWidth = 40, 400
    datos.WindowCenterWidthExplanation = puestas.texto("window's explanation")
    tabla = Dataset()
    tabla.LUTDescriptor, tabla.ModalityLUTType = [2, 0, 16], "HU"
    tabla.LUTExplanation = puestas.texto("LUT's explanation")
    tabla.add_new(0x00283006, "OW", b"\0\0\1\0")
    datos.ModalityLUTSequence = Sequence([tabla])
    datos.add_new(0x00282000, "OB", puestas.octetos("colour profile", 32))


def informe_estructurado(datos: Dataset, puestas: Puestas) -> None:
    texto, persona, fecha = Dataset(), Dataset(), Dataset()
    texto.ValueType, texto.TextValue = "TEXT", f"Paciente {puestas.texto('text of a report')}"
    persona.ValueType, persona.PersonName = "PNAME", puestas.persona("observer of a report")
    fecha.ValueType, fecha.Date = "DATE", puestas.dia("date of a report")
    datos.ContentSequence = Sequence([texto, persona, fecha])


def no_es_de_su_vr(datos: Dataset, puestas: Puestas) -> None:
    datos.add_new(0x00080022, "DA", puestas.texto("text as a date"))
    datos.add_new(0x00080032, "TM", puestas.texto("text as a time"))
    datos.add_new(0x0008002A, "DT", puestas.texto("text as an instant"))
    datos.add_new(0x00101010, "AS", puestas.texto("text as an age"))
    datos.add_new(0x00180060, "UN", puestas.texto("text as a number").encode())
    datos.add_new(0x00185100, "CS", puestas.texto("text as a code").lower())
    datos.add_new(0x00200052, "UI", puestas.texto("text as a UID"))
    datos.add_new(0x00181151, "UN", puestas.texto("text as an integer").encode())


def dicho_otra_vez(datos: Dataset, puestas: Puestas) -> None:
    """What the table takes away, once more where nothing is taken away."""
    persona = puestas.persona("name said again")
    apellido, nombre = persona.split("^")
    datos.PatientName, datos.Manufacturer = persona, f"ACME {nombre} {apellido}".title()
    datos.AccessionNumber = puestas.texto("accession number said again")
    datos.SoftwareVersions = ["1.0", datos.AccessionNumber]
    datos.PatientID = puestas.numero("patient's number said again")
    datos.SeriesNumber = int(datos.PatientID) % 10**9
    datos.ImageType = ["ORIGINAL", "PRIMARY", datos.PatientID]
    datos.ConvolutionKernel = datos.PatientID
    datos.StudyID = datos.PatientID


def dicho_con_otras_letras(datos: Dataset, puestas: Puestas) -> None:
    """The same without the accents, or with them."""
    letras = ficha(5)
    datos.SpecificCharacterSet = "ISO_IR 192"
    datos.PatientName = f"{letras}ÉÑÁ^{ficha(6)}"
    datos.Manufacturer = f"ACME {letras}ENA"
    puestas.agujas.append(de_nombre("name said again without accents", str(datos.PatientName)))


def desconocido_el_juego(datos: Dataset, puestas: Puestas) -> None:
    datos.SpecificCharacterSet = puestas.texto("text as a character set")


def senal(datos: Dataset, puestas: Puestas) -> None:
    canal, grupo = Dataset(), Dataset()
    canal.ChannelLabel = puestas.texto("channel's label")
    grupo.MultiplexGroupLabel = puestas.texto("multiplex group's label")
    grupo.NumberOfWaveformChannels, grupo.NumberOfWaveformSamples, grupo.SamplingFrequency = 1, 2, 500
    grupo.WaveformBitsAllocated, grupo.WaveformSampleInterpretation = 16, "SS"
    grupo.ChannelDefinitionSequence = Sequence([canal])
    grupo.add_new(0x54001010, "OW", b"\1\0\2\0")
    datos.WaveformSequence = Sequence([grupo])


def plan(datos: Dataset, puestas: Puestas) -> None:
    zona, observacion = Dataset(), Dataset()
    zona.ROINumber, zona.ROIName = 1, puestas.persona("region's name")
    zona.ROIDescription, zona.ReferencedFrameOfReferenceUID = (
        puestas.texto("region's text"),
        puestas.uid("region's frame"),
    )
    observacion.ROIObservationLabel = puestas.texto("observation's label", largo=14)
    observacion.ROIInterpreter = puestas.persona("interpreter")
    datos.StructureSetROISequence, datos.RTROIObservationsSequence = Sequence([zona]), Sequence([observacion])
    datos.StructureSetLabel = puestas.texto("structure set's label", largo=14)


def originales_guardados(datos: Dataset, puestas: Puestas) -> None:
    antes, dentro = Dataset(), Dataset()
    dentro.PatientName, dentro.PatientID = puestas.persona("name as it once was"), puestas.texto("id as it once was")
    antes.ModifyingSystem, antes.ModifiedAttributesSequence = puestas.texto("who changed it"), Sequence([dentro])
    datos.OriginalAttributesSequence = Sequence([antes])
    firma, cifrado = Dataset(), Dataset()
    firma.CertificateOfSigner, firma.SignatureDate = puestas.octetos("certificate"), None
    cifrado.EncryptedContent = puestas.octetos("encrypted attributes")
    datos.DigitalSignaturesSequence, datos.EncryptedAttributesSequence = Sequence([firma]), Sequence([cifrado])


def fuera_de_la_tabla(datos: Dataset, puestas: Puestas) -> None:
    """Every text, name, UID and day that the standard has and its table does not; but for the technical words."""
    nombrados = frozenset(tags_de_la_tabla())
    for tag, (vr, _, _, _, clave) in DicomDictionary.items():
        if tag in nombrados or tag in datos or tag in CODIGOS or clave in TECNICOS or not clave or tag >> 16 < 8:
            continue
        if vr in _TEXTOS - {"CS"} | {"PN", "UI", "DA", "DT"} and tag >> 16 != 0xFFFE and tag not in _LA_ESTRUCTURA:
            datos.add_new(tag, vr, puestas.valor(f"{tag >> 16:04X},{tag & 0xFFFF:04X}", vr))


_LA_ESTRUCTURA = frozenset({0x00080005, 0x00080016})
ESTRUCTURAS: tuple[Estructura, ...] = (
    privado,
    privado_conocido,
    privado_huerfano,
    privado_con_secuencia,
    desconocido,
    superposicion,
    curva,
    hondo,
    secuencia_como_un,
    referencias,
    codigos,
    textos_de_la_imagen,
    informe_estructurado,
    no_es_de_su_vr,
    dicho_otra_vez,
    dicho_con_otras_letras,
    desconocido_el_juego,
    senal,
    plan,
    originales_guardados,
    fuera_de_la_tabla,
)


@al_pie_de_la_letra()
def de_estructura(que: Estructura, sintaxis: str) -> Archivo:
    """One structural kind in one transfer syntax."""
    puestas, datos = Puestas(), base(sintaxis)
    que(datos, puestas)
    hechos = con_pixeles(datos, sintaxis)
    nombre = f"{que.__name__}, {UID(sintaxis).name}"
    octetos = escribir(datos, sintaxis)
    return Archivo(nombre, octetos, estructura=puestas.agujas, pixeles=hechos or None)


@al_pie_de_la_letra()
def de_la_cabeza(sintaxis: str) -> Archivo:
    """Preamble, file meta information, and what stands behind the data set."""
    puestas, meta, datos = Puestas(), Dataset(), base(sintaxis)
    meta.SourceApplicationEntityTitle = puestas.texto("source's title", largo=14)
    meta.SendingApplicationEntityTitle = puestas.texto("sender's title", largo=14)
    meta.ReceivingApplicationEntityTitle = puestas.texto("receiver's title", largo=14)
    meta.ImplementationVersionName = puestas.texto("implementation", largo=14)
    meta.PrivateInformationCreatorUID = puestas.uid("creator in the file meta information")
    meta.PrivateInformation = puestas.octetos("private information in the file meta information")
    meta.MediaStorageSOPInstanceUID = puestas.uid("0002,0003")
    hechos = con_pixeles(datos, sintaxis)
    datos.add_new(0xFFFCFFFC, "OB", puestas.octetos("trailing padding"))
    preambulo = puestas.octetos("preamble").ljust(128, b"\0")
    octetos = escribir(datos, sintaxis, meta=meta, preambulo=preambulo)
    return Archivo(f"head and tail, {UID(sintaxis).name}", octetos, estructura=puestas.agujas, pixeles=hechos or None)


@al_pie_de_la_letra()
def tras_la_imagen(sintaxis: str) -> Archivo:
    """Bytes behind the last pixel, in the same element."""
    puestas, datos = Puestas(), base(sintaxis)
    hechos = con_pixeles(datos, sintaxis)
    datos["PixelData"].value = datos.PixelData + puestas.octetos("behind the last pixel")
    octetos = escribir(datos, sintaxis)
    return Archivo(f"behind the pixels, {UID(sintaxis).name}", octetos, estructura=puestas.agujas, pixeles=hechos)


@al_pie_de_la_letra()
def en_bits_altos(sintaxis: str) -> Archivo:
    """A text in the bits above the highest one that is a pixel's."""
    datos = base(sintaxis)
    crudos = pixeles(datos)
    marca = secrets.token_bytes(LADO * LADO // 2)
    medios = np.frombuffer(bytes(n for o in marca for n in (o >> 4, o & 15)), np.uint8).reshape(LADO, LADO)
    con_pixeles(datos, sintaxis, crudos | (medios.astype(np.uint16) << 12))
    aguja = de_octetos("bits above HighBit", datos.PixelData)
    return Archivo(f"high bits, {UID(sintaxis).name}", escribir(datos, sintaxis), [], [aguja], crudos.tobytes())


@al_pie_de_la_letra()
def tras_el_conjunto(sintaxis: str) -> Archivo:
    """Bytes behind the last element, which are none."""
    puestas, datos = Puestas(), base(sintaxis)
    con_pixeles(datos, sintaxis)
    octetos = escribir(datos, sintaxis, cola=puestas.octetos("behind the data set"))
    nombre = f"behind the data set, {UID(sintaxis).name}"
    return Archivo(nombre, octetos, estructura=puestas.agujas, puede_apartarse=True)


@al_pie_de_la_letra()
def con_letras(juego: str) -> Archivo:
    """Names and texts in a character set."""
    puestas, datos = Puestas(), base()
    datos.SpecificCharacterSet = juego.split("\\") if "\\" in juego else juego
    datos.PatientName = puestas.persona("name", LETRAS[juego])
    datos.ReferringPhysicianName = puestas.persona("physician", LETRAS[juego])
    datos.StudyDescription = puestas.persona("description", LETRAS[juego]).replace("^", " ")
    datos.InstitutionName = puestas.persona("institution", LETRAS[juego]).replace("^", " ")
    datos.Manufacturer = f"ACME {str(datos.PatientName).split('^')[0]}"
    dentro = Dataset()
    dentro.PersonName = puestas.persona("person in a sequence", LETRAS[juego])
    dentro.CodeMeaning = puestas.persona("meaning", LETRAS[juego])
    datos.ContentSequence = Sequence([dentro])
    hechos = con_pixeles(datos, ExplicitVRLittleEndian)
    octetos = escribir(datos, ExplicitVRLittleEndian)
    return Archivo(f"letters, {juego}", octetos, estructura=puestas.agujas, pixeles=hechos)


@al_pie_de_la_letra()
def en_los_fragmentos(sintaxis: str) -> Archivo:
    """Comments and bytes inside of compressed frames."""
    puestas, datos = Puestas(), base(sintaxis)
    con_pixeles(datos, sintaxis)
    (cuadro,) = generate_frames(datos.PixelData, number_of_frames=1)
    if sintaxis != RLELossless:
        comentario = puestas.texto("comment in a frame").encode()
        corte = 2 if sintaxis != JPEG2000Lossless else cuadro.index(b"\xff\x52")
        marcador = b"\xff\xfe" if sintaxis != JPEG2000Lossless else b"\xff\x64"
        cuerpo = comentario if sintaxis != JPEG2000Lossless else b"\0\1" + comentario
        cuadro = cuadro[:corte] + marcador + struct.pack(">H", len(cuerpo) + 2) + cuerpo + cuadro[corte:]
    cuadro = cuadro.rstrip(b"\0") + puestas.octetos("behind a frame")
    datos["PixelData"].value = encapsulate([cuadro])
    nombre = f"inside of frames, {UID(sintaxis).name}"
    octetos = escribir(datos, sintaxis)
    return Archivo(nombre, octetos, estructura=puestas.agujas, puede_apartarse=True)


def de_otros_formatos() -> Iterator[Archivo]:
    """PNG, JPEG and NIfTI with texts beside the picture."""
    crudos = np.random.default_rng().integers(0, 255, (32, 32)).astype(np.uint8)
    puestas, salida, textos = Puestas(), io.BytesIO(), PngInfo()
    textos.add_text("Patient", puestas.persona("PNG text"))
    textos.add_text("Comment", puestas.texto("PNG compressed text"), zip=True)
    textos.add_itxt("Author", puestas.persona("PNG international text"))
    exif = Image.Exif()
    exif[0x013B], exif[0x010E] = puestas.persona("artist"), puestas.texto("description")
    Image.fromarray(crudos).save(salida, "PNG", pnginfo=textos, exif=exif)
    png = salida.getvalue() + puestas.octetos("behind the PNG")
    yield Archivo("PNG", png, estructura=puestas.agujas, puede_apartarse=True, formato=Formato.PNG)
    puestas, salida, exif = Puestas(), io.BytesIO(), Image.Exif()
    exif[0x013B], exif[0x010E] = puestas.persona("artist"), puestas.texto("description")
    Image.fromarray(crudos).save(salida, "JPEG", exif=exif, comment=puestas.texto("JPEG comment").encode())
    jpeg = salida.getvalue() + puestas.octetos("behind the JPEG")
    yield Archivo("JPEG", jpeg, estructura=puestas.agujas, puede_apartarse=True, formato=Formato.JPEG)
    puestas = Puestas()
    imagen = nibabel.Nifti1Image(crudos[:8, :8].astype(np.int16).reshape(4, 4, 4), np.eye(4))
    imagen.header["descrip"], imagen.header["aux_file"] = puestas.texto("descrip"), puestas.texto("aux_file")
    imagen.header["intent_name"], imagen.header["db_name"] = puestas.texto("intent", largo=14), puestas.texto("db_name")
    extension = nibabel.nifti1.Nifti1Extension("comment", puestas.octetos("extension"))
    imagen.header.extensions.append(extension)
    nifti = imagen.to_bytes() + puestas.octetos("behind the NIfTI")
    yield Archivo("NIfTI", nifti, estructura=puestas.agujas, puede_apartarse=True, formato=Formato.NIFTI)


def todos() -> Iterator[Archivo]:
    """Every canary in every place and transfer syntax."""
    for sintaxis in NATIVAS + ENCAPSULADAS:
        for hondura in (0, 1, 4):
            yield de_la_tabla(sintaxis, hondura)
        for que in ESTRUCTURAS:
            yield de_estructura(que, sintaxis)
        yield de_la_cabeza(sintaxis)
        yield tras_el_conjunto(sintaxis)
    for sintaxis in NATIVAS:
        yield tras_la_imagen(sintaxis)
        yield en_bits_altos(sintaxis)
    for sintaxis in ENCAPSULADAS:
        yield en_los_fragmentos(sintaxis)
    for juego in LETRAS:
        yield con_letras(juego)
    yield from de_otros_formatos()


def pocos() -> Iterator[Archivo]:
    """Each kind of canary once: seconds."""
    yield de_la_tabla(ImplicitVRLittleEndian, 0)
    yield de_la_tabla(ExplicitVRLittleEndian, 2)
    for que in ESTRUCTURAS:
        yield de_estructura(que, ExplicitVRLittleEndian)
    yield de_la_cabeza(ExplicitVRBigEndian)
    yield tras_el_conjunto(ImplicitVRLittleEndian)
    yield tras_la_imagen(ExplicitVRLittleEndian)
    yield en_bits_altos(ExplicitVRBigEndian)
    for juego in LETRAS:
        yield con_letras(juego)
