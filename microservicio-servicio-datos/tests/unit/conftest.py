"""A unit of work in memory, small enough to be read at a glance."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeVar

import pytest

from contratos import Mensaje, sagas
from contratos.suscripciones import HechoSuscripcion, SuscripcionActivada, SuscripcionCreada, SuscripcionRechazada
from seedwork.aplicacion.saga import Saga
from seedwork.aplicacion.sobre import Sobre
from servicio_datos.aplicacion.manejadores import MANEJADORES
from servicio_datos.dominio.participacion import Participacion
from servicio_datos.dominio.servicio_datos import ServicioDatos
from servicio_datos.infraestructura.despachadores import DESPACHADORES

M = TypeVar("M", bound=Mensaje)


class ServiciosEnMemoria:
    def __init__(self) -> None:
        self.todos: list[ServicioDatos] = []

    def vivo_de(self, id_suscripcion: str) -> ServicioDatos | None:
        return next((s for s in self.todos if s.id_suscripcion == id_suscripcion and s.vivo), None)

    def agregar(self, servicio: ServicioDatos) -> None:
        assert servicio.id not in {s.id for s in self.todos}
        self.todos.append(servicio)


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


class UnidadEnMemoria:
    """Also keeps what was published, as (subject, sequence, message)."""

    participante = "servicio-datos"

    def __init__(self) -> None:
        self.servicios = ServiciosEnMemoria()
        self.participaciones = ParticipacionesEnMemoria()
        self.recursos = RecursosEnMemoria()
        self.publicado: list[tuple[str, int | None, Mensaje]] = []
        self.sobre = Sobre.nuevo(SuscripcionCreada, fuente="/saludtech/suscripciones", sujeto="s-1")

    def reloj(self) -> datetime:
        return datetime.now(UTC)

    def publicar(self, mensaje: Mensaje, *, sujeto: str, secuencia: int | None = None) -> None:
        self.publicado.append((sujeto, secuencia, mensaje))

    def recibir(self, *hechos: Mensaje) -> None:
        for hecho in hechos:
            assert MANEJADORES[type(hecho)](hecho, self) is None
            for servicio in self.servicios.todos:
                for evento in servicio.extraer_eventos():
                    despachar = DESPACHADORES[type(evento)]
                    assert despachar is not None
                    servicio.secuencia += 1
                    self.publicar(despachar(evento), sujeto=servicio.id, secuencia=servicio.secuencia)

    def pasos(self, id_saga: str = "g-1") -> list[tuple[str, str, str]]:
        """Step, result and reason of each step told in the saga."""
        dichos = [m for m in self.de_tipo(sagas.TransicionSaga) if m.id_saga == id_saga]
        assert all(p.participante == "servicio-datos" and p.recurso == "servicio_datos" for p in dichos)
        assert all(p.compensacion == (p.paso == "LIBERAR") for p in dichos)
        return [(p.paso, p.resultado, p.motivo) for p in dichos]

    def de_tipo(self, tipo: type[M]) -> list[M]:
        return [m for _, _, m in self.publicado if isinstance(m, tipo)]

    def eventos(self) -> list[str]:
        return [type(m).__name__ for _, _, m in self.publicado if not isinstance(m, sagas.TransicionSaga)]


@pytest.fixture
def unidad() -> UnidadEnMemoria:
    return UnidadEnMemoria()


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
