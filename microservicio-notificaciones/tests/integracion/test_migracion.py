"""Revision 0002 on a database that 0001 served: what waits to be sent is found by its subscription."""

import pytest
import sqlalchemy as sa

from seedwork.infraestructura import bd
from seedwork.infraestructura.migraciones import migrar
from seedwork.pruebas.bases import de_dueno

from .conftest import MIGRACIONES, ServicioEnPrueba

pytestmark = pytest.mark.integracion


def test_lo_que_esperaba_se_envia_o_se_anula_con_su_suscripcion(servicio, nueva_base, hecho, buzon, hasta):
    """What a service of today queues, carried back into the columns of 0001, is what one of that time left."""
    servicio.procesar(hecho("aprovisionada", 1), hecho("aprovisionada", 2))
    motor = bd.crear_motor(de_dueno(nueva_base("antigua")), conexiones=12)
    migrar(motor, MIGRACIONES, "0001")
    with servicio.motor.connect() as hoy, motor.begin() as antes:
        for tabla in ("eventos", "vista_notificaciones", "sagas", "envios"):
            filas = hoy.exec_driver_sql(f"SELECT to_jsonb(t) AS fila FROM {tabla} t").scalars().all()
            for fila in filas:
                if tabla == "envios":
                    fila["id_saga"] = fila["saga"]["id"]
                antes.execute(
                    sa.text(
                        f"INSERT INTO {tabla} OVERRIDING SYSTEM VALUE"
                        f" SELECT * FROM json_populate_record(NULL::{tabla}, :fila)"
                    ).bindparams(sa.bindparam("fila", fila, sa.JSON))
                )
        antes.exec_driver_sql("SELECT setval(pg_get_serial_sequence('eventos', 'orden'), 100)")
    migrar(motor, MIGRACIONES)

    antiguo = ServicioEnPrueba(motor, buzon.puerto)
    antiguo.procesar(hecho("cancelada", 1))
    with antiguo.enviando():
        hasta(antiguo.sin_envios)

    assert antiguo.filas("SELECT id_suscripcion, tipo, estado FROM vista_notificaciones ORDER BY 1, 2") == [
        ("s-1", "SERVICIO_LISTO", "ANULADA"),
        ("s-1", "SUSCRIPCION_CANCELADA", "CONFIRMADA"),
        ("s-2", "SERVICIO_LISTO", "CONFIRMADA"),
    ]
    motor.dispose()
