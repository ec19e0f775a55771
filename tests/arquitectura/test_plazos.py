"""Every connection of a service's processes is bounded: in a statement, in a lock, in a pause, and in silence; and so
is their number."""

import ast
import importlib
from typing import Any, cast

import pytest
import sqlalchemy as sa
from tests.arquitectura.codigo import PAQUETES, RAIZ, SERVICIOS, arboles

from plataforma.proveedores import Fabrica
from seedwork.entrada import logs
from seedwork.entrada.servicio import Servicio
from seedwork.infraestructura import bd
from seedwork.infraestructura.intentos import motor_de_notas
from seedwork.pruebas.llavero import CLAVES


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


def _servicio(paquete: str, url: str, monkeypatch: pytest.MonkeyPatch, **ajustes: str) -> Servicio:
    """A service, put together anew from these settings."""
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("SEUDONIMO_CLAVE", "YmFuY28gYmFuY28gYmFuY28gYmFuY28gYmFuY28gYmFuY28=")
    monkeypatch.setenv("CAMPOS_CLAVES", CLAVES)
    for nombre, valor in ajustes.items():
        monkeypatch.setenv(nombre, valor)
    composicion = importlib.import_module(f"{paquete}.composicion")
    composicion.servicio.cache_clear()
    servicio: Servicio = composicion.servicio()
    composicion.servicio.cache_clear()
    return servicio


@pytest.mark.parametrize("paquete", SERVICIOS.values())
@pytest.mark.parametrize("tope", [7, 8, 20])
def test_un_proceso_no_tiene_mas_conexiones_que_las_suyas(
    monkeypatch: pytest.MonkeyPatch, paquete: str, tope: int
) -> None:
    """All pools of each of its processes together (contract §7). Nothing is connected to here."""
    monkeypatch.setenv("PULSAR_URL", "pulsar://127.0.0.1:1")
    servicio = _servicio(paquete, "postgresql://nadie@127.0.0.1:1/nada", monkeypatch, BD_CONEXIONES=str(tope))
    hechos: list[sa.Engine] = []
    hacer = bd.crear_motor

    def anotar(*posicionales: Any, **nombrados: Any) -> sa.Engine:
        hechos.append(hacer(*posicionales, **nombrados))
        return hechos[-1]

    monkeypatch.setattr(bd, "crear_motor", anotar)
    # How the process of the tests logs is theirs.
    monkeypatch.setattr(logs, "configurar", lambda *_: None)
    for proceso in (servicio._de_trabajador, servicio._de_relevo, servicio.crear_api, servicio.motor_de_mantenimiento):
        hechos.clear()
        proceso()
        reservas = [cast(sa.QueuePool, motor.pool) for motor in hechos]
        assert sum(r.size() for r in reservas) == tope, proceso
        assert {r._max_overflow for r in reservas} == {0}, proceso


@pytest.mark.integracion
@pytest.mark.parametrize("paquete", SERVICIOS.values())
def test_el_servidor_conoce_los_plazos_de_cada_conexion(
    nueva_base: Fabrica, monkeypatch: pytest.MonkeyPatch, paquete: str
) -> None:
    url = nueva_base(paquete) + "?options=-csearch_path%3Dpublic"
    servicio = _servicio(paquete, url, monkeypatch, BD_SENTENCIA_S="7")
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
