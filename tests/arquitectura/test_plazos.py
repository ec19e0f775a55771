"""Every connection of a service's processes is bounded: in a statement, in a lock, in a pause, and in silence."""

import ast
import importlib

import pytest
import sqlalchemy as sa
from tests.arquitectura.codigo import PAQUETES, RAIZ, SERVICIOS, arboles

from plataforma.proveedores import Fabrica
from seedwork.infraestructura.intentos import motor_de_notas


def test_solo_bd_hace_motores() -> None:
    """What connects otherwise is bounded by nobody. (A simulated broker's, a pool's or an engine's own is another.)"""
    hallados = [
        f"{archivo}:{nodo.lineno}"
        for archivo, arbol in arboles(*PAQUETES, RAIZ / "seedwork/src")
        for nodo in ast.walk(arbol)
        if isinstance(nodo, ast.Call)
        and isinstance(nodo.func, ast.Attribute)
        and ast.unparse(nodo.func) in {"sa.create_engine", "sqlalchemy.create_engine", "psycopg2.connect"}
    ]
    assert [h for h in hallados if not h.startswith("seedwork/src/seedwork/infraestructura/bd.py:")] == []
    assert len(hallados) == 1


AJUSTES = (
    "statement_timeout",
    "lock_timeout",
    "idle_in_transaction_session_timeout",
    "tcp_user_timeout",
    "tcp_keepalives_idle",
)


@pytest.mark.integracion
@pytest.mark.parametrize("paquete", SERVICIOS.values())
def test_el_servidor_conoce_los_plazos_de_cada_conexion(
    nueva_base: Fabrica, monkeypatch: pytest.MonkeyPatch, paquete: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", nueva_base(paquete) + "?options=-csearch_path%3Dpublic")
    monkeypatch.setenv("SEUDONIMO_CLAVE", "YmFuY28gYmFuY28gYmFuY28gYmFuY28gYmFuY28gYmFuY28=")
    monkeypatch.setenv("BD_SENTENCIA_S", "7")
    composicion = importlib.import_module(f"{paquete}.composicion")
    composicion.servicio.cache_clear()
    servicio = composicion.servicio()
    composicion.servicio.cache_clear()
    trabajador = servicio.motor()
    comunes = ("6s", "10000", "2")
    esperados = {
        trabajador: ("7s", "5s", *comunes),
        motor_de_notas(trabajador): ("7s", "5s", *comunes),
        servicio.motor(servicio.config.plazos_de_consulta): ("2s", "1s", *comunes),
        servicio.motor_de_mantenimiento(): ("1h", "30s", "14s", "10000", "2"),
    }
    for motor, plazos in esperados.items():
        with motor.connect() as conexion:
            assert tuple(conexion.scalar(sa.text(f"SHOW {ajuste}")) for ajuste in AJUSTES) == plazos
            assert conexion.scalar(sa.text("SHOW search_path")) == "public", "lo que dice la URL también vale"
        motor.dispose()
