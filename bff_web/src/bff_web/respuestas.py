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


class Hecho(BaseModel):
    """Algo que pasó: de lo que sigue, lo que haya; solo identificadores, estados y códigos."""

    model_config = _ejemplo(
        tipo="SuscripcionActivada",
        contexto="suscripciones",
        id_suscripcion=SUSCRIPCION,
        id_saga=COMANDO,
        id_comando=COMANDO,
        estado="ACTIVA",
        ocurrido="2026-02-01T09:10:01.312000Z",
    )

    tipo: Annotated[str, Field(description="Qué pasó.")]
    contexto: Annotated[str, Field(description="Quién lo cuenta.")]
    id_suscripcion: Annotated[str, Field(description="De qué suscripción.")] = ""
    id_saga: Annotated[str, Field(description="De qué saga.")] = ""
    id_servicio_datos: Annotated[str, Field(description="De qué servicio de datos.")] = ""
    id_notificacion: Annotated[str, Field(description="De qué notificación.")] = ""
    id_imagen: Annotated[str, Field(description="De qué imagen.")] = ""
    id_paquete: Annotated[str, Field(description="De qué paquete.")] = ""
    id_factura: Annotated[str, Field(description="De qué factura.")] = ""
    id_comando: Annotated[str, Field(description="De qué comando viene; de un rechazo, cuál no tuvo efecto.")] = ""
    estado: Annotated[str, Field(description="Cómo queda aquello de lo que trata.")] = ""
    paso: Annotated[str, Field(description="De una saga, qué paso.")] = ""
    servicio: Annotated[str, Field(description="De un paso, quién lo dio.")] = ""
    recurso: Annotated[str, Field(description="De un paso, sobre qué recurso.")] = ""
    resultado: Annotated[str, Field(description="De un paso: HECHO, RECHAZADO, FALLIDO u OMITIDO.")] = ""
    motivo: Annotated[str, Field(description="Por qué, si hay un porqué: un código de una lista cerrada.")] = ""
    porque: Annotated[str, Field(description="El mismo motivo, en palabras.")] = ""
    compensacion: Annotated[bool, Field(description="De un paso, si deshace otro.")] = False
    ocurrido: Annotated[str, Field(description="Cuándo, en UTC (RFC 3339).")]


EstadoParte = Literal["BIEN", "MAL", "SIN_DATOS"]


class ParteDelPanorama(BaseModel):
    """Una parte y cómo está."""

    nombre: str
    estado: EstadoParte
    motivo: Annotated[str | None, Field(description="Por qué, si no está bien.")]


class ServicioDelPanorama(ParteDelPanorama):
    """Un servicio y cómo está; sus cifras son nulas mientras no las dice."""

    atraso_segundos: Annotated[float | None, Field(description="Edad de lo más antiguo que espera; 0 si nada espera.")]
    instancias: Annotated[int | None, Field(description="Trabajadores conectados al broker.")]
    instancias_deseadas: Annotated[int | None, Field(description="Trabajadores que harían falta.")]
    cartas_muertas: Annotated[int | None, Field(description="Mensajes aparcados.")]


class SagasDelPanorama(BaseModel):
    """Cuántas sagas hay."""

    en_curso: Annotated[int | None, Field(description="Sin acabar, hasta 10.000.")]
    atascadas: Annotated[int | None, Field(description="Sin acabar desde hace demasiado, hasta 10.000.")]
    completadas: Annotated[int | None, Field(description="Activadas en las últimas 24 horas; de las más recientes.")]
    compensadas: Annotated[int | None, Field(description="Rechazadas o canceladas, igualmente.")]


class HistoriaDelPanorama(BaseModel):
    """Los últimos cinco minutos en columnas, una mirada por fila y nulo donde no se supo."""

    momento: Annotated[list[float], Field(description="Segundos de la época.")]
    peticiones_por_segundo: list[float | None]
    imagenes_por_segundo: list[float | None]
    sagas_en_curso: list[int | None]
    atraso_segundos: Annotated[dict[str, list[float | None]], Field(description="Por servicio.")]


class VistaPanorama(BaseModel):
    """La plataforma de un vistazo."""

    model_config = _ejemplo(
        momento="2026-02-01T09:10:01.527000Z",
        partes=[{"nombre": "broker", "estado": "BIEN", "motivo": None}],
        servicios=[
            {
                "nombre": "procesamiento",
                "estado": "BIEN",
                "motivo": None,
                "atraso_segundos": 0.4,
                "instancias": 1,
                "instancias_deseadas": 2,
                "cartas_muertas": 0,
            }
        ],
        sagas={"en_curso": 3, "atascadas": 0, "completadas": 120, "compensadas": 4},
        peticiones_por_segundo=41.3,
        imagenes_por_segundo=38.0,
        imagenes_apartadas=2,
        historia={
            "momento": [1769937000.5, 1769937001.5],
            "peticiones_por_segundo": [40.7, 41.3],
            "imagenes_por_segundo": [None, 38.0],
            "sagas_en_curso": [2, 3],
            "atraso_segundos": {"procesamiento": [0.0, 0.4]},
        },
    )

    momento: Annotated[str, Field(description="Cuándo se miró (RFC 3339, UTC).")]
    partes: list[ParteDelPanorama]
    servicios: list[ServicioDelPanorama]
    sagas: SagasDelPanorama
    peticiones_por_segundo: Annotated[
        float | None, Field(description="De clientes, a esta instancia de la puerta y todos sus procesos.")
    ]
    imagenes_por_segundo: Annotated[
        float | None,
        Field(description="Decididas: limpias, rechazadas, apartadas o fallidas."),
    ]
    imagenes_apartadas: Annotated[
        int | None, Field(description="Con su original guardado hasta que alguien decida, hasta 10.000.")
    ]
    historia: HistoriaDelPanorama


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
    Hecho,
    VistaPanorama,
    DocumentoOpenApi,
    DocumentoAsyncApi,
)
"""What is no answer to a command that was accepted, and to no query of the contract's."""
