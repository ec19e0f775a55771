"""This service's unit of work in memory."""

import pytest

from contratos import sagas
from seedwork.aplicacion.bus import Recibido
from seedwork.aplicacion.saga import Saga
from seedwork.pruebas.memoria import EnMemoria, UnidadEnMemoria
from servicio_datos.aplicacion.manejadores import MANEJADORES
from servicio_datos.dominio.participacion import Participacion
from servicio_datos.dominio.servicio_datos import ServicioDatos
from servicio_datos.dominio.suscripcion_conocida import SuscripcionConocida
from servicio_datos.infraestructura.despachadores import DESPACHADORES


class ServiciosEnMemoria(EnMemoria[ServicioDatos]):
    def vivo_de(self, id_suscripcion: str) -> ServicioDatos | None:
        return next((s for s in self.todos.values() if s.id_suscripcion == id_suscripcion and s.vivo), None)


class SuscripcionesEnMemoria(EnMemoria[SuscripcionConocida]):
    def de(self, id: str) -> SuscripcionConocida:
        return self.todos.setdefault(id, SuscripcionConocida(id=id))


class ParticipacionesEnMemoria(EnMemoria[Participacion]):
    def de_saga(self, saga: Saga) -> Participacion:
        return self.todos.setdefault(saga.id, Participacion(id=saga.id, id_suscripcion=saga.id_suscripcion))


class RecursosEnMemoria:
    """``lugares`` are the free places of each expert; any of them that has one is taken, in their order."""

    def __init__(self) -> None:
        self.lugares = {"e1": 1}
        self.nubes = ["n1"]
        self.datasets = ["d1"]

    @property
    def libres(self) -> int:
        return sum(self.lugares.values())

    def elegir_nube(self) -> str | None:
        return next(iter(self.nubes), None)

    def elegir_dataset(self) -> str | None:
        return next(iter(self.datasets), None)

    def tiene_experto(self, codigo: str) -> bool:
        return codigo in self.lugares

    def tiene_nube(self, codigo: str) -> bool:
        return codigo in self.nubes

    def tiene_dataset(self, codigo: str) -> bool:
        return codigo in self.datasets

    def tomar_experto(self) -> str | None:
        return next((codigo for codigo in self.lugares if self.tomar_a(codigo)), None)

    def tomar_a(self, codigo: str) -> bool:
        if not self.lugares[codigo]:
            return False
        self.lugares[codigo] -= 1
        return True

    def devolver_experto(self, codigo: str) -> None:
        self.lugares[codigo] += 1


class ImagenesEnMemoria:
    def __init__(self) -> None:
        self.contadas: list[str] = []

    def contar(self, modalidad: str) -> None:
        self.contadas.append(modalidad)


class Unidad(UnidadEnMemoria):
    def __init__(self) -> None:
        super().__init__("servicio-datos", DESPACHADORES)
        self.suscripciones = SuscripcionesEnMemoria()
        self.servicios = ServiciosEnMemoria()
        self.participaciones = ParticipacionesEnMemoria()
        self.recursos = RecursosEnMemoria()
        self.imagenes = ImagenesEnMemoria()

    def recibir(self, *recibidos: Recibido) -> str | None:
        """Handle them, in order; answers the reason for which the last one was refused."""
        rechazo = None
        for recibido in recibidos:
            self.sobre = recibido.sobre
            rechazo = MANEJADORES[type(recibido.mensaje)](recibido.mensaje, self)
            self.recolectar(self.servicios)
        return rechazo

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
