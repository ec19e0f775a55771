"""Words for one thing: DICOM's codes, and what people write, of modalities and parts of the body.

A table and no setting: what a word means is part of the class that an image was released in, and a class keeps its key.
All words are as :func:`servicio_datos.dominio.catalogo.clave` leaves them.
"""

from collections.abc import Mapping


def _por_palabra(grupos: Mapping[str, str]) -> Mapping[str, str]:
    return {palabra.strip(): clave for clave, palabras in grupos.items() for palabra in palabras.split(",")}


MODALIDADES = _por_palabra(
    {
        "rayos x": "cr, dx, rg, rx, radiografia, radiografia digital, radiologia convencional, x-ray",
        "radiografia dental": "px, io, radiografia panoramica, panoramica dental",
        "tomografia": "ct, tc, tac, tomografia computarizada, tomografia axial computarizada",
        "resonancia magnetica": "mr, mri, rm, rmn, resonancia, resonancia magnetica nuclear",
        "ecografia": "us, ultrasonido, ultrasonografia",
        "mamografia": "mg",
        "medicina nuclear": "nm, gammagrafia",
        "tomografia por emision de positrones": "pt, pet",
        "angiografia": "xa",
        "fluoroscopia": "rf",
        "endoscopia": "es",
        "otra": "ot, otro, otros, otras, other",
    }
)
"""The key of a modality, by DICOM's codes (Modality, 0008,0060) and other names of it."""

REGIONES = _por_palabra(
    {
        "torax": "chest, thorax, pecho",
        "craneo": "skull, head, brain, cabeza, cerebro, encefalo",
        "cuello": "neck",
        "abdomen": "abdominal",
        "mama": "breast, mamas, seno, senos",
        "columna": "spine, columna vertebral",
        "columna cervical": "cspine",
        "columna toracica": "tspine, columna dorsal",
        "columna lumbar": "lspine",
        "hombro": "shoulder",
        "cadera": "hip",
        "rodilla": "knee",
        "mano": "hand",
        "pie": "foot",
    }
)
"""The key of a part of the body, by DICOM's terms (Body Part Examined, 0018,0015) and other names of it."""
