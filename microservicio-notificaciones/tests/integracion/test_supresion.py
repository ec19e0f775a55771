"""A client is forgotten by destroying its key, on a real PostgreSQL: the store is whole, folds, and tells no code."""

import pytest

from contratos.suscripciones import ClienteSuprimido
from notificaciones.infraestructura.consultas import LecturaNotificaciones
from notificaciones.infraestructura.vistas import atrasadas, reconstruir
from seedwork.aplicacion.identidad import SIN_PREGUNTAR
from seedwork.infraestructura.almacen_eventos import verificar
from seedwork.pruebas.bases import como_dueno

pytestmark = pytest.mark.integracion

CODIGOS = "SELECT id_suscripcion, cliente_codigo FROM vista_notificaciones ORDER BY 1"
EN_EVENTOS = "SELECT count(*) FROM eventos WHERE datos::text LIKE '%\"zq-{}\"%'"


def test_destruida_la_clave_nadie_lee_el_codigo_y_todo_se_pliega(servicio, hecho, hasta):
    servicio.procesar(*(hecho("aprovisionada", n, cliente_codigo=f"zq-{n}") for n in (1, 2)))
    with servicio.enviando():
        hasta(servicio.sin_envios)
    lectura = LecturaNotificaciones(servicio.motor, servicio.plantillas)
    ids = dict(servicio.filas("SELECT id_suscripcion, id FROM vista_notificaciones"))

    def codigos(n):
        return {e.datos["cliente_codigo"] for e in lectura.eventos(ids[f"s-{n}"], SIN_PREGUNTAR)}

    assert servicio.filas(CODIGOS) == [("s-1", "zq-1"), ("s-2", "zq-2")]
    assert (codigos(1), servicio.filas(EN_EVENTOS.format(1))) == ({"zq-1"}, [(0,)])

    servicio.procesar(ClienteSuprimido(id_suscripcion="s-1"), hecho("cancelada", 1, cliente_codigo="zq-1"))

    with como_dueno(servicio.motor) as dueno:
        reconstruir(dueno)
    assert servicio.filas(CODIGOS) == [("s-1", ""), ("s-2", "zq-2")]
    assert (codigos(1), codigos(2)) == ({""}, {"zq-2"})
    assert servicio.filas("SELECT count(*) FROM envios") == [(0,)]
    with servicio.motor.connect() as conexion:
        assert (list(verificar(conexion)), atrasadas(conexion)) == ([], [])
