"""The table of queries: what this service is asked, and what answers it."""

from collections.abc import Mapping

from contratos.consultas import Consulta
from contratos.consultas.suscripciones import (
    ListarPlanes,
    ListarSagas,
    ListarSagasRecientes,
    ListarSuscripciones,
    ObtenerComandoSuscripcion,
    ObtenerExportacion,
    ObtenerSaga,
    ObtenerSupresion,
    ObtenerSuscripcion,
)
from seedwork.aplicacion.consultas import Respondedor
from suscripciones.aplicacion.consultas.listar_planes import listar_planes
from suscripciones.aplicacion.consultas.listar_sagas import listar_sagas
from suscripciones.aplicacion.consultas.listar_sagas_recientes import listar_sagas_recientes
from suscripciones.aplicacion.consultas.listar_suscripciones import listar_suscripciones
from suscripciones.aplicacion.consultas.obtener_comando_suscripcion import obtener_comando_suscripcion
from suscripciones.aplicacion.consultas.obtener_exportacion import obtener_exportacion
from suscripciones.aplicacion.consultas.obtener_saga import obtener_saga
from suscripciones.aplicacion.consultas.obtener_supresion import obtener_supresion
from suscripciones.aplicacion.consultas.obtener_suscripcion import obtener_suscripcion

CONSULTAS: Mapping[type[Consulta], Respondedor] = {
    ListarSuscripciones: listar_suscripciones,
    ObtenerSuscripcion: obtener_suscripcion,
    ObtenerSaga: obtener_saga,
    ListarSagas: listar_sagas,
    ListarSagasRecientes: listar_sagas_recientes,
    ObtenerComandoSuscripcion: obtener_comando_suscripcion,
    ListarPlanes: listar_planes,
    ObtenerExportacion: obtener_exportacion,
    ObtenerSupresion: obtener_supresion,
}
