"""The two bodies that today's web clients send, to the letter (contract §2), and the commands that they become."""

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
