"""What the quotas' service answers to each fact of a saga, in whatever order they come."""

from typing import Any

import pytest

from computo.aplicacion.manejadores import MANEJADORES
from computo.pruebas.memoria import abrir_en, almacen
from contratos import Mensaje, sagas, suscripciones
from seedwork.pruebas.casa import CasaEnMemoria
from seedwork.pruebas.entorno import EntornoSimulado


class Casa(CasaEnMemoria):
    """It has one quota to give."""

    def __init__(self) -> None:
        propio = almacen(EntornoSimulado(), 1)
        super().__init__("computo", propio, abrir_en(propio), MANEJADORES)

    @property
    def libres(self) -> int:
        (fila,) = self.filas("existencias")
        return int(fila["capacidad"] - fila["usados"])

    def oye(self, nombre: str, n: int = 1, saga: str = "g", **campos: Any) -> list[str]:
        """Hear a fact about the n-th subscription, and answer the steps told of it."""
        tipo: type[Mensaje] = getattr(suscripciones, nombre)
        comunes = {"id_suscripcion": f"s-{n}", "id_saga": f"{saga}-{n}", "recursos_requeridos": ("otro", "computo")}
        self.nuevos()
        self.procesar(self.recibido(tipo(**{**comunes, **campos}), "suscripciones", sujeto=f"s-{n}"))
        dichos = [d.carga for d in self.nuevos() if isinstance(d.carga, sagas.TransicionSaga)]
        return [f"{p.paso} {p.resultado}{p.motivo and f' {p.motivo}'}" for p in dichos]


SOLTAR: dict[str, Any] = {"saga": "h", "recursos_requeridos": (), "recursos_liberados": ("computo",)}
AJENA: dict[str, Any] = {"saga": "h", "recursos_requeridos": ("otro",)}


@pytest.fixture
def casa() -> Casa:
    return Casa()


def test_de_la_reserva_a_la_cancelacion(casa: Casa) -> None:
    assert casa.oye("SuscripcionCreada") == ["RESERVAR HECHO"]
    assert casa.oye("SuscripcionActivada") == ["INICIAR HECHO"]
    assert casa.oye("SuscripcionCancelada") == ["LIBERAR HECHO"]
    assert casa.libres == 1
    assert [type(d.carga).__name__ for d in casa.dichos].count("ComputoReservado") == 1


@pytest.mark.parametrize("causa", ["SuscripcionCreada", "CambioPlanIniciado"])
@pytest.mark.parametrize("deshace", ["SuscripcionRechazada", "CambioPlanRechazado", "SuscripcionCancelada"])
def test_deshacer_antes_o_despues_de_la_causa(casa: Casa, causa: str, deshace: str) -> None:
    assert casa.oye(causa, 1) == ["RESERVAR HECHO"]
    assert casa.oye(deshace, 1) == ["LIBERAR HECHO"]
    assert casa.oye(deshace, 2) == ["LIBERAR OMITIDO NADA_QUE_LIBERAR"]
    assert casa.oye(causa, 2) == ["RESERVAR OMITIDO SAGA_CERRADA"]
    for n in (1, 2):
        assert casa.oye(causa, n) == casa.oye(deshace, n) == []
        assert casa.oye("SuscripcionActivada", n) == ["INICIAR OMITIDO SAGA_CERRADA"]
    assert casa.libres == 1


def test_sin_cuotas_se_rechaza_y_no_hay_nada_que_devolver(casa: Casa) -> None:
    casa.oye("SuscripcionCreada", 1)
    assert casa.oye("SuscripcionCreada", 2) == ["RESERVAR RECHAZADO SIN_CAPACIDAD"]
    assert casa.oye("SuscripcionRechazada", 2) == ["LIBERAR OMITIDO NADA_QUE_LIBERAR"]
    assert casa.libres == 0


def test_un_plan_que_ya_no_lo_requiere_lo_devuelve_una_vez(casa: Casa) -> None:
    casa.oye("SuscripcionCreada")
    casa.oye("SuscripcionActivada")
    assert casa.oye("CambioPlanIniciado", **SOLTAR) == []
    assert casa.oye("SuscripcionPlanModificado", **SOLTAR) == ["LIBERAR HECHO"]
    assert casa.oye("SuscripcionPlanModificado", **SOLTAR) == casa.oye("SuscripcionCancelada", **SOLTAR) == []
    assert casa.libres == 1


def test_un_cambio_rechazado_deja_lo_que_el_plan_en_vigor_tiene(casa: Casa) -> None:
    casa.oye("SuscripcionCreada")
    casa.oye("SuscripcionActivada")
    for cambio in (SOLTAR, AJENA):
        assert casa.oye("CambioPlanRechazado", **cambio) == []
    assert casa.libres == 0
    assert casa.oye("SuscripcionCancelada", **AJENA) == ["LIBERAR HECHO"], "whichever saga reserved it"
    assert casa.libres == 1


@pytest.mark.parametrize("nombre", [tipo.__name__ for tipo in MANEJADORES])
def test_una_saga_ajena_no_recibe_respuesta_ni_deja_rastro(casa: Casa, nombre: str) -> None:
    assert casa.oye(nombre, **AJENA) == []
    assert casa.filas("reservas") == []


def test_lo_que_estaba_en_su_poder_segun_la_cancelacion_tiene_respuesta(casa: Casa) -> None:
    assert casa.oye("SuscripcionCancelada", **AJENA, recursos_en_poder=("computo",)) == [
        "LIBERAR OMITIDO NADA_QUE_LIBERAR"
    ]
