"""A PostgreSQL for who asks for one, made once for a module and emptied for each test."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa

from contratos import PROVEEDORES
from plataforma.proveedores import Fabrica
from seedwork.aplicacion.entorno import EntornoReal
from seedwork.aplicacion.unidad import Abrir, abridor
from seedwork.infraestructura import bd
from seedwork.infraestructura.transaccion_sql import transacciones
from seedwork.pruebas.bases import migrada, vaciar
from suscripciones.infraestructura import tablas
from suscripciones.infraestructura.catalogo import INCLUIDOS, leer_planes
from suscripciones.infraestructura.repositorio import UnidadSuscripciones

MIGRACIONES = Path(__file__).parents[1] / "migraciones"
COMPUTO = (
    'codigo = "computo"\nnombre = "C"\nrecursos = ["computo"]\nprecio = "9.90"\nmoneda = "USD"\nperiodo_dias = 7\n'
)


@pytest.fixture
def catalogo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The plans that are shipped, and one more that requires something else, which somebody provides."""
    monkeypatch.setitem(PROVEEDORES, "computo", "computo")
    for archivo in INCLUIDOS.glob("*.toml"):
        (tmp_path / archivo.name).write_text(archivo.read_text())
    (tmp_path / "computo.toml").write_text(COMPUTO)
    return tmp_path


@pytest.fixture(scope="module")
def url_base(nueva_base_de_modulo: Fabrica) -> str:
    return migrada(nueva_base_de_modulo("suscripciones"), MIGRACIONES)


@pytest.fixture
def motor(url_base: str) -> Iterator[sa.Engine]:
    """An engine of the test's own on the module's database, emptied."""
    motor = bd.crear_motor(url_base)
    vaciar(motor, [*bd.METADATOS.tables, *tablas.METADATOS.tables])
    yield motor
    motor.dispose()


@pytest.fixture
def abrir(motor: sa.Engine, catalogo: Path) -> Abrir:
    """Opens the service's units of work there."""
    fabrica = partial(UnidadSuscripciones, planes=leer_planes(catalogo), plazo_s=120.0)
    return abridor(transacciones(motor, tablas.METADATOS, EntornoReal()), fabrica)
