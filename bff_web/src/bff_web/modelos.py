"""The bodies of the commands, and the message that each becomes: one model per command."""

from abc import abstractmethod
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import override

from bff_web.tipos import Correo, Fecha, Id, Medio, Moneda, Monto, Numero, Texto
from contratos import Mensaje
from contratos.procesamiento import AnonimizarImagen
from contratos.servicio_datos import (
    AsignarExperto,
    CrearServicioDatos,
    DatasetPedido,
    IniciarServicioDatos,
    NubePedida,
    SuscripcionPedida,
    TerminarServicioDatos,
)
from contratos.suscripciones import CambiarPlanSuscripcion, CancelarSuscripcion, CrearSuscripcion, PagarSuscripcion


class _Objeto(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)


def _ejemplo(**cuerpo: Any) -> ConfigDict:
    return ConfigDict(json_schema_extra={"examples": [cuerpo]})


class Cuerpo(_Objeto):
    """The body of a command."""

    @property
    def id_propio(self) -> str | None:
        """The resource's id where the client makes it."""
        return None

    @abstractmethod
    def mensaje(self, id_recurso: str) -> Mensaje:
        """The command that the body asks for, about that resource."""


Palabras = Annotated[Texto, Field(description="En palabras de quien lo pide; se guarda con el recurso.")]


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

    model_config = _ejemplo(
        cliente={
            "codigo": "0001",
            "nombre": {"nombres": "Pablo", "apellidos": "Perez Prieto"},
            "usuario": "pperez",
            "rut": {"numero": 123457890},
            "cedula": {"numero": 123457890},
            "email": "pperez@domain.com",
        },
        plan={"codigo": "pro", "nombre": "PRO"},
        facturas=[],
    )

    cliente: Cliente
    plan: Plan
    facturas: Annotated[
        list[Any], Field(max_length=0, description="Siempre vacía: las facturas son de la plataforma.")
    ] = []

    @override
    def mensaje(self, id_recurso: str) -> CrearSuscripcion:
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


class CuerpoCambiarPlan(Cuerpo):
    """Pide otro plan para una suscripción."""

    model_config = _ejemplo(plan={"codigo": "basico", "nombre": "BASICO"})

    plan: Plan

    @override
    def mensaje(self, id_recurso: str) -> CambiarPlanSuscripcion:
        return CambiarPlanSuscripcion(
            id_suscripcion=id_recurso, plan_codigo=self.plan.codigo, plan_nombre=self.plan.nombre
        )


class CuerpoCancelar(Cuerpo):
    """Pide el fin de una suscripción; puede faltar entero."""

    model_config = _ejemplo(motivo="Ya no la necesitamos.")

    motivo: Palabras = ""

    @override
    def mensaje(self, id_recurso: str) -> CancelarSuscripcion:
        return CancelarSuscripcion(id_suscripcion=id_recurso, motivo=self.motivo)


class CuerpoPagar(Cuerpo):
    """Dice que se pagó una factura de una suscripción."""

    model_config = _ejemplo(
        id_factura="0191e9d0-8a6c-7c1e-9d1f-5b3c2a1f0e77", monto="49.90", moneda="USD", medio="tarjeta"
    )

    id_factura: Id
    monto: Monto
    moneda: Moneda
    medio: Medio

    @override
    def mensaje(self, id_recurso: str) -> PagarSuscripcion:
        return PagarSuscripcion(id_suscripcion=id_recurso, **self.__dict__)


class NombreOpcional(_Objeto):
    """Nombres y apellidos, de los que no se guarda nada."""

    nombres: Texto = ""
    apellidos: Texto = ""


class ClienteDelServicio(_Objeto):
    """Para quién es el servicio; nada de esto se guarda."""

    codigo: Id
    nombre: NombreOpcional = NombreOpcional()
    usuario: Texto = ""


class PlanDelServicio(_Objeto):
    """El plan del cliente; no se guarda."""

    codigo: Id
    nombre: Texto = ""


class ExpertoPedido(_Objeto):
    """El experto, que se busca en el catálogo por su código; lo demás no se guarda."""

    codigo: Id
    nombre: NombreOpcional = NombreOpcional()
    usuario: Texto = ""
    cedula: Documento | None = None
    email: Correo | None = None


class NubeDelServicio(_Objeto):
    """La nube, que se busca en el catálogo por su código; lo demás no se guarda."""

    codigo: Id
    nombre: Texto = ""
    tipo: Texto = ""


