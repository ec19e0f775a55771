"""What revision 0010 makes of a database that the one before it served: who waits goes on waiting, and of those who
don't nothing is left to be read. In `make test`: only a real PostgreSQL migrates.
"""

import pytest
import sqlalchemy as sa

from plataforma.proveedores import Fabrica
from procesamiento.infraestructura.archivos import ColaArchivosSQL
from procesamiento.infraestructura.paquetes import ColaPaquetesSQL
from seedwork.infraestructura import bd
from seedwork.infraestructura.migraciones import migrar
from seedwork.pruebas.bases import de_dueno

from .conftest import MIGRACIONES

pytestmark = pytest.mark.integracion

_SOBRE = """{"id": "c", "tipo": "t"}"""
_LIBERADA = """{"c-1": {"decision": "LIBERADA", "motivo": "TEXTO_QUEMADO_POSIBLE"}}"""
# What was a person's became null in a new version of the row; the old one stays in its page.
_DE_ANTES = (
    """INSERT INTO archivos (id, uri, sha256, octetos, paquete, metadatos, sobre, arriendo, intentos, proximo, informe,
        decisiones, conservar_hasta) VALUES
        ('pendiente', 'file:///a/1', 'h', 7, 'p', '{"id_paciente": "1"}', :sobre, 2, 1, now(), NULL, '{}', NULL),
        ('liberado', 'file:///a/2', 'h', 7, NULL, '{"id_paciente": "2"}', :sobre, 3, 0, now(), '{"a": 1}', :liberada,
            NULL),
        ('apartado', 'file:///a/3', 'h', 7, NULL, '{"id_paciente": "3"}', :sobre, 1, 1, NULL, '{"a": 1}', '{}', now())
    """,
    """INSERT INTO archivos (id, uri, sha256, octetos, metadatos, sobre, intentos, proximo)
        SELECT 'limpio-' || n, 'file:///l/' || n, 'h', 7,
            (SELECT jsonb_object_agg(m, md5(n || '-' || m)) FROM generate_series(1, 40) AS m), :sobre, 0, now()
        FROM generate_series(1, 100) AS n""",
    """UPDATE archivos SET uri = NULL, metadatos = NULL, sobre = NULL, proximo = NULL, resultado_sha256 = 'r'
        WHERE id LIKE 'limpio-%'""",
    """INSERT INTO paquetes (id, secuencia, estado, uri, sha256, octetos, sha256_metadatos, sobre, arriendo, intentos,
        proximo, total, hechas, cuarentena, fallidas) VALUES
        ('p', 1, 'RECIBIDO', 'file:///z/1', 'h', 7, '', :sobre, 4, 1, now(), 2, 0, 0, 0),
        ('hecho', 2, 'COMPLETADO', NULL, 'h', 7, '', NULL, 1, 0, NULL, 1, 1, 0, 0)""",
    """INSERT INTO miembros (id, paquete, lugar, imagen, uri, sha256, octetos, metadatos, dicho, estado, espera) VALUES
        ('m-0', 'p', 0, 'i-0', 'file:///b/0', 'h', 7, NULL, true, 'PENDIENTE', false),
        ('m-1', 'p', 1, 'i-1', 'file:///b/1', 'h', 7, '{"id_paciente": "4"}', false, 'PENDIENTE', false)""",
)


def test_lo_que_espera_sigue_esperando_y_de_lo_demas_no_queda_nada(nueva_base: Fabrica) -> None:
    motor = bd.crear_motor(de_dueno(nueva_base("procesamiento")))

    def preguntar(que: str) -> list[tuple[object, ...]]:
        with motor.connect() as conexion:
            return [tuple(fila) for fila in conexion.exec_driver_sql(que)]

    try:
        migrar(motor, MIGRACIONES, "0009")
        with motor.begin() as conexion:
            for sentencia in _DE_ANTES:
                conexion.execute(sa.text(sentencia), {"sobre": _SOBRE, "liberada": _LIBERADA})
        ((antes,),) = preguntar("SELECT pg_relation_size('archivos')")
        migrar(motor, MIGRACIONES, "0010")

        cola = ColaArchivosSQL(motor)
        tomados = {t.id: t for t in (cola.tomar(15.0), cola.tomar(15.0)) if t is not None}
        assert {t.id: (t.arriendo, t.paquete, t.despejadas) for t in tomados.values()} == {
            "pendiente": (3, "p", []),
            "liberado": (4, None, ["TEXTO_QUEMADO_POSIBLE"]),
        }
        assert tomados["pendiente"].metadatos == {"id_paciente": "1"}
        assert cola.retirar() == [("apartado", "file:///a/3")]
        # There is an outcome of what was decided once, and of nothing else.
        assert {id for (id,) in preguntar("SELECT id FROM archivos WHERE resultado_sha256 IS NULL")} == {
            "liberado",
            "apartado",
        }
        paquetes = ColaPaquetesSQL(motor)
        tomado = paquetes.tomar(15.0)
        assert tomado is not None
        assert (tomado.id, tomado.uri, tomado.arriendo) == ("p", "file:///z/1", 5)
        assert paquetes.tomar(15.0) is None
        assert (paquetes.listados("p"), paquetes.por_decir("p", 10)) == (2, ["m-1"])
        assert preguntar("SELECT id, sha256, octetos FROM miembros_por_decir") == [("m-1", "h", 7)]

        ((despues,),) = preguntar("SELECT pg_relation_size('archivos')")
        assert isinstance(antes, int) and isinstance(despues, int)
        assert (antes > 100_000, despues < 20_000) == (True, True), (antes, despues)
    finally:
        motor.dispose()
