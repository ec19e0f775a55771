"""What the quotas' service answers to each fact of a saga, in whatever order they come."""

from collections.abc import Sequence
from typing import Any

import pytest

from computo.aplicacion.manejadores import MANEJADORES
from computo.dominio.reserva import Reserva
from computo.infraestructura.despachadores import DESPACHADORES
from contratos import Mensaje, sagas, suscripciones
from seedwork.aplicacion.saga import Saga
from seedwork.pruebas.memoria import EnMemoria, UnidadEnMemoria


class ReservasEnMemoria(EnMemoria[Reserva]):
    def de_saga(self, saga: Saga) -> Reserva:
        if saga.id not in self.todos:
            self.agregar(Reserva(id=saga.id, id_suscripcion=saga.id_suscripcion))
        return self.leer(saga.id)

    def vivas_de(self, id_suscripcion: str) -> Sequence[Reserva]:
        return [r for r in self.todos.values() if r.id_suscripcion == id_suscripcion and r.viva]


class ExistenciasEnMemoria:
    libres = 1

    def tomar(self) -> bool:
        if not self.libres:
            return False
        self.libres -= 1
        return True

    def devolver(self) -> None:
        self.libres += 1


class Unidad(UnidadEnMemoria):
    def __init__(self) -> None:
        super().__init__("computo", DESPACHADORES)
        self.reservas = ReservasEnMemoria()
        self.existencias = ExistenciasEnMemoria()

    def oye(self, nombre: str, n: int = 1, saga: str = "g", **campos: Any) -> list[str]:
        """Hear a fact about the n-th subscription, and answer the steps told of it."""
        tipo: type[Mensaje] = getattr(suscripciones, nombre)
        antes = len(self.publicado)
        comunes = {"id_suscripcion": f"s-{n}", "id_saga": f"{saga}-{n}", "recursos_requeridos": ("otro", "computo")}
        MANEJADORES[tipo](tipo(**{**comunes, **campos}), self)
        self.recolectar(self.reservas)
        dichos = [p.mensaje for p in self.publicado[antes:] if isinstance(p.mensaje, sagas.TransicionSaga)]
        return [f"{p.paso} {p.resultado}{p.motivo and f' {p.motivo}'}" for p in dichos]


SOLTAR: dict[str, Any] = {"saga": "h", "recursos_requeridos": (), "recursos_liberados": ("computo",)}
AJENA: dict[str, Any] = {"saga": "h", "recursos_requeridos": ("otro",)}


@pytest.fixture
def unidad() -> Unidad:
    return Unidad()


def test_de_la_reserva_a_la_cancelacion(unidad: Unidad) -> None:
    assert unidad.oye("SuscripcionCreada") == ["RESERVAR HECHO"]
    assert unidad.oye("SuscripcionActivada") == ["INICIAR HECHO"]
    assert unidad.oye("SuscripcionCancelada") == ["LIBERAR HECHO"]
    assert unidad.existencias.libres == 1
    assert [type(p.mensaje).__name__ for p in unidad.publicado].count("ComputoReservado") == 1


@pytest.mark.parametrize("causa", ["SuscripcionCreada", "CambioPlanIniciado"])
@pytest.mark.parametrize("deshace", ["SuscripcionRechazada", "CambioPlanRechazado", "SuscripcionCancelada"])
def test_deshacer_antes_o_despues_de_la_causa(unidad: Unidad, causa: str, deshace: str) -> None:
    assert unidad.oye(causa, 1) == ["RESERVAR HECHO"]
    assert unidad.oye(deshace, 1) == ["LIBERAR HECHO"]
    assert unidad.oye(deshace, 2) == ["LIBERAR OMITIDO NADA_QUE_LIBERAR"]
    assert unidad.oye(causa, 2) == ["RESERVAR OMITIDO SAGA_CERRADA"]
    for n in (1, 2):
        assert unidad.oye(causa, n) == unidad.oye(deshace, n) == []
        assert unidad.oye("SuscripcionActivada", n) == ["INICIAR OMITIDO SAGA_CERRADA"]
    assert unidad.existencias.libres == 1


def test_sin_cuotas_se_rechaza_y_no_hay_nada_que_devolver(unidad: Unidad) -> None:
    unidad.oye("SuscripcionCreada", 1)
    assert unidad.oye("SuscripcionCreada", 2) == ["RESERVAR RECHAZADO SIN_CAPACIDAD"]
    assert unidad.oye("SuscripcionRechazada", 2) == ["LIBERAR OMITIDO NADA_QUE_LIBERAR"]
    assert unidad.existencias.libres == 0


def test_un_plan_que_ya_no_lo_requiere_lo_devuelve_una_vez(unidad: Unidad) -> None:
    unidad.oye("SuscripcionCreada")
    unidad.oye("SuscripcionActivada")
    assert unidad.oye("CambioPlanIniciado", **SOLTAR) == []
    assert unidad.oye("SuscripcionPlanModificado", **SOLTAR) == ["LIBERAR HECHO"]
    assert unidad.oye("SuscripcionPlanModificado", **SOLTAR) == unidad.oye("SuscripcionCancelada", **SOLTAR) == []
    assert unidad.existencias.libres == 1


def test_un_cambio_rechazado_deja_lo_que_el_plan_en_vigor_tiene(unidad: Unidad) -> None:
    unidad.oye("SuscripcionCreada")
    unidad.oye("SuscripcionActivada")
    for cambio in (SOLTAR, AJENA):
        assert unidad.oye("CambioPlanRechazado", **cambio) == []
    assert unidad.existencias.libres == 0
    assert unidad.oye("SuscripcionCancelada", **AJENA) == ["LIBERAR HECHO"], "whichever saga reserved it"
    assert unidad.existencias.libres == 1


@pytest.mark.parametrize("nombre", [tipo.__name__ for tipo in MANEJADORES])
def test_una_saga_ajena_no_recibe_respuesta_ni_deja_rastro(unidad: Unidad, nombre: str) -> None:
    assert unidad.oye(nombre, **AJENA) == []
    assert unidad.reservas.todos == {}


def test_lo_que_estaba_en_su_poder_segun_la_cancelacion_tiene_respuesta(unidad: Unidad) -> None:
    assert unidad.oye("SuscripcionCancelada", **AJENA, recursos_en_poder=("computo",)) == [
        "LIBERAR OMITIDO NADA_QUE_LIBERAR"
    ]
