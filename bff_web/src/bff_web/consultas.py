"""The queries: each is handed through to the service that owns the answer, at the same path."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import flask
from pydantic import BaseModel, ConfigDict

from bff_web import respuestas
from bff_web.cuerpos import validar
from bff_web.direcciones import exigir_ids, regla
from bff_web.servicios import Servicio
from bff_web.tipos import Cursor, Id, Texto
from seedwork.entrada.http import ErrorHttp

CURSOR = "cursor"
"""The parameter that says where a page begins; all others are filters."""


class Filtro(BaseModel):
    """A query's parameters; the base takes none."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)


class FiltroSuscripciones(Filtro):
    """Which subscriptions."""

    cliente: Id | None = None
    estado: Literal["PENDIENTE", "ACTIVA", "RECHAZADA", "CANCELADA"] | None = None
    plan: Id | None = None
    cursor: Cursor | None = None


class FiltroServiciosDatos(Filtro):
    """Which data services."""

    suscripcion: Id | None = None
    estado: Literal["CREADO", "INICIADO", "TERMINADO"] | None = None
    cursor: Cursor | None = None


class FiltroImagenes(Filtro):
    """Which images."""

    modalidad: Texto | None = None
    patologia: Texto | None = None
    region: Texto | None = None
    cursor: Cursor | None = None


class FiltroNotificaciones(Filtro):
    """Which notifications."""

    cliente: Id | None = None
    suscripcion: Id | None = None
    cursor: Cursor | None = None


@dataclass(frozen=True, kw_only=True)
class Consulta:
    """A query.

    Attributes:
        ruta: its path, ids in braces.
        servicio: who owns the answer.
        respuesta: the answer's model, for the documentation.
        titulo, etiqueta: likewise.
        filtro: its parameters.
    """

    ruta: str
    servicio: str
    respuesta: type[BaseModel]
    titulo: str
    etiqueta: str
    filtro: type[Filtro] = Filtro


SUSCRIPCIONES, SERVICIO_DATOS = "suscripciones", "servicio-datos"
PROCESAMIENTO, NOTIFICACIONES = "procesamiento", "notificaciones"

CONSULTAS = (
    Consulta(
        ruta="/suscripciones",
        servicio=SUSCRIPCIONES,
        respuesta=respuestas.PaginaSuscripciones,
        titulo="Suscripciones, por páginas",
        etiqueta="Suscripciones",
        filtro=FiltroSuscripciones,
    ),
    Consulta(
        ruta="/suscripciones/{id_suscripcion}",
        servicio=SUSCRIPCIONES,
        respuesta=respuestas.Suscripcion,
        titulo="Una suscripción",
        etiqueta="Suscripciones",
    ),
    Consulta(
        ruta="/suscripciones/{id_suscripcion}/saga",
        servicio=SUSCRIPCIONES,
        respuesta=respuestas.Saga,
        titulo="La línea de tiempo de la última saga de una suscripción",
        etiqueta="Suscripciones",
    ),
    Consulta(
        ruta="/suscripciones/{id_suscripcion}/sagas",
        servicio=SUSCRIPCIONES,
        respuesta=respuestas.PaginaSagas,
        titulo="Todas las sagas de una suscripción",
        etiqueta="Suscripciones",
    ),
    Consulta(
        ruta="/suscripciones/comandos/{id_comando}",
        servicio=SUSCRIPCIONES,
        respuesta=respuestas.DestinoComando,
        titulo="Qué fue de un comando de suscripciones",
        etiqueta="Suscripciones",
    ),
    Consulta(
        ruta="/planes",
        servicio=SUSCRIPCIONES,
        respuesta=respuestas.PaginaPlanes,
        titulo="El catálogo de planes",
        etiqueta="Suscripciones",
    ),
    Consulta(
        ruta="/servicios-datos",
        servicio=SERVICIO_DATOS,
        respuesta=respuestas.PaginaServiciosDatos,
        titulo="Servicios de datos, por páginas",
        etiqueta="Servicios de datos",
        filtro=FiltroServiciosDatos,
    ),
    Consulta(
        ruta="/servicios-datos/{id_servicio_datos}",
        servicio=SERVICIO_DATOS,
        respuesta=respuestas.ServicioDatos,
        titulo="Un servicio de datos",
        etiqueta="Servicios de datos",
    ),
    Consulta(
        ruta="/servicios-datos/comandos/{id_comando}",
        servicio=SERVICIO_DATOS,
        respuesta=respuestas.DestinoComando,
        titulo="Qué fue de un comando de servicios de datos",
        etiqueta="Servicios de datos",
    ),
    Consulta(
        ruta="/procesar/imagenes",
        servicio=PROCESAMIENTO,
        respuesta=respuestas.PaginaImagenes,
        titulo="Imágenes anonimizadas, por páginas",
        etiqueta="Procesamiento",
        filtro=FiltroImagenes,
    ),
    Consulta(
        ruta="/procesar/imagenes/{id_imagen}",
        servicio=PROCESAMIENTO,
        respuesta=respuestas.Imagen,
        titulo="Una imagen anonimizada",
        etiqueta="Procesamiento",
    ),
    Consulta(
        ruta="/procesar/comandos/{id_comando}",
        servicio=PROCESAMIENTO,
        respuesta=respuestas.DestinoComando,
        titulo="Qué fue de un comando de procesamiento",
        etiqueta="Procesamiento",
    ),
    Consulta(
        ruta="/notificaciones",
        servicio=NOTIFICACIONES,
        respuesta=respuestas.PaginaNotificaciones,
        titulo="Notificaciones, por páginas",
        etiqueta="Notificaciones",
        filtro=FiltroNotificaciones,
    ),
    Consulta(
        ruta="/notificaciones/{id_notificacion}",
        servicio=NOTIFICACIONES,
        respuesta=respuestas.Notificacion,
        titulo="Una notificación",
        etiqueta="Notificaciones",
    ),
    Consulta(
        ruta="/notificaciones/{id_notificacion}/eventos",
        servicio=NOTIFICACIONES,
        respuesta=respuestas.PaginaEventos,
        titulo="Todos los eventos de una notificación",
        etiqueta="Notificaciones",
    ),
)


def registrar(app: flask.Flask, servicios: Mapping[str, Servicio]) -> None:
    """Add every query's route."""
    for consulta in CONSULTAS:
        app.add_url_rule(regla(consulta.ruta), consulta.ruta, _vista(consulta, servicios[consulta.servicio]))


def _vista(consulta: Consulta, servicio: Servicio) -> Callable[..., flask.Response]:
    def vista(**ids: str) -> flask.Response:
        exigir_ids(ids)
        return servicio.preguntar(consulta.ruta.format(**ids), _filtros(consulta.filtro))

    return vista


def _filtros(modelo: type[Filtro]) -> dict[str, str]:
    """The request's parameters, each known, valid and given once; an empty filter is one that was not given."""
    repetidos = [c for c, valores in flask.request.args.lists() if len(valores) > 1]
    if repetidos:
        raise ErrorHttp(422, errores=[{"campo": c, "motivo": "se dio más de una vez"} for c in repetidos])
    # An empty cursor is none: a client that loops on it would see the first page again and again.
    dados = {c: v for c, v in flask.request.args.items() if v or c == CURSOR or c not in modelo.model_fields}
    filtro = validar(modelo, dados)
    return filtro.model_dump(exclude_unset=True)
