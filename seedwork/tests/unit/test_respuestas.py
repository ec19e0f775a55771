"""The contract of queries, and the yardstick that answers are held to."""

import copy
from typing import Any

import pytest

from contratos.consultas import Consulta, Respuesta
from contratos.consultas.base import REGISTRO, Id, campo, filtro
from contratos.consultas.suscripciones import ListarSuscripciones, Suscripcion
from seedwork.infraestructura import bd
from seedwork.infraestructura.consultas import Lista
from seedwork.pruebas.respuestas import exigir, faltas

PUBLICADAS = [consulta for consulta in REGISTRO if consulta.__module__.startswith("contratos.")]


@pytest.mark.parametrize("consulta", PUBLICADAS, ids=lambda consulta: consulta.__name__)
def test_el_ejemplo_de_cada_respuesta_cumple_el_contrato(consulta: type[Consulta]) -> None:
    assert exigir(consulta.ruta, consulta.respuesta.ejemplo()) is consulta


@pytest.mark.parametrize(
    ("camino", "valor"),
    [
        ("estado", "OTRO"),
        ("motivo", 1),
        ("id_suscripcion", None),
        ("cliente", None),
        ("cliente", "0001"),
        ("facturas", None),
        ("facturas", {}),
        ("facturas", [{}]),
        ("cliente.rut.numero", 123),
        ("otro", "x"),
        ("plan.otro", None),
    ],
)
def test_lo_que_no_es_del_contrato_se_nota(camino: str, valor: Any) -> None:
    cuerpo = copy.deepcopy(Suscripcion.ejemplo())
    *padres, ultimo = camino.split(".")
    objeto = cuerpo
    for padre in padres:
        objeto = objeto[padre]
    objeto[ultimo] = valor
    assert len(list(faltas(Suscripcion, cuerpo, "S"))) >= 1


def test_un_campo_de_menos_o_en_otro_lugar_se_nota() -> None:
    cuerpo = Suscripcion.ejemplo()
    detalle = cuerpo.pop("detalle")
    assert list(faltas(Suscripcion, cuerpo, "S"))
    assert list(faltas(Suscripcion, {**cuerpo, "detalle": detalle}, "S"))


def test_un_verdadero_no_es_un_numero() -> None:
    assert list(faltas(int, True, "x"))
    assert list(faltas(bool, 1, "x"))


def test_una_respuesta_no_dice_sus_valores_en_un_registro() -> None:
    assert "Pablo" not in repr(Suscripcion(**Suscripcion.ejemplo()))


def test_una_ruta_lleva_ids_que_son_campos_y_es_de_una_sola_consulta() -> None:
    class Nada(Respuesta):
        """Nada."""

    with pytest.raises(TypeError, match="id que no es campo"):

        class SinId(Consulta, contexto="pruebas", ruta="/pruebas/{id_nada}", respuesta=Nada):
            """Sin id."""

    with pytest.raises(TypeError, match="otra consulta ya tiene su ruta"):

        class Repetida(Consulta, contexto="pruebas", ruta="/planes", respuesta=Nada):
            """Repetida."""

    class Buena(Consulta, contexto="pruebas", ruta="/pruebas/{id_nada}/buena", respuesta=Nada):
        """Buena."""

        id_nada: Id = campo("Cuál.")
        color: Id | None = filtro("De qué color.")

    try:
        assert Buena.parametros == ("color",)
        assert exigir("/pruebas/1/buena", {}) is Buena
    finally:
        REGISTRO.remove(Buena)


@pytest.mark.parametrize("filtros", [(), ("cliente", "estado"), ("cliente", "estado", "plan", "color")])
def test_una_lista_tiene_una_columna_por_parametro_del_contrato(filtros: tuple[str, ...]) -> None:
    """A parameter that its owner forgot would be passed over; so the process does not start."""
    columna = bd.comandos.c.tipo
    with pytest.raises(TypeError, match="ListarSuscripciones se pregunta por"):
        Lista(ListarSuscripciones, bd.comandos.select(), columna, dict.fromkeys(filtros, columna))
