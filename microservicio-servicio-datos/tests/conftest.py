"""What arrives at the service, in its envelope; and an empty PostgreSQL for who asks for one."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from contratos.procesamiento import ImagenAnonimizada
from contratos.servicio_datos import (
    AsignarExperto,
    CrearServicioDatos,
    DatasetPedido,
    IniciarServicioDatos,
    NubePedida,
    SuscripcionPedida,
    TerminarServicioDatos,
)
from contratos.suscripciones import (
    CambioPlanIniciado,
    CambioPlanRechazado,
    SuscripcionActivada,
    SuscripcionCancelada,
    SuscripcionCreada,
    SuscripcionPlanModificado,
    SuscripcionRechazada,
)
from plataforma.proveedores import Fabrica
from seedwork.aplicacion.entorno import EntornoReal
from seedwork.aplicacion.recibido import Recibido
from seedwork.aplicacion.unidad import Abrir, abridor
from seedwork.infraestructura import bd
from seedwork.infraestructura.transaccion_sql import transacciones
from seedwork.pruebas.bases import migrada, vaciar
from seedwork.pruebas.sobres import recibido, sobre_nuevo
from servicio_datos.dominio.catalogo import Catalogo, Dataset, Experto, Nube
from servicio_datos.infraestructura import tablas
from servicio_datos.infraestructura.existencias import RecursosSQL
from servicio_datos.infraestructura.imagenes import ImagenesSQL
from servicio_datos.infraestructura.repositorio import UnidadServicioDatos

# Type, default sequence, and what the type has besides.
HECHOS: dict[str, tuple[Any, int, dict[str, str]]] = {
    "creada": (SuscripcionCreada, 1, {}),
    "activada": (SuscripcionActivada, 3, {}),
    "rechazada": (SuscripcionRechazada, 3, {"motivo": "PLAZO_VENCIDO"}),
    "cambio": (CambioPlanIniciado, 5, {}),
    "modificado": (SuscripcionPlanModificado, 7, {}),
    "cambio rechazado": (CambioPlanRechazado, 7, {"motivo": "PLAZO_VENCIDO"}),
    "cancelada": (SuscripcionCancelada, 9, {"motivo": "CANCELADA_POR_CLIENTE"}),
}
ORDENES: dict[str, Any] = {
    "iniciar": IniciarServicioDatos,
    "asignar": AsignarExperto,
    "terminar": TerminarServicioDatos,
}
MIGRACIONES = Path(__file__).parents[1] / "migraciones"
_TODAS = [*bd.METADATOS.tables, *tablas.METADATOS.tables]


@pytest.fixture
def hecho() -> Callable[..., Recibido]:
    """Makes a fact about subscription ``s-<n>`` by its short name; ``cambios`` are further fields of its."""

    def hacer(
        nombre: str,
        n: int = 1,
        *,
        saga: str | None = None,
        recursos: tuple[str, ...] = ("servicio_datos",),
        secuencia: int | None = None,
        id: str | None = None,
        **cambios: Any,
    ) -> Recibido:
        tipo, por_defecto, propios = HECHOS[nombre]
        campos = {"id_suscripcion": f"s-{n}", "id_saga": saga or f"g-{n}", "recursos_requeridos": recursos}
        mensaje = tipo(**campos, **propios, **cambios)
        sobre = sobre_nuevo(mensaje, fuente="/saludtech/suscripciones", sujeto=mensaje.id_suscripcion, id=id)
        return recibido(replace(sobre, correlacion=mensaje.id_saga, secuencia=secuencia or por_defecto), mensaje)

    return hacer


@pytest.fixture
def imagen() -> Callable[..., Recibido]:
    """Makes the ImagenAnonimizada of image ``i-<n>``."""

    def hacer(n: int, modalidad: str = "Rayos X") -> Recibido:
        mensaje = ImagenAnonimizada(id_imagen=f"i-{n}", modalidad=modalidad)
        sobre = sobre_nuevo(mensaje, fuente="/saludtech/procesamiento", sujeto=mensaje.id_imagen)
        return recibido(replace(sobre, secuencia=1), mensaje)

    return hacer


@pytest.fixture
def orden() -> Callable[..., Recibido]:
    """Makes a command about a data service by its short name: ``iniciar``, ``asignar``, ``terminar``."""

    def hacer(nombre: str, id_servicio: str, **campos: Any) -> Recibido:
        return ordenar(id_servicio, ORDENES[nombre](**{"id_servicio_datos": id_servicio, **campos}))

    return hacer


@pytest.fixture
def crear() -> Callable[..., Recibido]:
    """Makes a CrearServicioDatos for subscription ``s-<n>``."""

    def hacer(
        id: str, n: int = 1, *, experto: str = "e1", nube: str = "n1", dataset: str = "d1", **campos: Any
    ) -> Recibido:
        pedido = {
            "suscripcion": SuscripcionPedida(codigo=f"s-{n}"),
            "experto_codigo": experto,
            "nube": NubePedida(codigo=nube),
            "dataset": DatasetPedido(codigo=dataset),
        }
        return ordenar(id, CrearServicioDatos(**{**pedido, **campos}))

    return hacer


def ordenar(sujeto: str, comando: Any) -> Recibido:
    return recibido(sobre_nuevo(comando, fuente="/saludtech/bff", sujeto=sujeto), comando)


@pytest.fixture(scope="module")
def url_base(nueva_base_de_modulo: Fabrica) -> str:
    return migrada(nueva_base_de_modulo("servicio_datos"), MIGRACIONES)


@pytest.fixture
def motor(url_base: str) -> Iterator[sa.Engine]:
    """An engine of the test's own on the module's database, emptied."""
    motor = bd.crear_motor(url_base, conexiones=16)
    vaciar(motor, _TODAS)
    yield motor
    motor.dispose()


@pytest.fixture(name="vaciar")
def vaciar_otra_vez(motor: sa.Engine) -> Callable[[], None]:
    """Empties it once more."""
    return lambda: vaciar(motor, _TODAS)


@pytest.fixture
def catalogo() -> Catalogo:
    """Four experts with five places each, and two data sets, of which one says what images it is made of."""
    return Catalogo(
        expertos=tuple(Experto(codigo=f"e{i}", nombres="Ana", apellidos="Ruiz", capacidad=5) for i in range(4)),
        nubes=(Nube(codigo="n1", nombre="Andes", tipo="PRIVADA"),),
        datasets=(Dataset(codigo="d1", nombre="Tórax", modalidad="rayos x"), Dataset(codigo="d2", nombre="Ecografía")),
    )


@pytest.fixture
def abrir(motor: sa.Engine) -> Abrir:
    """Opens the service's units of work there."""
    empezar = transacciones(motor, tablas.METADATOS, EntornoReal())
    return abridor(empezar, lambda t: UnidadServicioDatos(t, RecursosSQL, ImagenesSQL))
