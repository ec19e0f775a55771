"""Which trace a saga's answer tells, and where it leads."""

from itertools import permutations

import pytest
from pydantic import ValidationError

from suscripciones.aplicacion.decision import traza
from suscripciones.config import Config
from suscripciones.dominio.linea import Paso

ID = "0af7651916cd43dd8448eb211c80319c"
PROPIA, OTRA = f"00-{ID}-b7ad6b7169203331-01", "00-1af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
PAGINA = "http://127.0.0.1:16686/trace/{traza}"


def paso(nombre: str, contexto: str | None) -> Paso:
    return Paso(
        **dict.fromkeys(("id", "id_saga", "servicio", "recurso", "resultado", "motivo", "ocurrido"), "x"),
        paso=nombre,
        requeridos=(),
        liberados=(),
        compensacion=False,
        traza=contexto,
    )


def config(url: str) -> Config:
    bd = "postgresql://u:p@127.0.0.1:5432/suscripciones"
    return Config.model_validate({"database_url": bd, "campos_claves": "q" * 42 + "s=", "trazas_url": url})


def test_es_la_del_primer_paso_en_cualquier_orden_de_llegada() -> None:
    pasos = [paso("CREAR", PROPIA), paso("RESERVAR", None), paso("CANCELAR", OTRA)]
    assert {traza(orden) for orden in permutations(pasos)} == {PROPIA}
    assert traza([paso("RESERVAR", None), paso("CANCELAR", OTRA)]) == OTRA
    assert traza([paso("CREAR", None)]) is None


def test_lleva_a_donde_se_ve_solo_si_se_guarda_y_hay_donde() -> None:
    assert config(PAGINA).enlace_traza(PROPIA) == f"http://127.0.0.1:16686/trace/{ID}"
    assert config(PAGINA).enlace_traza(PROPIA[:-2] + "00") is None
    assert config(PAGINA).enlace_traza(None) is None
    assert config("").enlace_traza(PROPIA) is None


@pytest.mark.parametrize("url", ["http://127.0.0.1:16686/", "javascript:alert(1)//{traza}"])
def test_una_pagina_que_no_dice_la_traza_o_no_es_de_la_red_no_se_acepta(url: str) -> None:
    with pytest.raises(ValidationError):
        config(url)
