"""The table of queries: what this service is asked, and what answers it."""

from collections.abc import Mapping

from contratos.consultas import Consulta
from contratos.consultas.notificaciones import (
    ListarEventosNotificacion,
    ListarNotificaciones,
    ObtenerCorreoDeNotificacion,
    ObtenerNotificacion,
)
from notificaciones.aplicacion.consultas.listar_eventos_notificacion import listar_eventos_notificacion
from notificaciones.aplicacion.consultas.listar_notificaciones import listar_notificaciones
from notificaciones.aplicacion.consultas.obtener_correo_de_notificacion import obtener_correo_de_notificacion
from notificaciones.aplicacion.consultas.obtener_notificacion import obtener_notificacion
from seedwork.aplicacion.consultas import Respondedor

CONSULTAS: Mapping[type[Consulta], Respondedor] = {
    ListarNotificaciones: listar_notificaciones,
    ObtenerNotificacion: obtener_notificacion,
    ObtenerCorreoDeNotificacion: obtener_correo_de_notificacion,
    ListarEventosNotificacion: listar_eventos_notificacion,
}
