"""The service on a real PostgreSQL: a fresh, migrated database per test."""

import os
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from contratos import REGISTRO, Mensaje, sagas
from contratos.suscripciones import HechoSuscripcion, SuscripcionActivada, SuscripcionCreada, SuscripcionRechazada
from plataforma.postgres import borrar_base, crear_bases
from seedwork.aplicacion.bus import Bus, Recibido
from seedwork.aplicacion.sobre import Sobre
from seedwork.infraestructura import avro, bd
from seedwork.infraestructura.migraciones import migrar
from seedwork.infraestructura.unidad_sql import abridor
from servicio_datos.aplicacion.manejadores import MANEJADORES
from servicio_datos.dominio.catalogo import Catalogo, Dataset, Experto, Nube
from servicio_datos.infraestructura.existencias import sincronizar
from servicio_datos.infraestructura.repositorio import UnidadServicioDatos

MIGRACIONES = Path(__file__).parents[2] / "migraciones"


@pytest.fixture(scope="session")
def url_postgres() -> str:
    return os.environ["POSTGRES_URL"]


@pytest.fixture
def motor(url_postgres: str) -> Iterator[sa.Engine]:
    nombre = f"servicio_datos_{secrets.token_hex(4)}"
    url = crear_bases(url_postgres, {nombre: secrets.token_hex(16)})[nombre]
    motor = bd.crear_motor(url, pool_size=16)
    migrar(motor, MIGRACIONES)
    yield motor
    motor.dispose()
    borrar_base(url_postgres, nombre)


@pytest.fixture
def catalogo() -> Catalogo:
    """Four experts with five places each."""
    return Catalogo(
        expertos=tuple(Experto(codigo=f"e{i}", nombres="Ana", apellidos="Ruiz", capacidad=5) for i in range(4)),
        nubes=(Nube(codigo="n1", nombre="Andes", tipo="PRIVADA"),),
        datasets=(Dataset(codigo="d1", nombre="Rayos X"), Dataset(codigo="d2", nombre="Ecografía")),
    )


class ServicioEnPrueba:
    """The service from its bus inwards, and what it left in its tables."""

    def __init__(self, motor: sa.Engine) -> None:
        self.motor = motor
        self._bus = Bus("servicio-datos", abridor(motor, UnidadServicioDatos), MANEJADORES)

    def procesar(self, hechos: Sequence[HechoSuscripcion], ids: Sequence[str | None] | None = None) -> None:
        """Handle all of them in one transaction, as the consumer does."""
        self._bus.procesar([_recibido(h, i) for h, i in zip(hechos, ids or [None] * len(hechos), strict=True)])

    def catalogar(self, catalogo: Catalogo) -> None:
        sincronizar(self.motor, catalogo)

    def filas(self, consulta: str) -> list[tuple[object, ...]]:
        with self.motor.connect() as conexion:
            return [tuple(f) for f in conexion.execute(sa.text(consulta))]

    def usados(self) -> dict[str, int]:
        return {str(codigo): int(str(usados)) for codigo, usados in self.filas("SELECT codigo, usados FROM expertos")}

    def publicado(self) -> list[tuple[dict[str, str], Mensaje]]:
        """Properties and message of each outbox row, in order."""
        with self.motor.connect() as conexion:
            filas = conexion.execute(sa.select(bd.outbox).order_by(bd.outbox.c.id)).mappings()
            return [
                (f["propiedades"], avro.decodificar(REGISTRO[f["propiedades"]["ce_type"]], bytes(f["carga"])))
                for f in filas
            ]

    def pasos(self, id_saga: str | None = None) -> list[tuple[str, str, str]]:
        dichos = [m for _, m in self.publicado() if isinstance(m, sagas.TransicionSaga)]
        return [(p.paso, p.resultado, p.motivo) for p in dichos if id_saga in (None, p.id_saga)]


def _recibido(hecho: HechoSuscripcion, id: str | None) -> Recibido:
    sobre = Sobre.nuevo(hecho, fuente="/saludtech/suscripciones", sujeto=hecho.id_suscripcion, id=id)
    return Recibido(replace(sobre, correlacion=hecho.id_saga), hecho)


@pytest.fixture
def servicio(motor: sa.Engine, catalogo: Catalogo) -> ServicioEnPrueba:
    en_prueba = ServicioEnPrueba(motor)
    en_prueba.catalogar(catalogo)
    return en_prueba


@pytest.fixture
def hecho() -> Callable[[str, int], HechoSuscripcion]:
    """Makes a fact about a subscription by its short name."""

    def hacer(nombre: str, n: int = 1) -> HechoSuscripcion:
        comunes = {"id_suscripcion": f"s-{n}", "id_saga": f"g-{n}", "recursos_requeridos": ("servicio_datos",)}
        match nombre:
            case "creada":
                return SuscripcionCreada(**comunes)
            case "activada":
                return SuscripcionActivada(**comunes)
            case _:
                return SuscripcionRechazada(**comunes, motivo="PLAZO_VENCIDO")

    return hacer
