"""What the migrations make of an empty database is what the code knows: they are frozen, it is not."""

import importlib

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from tests.arquitectura.codigo import RAIZ, SERVICIOS

from seedwork.infraestructura import almacen_eventos, bd
from seedwork.infraestructura.migraciones import migrar
from seedwork.pruebas.bases import de_dueno

pytestmark = pytest.mark.integracion


DE_EJEMPLO = {"tests/cambio/microservicio-computo": "computo"}
"""The service that shows what a new one costs; no other test in `make test` runs it on a database."""


@pytest.mark.parametrize(("carpeta", "paquete"), (SERVICIOS | DE_EJEMPLO).items())
def test_las_migraciones_hacen_las_tablas_que_el_codigo_conoce(
    nueva_base, monkeypatch: pytest.MonkeyPatch, carpeta: str, paquete: str
) -> None:
    monkeypatch.syspath_prepend(RAIZ / carpeta)
    conocidas = [bd.METADATOS, importlib.import_module(f"{paquete}.infraestructura.tablas").METADATOS]
    if (RAIZ / carpeta / paquete / "infraestructura/eventos_guardados.py").exists():
        conocidas.append(almacen_eventos.METADATOS)
    motor = bd.crear_motor(de_dueno(nueva_base(paquete)))
    try:
        migrar(motor, RAIZ / carpeta / "migraciones")
        with motor.connect() as conexion:
            contexto = MigrationContext.configure(conexion, opts={"compare_server_default": True})
            assert compare_metadata(contexto, conocidas) == []
    finally:
        motor.dispose()
