"""This service's unit of work in memory."""

from collections.abc import Callable

import pytest

from contratos import Mensaje, sagas
from contratos.suscripciones import HechoSuscripcion, SuscripcionActivada, SuscripcionCreada, SuscripcionRechazada
from seedwork.aplicacion.saga import Saga
from seedwork.pruebas.memoria import EnMemoria, UnidadEnMemoria
from servicio_datos.aplicacion.manejadores import MANEJADORES
from servicio_datos.dominio.participacion import Participacion
from servicio_datos.dominio.servicio_datos import ServicioDatos
from servicio_datos.infraestructura.despachadores import DESPACHADORES


class ServiciosEnMemoria(EnMemoria[ServicioDatos]):
    def vivo_de(self, id_suscripcion: str) -> ServicioDatos | None:
        return next((s for s in self.todos.values() if s.id_suscripcion == id_suscripcion and s.vivo), None)


class ParticipacionesEnMemoria:
    def __init__(self) -> None:
        self.por_saga: dict[str, Participacion] = {}

    def de_saga(self, saga: Saga) -> Participacion:
        nueva = Participacion(id=saga.id, id_suscripcion=saga.id_suscripcion)
        return self.por_saga.setdefault(saga.id, nueva)


class RecursosEnMemoria:
    def __init__(self) -> None:
        self.libres = 1
        self.nube: str | None = "nube-1"
        self.dataset: str | None = "dataset-1"

    def elegir_nube(self) -> str | None:
        return self.nube

    def elegir_dataset(self) -> str | None:
        return self.dataset

    def tomar_experto(self) -> str | None:
        if not self.libres:
            return None
        self.libres -= 1
        return "experto-1"

    def devolver_experto(self, codigo: str) -> None:
        assert codigo == "experto-1"
        self.libres += 1


class Unidad(UnidadEnMemoria):
    def __init__(self) -> None:
        super().__init__("servicio-datos", DESPACHADORES)
        self.servicios = ServiciosEnMemoria()
        self.participaciones = ParticipacionesEnMemoria()
        self.recursos = RecursosEnMemoria()

    def recibir(self, *hechos: Mensaje) -> None:
        for hecho in hechos:
            assert MANEJADORES[type(hecho)](hecho, self) is None
            self.recolectar(self.servicios)

    @property
    def el_servicio(self) -> ServicioDatos:
        (unico,) = self.servicios.todos.values()
        return unico

    def pasos(self, id_saga: str = "g-1") -> list[tuple[str, str, str]]:
        """Step, result and reason of each step told in the saga."""
        dichos = [m for m in self.de_tipo(sagas.TransicionSaga) if m.id_saga == id_saga]
        assert all(p.participante == "servicio-datos" and p.recurso == "servicio_datos" for p in dichos)
        assert all(p.compensacion == (p.paso == "LIBERAR") for p in dichos)
        return [(p.paso, p.resultado, p.motivo) for p in dichos]

    def eventos(self) -> list[str]:
        return [type(m).__name__ for m, _, _ in self.publicado if not isinstance(m, sagas.TransicionSaga)]


@pytest.fixture
def unidad() -> Unidad:
    return Unidad()


@pytest.fixture
def hecho() -> Callable[..., HechoSuscripcion]:
    """Makes a fact about a subscription by its short name."""
    tipos = {"creada": SuscripcionCreada, "activada": SuscripcionActivada, "rechazada": SuscripcionRechazada}

    def hacer(
        nombre: str, n: int = 1, *, id_saga: str | None = None, recursos: tuple[str, ...] = ("servicio_datos",)
    ) -> HechoSuscripcion:
        motivo = {"motivo": "PLAZO_VENCIDO"} if nombre == "rechazada" else {}
        id_saga = id_saga or f"g-{n}"
        return tipos[nombre](id_suscripcion=f"s-{n}", id_saga=id_saga, recursos_requeridos=recursos, **motivo)

    return hacer
