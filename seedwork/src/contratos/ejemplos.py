"""The two bodies that today's web clients send, to the letter (contract §2), and the commands that they become.

And of every other message one that its contract takes, for documents: :func:`de`.
"""

import dataclasses
import typing
from collections.abc import Mapping
from typing import Any

from contratos.base import Forma, Mensaje, Regla
from contratos.procesamiento import AnonimizarImagen
from contratos.suscripciones import CrearSuscripcion

SUSCRIPCION = """{"cliente": {"codigo": "0001", "nombre": {"nombres": "Pablo", "apellidos": "Perez Prieto"},
 "usuario": "pperez", "rut": {"numero": 123457890}, "cedula": {"numero": 123457890}, "email": "pperez@domain.com"},
 "plan": {"codigo": "pro", "nombre": "PRO"}, "facturas": []}"""

IMAGEN = """{"id_imagen": "46769a88-00000-4468o-8a14-1579887d01", "modalidad": "Rayos X", "patologia": "Neumonía",
 "region_anatomica": "Cráneo", "formato_imagen": "DICOM", "fuente_de_datos": "Hospital del norte",
 "antecedentes": "Diabético", "id_paciente": "46769a88-181f-4468-8i34-15f750381d01",
 "fecha_ingesta": "2024-02-01 09:10:00"}"""

CREAR_SUSCRIPCION = CrearSuscripcion(
    cliente_codigo="0001",
    cliente_nombres="Pablo",
    cliente_apellidos="Perez Prieto",
    cliente_usuario="pperez",
    cliente_rut="123457890",
    cliente_cedula="123457890",
    cliente_email="pperez@domain.com",
    plan_codigo="pro",
    plan_nombre="PRO",
)

ANONIMIZAR_IMAGEN = AnonimizarImagen(
    id_imagen="46769a88-00000-4468o-8a14-1579887d01",
    modalidad="Rayos X",
    patologia="Neumonía",
    region_anatomica="Cráneo",
    formato_imagen="DICOM",
    fuente_de_datos="Hospital del norte",
    antecedentes="Diabético",
    id_paciente="46769a88-181f-4468-8i34-15f750381d01",
    fecha_ingesta="2024-02-01 09:10:00",
)

_CLIENTE = CREAR_SUSCRIPCION
_IMAGEN = ANONIMIZAR_IMAGEN
_ID = "01a20dfe-1935-721e-8271-2a579724a29b"
_NUMERO = 1
_SHA256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
_TEXTOS: Mapping[str, str] = {
    **{c.name: getattr(de, c.name) for de in (_CLIENTE, _IMAGEN) for c in dataclasses.fields(de)},
    "id_suscripcion": "01a20dfe-1935-721e-8271-2a58690b887c",
    "id_paquete": "3603a845-1557-531b-ac08-1d5a45d3d31e",
    "suscripcion.codigo": "01a20dfe-1935-721e-8271-2a58690b887c",
    "accion": "ListarSuscripciones",
    "acceso": "CONCEDIDO",
    "banda_de_edad": "40-49",
    "canal": "CORREO",
    "comando": "CancelarSuscripcion",
    "consultante": "ana@hospital",
    "emisor": "DESCONOCIDO",
    "estado": "CUARENTENA",
    "experto_apellidos": "Quispe Mamani",
    "experto_cedula": "987654321",
    "experto_codigo": "experto-01",
    "experto_anterior_codigo": "experto-02",
    "experto_email": "lquispe@domain.com",
    "experto_nombres": "Lucía",
    "experto_usuario": "lquispe",
    "dataset.codigo": "mamografia",
    "dataset.nombre": "Mamografías",
    "dataset_codigo": "mamografia",
    "investigador": "ana@universidad",
    "medio": "tarjeta",
    "mes": "2022-11",
    "moneda": "USD",
    "monto": "49.90",
    "motivo": "SIN_CAPACIDAD",
    "nube.codigo": "nube-01",
    "nube.nombre": "Nube del sur",
    "nube.tipo": "privada",
    "nube_codigo": "nube-01",
    "ocurrido": "2026-11-24T19:43:53.909168Z",
    "operador": "operador-1",
    "participante": "servicio-datos",
    "paso": "RESERVAR",
    "plan_anterior_codigo": "basico",
    "plan_anterior_nombre": "Básico",
    "quien": "ana@hospital",
    "razon": "Solo se ve la regla.",
    "recurso": "servicio_datos",
    "resultado": "HECHO",
    "seudonimo_paciente": "v2:414cc0f3ce474da3580a4101b8d02e96",
    "sexo": "F",
    "archivo.sha256": _SHA256,
    "archivo.uri": "file:///var/saludtech/originales/tc-1",
    "metadatos.sha256": _SHA256,
    "metadatos.uri": "file:///var/saludtech/originales/pq-1.csv",
    "paquete.sha256": _SHA256,
    "paquete.uri": "file:///var/saludtech/originales/pq-1.zip",
    "sha256": _SHA256,
    "tipo_de_archivo": "application/dicom",
    "tipo_notificacion": "SERVICIO_LISTO",
    "uri": "file:///var/saludtech/limpios/tc-1",
    "titular": "cliente:0001",
}
"""Of each text field, by its name; one with a dot is of a record that a field holds. What is not here has
:func:`_texto`'s."""
_LISTAS: Mapping[str, tuple[str, ...]] = {"condiciones": ("E14",), "recursos_requeridos": ("servicio_datos",)}


def de(tipo: type[Mensaje]) -> Mensaje:
    """A message of a type as one could be on its topic; what is a person's in it is in the clear, and invented."""
    if tipo in (CrearSuscripcion, AnonimizarImagen):
        return _CLIENTE if tipo is CrearSuscripcion else _IMAGEN
    return typing.cast(Mensaje, _registro(tipo, "", tipo.reglas))


def _registro(cls: Any, dentro: str, reglas: Mapping[str, Regla]) -> Any:
    anotaciones = typing.get_type_hints(cls)
    valores = {
        c.name: _valor(anotaciones[c.name], dentro + c.name, reglas.get(c.name, Regla()))
        for c in dataclasses.fields(cls)
    }
    return cls(**valores)


def _valor(anotacion: Any, nombre: str, regla: Regla) -> Any:
    if dataclasses.is_dataclass(anotacion):
        return _registro(anotacion, f"{nombre}.", {})
    if anotacion is str:
        return _TEXTOS.get(nombre) or _texto(regla)
    if anotacion is int:
        return _NUMERO
    return False if anotacion is bool else _LISTAS.get(nombre, ())


_FORMAS: Mapping[Forma, str] = {"id": _ID, "instante": _TEXTOS["ocurrido"], "codigo": _TEXTOS["motivo"]}


def _texto(regla: Regla) -> str:
    """What fits a field that is known by its rule alone."""
    if regla.de:
        return min(regla.de)
    return _FORMAS.get(regla.forma, "texto" if regla.requerido else "")
