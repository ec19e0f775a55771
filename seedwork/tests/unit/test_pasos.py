"""A step of a saga is kept for ever: its reason is a code, never somebody's words."""

from typing import Any

import pytest

from contratos import motivos, sagas
from saga.pasos import Saga, publicar_paso
from seedwork.aplicacion.entorno import EntornoReal

SAGA = Saga("g-1", "s-1")


class _Unidad:
    participante = "alguien"
    entorno = EntornoReal()

    def __init__(self) -> None:
        self.publicado: list[Any] = []

    def publicar(self, mensaje: Any, *, sujeto: str) -> None:
        self.publicado.append(mensaje)


@pytest.mark.parametrize("motivo", ["", motivos.SIN_CAPACIDAD])
def test_un_paso_lleva_un_motivo_de_la_lista_o_ninguno(motivo: str) -> None:
    unidad: Any = _Unidad()
    publicar_paso(unidad, SAGA, sagas.RECHAZAR, motivo=motivo)
    assert [p.motivo for p in unidad.publicado] == [motivo]


def test_un_motivo_que_no_es_de_la_lista_no_se_publica_ni_se_cita() -> None:
    unidad: Any = _Unidad()
    with pytest.raises(ValueError, match="lista cerrada") as error:
        publicar_paso(unidad, SAGA, sagas.RECHAZAR, motivo="porque Ana lo pidió")
    assert "Ana" not in str(error.value)
    assert unidad.publicado == []


def test_lo_que_dice_un_participante_mas_nuevo_se_vuelve_un_codigo_conocido() -> None:
    assert motivos.de_la_lista(motivos.SIN_NUBE) == motivos.SIN_NUBE
    assert motivos.de_la_lista("un código de mañana") == motivos.RECHAZO_DE_PARTICIPANTE
    assert motivos.de_la_lista("") == motivos.RECHAZO_DE_PARTICIPANTE
