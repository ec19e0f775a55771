"""Text burned into a picture. Not built yet: where there may be any, the picture is kept apart."""

from anonimizacion.modelo import ApartarError, Motivo

MODALIDADES = frozenset({"US", "IVUS", "XA", "RF", "OT", "SC", "ES", "GM", "XC", "OP", "DG", "DOC", "HC", "SM"})
"""Devices that burn texts in, or whose pictures come from a screen, a film, a camera, or a slide with its label."""
CLASES = tuple(f"1.2.840.10008.5.1.4.1.1.{rama}." for rama in ("3", "3.1", "6", "7", "12", "77.1"))
"""The beginnings of SOP classes likewise: ultrasound, secondary capture, angiography and fluoroscopy, visible light."""


def puede_haber(modalidad: str, clase: str, tipo: str) -> bool:
    """Whether a DICOM picture may have text burned in. What it says of itself (0028,0301) is not asked.

    Args:
        modalidad: Modality (0008,0060).
        clase: SOP Class UID (0008,0016).
        tipo: Image Type (0008,0008).
    """
    return modalidad in MODALIDADES or f"{clase}.".startswith(CLASES) or "SCREEN" in tipo


def apartar() -> None:
    """Refuse a picture that may have text burned in.

    Raises:
        ApartarError: always, until it can be cleaned.
    """
    raise ApartarError(Motivo.TEXTO_QUEMADO_POSIBLE)
