"""What clients are answered, as the documentation tells it; the answers to queries are the services' own."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

_SUSCRIPCION = "0191e9d0-8a6c-7c1e-9d1f-5b3c2a1f0e11"
_COMANDO = "0191e9d0-8a6c-7b52-8f6a-0c1d2e3f4a5b"
_SERVICIO = "3b0f6a0e-53d0-5b0e-8c53-7a3f2f1d9c21"
_NOTIFICACION = "8e0d2c4b-6f1a-5d3e-9b7c-1a2b3c4d5e6f"
_IMAGEN = "46769a88-00000-4468o-8a14-1579887d01"


class _Respuesta(BaseModel):
    model_config = ConfigDict(extra="allow")


def _ejemplo(**respuesta: Any) -> ConfigDict:
    return ConfigDict(json_schema_extra={"examples": [respuesta]})


def _de_pagina(elemento: type[BaseModel]) -> ConfigDict:
    """A page's example: the one of its element, alone."""
    return _ejemplo(elementos=elemento.model_json_schema()["examples"], siguiente=None)


def _aceptado(recurso: str, id_recurso: str, camino: str) -> ConfigDict:
    contexto = camino.split("/")[1]
    return _ejemplo(
        id_comando=_COMANDO,
        **{recurso: id_recurso},
        estado="ACEPTADO",
        consulta=f"{camino}/{id_recurso}",
        comando=f"/{contexto}/comandos/{_COMANDO}",
    )


Motivo = Annotated[str | None, Field(description="Por qué está así, si hay un porqué; de una lista cerrada.")]
Detalle = Annotated[str | None, Field(description="Lo que dijo, en sus palabras, quien lo pidió.")]


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

    model_config = _aceptado("id_suscripcion", _SUSCRIPCION, "/suscripciones")

    id_suscripcion: str


class ServicioDatosAceptado(_Aceptado):
    """El comando se aceptó; el servicio de datos ya tiene identificador."""

    model_config = _aceptado("id_servicio_datos", _SERVICIO, "/servicios-datos")

    id_servicio_datos: str


class ImagenAceptada(_Aceptado):
    """El comando se aceptó; la imagen lleva el identificador que vino."""

    model_config = _aceptado("id_imagen", _IMAGEN, "/procesar/imagenes")

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

    model_config = _ejemplo(
        id_suscripcion=_SUSCRIPCION,
        estado="ACTIVA",
        motivo=None,
        detalle=None,
        cliente={
            "codigo": "0001",
            "nombre": {"nombres": "Pablo", "apellidos": "Perez Prieto"},
            "usuario": "pperez",
            "rut": {"numero": "123457890"},
            "cedula": {"numero": "123457890"},
            "email": "pperez@domain.com",
        },
        plan={"codigo": "pro", "nombre": "PRO"},
        facturas=[
            {
                "id_factura": "0191e9d0-8a6c-7c1e-9d1f-5b3c2a1f0e77",
                "estado": "EMITIDA",
                "monto": "49.90",
                "moneda": "USD",
                "medio": None,
                "emitida": "2026-02-01T09:10:02.104Z",
            }
        ],
    )

    id_suscripcion: str
    estado: Literal["PENDIENTE", "ACTIVA", "RECHAZADA", "CANCELADA"]
    cliente: _ClienteVisible
    plan: _PlanVisible
    motivo: Motivo
    detalle: Detalle
    facturas: list[Factura]


class PaginaSuscripciones(_Pagina):
    """Una página de suscripciones."""

    model_config = _de_pagina(Suscripcion)

    elementos: list[Suscripcion]


class Paso(_Respuesta):
    """Un paso de una saga; `compensacion` dice si deshace otro."""

    paso: str
    servicio: str
    recurso: str | None
    resultado: Literal["HECHO", "RECHAZADO", "FALLIDO", "OMITIDO"]
    motivo: Motivo
    ocurrido: str
    compensacion: bool


class Saga(_Respuesta):
    """Una saga y sus pasos en orden."""

    model_config = _ejemplo(
        id_saga=_COMANDO,
        estado="EN_CURSO",
        pasos=[
            {
                "paso": "CREAR",
                "servicio": "suscripciones",
                "recurso": None,
                "resultado": "HECHO",
                "motivo": None,
                "ocurrido": "2026-02-01T09:10:01.312Z",
                "compensacion": False,
            },
            {
                "paso": "RESERVAR",
                "servicio": "servicio-datos",
                "recurso": "servicio_datos",
                "resultado": "HECHO",
                "motivo": None,
                "ocurrido": "2026-02-01T09:10:01.527Z",
                "compensacion": False,
            },
        ],
    )

    id_saga: str
    estado: Literal["EN_CURSO", "COMPLETADA", "COMPENSADA"]
    pasos: list[Paso]


class PaginaSagas(_Pagina):
    """Las sagas de una suscripción."""

    model_config = _de_pagina(Saga)

    elementos: list[Saga]


class Plan(_Respuesta):
    """Un plan del catálogo, con los recursos que requiere y su precio."""

    model_config = _ejemplo(
        codigo="pro",
        nombre="PRO",
        recursos=["servicio_datos"],
        precio="49.90",
        moneda="USD",
        periodo_dias=30,
        politicas=["Servicio de datos con experto, nube y conjunto de datos asignados"],
    )

    codigo: str
    nombre: str
    recursos: Annotated[list[str], Field(examples=[["servicio_datos"]])]
    precio: Annotated[str, Field(examples=["49.90"])]
    moneda: str
    periodo_dias: int
    politicas: list[str]


class PaginaPlanes(_Pagina):
    """El catálogo de planes."""

    model_config = _de_pagina(Plan)

    elementos: list[Plan]


