"""What clients are answered by the door itself, as the documentation tells it; to queries, it is the contract's."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from contratos.consultas.base import COMANDO, IMAGEN, PAQUETE, SERVICIO_DATOS, SUSCRIPCION


class _Respuesta(BaseModel):
    model_config = ConfigDict(extra="allow")


def _ejemplo(**respuesta: Any) -> ConfigDict:
    return ConfigDict(json_schema_extra={"examples": [respuesta]})


def _aceptado(recurso: str, id_recurso: str, camino: str, consulta: str = "") -> ConfigDict:
    """The example of a 202; the query is the resource's own beneath ``camino``, unless another is named."""
    contexto = camino.split("/")[1]
    return _ejemplo(
        id_comando=COMANDO,
        **{recurso: id_recurso},
        estado="ACEPTADO",
        consulta=consulta or f"{camino}/{id_recurso}",
        comando=f"/{contexto}/comandos/{COMANDO}",
    )


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

    model_config = _aceptado("id_suscripcion", SUSCRIPCION, "/suscripciones")

    id_suscripcion: str


class ExportacionAceptada(_Aceptado):
    """El comando se aceptó; la consulta dará, durante unos días, lo que se guarda del cliente."""

    model_config = _aceptado("cliente_codigo", "0001", "/suscripciones", f"/clientes/0001/exportaciones/{COMANDO}")

    cliente_codigo: str


class SupresionAceptada(_Aceptado):
    """El comando se aceptó; la consulta dirá qué se suprimió y qué caduca dónde y cuándo."""

    model_config = _aceptado("cliente_codigo", "0001", "/suscripciones", f"/clientes/supresiones/{COMANDO}")

    cliente_codigo: str


class ServicioDatosAceptado(_Aceptado):
    """El comando se aceptó; el servicio de datos ya tiene identificador."""

    model_config = _aceptado("id_servicio_datos", SERVICIO_DATOS, "/servicios-datos")

    id_servicio_datos: str


class ImagenAceptada(_Aceptado):
    """El comando se aceptó; la imagen lleva el identificador que vino."""

    model_config = _aceptado("id_imagen", IMAGEN, "/procesar/imagenes")

    id_imagen: str


class PaqueteAceptado(_Aceptado):
    """El comando se aceptó; el paquete ya tiene identificador."""

    model_config = _aceptado("id_paquete", PAQUETE, "/procesar/paquetes")

    id_paquete: str


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


class Abierta(BaseModel):
    """Un balanceador puede enviarle peticiones."""

    model_config = _ejemplo(estado="ABIERTA")

    estado: Literal["ABIERTA"]


class ProblemaCerrada(Problema):
    """Un balanceador no debe enviarle peticiones: aún no ha estado lista, o se está deteniendo."""

    estado: Literal["CERRADA"]


class DocumentoOpenApi(BaseModel):
    """Este mismo documento."""

    model_config = _ejemplo(openapi="3.1.0", info={"title": "SaludTech de los Alpes", "version": "1.0.0"}, paths={}) | {
        "extra": "allow"
    }

    openapi: str
    paths: dict[str, Any]


class DocumentoAsyncApi(BaseModel):
    """Los mensajes que se dicen las partes de la plataforma, en AsyncAPI 3."""

    model_config = _ejemplo(
        asyncapi="3.1.0",
        info={"title": "SaludTech de los Alpes: mensajes", "version": "1.0.0"},
        channels={},
        operations={},
    ) | {"extra": "allow"}

    asyncapi: str
    channels: dict[str, Any]
    operations: dict[str, Any]


PROPIAS = (
    Problema,
    ProblemaSinConfirmar,
    ProblemaNoLista,
    ProblemaCerrada,
    Viva,
    Lista,
    Abierta,
    DocumentoOpenApi,
    DocumentoAsyncApi,
)
"""What is no answer to a command that was accepted, and to no query of the contract's."""