class DatasetDelServicio(_Objeto):
    """El conjunto de datos, que se busca en el catálogo por su código; lo demás no se guarda."""

    codigo: Id
    nombre: Texto = ""


class SuscripcionDelServicio(_Objeto):
    """La suscripción a la que sirve; `codigo` es su `id_suscripcion`."""

    codigo: Id


class CuerpoCrearServicioDatos(Cuerpo):
    """Pide un servicio de datos hecho a mano para una suscripción activa que no tiene uno."""

    model_config = _ejemplo(
        cliente={
            "codigo": "0001",
            "nombre": {"nombres": "Pablo", "apellidos": "Perez Prieto"},
            "usuario": "pperez",
        },
        plan={"codigo": "basico", "nombre": "BASICO"},
        experto={
            "codigo": "experto-01",
            "nombre": {"nombres": "Camila", "apellidos": "Rojas Tamayo"},
            "usuario": "crojas",
            "cedula": {"numero": 52123456},
            "email": "crojas@saludtech.co",
        },
        nube={"codigo": "nube-andes", "nombre": "Nube Andes", "tipo": "PRIVADA"},
        dataset={"codigo": "rayos-x-torax", "nombre": "Rayos X de tórax"},
        suscripcion={"codigo": "0191e9d0-8a6c-7c1e-9d1f-5b3c2a1f0e11"},
    )

    cliente: ClienteDelServicio | None = None
    plan: PlanDelServicio | None = None
    experto: ExpertoPedido
    nube: NubeDelServicio
    dataset: DatasetDelServicio
    suscripcion: SuscripcionDelServicio

    @override
    def mensaje(self, id_recurso: str) -> CrearServicioDatos:
        cliente, plan, experto = self.cliente, self.plan, self.experto
        return CrearServicioDatos(
            cliente_codigo=cliente.codigo if cliente else "",
            cliente_nombres=cliente.nombre.nombres if cliente else "",
            cliente_apellidos=cliente.nombre.apellidos if cliente else "",
            cliente_usuario=cliente.usuario if cliente else "",
            plan_codigo=plan.codigo if plan else "",
            plan_nombre=plan.nombre if plan else "",
            experto_codigo=experto.codigo,
            experto_nombres=experto.nombre.nombres,
            experto_apellidos=experto.nombre.apellidos,
            experto_usuario=experto.usuario,
            experto_cedula=experto.cedula.numero if experto.cedula else "",
            experto_email=experto.email or "",
            nube=NubePedida(**self.nube.__dict__),
            dataset=DatasetPedido(**self.dataset.__dict__),
            suscripcion=SuscripcionPedida(codigo=self.suscripcion.codigo),
        )


class CuerpoIniciarServicioDatos(Cuerpo):
    """Pide que un servicio de datos empiece; puede faltar entero."""

    model_config = _ejemplo(motivo="El conjunto de datos está cargado.")

    motivo: Palabras = ""

    @override
    def mensaje(self, id_recurso: str) -> IniciarServicioDatos:
        return IniciarServicioDatos(id_servicio_datos=id_recurso, motivo=self.motivo)


class ExpertoNuevo(_Objeto):
    """El experto que se asigna."""

    codigo: Id


class CuerpoAsignarExperto(Cuerpo):
    """Pide otro experto para un servicio de datos."""

    model_config = _ejemplo(experto={"codigo": "experto-02"})

    experto: ExpertoNuevo

    @override
    def mensaje(self, id_recurso: str) -> AsignarExperto:
        return AsignarExperto(id_servicio_datos=id_recurso, experto_codigo=self.experto.codigo)


class CuerpoTerminarServicioDatos(Cuerpo):
    """Pide el fin de un servicio de datos; puede faltar entero."""

    model_config = _ejemplo(motivo="El estudio terminó.")

    motivo: Palabras = ""

    @override
    def mensaje(self, id_recurso: str) -> TerminarServicioDatos:
        return TerminarServicioDatos(id_servicio_datos=id_recurso, motivo=self.motivo)


class CuerpoAnonimizarImagen(Cuerpo):
    """Pide que se anonimicen los metadatos de una imagen."""

    model_config = _ejemplo(
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
    def mensaje(self, id_recurso: str) -> AnonimizarImagen:
        return AnonimizarImagen(**self.__dict__)
