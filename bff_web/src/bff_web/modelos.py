"""The bodies of the commands, and the message that each becomes: one model per command."""

from abc import abstractmethod
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import override

from bff_web.tipos import Correo, Fecha, Id, Numero, Texto
from contratos import Mensaje
from contratos.procesamiento import AnonimizarImagen
from contratos.suscripciones import CrearSuscripcion


class _Objeto(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)


class Cuerpo(_Objeto):
    """The body of a command."""

    @property
    def id_propio(self) -> str | None:
        """The resource's id where the client makes it."""
        return None

    @abstractmethod
    def mensaje(self) -> Mensaje:
        """The command that the body asks for."""


class Nombre(_Objeto):
    """Nombres y apellidos."""

    nombres: Texto
    apellidos: Texto


class Documento(_Objeto):
    """Un documento de identidad."""

    numero: Numero


class Cliente(_Objeto):
    """El cliente que se suscribe."""

    codigo: Id
    nombre: Nombre
    usuario: Texto
    rut: Documento
    cedula: Documento
    email: Correo


class Plan(_Objeto):
    """El plan que se pide."""

    codigo: Id
    nombre: Texto


class CuerpoCrearSuscripcion(Cuerpo):
    """Pide una suscripción de un cliente a un plan."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "cliente": {
                        "codigo": "0001",
                        "nombre": {"nombres": "Pablo", "apellidos": "Perez Prieto"},
                        "usuario": "pperez",
                        "rut": {"numero": 123457890},
                        "cedula": {"numero": 123457890},
                        "email": "pperez@domain.com",
                    },
                    "plan": {"codigo": "pro", "nombre": "PRO"},
                    "facturas": [],
                }
            ]
        }
    )

    cliente: Cliente
    plan: Plan
    facturas: Annotated[
        list[Any], Field(max_length=0, description="Siempre vacía: las facturas son de la plataforma.")
    ] = []

    @override
    def mensaje(self) -> CrearSuscripcion:
        cliente = self.cliente
        return CrearSuscripcion(
            cliente_codigo=cliente.codigo,
            cliente_nombres=cliente.nombre.nombres,
            cliente_apellidos=cliente.nombre.apellidos,
            cliente_usuario=cliente.usuario,
            cliente_rut=cliente.rut.numero,
            cliente_cedula=cliente.cedula.numero,
            cliente_email=cliente.email,
            plan_codigo=self.plan.codigo,
            plan_nombre=self.plan.nombre,
        )


class CuerpoAnonimizarImagen(Cuerpo):
    """Pide que se anonimicen los metadatos de una imagen."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id_imagen": "46769a88-00000-4468o-8a14-1579887d01",
                    "modalidad": "Rayos X",
                    "patologia": "Neumonía",
                    "region_anatomica": "Cráneo",
                    "formato_imagen": "DICOM",
                    "fuente_de_datos": "Hospital del norte",
                    "antecedentes": "Diabético",
                    "id_paciente": "46769a88-181f-4468-8i34-15f750381d01",
                    "fecha_ingesta": "2024-02-01 09:10:00",
                }
            ]
        }
    )

    id_imagen: Id
    modalidad: Texto
    patologia: Texto
    region_anatomica: Texto
    formato_imagen: Texto
    fuente_de_datos: Texto
    antecedentes: Texto
    id_paciente: Id
    fecha_ingesta: Fecha

    @property
    @override
    def id_propio(self) -> str:
        return self.id_imagen

    @override
    def mensaje(self) -> AnonimizarImagen:
        return AnonimizarImagen(**self.__dict__)