class DestinoComando(_Respuesta):
    """Qué fue de un comando; 404 mientras no se haya atendido."""

    model_config = _ejemplo(
        id_comando=_COMANDO,
        tipo="CambiarPlanSuscripcion",
        estado="RECHAZADO",
        motivo="Ese plan ya es el de la suscripción.",
    )

    id_comando: str
    tipo: str
    estado: Literal["APLICADO", "RECHAZADO"]
    motivo: Motivo


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
    imagenes: Annotated[
        int | None,
        Field(description="Cuántas imágenes anonimizadas hay de su modalidad; null si el catálogo no dice cuál es."),
    ]


class ServicioDatos(_Respuesta):
    """Un servicio de datos."""

    model_config = _ejemplo(
        id_servicio_datos=_SERVICIO,
        estado="INICIADO",
        motivo=None,
        detalle=None,
        id_suscripcion=_SUSCRIPCION,
        experto={"codigo": "experto-01", "nombres": "Camila", "apellidos": "Rojas Tamayo"},
        nube={"codigo": "nube-andes", "nombre": "Nube Andes", "tipo": "PRIVADA"},
        dataset={"codigo": "rayos-x-torax", "nombre": "Rayos X de tórax", "imagenes": 1250},
    )

    id_servicio_datos: str
    estado: Literal["CREADO", "INICIADO", "TERMINADO"]
    motivo: Motivo
    detalle: Detalle
    id_suscripcion: str
    experto: _Experto
    nube: _Nube
    dataset: _Dataset


class PaginaServiciosDatos(_Pagina):
    """Una página de servicios de datos."""

    model_config = _de_pagina(ServicioDatos)

    elementos: list[ServicioDatos]


class _Condicion(_Respuesta):
    codigo: str
    nombre: str


class Imagen(_Respuesta):
    """El registro de una imagen, ya sin datos del paciente."""

    model_config = _ejemplo(
        id_imagen=_IMAGEN,
        estado="ANONIMIZADA",
        motivo=None,
        seudonimo_paciente="p-6f1c0a9e2b7d4c58",
        modalidad="Rayos X",
        patologia="Neumonía",
        region_anatomica="Cráneo",
        formato_imagen="DICOM",
        fuente_de_datos="Hospital del norte",
        condiciones=[{"codigo": "diabetes", "nombre": "Diabetes"}],
        fecha_ingesta="2023-05-17T09:10:00",
        version_clave=1,
        aviso="Datos seudonimizados con clave, no anónimos: quien guarda la clave puede volver a vincularlos.",
    )

    id_imagen: str
    estado: Literal["ANONIMIZADA", "RECHAZADA", "CUARENTENA"]
    motivo: Motivo
    seudonimo_paciente: str | None
    modalidad: str | None
    patologia: str | None
    region_anatomica: str | None
    formato_imagen: str | None
    fuente_de_datos: str | None
    condiciones: list[_Condicion]
    fecha_ingesta: Annotated[str | None, Field(description="Desplazada: no es la que vino.")]
    version_clave: Annotated[int | None, Field(description="De la clave con la que se hizo el seudónimo.")]
    aviso: str


class PaginaImagenes(_Pagina):
    """Una página de imágenes."""

    model_config = _de_pagina(Imagen)

    elementos: list[Imagen]


class Notificacion(_Respuesta):
    """Una notificación a un cliente."""

    model_config = _ejemplo(
        id_notificacion=_NOTIFICACION,
        estado="CONFIRMADA",
        motivo=None,
        id_suscripcion=_SUSCRIPCION,
        cliente_codigo="0001",
        id_saga=_COMANDO,
        tipo="SERVICIO_LISTO",
        canal="CORREO",
        asunto="Su servicio de datos está listo",
        creada="2026-02-01T09:10:01.702Z",
        actualizada="2026-02-01T09:10:01.911Z",
    )

    id_notificacion: str
    estado: Literal["CREADA", "ENVIADA", "CONFIRMADA", "FALLIDA", "ANULADA"]
    motivo: Motivo
    id_suscripcion: str
    id_saga: str
    cliente_codigo: str
    tipo: str
    canal: str
    asunto: str
    creada: str
    actualizada: str


class PaginaNotificaciones(_Pagina):
    """Una página de notificaciones."""

    model_config = _de_pagina(Notificacion)

    elementos: list[Notificacion]


class EventoNotificacion(_Respuesta):
    """Un hecho de la historia de una notificación."""

    model_config = _ejemplo(
        tipo="NotificacionCreada",
        version=1,
        ocurrido="2026-02-01T09:10:01.702Z",
        datos={"tipo": "SERVICIO_LISTO", "canal": "CORREO"},
    )

    tipo: str
    version: int
    ocurrido: str
    datos: dict[str, Any]


class PaginaEventos(_Pagina):
    """La historia completa de una notificación."""

    model_config = _de_pagina(EventoNotificacion)

    elementos: list[EventoNotificacion]


class Viva(BaseModel):
    """El proceso vive."""

    model_config = _ejemplo(estado="VIVA")

    estado: Literal["VIVA"]


class ParteDeSalud(BaseModel):
    """Una parte, y por qué no está lista."""

    lista: bool
    detalle: str | None


class Lista(_Respuesta):
    """Puede atender."""

    model_config = _ejemplo(
        estado="LISTA",
        partes={"broker": {"lista": True, "detalle": None}},
        informativas={"suscripciones": {"lista": True, "detalle": None}},
    )

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

    model_config = _ejemplo(openapi="3.1.0", info={"title": "SaludTech de los Alpes", "version": "1.0.0"}, paths={}) | {
        "extra": "allow"
    }

    openapi: str
    paths: dict[str, Any]
