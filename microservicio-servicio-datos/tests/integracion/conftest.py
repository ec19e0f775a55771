"""The service on a real PostgreSQL, with an empty database for each test."""

from collections.abc import Collection, Sequence

import pytest
import sqlalchemy as sa

from contratos import Mensaje, sagas
from seedwork.aplicacion.bus import Bus
from seedwork.aplicacion.recibido import Recibido
from seedwork.aplicacion.unidad import Abrir
from seedwork.pruebas.paciencia import PacienciaFija
from seedwork.pruebas.publicado import publicado
from servicio_datos.aplicacion.manejadores import MANEJADORES
from servicio_datos.aplicacion.rechazo import rechazar_comando
from servicio_datos.dominio.catalogo import Catalogo
from servicio_datos.infraestructura.existencias import sincronizar


class ServicioEnPrueba:
    """The service from its bus inwards, and what it left in its tables."""

    def __init__(self, motor: sa.Engine, abrir: Abrir) -> None:
        self.motor = motor
        self._bus = Bus("servicio-datos", abrir, MANEJADORES, rechazar_comando, PacienciaFija())

    def procesar(self, recibidos: Sequence[Recibido]) -> Collection[str]:
        """Handle all of them in one transaction, as the consumer does; answers the ids of those that wait."""
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
def servicio(motor: sa.Engine, abrir: Abrir, catalogo: Catalogo) -> ServicioEnPrueba:
    en_prueba = ServicioEnPrueba(motor, abrir)
    en_prueba.catalogar(catalogo)
    return en_prueba
