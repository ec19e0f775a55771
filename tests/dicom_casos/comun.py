"""Lo común de los generadores: fichas (tokens) únicas, un DICOM de base, y escritores de bytes a mano.

Todo identificador es inventado y sale de una semilla: otra semilla, otras fichas.
"""

import hashlib
import io
import random
import re
import struct
import warnings
import zipfile
import zlib

import numpy as np
import pydicom
from PIL import Image, ImageDraw, ImageFont
from pydicom import config
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.sequence import Sequence
from pydicom.tag import Tag
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEGBaseline8Bit,
)

config.settings.reading_validation_mode = config.IGNORE
config.settings.writing_validation_mode = config.IGNORE
warnings.simplefilter("ignore")

SEMILLA = "saludtech-casos-1"
ABC = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
CT, US, SC, XA = (
    "1.2.840.10008.5.1.4.1.1.2",
    "1.2.840.10008.5.1.4.1.1.6.1",
    "1.2.840.10008.5.1.4.1.1.7",
    "1.2.840.10008.5.1.4.1.1.12.1",
)
PET, SEG, RTS, GSPS = (
    "1.2.840.10008.5.1.4.1.1.128",
    "1.2.840.10008.5.1.4.1.1.66.4",
    "1.2.840.10008.5.1.4.1.1.481.3",
    "1.2.840.10008.5.1.4.1.1.11.1",
)
SR, PDF, CDA, DIR = (
    "1.2.840.10008.5.1.4.1.1.88.22",
    "1.2.840.10008.5.1.4.1.1.104.1",
    "1.2.840.10008.5.1.4.1.1.104.2",
    "1.2.840.10008.1.3.10",
)
USMF, WSI, MR = "1.2.840.10008.5.1.4.1.1.3.1", "1.2.840.10008.5.1.4.1.1.77.1.6", "1.2.840.10008.5.1.4.1.1.4"


class Fichas:
    """Da fichas únicas de un caso y recuerda cuáles deben desaparecer."""

    def __init__(self, caso, semilla=SEMILLA):
        self.azar = random.Random(hashlib.sha256(f"{semilla}/{caso}".encode()).digest())
        self.tokens, self.fechas, self.pixeles, self.codificacion, self.octetos = [], [], [], {}, []

    def __call__(self, como=None):
        f = "QX" + "".join(self.azar.choice(ABC) for _ in range(8))
        return self._anota(f, como)

    def _anota(self, f, como=None):
        self.tokens.append(f)
        if como:
            self.codificacion[f] = como
        return f

    def nombre(self):
        return f"{self()}^{self()}"

    def num(self, n=9, ceros=0):
        return self._anota(
            "0" * ceros
            + str(self.azar.randrange(2, 9))
            + "".join(str(self.azar.randrange(10)) for _ in range(n - 1 - ceros))
        )

    def uid(self, medio=""):
        return self._anota(f"1.3.6.1.4.1.99999.{medio}{self.azar.randrange(10**19, 10**20)}")

    def fecha(self, desde=1991, hasta=2012):
        f = f"{self.azar.randrange(desde, hasta)}{self.azar.randrange(1, 13):02}{self.azar.randrange(1, 28):02}"
        self.fechas.append(f)
        return f

    def quemada(self):
        """Una ficha que se dibuja: no está en los bytes, la lee un OCR."""
        f = "QX" + "".join(self.azar.choice("ABCDEFHKLMNPRTVWXY3479") for _ in range(6))
        self.pixeles.append(f)
        return f

    def dia(self, fecha, mas):
        import datetime

        f = (datetime.datetime.strptime(fecha, "%Y%m%d") + datetime.timedelta(days=mas)).strftime("%Y%m%d")
        self.fechas.append(f)
        return f


def base(t, clase=CT, modalidad="CT", pixeles=True, **mas):
    """Un DICOM pequeño y sano, con identificadores inventados en los sitios de siempre."""
    ds = Dataset()
    ds.SpecificCharacterSet = "ISO_IR 100"
    ds.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    ds.SOPClassUID, ds.SOPInstanceUID = clase, t.uid()
    ds.StudyDate = ds.SeriesDate = ds.ContentDate = ds.AcquisitionDate = t.fecha()
    ds.StudyTime = ds.SeriesTime = ds.ContentTime = ds.AcquisitionTime = "101530"
    ds.AccessionNumber, ds.Modality, ds.Manufacturer = t(), modalidad, "FABRICANTE"
    ds.ReferringPhysicianName = t.nombre()
    ds.PatientName, ds.PatientID = t.nombre(), t.num()
    ds.PatientBirthDate, ds.PatientSex = t.fecha(1950, 1980), "O"
    ds.StudyInstanceUID, ds.SeriesInstanceUID = t.uid(), t.uid()
    ds.StudyID, ds.SeriesNumber, ds.InstanceNumber = t(), 1, 1
    if pixeles:
        imagen(ds, np.arange(64, dtype="<u2").reshape(8, 8) * 40)
    for k, v in mas.items():
        setattr(ds, k, v)
    return ds


