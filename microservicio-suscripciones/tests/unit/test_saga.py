"""The saga's fold: the same end in whatever order its steps arrive."""

from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suscripciones.dominio.saga import COMPENSADA, COMPLETADA, EN_CURSO, Paso, estado

_numeros = count()


def paso(nombre: str, recurso: str = "", resultado: str = "HECHO", r: tuple[str, ...] = ("a", "b")) -> Paso:
    return Paso(
        id=str(next(_numeros)),
        id_saga="g",
        paso=nombre,
        servicio="x",
        recurso=recurso,
        requeridos=r,
        liberados=("v",) if nombre == "CAMBIAR" else (),
        resultado=resultado,
        motivo="",
        compensacion=nombre in ("LIBERAR", "AVISAR"),
        ocurrido="",
    )


COMPLETA = [
    paso("CREAR"),
    paso("RESERVAR", "a"),
    paso("RESERVAR", "b"),
    paso("NOTIFICAR"),
    paso("ACTIVAR"),
    paso("INICIAR", "a"),
    paso("INICIAR", "b"),
]
DESHECHA = [
    paso("CREAR"),
    paso("RESERVAR", "a"),
    paso("RESERVAR", "b", "RECHAZADO"),
    paso("RECHAZAR"),
    paso("LIBERAR", "a"),
    paso("LIBERAR", "b", "OMITIDO"),
    paso("AVISAR"),
]


@given(st.permutations(COMPLETA))
def test_completa_en_cualquier_orden(pasos: list[Paso]) -> None:
    assert estado(pasos) == COMPLETADA


@given(st.permutations(DESHECHA))
def test_deshecha_en_cualquier_orden(pasos: list[Paso]) -> None:
    assert estado(pasos) == COMPENSADA


@given(st.sets(st.sampled_from(COMPLETA[4:]), max_size=2))
def test_sin_todos_los_inicios_o_sin_activar_sigue_en_curso(presentes: set[Paso]) -> None:
    assert estado([*COMPLETA[:4], *presentes]) == EN_CURSO


@pytest.mark.parametrize("falta", range(3, 6))
def test_sin_rechazo_o_sin_todas_las_devoluciones_sigue_en_curso(falta: int) -> None:
    assert estado(DESHECHA[:falta] + DESHECHA[falta + 1 :]) == EN_CURSO


def test_un_inicio_que_no_se_hizo_no_completa() -> None:
    assert estado([*COMPLETA[:6], paso("INICIAR", "b", "OMITIDO")]) == EN_CURSO


def test_lo_completado_no_se_deshace_por_lo_que_venga_despues() -> None:
    assert estado([*COMPLETA, paso("CANCELAR"), paso("LIBERAR", "a"), paso("LIBERAR", "b")]) == COMPLETADA


def test_un_plan_sin_recursos_completa_con_activar() -> None:
    assert estado([paso("CREAR", r=()), paso("ACTIVAR", r=())]) == COMPLETADA


def test_un_cambio_completa_cuando_tambien_se_liberó_lo_viejo() -> None:
    cambio = [paso("CAMBIAR", r=()), paso("ACTIVAR", r=())]
    assert estado(cambio) == EN_CURSO
    assert estado([*cambio, paso("LIBERAR", "v", r=())]) == COMPLETADA
