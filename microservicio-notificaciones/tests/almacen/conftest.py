"""Where closures and deliveries are kept, in memory and on PostgreSQL, behind one face: one suite for both."""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from contratos.notificaciones import SERVICIO_LISTO, TIPOS
from contratos.suscripciones import SuscripcionAprovisionada
from notificaciones.aplicacion.envio import Envio, Politica
from notificaciones.aplicacion.puertos import ColaEnvios, Unidad
from notificaciones.infraestructura import tablas
from notificaciones.infraestructura.envios import CierresSQL, ColaEnviosSQL, EnviosSQL
from notificaciones.infraestructura.repositorio import UnidadNotificaciones
from notificaciones.pruebas.memoria import ColaEnviosMemoria, abrir_en, almacen
from saga.pasos import Saga
from seedwork.aplicacion.unidad import Abrir, abridor
from seedwork.dominio.errores import ReglaViolada
from seedwork.infraestructura import bd
from seedwork.infraestructura.almacen_eventos import FlujosSQL
from seedwork.infraestructura.transaccion_sql import transacciones
from seedwork.pruebas.bases import migrada, vaciar
from seedwork.pruebas.entorno import EntornoSimulado
from seedwork.pruebas.sobres import sobre_nuevo

MIGRACIONES = Path(__file__).parents[2] / "migraciones"
SOBRE = sobre_nuevo(SuscripcionAprovisionada, fuente="/saludtech/suscripciones", sujeto="s-1", traza="00-1-2-01")
AJUSTES: dict[str, Any] = {
    "asuntos": {tipo: tipo for tipo in TIPOS},
    "canal": "CORREO",
    "politica": Politica(plazo_s=48, espera_s=5, pausa_s=0.5),
}


@dataclass
class Mundo:
    """One of the two, empty.

    Attributes:
        pasar: lets seconds go by, for whatever is kept.
    """

    abrir: Abrir
    cola: ColaEnvios
    pasar: Callable[[float], None]

    @contextmanager
    def atendiendo(self) -> Iterator[Unidad]:
        """A unit of work that handles one message."""
        with self.abrir() as unidad, unidad.mensaje(SOBRE):
            yield unidad

    def encolar(self, *ids: str, **otros: Any) -> None:
        """Queue deliveries with these ids, all due now."""
        with self.atendiendo() as unidad:
            for id in ids:
                unidad.envios.agregar(envio(unidad, id, **otros))

    def vigentes(self, id_suscripcion: str = "s-1") -> list[str]:
        """The ids of a subscription's deliveries that are not over, as another unit of work reads them."""
        with self.atendiendo() as unidad:
            return [e.id_notificacion for e in unidad.envios.de_suscripcion(id_suscripcion)]

    def tomar(self, cuantos: int = 10, arriendo_s: float = 15.0, excepto: Collection[str] = ()) -> list[str]:
        """The ids of what was leased, sorted."""
        return sorted(e.id_notificacion for e in self.tomados(cuantos, arriendo_s, excepto))

    def tomados(self, cuantos: int = 10, arriendo_s: float = 15.0, excepto: Collection[str] = ()) -> Sequence[Envio]:
        return self.cola.tomar(cuantos, arriendo_s, excepto)


@contextmanager
def rechazado(unidad: Unidad) -> Iterator[None]:
    """A message that is refused once the block has run."""
    with pytest.raises(ReglaViolada), unidad.mensaje(SOBRE):
        yield
        raise ReglaViolada("DATOS_INVALIDOS")


def envio(unidad: Unidad, id: str, *, suscripcion: str = "s-1", hace_s: float = 0.0) -> Envio:
    """A delivery that has been due for so many seconds."""
    creado = unidad.reloj() - timedelta(seconds=hace_s)
    return Envio(
        id_notificacion=id,
        tipo=SERVICIO_LISTO,
        saga=Saga("g-1", suscripcion, ("servicio_datos", "computo"), ("otro",)),
        paso="NOTIFICAR",
        sobre=replace(SOBRE, sujeto=suscripcion),
        nombre='Íñigo "Zuluaga", Ñáñez',
        direccion="izuluaga@correo.example",
        datos={"nombre": "Íñigo", "plan": "PRO\\", "suscripcion": suscripcion},
        creado=creado,
        leido=creado,
    )


@pytest.fixture(params=["memoria", pytest.param("postgresql", marks=pytest.mark.integracion)])
def mundo(request: pytest.FixtureRequest) -> Mundo:
    hecho: Mundo = request.getfixturevalue(f"mundo_en_{request.param}")
    return hecho


@pytest.fixture
def mundo_en_memoria() -> Mundo:
    entorno = EntornoSimulado()
    propio = almacen(entorno)
    return Mundo(abrir_en(propio, **AJUSTES), ColaEnviosMemoria(propio), entorno.reloj.avanzar)


@pytest.fixture(scope="module")
def url_base(nueva_base_de_modulo: Callable[[str], str]) -> str:
    return migrada(nueva_base_de_modulo("notificaciones"), MIGRACIONES)


@pytest.fixture
def mundo_en_postgresql(url_base: str) -> Iterator[Mundo]:
    motor = bd.crear_motor(url_base)
    vaciar(motor, ["envios", "sagas", "suscripciones"])

    def fabrica(transaccion: Any) -> UnidadNotificaciones:
        return UnidadNotificaciones(
            transaccion, flujos=lambda t: FlujosSQL(t.conexion), cierres=CierresSQL, envios=EnviosSQL, **AJUSTES
        )

    def pasar(segundos: float) -> None:
        """What is kept was kept so much earlier."""
        with motor.begin() as conexion:
            instantes = ("creado", "proximo", "tomado_hasta")
            antes = {c: tablas.envios.c[c] - timedelta(seconds=segundos) for c in instantes}
            conexion.execute(sa.update(tablas.envios).values(antes))

    abrir = abridor(transacciones(motor, tablas.METADATOS, EntornoSimulado()), fabrica)
    yield Mundo(abrir, ColaEnviosSQL(motor), pasar)
    motor.dispose()
