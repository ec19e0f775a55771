"""What clients are answered, as the documentation tells it; the answers to queries are the services' own."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class _Respuesta(BaseModel):
    model_config = ConfigDict(extra="allow")


class ErrorDeCampo(BaseModel):
    """Un campo que no es válido."""

    campo: Annotated[str, Field(examples=["cliente.email"])]
    motivo: Annotated[str, Field(examples=["debe ser una dirección de correo"])]


class Problema(_Respuesta):
    """Un error (RFC 9457)."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    errores: Annotated[list[ErrorDeCampo], Field(description="En un 422, cada campo que no es válido.")] = []


class ProblemaSinConfirmar(Problema):
    """No se sabe si el comando tendrá efecto: lleva sus identificadores para consultarlo o repetirlo."""

    id_comando: str
    estado: Literal["DESCONOCIDO"]
    consulta: str
    comando: str


class _Aceptado(BaseModel):
    id_comando: str
    estado: Literal["ACEPTADO"]
    consulta: Annotated[str, Field(description="Dónde se verá el resultado; igual a Location.")]
    comando: Annotated[str, Field(description="Dónde se verá qué fue del comando.")]


class SuscripcionAceptada(_Aceptado):
    """El comando se aceptó; la suscripción ya tiene identificador."""

    id_suscripcion: str


class ImagenAceptada(_Aceptado):
    """El comando se aceptó; la imagen lleva el identificador que vino."""

    id_imagen: str


class _Pagina(BaseModel):
    siguiente: Annotated[str | None, Field(description="Cursor de la página siguiente; nulo en la última.")]


class _Nombre(_Respuesta):
    nombres: str
    apellidos: str


class _Documento(_Respuesta):
    numero: str


class _ClienteVisible(_Respuesta):
    codigo: str
    nombre: _Nombre
    usuario: str
    rut: _Documento
    cedula: _Documento
    email: str


class _PlanVisible(_Respuesta):
    codigo: str
    nombre: str


class Factura(_Respuesta):
    """Una factura."""

    id_factura: str
    estado: Literal["EMITIDA", "PAGADA", "ANULADA"]
    monto: Annotated[str, Field(examples=["49.90"])]
    moneda: str
    medio: str | None
    emitida: str


class Suscripcion(_Respuesta):
    """Una suscripción, con su cliente, su plan y sus facturas, la más antigua primero."""

    id_suscripcion: str
    estado: Literal["PENDIENTE", "ACTIVA", "RECHAZADA", "CANCELADA"]
    cliente: _ClienteVisible
    plan: _PlanVisible
    motivo: str | None
    facturas: list[Factura]


class PaginaSuscripciones(_Pagina):
    """Una página de suscripciones."""

    elementos: list[Suscripcion]


class Paso(_Respuesta):
    """Un paso de una saga; `compensacion` dice si deshace otro."""

    paso: str
    servicio: str
    recurso: str | None
    resultado: Literal["HECHO", "RECHAZADO", "FALLIDO", "OMITIDO"]
    motivo: str | None
    ocurrido: str
    compensacion: bool


class Saga(_Respuesta):
    """Una saga y sus pasos en orden."""

    id_saga: str
    estado: Literal["EN_CURSO", "COMPLETADA", "COMPENSADA"]
    pasos: list[Paso]


class PaginaSagas(_Pagina):
    """Las sagas de una suscripción."""

    elementos: list[Saga]


class Plan(_Respuesta):
    """Un plan del catálogo, con los recursos que requiere y su precio."""

    codigo: str
    nombre: str
    recursos: Annotated[list[str], Field(examples=[["servicio_datos"]])]
    precio: Annotated[str, Field(examples=["49.90"])]
    moneda: str
    periodo_dias: int
    politicas: list[str]


class PaginaPlanes(_Pagina):
    """El catálogo de planes."""

    elementos: list[Plan]


class DestinoComando(_Respuesta):
    """Qué fue de un comando; 404 mientras no se haya atendido."""

    id_comando: str
    tipo: str
    estado: Literal["APLICADO", "RECHAZADO"]
    motivo: str | None


class _Experto(_Respuesta):
    codigo: str
    nombres: str
    apellidos: str


class _Nube(_Respuesta):
    codigo: str
    nombre: str
    tipo: str


class _Dataset(_Respuesta):
    codigo: str
    nombre: str


class ServicioDatos(_Respuesta):
    """Un servicio de datos."""

    id_servicio_datos: str
    estado: Literal["CREADO", "INICIADO", "TERMINADO"]
    motivo: str | None
    id_suscripcion: str
    experto: _Experto
    nube: _Nube
    dataset: _Dataset


class PaginaServiciosDatos(_Pagina):
    """Una página de servicios de datos."""

    elementos: list[ServicioDatos]


class _Condicion(_Respuesta):
    codigo: str
    nombre: str


class Imagen(_Respuesta):
    """El registro de una imagen, ya sin datos del paciente."""

    id_imagen: str
    estado: Literal["ANONIMIZADA", "RECHAZADA", "CUARENTENA"]
    motivo: str | None
    seudonimo_paciente: str | None
    modalidad: str | None
    patologia: str | None
    region_anatomica: str | None
    formato_imagen: str | None
    fuente_de_datos: str | None
    condiciones: list[_Condicion]
    fecha_ingesta: Annotated[str | None, Field(description="Desplazada: no es la que vino.")]


class PaginaImagenes(_Pagina):
    """Una página de imágenes."""

    elementos: list[Imagen]


class Notificacion(_Respuesta):
    """Una notificación a un cliente."""

    id_notificacion: str
    estado: Literal["CREADA", "ENVIADA", "CONFIRMADA", "FALLIDA", "ANULADA"]
    motivo: str | None
    id_suscripcion: str
    cliente_codigo: str
    tipo: str
    canal: str
    asunto: str
    creada: str
    actualizada: str


class PaginaNotificaciones(_Pagina):
    """Una página de notificaciones."""

    elementos: list[Notificacion]


class EventoNotificacion(_Respuesta):
    """Un hecho de la historia de una notificación."""

    tipo: str
    version: int
    ocurrido: str
    datos: dict[str, Any]


class PaginaEventos(_Pagina):
    """La historia completa de una notificación."""

    elementos: list[EventoNotificacion]


class Viva(BaseModel):
    """El proceso vive."""

    estado: Literal["VIVA"]


class ParteDeSalud(BaseModel):
    """Una parte, y por qué no está lista."""

    lista: bool
    detalle: str | None


class Lista(_Respuesta):
    """Puede atender."""

    estado: Literal["LISTA"]
    partes: dict[str, ParteDeSalud]
    informativas: dict[str, ParteDeSalud]


class ProblemaNoLista(Problema):
    """No está listo; nombra las partes que faltan."""

    estado: Literal["NO_LISTA"]
    partes: dict[str, ParteDeSalud]
    informativas: dict[str, ParteDeSalud]


class DocumentoOpenApi(BaseModel):
    """Este mismo documento."""

    model_config = ConfigDict(extra="allow")

    openapi: str
    paths: dict[str, Any]
