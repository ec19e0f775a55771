"""What the trail is told of a query, by the route that has it answered."""

import pytest

from contratos import motivos
from contratos.consultas.servicio_datos import ImagenesDeDataset, ListarServiciosDatos, PaginaServiciosDatos
from seedwork.aplicacion.auditoria import NEGADO, NO_HALLADO, VISTO, resultado_de
from seedwork.aplicacion.identidad import Quien
from seedwork.entrada.consultas import registrar
from seedwork.entrada.http import crear_app
from seedwork.infraestructura.consultas import CursorInvalido

OTRA = Quien(id="eva", roles=frozenset({"cliente"}), cliente="0002")


def anotado(responder) -> tuple:
    """What is told where that one answers, and whether the caller was answered."""
    notas: list[tuple] = []

    class Cuaderno:
        def anotar(self, _consulta, _solicitante, resultado, motivo=None):
            notas.append((resultado, motivo))

    app = crear_app()
    app.auditor, app.identificar = Cuaderno(), lambda: OTRA
    registrar(app, {ListarServiciosDatos: responder}, None)
    estado = app.test_client().get("/servicios-datos?cliente=0001").status_code
    assert len(notas) == 1
    return (*notas[0], estado)


def pagina(*elementos, siguiente=None):
    return PaginaServiciosDatos(elementos=list(elementos), siguiente=siguiente)


@pytest.mark.parametrize(("hallado", "resultado"), [([], NO_HALLADO), ([{}], VISTO)])
def test_de_una_pagina_que_no_ensena_nada_no_se_dice_que_se_vio(hallado, resultado):
    """Else who asked for another's things, and got none, would stand in the trail as who had seen them."""
    assert anotado(lambda *_: pagina(*hallado)) == (resultado, None, 200)


def test_un_cursor_que_no_es_de_quien_lo_trae_queda_anotado():
    def responder(*_):
        raise CursorInvalido("x")

    assert anotado(responder) == (NEGADO, motivos.CURSOR_INVALIDO, 500), "422 is the service's word: not asked here"


def test_lo_que_dice_algo_sin_elementos_se_vio():
    vacia = ImagenesDeDataset(
        id_servicio_datos="s-1", dataset="d", version=1, k=5, pacientes_retenidos=3, elementos=[], siguiente=None
    )
    assert [resultado_de(r) for r in (vacia, None)] == [VISTO, NO_HALLADO]