def imagen(ds, a, stored=12):
    a = np.asarray(a)
    marcos = a.shape[0] if a.ndim == 4 or (a.ndim == 3 and a.shape[-1] != 3) else None
    color = a.ndim >= 3 and a.shape[-1] == 3
    f, c = a.shape[-3:-1] if color else a.shape[-2:]
    ds.SamplesPerPixel, ds.PhotometricInterpretation = (3, "RGB") if color else (1, "MONOCHROME2")
    if color:
        ds.PlanarConfiguration = 0
    if marcos:
        ds.NumberOfFrames = marcos
    ds.Rows, ds.Columns = f, c
    ds.BitsAllocated = 8 * a.dtype.itemsize
    ds.BitsStored = stored if a.dtype.itemsize == 2 else 8
    ds.HighBit, ds.PixelRepresentation = ds.BitsStored - 1, 0
    ds.add_new(0x7FE00010, "OW" if a.dtype.itemsize == 2 else "OB", a.tobytes() + b"\0" * (a.nbytes % 2))


def crudo(ds, tag, vr, valor, lleno=None):
    """Mete un valor tal cual, aunque su VR no lo admita."""
    if isinstance(valor, str):
        valor = valor.encode("latin-1")
    if lleno is None and len(valor) % 2:
        valor += b" " if vr not in ("UI", "OB", "UN") else b"\0"
    ds[Tag(tag)] = RawDataElement(Tag(tag), vr, len(valor), valor, 0, False, True)


def _tal_cual(d, ts):
    """Que lo metido con crudo() salga tal cual, sin que pydicom lo entienda ni lo corrija."""
    if any(x.is_raw for x in d._dict.values()):
        d.set_original_encoding(ts.is_implicit_VR, ts.is_little_endian, d._character_set)
    for x in d._dict.values():
        if not x.is_raw and x.VR == "SQ":
            for i in x.value:
                _tal_cual(i, ts)


def dcm(ds, ts=ExplicitVRLittleEndian, preambulo=None, meta=None):
    m = FileMetaDataset()
    m.MediaStorageSOPClassUID, m.MediaStorageSOPInstanceUID = ds.SOPClassUID, ds.SOPInstanceUID
    m.TransferSyntaxUID = ts
    for k, v in (meta or {}).items():
        setattr(m, k, v)
    b = io.BytesIO()
    _tal_cual(ds, ts)
    fd = FileDataset(b, ds, file_meta=m, preamble=preambulo or b"\0" * 128)
    if ts == ExplicitVRBigEndian:
        fd.set_original_encoding(False, False)
        pydicom.dcmwrite(b, fd, implicit_vr=False, little_endian=False, enforce_file_format=True)
    else:
        if any(x.is_raw for x in fd._dict.values()):
            fd.set_original_encoding(ts.is_implicit_VR, ts.is_little_endian, fd._character_set)
        pydicom.dcmwrite(b, fd, enforce_file_format=True)
    return b.getvalue()


LARGAS = {"OB", "OW", "OF", "OD", "SQ", "UN", "UT", "UC", "UR", "OL"}


def el(tag, vr, valor, vl=None):
    """Un elemento explícito LE, a mano."""
    n = len(valor) if vl is None else vl
    cab = struct.pack("<HH", tag >> 16, tag & 0xFFFF) + vr.encode()
    return cab + (struct.pack("<HI", 0, n) if vr in LARGAS else struct.pack("<H", n)) + valor


def im(tag, valor, vl=None):
    """Un elemento implícito LE, a mano."""
    return struct.pack("<HHI", tag >> 16, tag & 0xFFFF, len(valor) if vl is None else vl) + valor


