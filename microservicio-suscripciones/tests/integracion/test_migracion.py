"""What a revision makes of a database that the one before it served.

Revision 0002: who was active holds what it held, and goes on being invoiced.
"""

import json
from pathlib import Path

import pytest

from plataforma.proveedores import Fabrica
from seedwork.infraestructura import bd
from seedwork.infraestructura.migraciones import migrar
from seedwork.pruebas.bases import de_dueno

pytestmark = pytest.mark.integracion

ARBOL = Path(__file__).parents[2] / "migraciones"


def test_lo_que_habia_sigue_valiendo(nueva_base: Fabrica) -> None:
    motor = bd.crear_motor(de_dueno(nueva_base("suscripciones")))
    migrar(motor, ARBOL, "0001")
    with motor.begin() as conexion:
        for id, estado, requeridos in (
            ("s-pro", "ACTIVA", ["servicio_datos"]),
            ("s-free", "ACTIVA", []),
            ("s-espera", "PENDIENTE", ["servicio_datos"]),
            ("s-no", "RECHAZADA", ["servicio_datos"]),
        ):
            conexion.exec_driver_sql(
                "INSERT INTO suscripciones (id, secuencia, cliente_codigo, plan_codigo, plan_nombre, estado, saga)"
                " VALUES (%s, 1, 'c', 'p', 'P', %s, %s)",
                (id, estado, json.dumps({"id": "g", "requeridos": requeridos, "liberados": [], "en_curso": False})),
            )
        conexion.exec_driver_sql(
            "INSERT INTO facturas VALUES ('f', 's-pro', 49.90, 'USD', 'EMITIDA', NULL, '2026-01-01T00:00:00Z')"
        )

    migrar(motor, ARBOL, "0002")

    with motor.connect() as conexion:
        filas = conexion.exec_driver_sql("SELECT id, recursos, renueva FROM suscripciones ORDER BY id").all()
        assert [(f.id, f.recursos, f.renueva and f.renueva.timestamp()) for f in filas] == [
            ("s-espera", [], None),
            ("s-free", [], None),
            ("s-no", [], None),
            ("s-pro", ["servicio_datos"], 1769817600),
        ]
        assert conexion.exec_driver_sql("SELECT periodo = emitida FROM facturas").scalars().all() == [True]
    motor.dispose()


def test_de_lo_que_no_ha_acabado_se_sabe_cuando_empezo(nueva_base: Fabrica) -> None:
    """Revision 0004: its first step tells; what has none yet began just now, and so did what is over."""
    motor = bd.crear_motor(de_dueno(nueva_base("suscripciones")))
    migrar(motor, ARBOL, "0003")
    with motor.begin() as conexion:
        for id, en_curso in (("s-1", True), ("s-2", True), ("s-3", False)):
            conexion.exec_driver_sql(
                "INSERT INTO suscripciones"
                " (id, secuencia, cliente_codigo, plan_codigo, plan_nombre, estado, saga, recursos)"
                " VALUES (%s, 1, 'c', 'p', 'P', 'PENDIENTE', %s, '{}')",
                (id, json.dumps({"id": f"g-{id}", "en_curso": en_curso})),
            )
        for id, paso in (("s-1", "CREAR"), ("s-1", "RESERVAR"), ("s-3", "CREAR")):
            conexion.exec_driver_sql(
                "INSERT INTO saga_pasos VALUES (%s, %s, %s, %s, 'x', '', '{}', '{}', 'HECHO', '', false, %s)",
                (f"{id}-{paso}", id, f"g-{id}", paso, f"2026-01-0{len(paso)}T00:00:00.000000Z"),
            )

    migrar(motor, ARBOL, "0004")

    with motor.connect() as conexion:
        filas = conexion.exec_driver_sql(
            "SELECT id, CASE WHEN comenzada > now() - interval '1 h' THEN 'ahora'"
            " ELSE to_char(comenzada AT TIME ZONE 'UTC', 'YYYY-MM-DD') END FROM suscripciones ORDER BY id"
        ).all()
        assert [tuple(f) for f in filas] == [("s-1", "2026-01-05"), ("s-2", "ahora"), ("s-3", "ahora")]
        recientes = "SELECT count(*) FROM saga_pasos WHERE apuntado > now() - interval '1 d'"
        assert conexion.exec_driver_sql(recientes).scalar() == 0, "no participant seems to be at work by them"
    motor.dispose()


def test_las_sagas_de_antes_estan_en_la_lista(nueva_base: Fabrica) -> None:
    """Revision 0009: a row for each saga, made of the steps that there are."""
    motor = bd.crear_motor(de_dueno(nueva_base("suscripciones")))
    migrar(motor, ARBOL, "0008")
    with motor.begin() as conexion:
        for n, (saga, paso) in enumerate((("g-1", "CREAR"), ("g-2", "CREAR"), ("g-1", "ACTIVAR"))):
            conexion.exec_driver_sql(
                "INSERT INTO saga_pasos VALUES (%s, %s, %s, %s, 'x', '', '{}', '{}', 'HECHO', '', false, %s, now())",
                (f"p-{n}", saga.replace("g", "s"), saga, paso, f"2026-01-01T00:00:0{n}Z"),
            )

    migrar(motor, ARBOL, "0009")

    with motor.connect() as conexion:
        filas = conexion.exec_driver_sql(
            "SELECT id, id_suscripcion, estado, ultimo, date_part('second', terminada) FROM saga_resumenes"
            " ORDER BY orden"
        ).all()
    motor.dispose()
    assert [tuple(f) for f in filas] == [
        ("g-1", "s-1", "COMPLETADA", "p-2", 2.0),
        ("g-2", "s-2", "EN_CURSO", "p-1", None),
    ]
