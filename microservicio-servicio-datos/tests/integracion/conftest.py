"""The service on a real PostgreSQL, with an empty database for each test."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest
import sqlalchemy as sa

from contratos import Mensaje, sagas
from plataforma.proveedores import Fabrica
from seedwork.aplicacion.bus import Bus, Recibido
from seedwork.aplicacion.espera import Aplazado
from seedwork.infraestructura import bd
from seedwork.infraestructura.migraciones import migrar
from seedwork.infraestructura.unidad_sql import abridor
from seedwork.pruebas.publicado import publicado
from servicio_datos.aplicacion.manejadores import MANEJADORES
from servicio_datos.aplicacion.peticiones import rechazar_comando
from servicio_datos.dominio.catalogo import Catalogo, Dataset, Experto, Nube
from servicio_datos.infraestructura import tablas
from servicio_datos.infraestructura.existencias import sincronizar
from servicio_datos.infraestructura.repositorio import UnidadServicioDatos

MIGRACIONES = Path(__file__).parents[2] / "migraciones"


@pytest.fixture(scope="module")
def url_base(nueva_base: Fabrica) -> str:
    url = nueva_base("servicio_datos")
    migrar(bd.crear_motor(url), MIGRACIONES)
    return url


@pytest.fixture
def motor(url_base: str) -> Iterator[sa.Engine]:
    """An engine of the test's own on the module's database, emptied."""
    motor = bd.crear_motor(url_base, pool_size=16)
    with motor.begin() as conexion:
        todas = [*bd.METADATOS.tables, *tablas.METADATOS.tables]
        conexion.execute(sa.text(f"TRUNCATE {', '.join(todas)}"))
    yield motor
    motor.dispose()


@pytest.fixture
def catalogo() -> Catalogo:
    """Four experts with five places each, and two data sets, of which one says what images it is made of."""
    return Catalogo(
        expertos=tuple(Experto(codigo=f"e{i}", nombres="Ana", apellidos="Ruiz", capacidad=5) for i in range(4)),
        nubes=(Nube(codigo="n1", nombre="Andes", tipo="PRIVADA"),),
        datasets=(Dataset(codigo="d1", nombre="Tórax", modalidad="rayos x"), Dataset(codigo="d2", nombre="Ecografía")),
    )


class ServicioEnPrueba:
    """The service from its bus inwards, and what it left in its tables."""

    def __init__(self, motor: sa.Engine) -> None:
        self.motor = motor
        self._bus = Bus("servicio-datos", abridor(motor, UnidadServicioDatos), MANEJADORES, rechazar_comando)

    def procesar(self, recibidos: Sequence[Recibido]) -> Mapping[str, Aplazado]:
        """Handle all of them in one transaction, as the consumer does; answers what is to wait."""
        return self._bus.procesar(recibidos)

    def catalogar(self, catalogo: Catalogo) -> None:
        sincronizar(self.motor, catalogo)

    def filas(self, consulta: str) -> list[tuple[object, ...]]:
        with self.motor.connect() as conexion:
            return [tuple(f) for f in conexion.execute(sa.text(consulta))]

    def usados(self) -> dict[str, int]:
        return {str(codigo): int(str(usados)) for codigo, usados in self.filas("SELECT codigo, usados FROM expertos")}

    def publicado(self) -> list[tuple[dict[str, str], Mensaje]]:
        """Properties and message of each outbox row, in order."""
        return publicado(self.motor)

    def pasos(self, id_saga: str | None = None) -> list[tuple[str, str, str]]:
        dichos = [m for _, m in self.publicado() if isinstance(m, sagas.TransicionSaga)]
        return [(p.paso, p.resultado, p.motivo) for p in dichos if id_saga in (None, p.id_saga)]


@pytest.fixture
def servicio(motor: sa.Engine, catalogo: Catalogo) -> ServicioEnPrueba:
    en_prueba = ServicioEnPrueba(motor)
    en_prueba.catalogar(catalogo)
    return en_prueba