def cab(sop_class, sop, ts=ExplicitVRLittleEndian, largo=True):
    def par(s):
        s = s.encode()
        return s + b"\0" * (len(s) % 2)

    g = (
        el(0x00020001, "OB", b"\0\1")
        + el(0x00020002, "UI", par(sop_class))
        + el(0x00020003, "UI", par(sop))
        + el(0x00020010, "UI", par(str(ts)))
        + el(0x00020012, "UI", par("1.3.6.1.4.1.99999.1"))
    )
    return b"\0" * 128 + b"DICM" + (el(0x00020000, "UL", struct.pack("<I", len(g))) if largo else b"") + g


def cuerpo(datos):
    """Los bytes que siguen a la cabecera de un DICOM escrito por dcm()."""
    n = struct.unpack("<I", datos[140:144])[0]
    return datos[144 + n :]


def par(s, relleno=b" "):
    s = s if isinstance(s, bytes) else s.encode("latin-1")
    return s + relleno * (len(s) % 2)


def codigo(valor, esquema, significado):
    d = Dataset()
    d.CodeValue, d.CodingSchemeDesignator, d.CodeMeaning = valor, esquema, significado
    return d


def item(**k):
    d = Dataset()
    for a, v in k.items():
        setattr(d, a, v)
    return d


def rle(ds):
    """Lo mismo que dcm(), con los píxeles en RLE."""
    d = pydicom.dcmread(io.BytesIO(dcm(ds)))
    d.compress(pydicom.uid.RLELossless, generate_instance_uid=False)
    return dcm(d, pydicom.uid.RLELossless)


def rotulo(texto, ancho=320, alto=96, y=8, x=8, tam=28, fondo=0):
    i = Image.new("L", (ancho, alto), fondo)
    ImageDraw.Draw(i).text((x, y), texto, fill=255, font=ImageFont.load_default(size=tam))
    return np.array(i)


def foto(n=32):
    y, x = np.mgrid[0:n, 0:n]
    return Image.fromarray(((x * 7 + y * 3) % 256).astype("u1"))


def a_bytes(i, f, **k):
    b = io.BytesIO()
    i.save(b, f, **k)
    return b.getvalue()


def trozo(tipo, datos):
    c = tipo + datos
    return struct.pack(">I", len(datos)) + c + struct.pack(">I", zlib.crc32(c))


def png(trozos=b"", i=None, cola=b""):
    """Un PNG con esos trozos tras IHDR, y esa cola tras IEND."""
    b = a_bytes(i or foto(), "PNG")
    return b[:33] + trozos + b[33:] + cola


def segmento(marca, datos):
    return bytes([0xFF, marca]) + struct.pack(">H", len(datos) + 2) + datos


def jpeg(segs=b"", i=None, cola=b"", **k):
    b = a_bytes(i or foto(), "JPEG", quality=90, **k)
    return b[:2] + segs + b[2:] + cola


