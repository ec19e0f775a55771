"""What the document says of a field is what the door does with it, value by value: at the bounds, and beyond them.

`make check`, since it needs no server; the walk in `tests/saga/test_documento.py` draws its values by chance.
"""

import copy
import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import jsonschema_rs
import pytest
from pydantic import ValidationError

from bff_web.comandos import COMANDOS
from bff_web.comandos.comun import Comando
from bff_web.documento import describir

DOCUMENTO = describir()
TEXTOS = [
    *(
        "",
        " ",
        "\u00a0",
        "a",
        "ñ",
        "e\u0301",
        "0",
        ".",
        "..",
        "...",
        "a b",
        "a\tb",
        "a\nb",
        "\n",
        "a\x00b",
        "a\x7fb",
        "a\u2028b",
    ),
    *(
        "a/b",
        "^",
        "€",
        "≥ 3",
        "😀",
        "𐐀",
        "x" * 36,
        "1" * 20,
        "1" * 21,
        "1" * 36,
        "12.345.678-K",
        "K-1",
        "--",
        "12",
        "123",
    ),
    *("2024-02-01 09:10:00", "2024-02-01T09:10:00Z", "2024-02-01t09:10:00z", "2024-02-01", "2024-02-30 09:10:00"),
    *(
        "2023-02-29T00:00:00Z",
        "2024-02-29T00:00:00.5-05:00",
        "2024-02-01T09:10:60Z",
        "0001-01-01 00:00:00",
        "9999-12-31 23:59:59",
    ),
    *("USD", "usd", "US", "49.90", "49.9", "-1.00", "1" * 12 + ".00", "1" * 13 + ".00"),
    *("x" * n for n in (40, 41, 100, 101, 128, 129, 255, 4000, 4001)),
]
VALORES: list[Any] = [*TEXTOS, None, True, 0, -1, 425, 1e2, 0.5, 10**20 - 1, 10**20, 10**36, [], {}, ["a"], {"a": "b"}]


def _campos(nodo: Any, camino: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The ways to every field of an example, those of its objects too."""
    for clave, valor in nodo.items() if isinstance(nodo, dict) else ():
        yield (*camino, clave)
        yield from _campos(valor, (*camino, clave))


def _con(ejemplo: Any, camino: tuple[str, ...], valor: Any) -> Any:
    cuerpo = copy.deepcopy(ejemplo)
    lugar = cuerpo
    for clave in camino[:-1]:
        lugar = lugar[clave]
    lugar[camino[-1]] = valor
    return cuerpo


def _en_el_documento(comando: Comando) -> tuple[Callable[[Any], bool], dict[str, Any]]:
    """What the document takes for the command's body, and its example."""
    esquemas, nombre = DOCUMENTO["components"]["schemas"], comando.cuerpo.__name__
    esquema = {"$ref": f"#/components/schemas/{nombre}", "components": {"schemas": esquemas}}
    (ejemplo,) = esquemas[nombre]["examples"]
    return jsonschema_rs.Draft202012Validator(esquema, validate_formats=True).is_valid, ejemplo


def _en_la_puerta(comando: Comando, cuerpo: Any) -> bool:
    try:
        # As the door reads a body: a number with a point is a Decimal.
        comando.cuerpo.model_validate(json.loads(json.dumps(cuerpo), parse_float=Decimal))
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize("comando", COMANDOS, ids=lambda c: c.mensaje.__name__)
def test_lo_que_vale_en_el_documento_vale_en_la_puerta_y_al_reves(comando: Comando) -> None:
    valida, ejemplo = _en_el_documento(comando)
    assert valida(ejemplo) and _en_la_puerta(comando, ejemplo)
    distintos = [
        f"{'.'.join(camino)} = {valor!r}: la puerta {'lo admite' if admitido else 'lo rechaza'}"
        for camino in _campos(ejemplo)
        for valor in VALORES
        if (admitido := _en_la_puerta(comando, cuerpo := _con(ejemplo, camino, valor))) != valida(cuerpo)
    ]
    assert distintos == []


@pytest.mark.parametrize("comando", COMANDOS, ids=lambda c: c.mensaje.__name__)
def test_lo_que_el_documento_exige_o_no_conoce_lo_exige_o_no_lo_conoce_la_puerta(comando: Comando) -> None:
    valida, ejemplo = _en_el_documento(comando)
    for camino in _campos(ejemplo):
        sin = _con(ejemplo, camino, None)
        lugar = sin
        for clave in camino[:-1]:
            lugar = lugar[clave]
        del lugar[camino[-1]]
        de_mas = _con(ejemplo, (*camino[:-1], "otro"), 1)
        assert _en_la_puerta(comando, sin) == valida(sin), f"sin {camino}"
        assert not _en_la_puerta(comando, de_mas) and not valida(de_mas), f"con otro junto a {camino}"
