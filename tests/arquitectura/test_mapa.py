"""The map of messages is the code's, and what it shows is as the contract says."""

import pytest
from tests.arquitectura import mapa

from contratos import Mensaje
from contratos.esquemas import publicados
from contratos.procesamiento import AnonimizarArchivo

cada_mensaje = pytest.mark.parametrize("tipo", publicados(), ids=lambda tipo: tipo.__name__)


def test_la_pagina_es_la_que_el_codigo_da() -> None:
    escrita = mapa.PAGINA.read_text(encoding="utf-8")
    assert escrita == mapa.pagina(), f"docs/mensajes.md is out of date; write it anew: .venv/bin/{mapa.ORDEN}"


@cada_mensaje
def test_lo_dice_alguien_y_solo_quien_debe(tipo: type[Mensaje]) -> None:
    """Commands are the door's to say, a context's events its own; only the saga's steps are everyone's. The files of a
    package become commands by whoever unpacks it."""
    quienes = mapa.dicen()[tipo]
    assert quienes, "nobody says it"
    if tipo.clase == "comando":
        assert quienes == {"bff", *(["procesamiento"] if tipo is AnonimizarArchivo else [])}
    elif tipo.contexto != "sagas":
        assert quienes == {tipo.contexto}
    else:
        assert quienes >= {"suscripciones", "servicio-datos", "notificaciones"}


def test_lo_que_se_guarda_para_siempre_no_lleva_datos_personales() -> None:
    for tipo in publicados():
        if tipo.contexto in ("sagas", "notificaciones"):
            assert mapa.personales(tipo) == [], tipo.__name__
