"""Revision 0002 on a database that 0001 served: who was active holds what it held, and goes on being invoiced."""

import json
from pathlib import Path

import pytest

from plataforma.proveedores import Fabrica
from seedwork.infraestructura import bd
from seedwork.infraestructura.migraciones import migrar

pytestmark = pytest.mark.integracion

ARBOL = Path(__file__).parents[2] / "migraciones"


def test_lo_que_habia_sigue_valiendo(nueva_base: Fabrica) -> None:
    motor = bd.crear_motor(nueva_base("suscripciones"))
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
