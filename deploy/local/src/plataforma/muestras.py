"""A small package of public DICOM files, and how one of them looks before and after: for the demonstration."""

import csv
import io
import zipfile
from pathlib import Path

import numpy as np
import pydicom
from PIL import Image
from pydicom.data import get_testdata_file
from rich.table import Table
from rich.text import Text

MUESTRAS = {
    "tomografia": ("CT_small.dcm", "Nódulo", "Diabético"),
    "resonancia": ("MR_small.dcm", "Ninguna", ""),
    "ecografia": ("examples_rgb_color.dcm", "Adenopatía", "Hipertensa, vive en la calle 12"),
    "cortada": ("MR_truncated.dcm", "Ninguna", ""),
}
"""Files that pydicom carries, by the id that their images get: which, and what its tags do not tell. The third has
words burned into its picture; the last one's picture is cut off."""
CON_TEXTO = "ecografia"
_ANCHO = 12
_ETIQUETAS = (
    "PatientName",
    "PatientID",
    "PatientBirthDate",
    "PatientSex",
    "PatientAge",
    "StudyDate",
    "InstitutionName",
    "StationName",
    "StudyInstanceUID",
    "BurnedInAnnotation",
    "PatientIdentityRemoved",
    "DeidentificationMethod",
)


def original(id_imagen: str) -> bytes:
    """A sample as its owner has it."""
    archivo, _, _ = MUESTRAS[id_imagen]
    return Path(str(get_testdata_file(archivo, download=False))).read_bytes()


def paquete() -> bytes:
    """All samples, as a zip."""
    octetos = io.BytesIO()
    with zipfile.ZipFile(octetos, "w", zipfile.ZIP_DEFLATED) as zip:
        for id_imagen, (archivo, _, _) in MUESTRAS.items():
            zip.writestr(f"envio/{archivo}", original(id_imagen))
    return octetos.getvalue()


def metadatos() -> bytes:
    """What their tags do not tell, as CSV."""
    texto = io.StringIO()
    hoja = csv.writer(texto)
    hoja.writerow(("archivo", "id_imagen", "id_paciente", "patologia", "antecedentes"))
    for id_imagen, (archivo, patologia, antecedentes) in MUESTRAS.items():
        # An id of the clinic's own comes with the number that it must not hold.
        numero = pydicom.dcmread(io.BytesIO(original(id_imagen)), specific_tags=["PatientID"]).PatientID
        hoja.writerow((f"envio/{archivo}", id_imagen, numero, patologia, antecedentes))
    return texto.getvalue().encode()


def etiquetas(antes: bytes, despues: bytes) -> Table:
    """What some of its tags said, and say."""
    tabla = Table("Tag", "Before", "After", title_justify="left")
    uno, otro = (pydicom.dcmread(io.BytesIO(octetos)) for octetos in (antes, despues))
    for nombre in _ETIQUETAS:
        valores = [str(conjunto.get(nombre, "–")) or "(empty)" for conjunto in (uno, otro)]
        if valores != ["–", "–"]:
            tabla.add_row(nombre, *(Text(valor, overflow="fold") for valor in valores))
    tabla.add_row("all elements", *(str(sum(1 for _ in conjunto.iterall())) for conjunto in (uno, otro)))
    return tabla


def lado_a_lado(antes: bytes, despues: bytes) -> Image.Image:
    """Both pictures, the original on the left."""
    izquierda, derecha = (
        Image.fromarray(np.asarray(pydicom.dcmread(io.BytesIO(octetos)).pixel_array, np.uint8))
        for octetos in (antes, despues)
    )
    hoja = Image.new("RGB", (2 * izquierda.width + _ANCHO, izquierda.height), "white")
    hoja.paste(izquierda, (0, 0))
    hoja.paste(derecha, (izquierda.width + _ANCHO, 0))
    return hoja