def exif(campos, chico=None):
    """Un bloque Exif (TIFF LE) con esos campos ASCII o de bytes {tag: (tipo, datos)} y una miniatura."""

    def ifd(cs, donde):
        cs, extra = sorted(cs.items()), b""
        n = 2 + 12 * len(cs) + 4
        out = struct.pack("<H", len(cs))
        for tag, (tipo, dat) in cs:
            num = {2: len(dat), 7: len(dat), 1: len(dat), 3: len(dat) // 2, 4: len(dat) // 4, 5: len(dat) // 8}[tipo]
            if len(dat) <= 4:
                out += struct.pack("<HHI", tag, tipo, num) + dat.ljust(4, b"\0")
            else:
                out += struct.pack("<HHII", tag, tipo, num, donde + n + len(extra))
                extra += dat + b"\0" * (len(dat) % 2)
        return out, extra

    a, ea = ifd(campos, 8)
    fin = 8 + len(a) + 4 + len(ea)
    sig, cola = 0, b""
    if chico:
        sig = fin
        c = {0x0103: (3, struct.pack("<H", 6)), 0x0201: (4, b"\0\0\0\0"), 0x0202: (4, struct.pack("<I", len(chico)))}
        c[0x0201] = (4, struct.pack("<I", fin + 2 + 36 + 4))
        b, _ = ifd(c, fin)
        cola = b + b"\0\0\0\0" + chico
    return b"II*\0" + struct.pack("<I", 8) + a + struct.pack("<I", sig) + ea + cola


def nii(
    t, descrip="", aux="", intento="", db="", ext=b"", bandera=None, cola=b"", dims=(4, 4, 4), hueco=b"", datos=None
):
    """Un NIfTI-1 de un solo archivo, a mano."""
    h = bytearray(348)
    struct.pack_into("<i", h, 0, 348)
    h[14 : 14 + len(db)] = db.encode()
    struct.pack_into("<8h", h, 40, 3, *dims, 1, 1, 1, 1)
    struct.pack_into("<hh", h, 70, 4, 16)
    struct.pack_into("<8f", h, 76, 1, 1, 1, 1, 1, 1, 1, 1)
    struct.pack_into("<f", h, 108, 352 + len(ext) + len(hueco))
    struct.pack_into("<f", h, 112, 1)
    h[148 : 148 + len(descrip)] = descrip.encode()
    h[228 : 228 + len(aux)] = aux.encode()
    h[328 : 328 + len(intento)] = intento.encode()
    struct.pack_into("<hh", h, 252, 0, 1)
    struct.pack_into("<12f", h, 280, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0)
    h[344:348] = b"n+1\0"
    f = bandera if bandera is not None else (b"\1\0\0\0" if ext else b"\0\0\0\0")
    v = np.arange(int(np.prod(dims)), dtype="<i2").tobytes() if datos is None else datos
    return bytes(h) + f + ext + hueco + v + cola


def extension(codigo_, datos, largo=None):
    n = 8 + len(datos)
    n += -n % 16
    return struct.pack("<ii", n if largo is None else largo, codigo_) + datos.ljust(n - 8, b"\0")


def zipa(miembros, comentario=b""):
    """Un zip de [(nombre, datos, {atributo: valor})], con fechas fijas."""
    b = io.BytesIO()
    with zipfile.ZipFile(b, "w") as z:
        for m in miembros:
            nombre, datos, atr = (*m, {})[:3]
            i = zipfile.ZipInfo("x", (1980, 1, 1, 0, 0, 0))
            i.filename = nombre
            i.compress_type = zipfile.ZIP_DEFLATED
            i.external_attr = 0o644 << 16
            i.create_system = 3
            for k, v in atr.items():
                setattr(i, k, v)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                z.writestr(i, datos)
        z.comment = comentario
    return b.getvalue()


def cifra(datos, clave=b"secreta", azar=b"\1" * 11):
    """ZipCrypto, lo justo para un miembro cifrado de verdad."""
    tabla = [0] * 256
    for i in range(256):
        c = i
        for _ in range(8):
            c = (c >> 1) ^ (0xEDB88320 if c & 1 else 0)
        tabla[i] = c
    k = [0x12345678, 0x23456789, 0x34567890]

    def pon(b):
        k[0] = (k[0] >> 8) ^ tabla[(k[0] ^ b) & 255]
        k[1] = ((k[1] + (k[0] & 255)) * 134775813 + 1) & 0xFFFFFFFF
        k[2] = (k[2] >> 8) ^ tabla[(k[2] ^ (k[1] >> 24)) & 255]

    for b in clave:
        pon(b)
    out = bytearray()
    for b in azar + bytes([zlib.crc32(datos) >> 24 & 255]) + datos:
        x = k[2] | 2
        out.append(b ^ ((x * (x ^ 1)) >> 8 & 255))
        pon(b)
    return bytes(out)


def icc(texto):
    """Un perfil ICC mínimo cuya descripción lleva ese texto."""
    d = b"desc" + b"\0\0\0\0" + struct.pack(">I", len(texto) + 1) + texto.encode() + b"\0" + b"\0" * 79
    d += b"\0" * (-len(d) % 4)
    n = 128 + 4 + 12 + len(d)
    h = struct.pack(">I", n) + b"none" + b"\2\x10\0\0" + b"mntr" + b"RGB " + b"XYZ " + b"\0" * 12 + b"acsp"
    h = h.ljust(128, b"\0")
    return h + struct.pack(">I", 1) + b"desc" + struct.pack(">II", 144, len(d)) + d


EXT = {"DICOM": "dcm", "PNG": "png", "JPEG": "jpg", "NIFTI": "nii", "ZIP": "zip"}


def campos(f):
    """Los campos del docstring de un generador (Clase, Fuente, Formato, Debe, Tras, Nota, Archivo, Petición)."""
    d, clave = {}, None
    for linea in (f.__doc__ or "").splitlines():
        m = re.match(r"\s*(Clase|Fuente|Formato|Debe|Tras|Nota|Archivo|Petición): (.*)", linea)
        if m:
            clave = m[1]
            d[clave] = m[2].strip()
        elif clave and linea.strip():
            d[clave] += " " + linea.strip()
    return d
