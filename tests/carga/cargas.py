"""The bodies that the bench sends: those of today's clients, with an id and a patient of each image's own."""

import json
from typing import Any

from contratos.ejemplos import IMAGEN, SUSCRIPCION

RUTA_IMAGEN = "/procesar/procesar-imagen"
RUTA_SUSCRIPCION = "/suscripciones/suscripcion-comando"

_ANTECEDENTES = ("Diabético", "Hipertensión arterial, niega diabetes", "Sin antecedentes de importancia", "Fumador")


def imagen(serie: str, numero: int) -> dict[str, str]:
    """An image of a series. Every fifth one belongs to the same patient as the four before it."""
    return json.loads(IMAGEN) | {
        "id_imagen": f"{serie}-{numero:06d}",
        "antecedentes": _ANTECEDENTES[numero % len(_ANTECEDENTES)],
        "id_paciente": f"46769a88-181f-4468-8i34-{numero // 5:012d}",
    }


def suscripcion(numero: int) -> dict[str, object]:
    """A client's wish for the plan PRO."""
    cuerpo: dict[str, Any] = json.loads(SUSCRIPCION)
    cuerpo["cliente"]["codigo"] = f"banco-{numero:06d}"
    return cuerpo


def en_bytes(cuerpo: object) -> bytes:
    """A body as it travels."""
    return json.dumps(cuerpo, ensure_ascii=False).encode()
