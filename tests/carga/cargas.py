"""The bodies that the bench sends: those of today's clients, with an id and a patient of each image's own."""

import json

RUTA_IMAGEN = "/procesar/procesar-imagen"
RUTA_SUSCRIPCION = "/suscripciones/suscripcion-comando"

_ANTECEDENTES = ("Diabético", "Hipertensión arterial, niega diabetes", "Sin antecedentes de importancia", "Fumador")


def imagen(serie: str, numero: int) -> dict[str, str]:
    """An image of a series. Every fifth one belongs to the same patient as the four before it."""
    return {
        "id_imagen": f"{serie}-{numero:06d}",
        "modalidad": "Rayos X",
        "patologia": "Neumonía",
        "region_anatomica": "Cráneo",
        "formato_imagen": "DICOM",
        "fuente_de_datos": "Hospital del norte",
        "antecedentes": _ANTECEDENTES[numero % len(_ANTECEDENTES)],
        "id_paciente": f"46769a88-181f-4468-8i34-{numero // 5:012d}",
        "fecha_ingesta": "2024-02-01 09:10:00",
    }


def suscripcion(numero: int) -> dict[str, object]:
    """A client's wish for the plan PRO."""
    return {
        "cliente": {
            "codigo": f"banco-{numero:06d}",
            "nombre": {"nombres": "Pablo", "apellidos": "Perez Prieto"},
            "usuario": "pperez",
            "rut": {"numero": 123457890},
            "cedula": {"numero": 123457890},
            "email": "pperez@domain.com",
        },
        "plan": {"codigo": "pro", "nombre": "PRO"},
        "facturas": [],
    }


def en_bytes(cuerpo: object) -> bytes:
    """A body as it travels."""
    return json.dumps(cuerpo, ensure_ascii=False).encode()
