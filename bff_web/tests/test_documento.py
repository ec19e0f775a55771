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

from bff_web import respuestas
from bff_web.comandos import COMANDOS
from bff_web.modelos_comandos import Cuerpo
from bff_web.papeles.openapi import ALIAS, describir
from seedwork.dominio import textos

DOCUMENTO = describir()
GRAVES = {"suprimirCliente", "cancelarSuscripcion", "terminarServicioDatos", "liberarImagen", "descartarImagen"}
CUERPOS = {comando.mensaje.__name__: comando.cuerpo for comando in COMANDOS if comando.cuerpo is not None}
"""Of each command that is sent as JSON."""
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
    *("a\n", "12345\n", "USD\n", "49.90\n", "2024-02-01 09:10:00\n", "１２３４５", "٣٤٥", "ＵＳＤ", "٤٩.٩٠"),
    *("x" * n for n in (40, 41, 100, 101, 128, 129, 255, 4000, 4001)),
]
PUERTA, DOC = "la puerta", "el documento"
CABEN = (textos.MEDIO.maximo, textos.PUBLICADO.maximo, textos.PACIENTE.maximo, textos.TEXTO.maximo)
DIFIEREN = {
    # A schema counts what is sent, the door what is kept.
    **{" " + "x" * n: (PUERTA, "en los extremos") for n in CABEN},
    **{"x" * n + " \u2003": (PUERTA, "en los extremos") for n in CABEN},
    **{"e\u0301" * n: (PUERTA, "en Unicode NFC") for n in CABEN},
    "\n" + "x" * 4000 + "\r\n": (PUERTA, "en los extremos"),
    "x" * 50 + "  " + "x" * 49: (PUERTA, "uno solo donde haya varios"),
    # In NFC it is a semicolon.
    "a\u037eb": (PUERTA, "en Unicode NFC"),
    # No pattern without look-ahead counts marks and takes all else; and some are two in NFC.
    "a" + "\u0301" * 31: (DOC, "más de 30 marcas"),
    "a" + "\u0344" * 16: (DOC, "más de 30 marcas"),
    **dict.fromkeys(("ana@faß.de", "ana@ñandú.co", "ana@n\u0303andu.co", "a@ｂ.co", "a@b。co"), (PUERTA, "IDNA 2008")),
    **dict.fromkeys(("a@localhost", "a@b", "a@co"), (DOC, "dominio con punto (ni una máquina sola")),
    **dict.fromkeys(("a@[127.0.0.1]", "a@[IPv6:::1]", "a@1.2.3.4"), (DOC, "ni una dirección IP")),
    "a@b.1": (DOC, "dominio"),
}
"""What one of the two takes alone: which, and by what words the field's description tells so."""
CORREOS = [
    *("a@b.co", "A.B+c@X.CO", "o'h@x.co", "a&b@x.co", "ana@xn--fa-hia.de", "a@x.invalid", "x" * 64 + "@b.co"),
    *("x" * 65 + "@b.co", "a@" + "b" * 64 + ".co", "a@" + "b." * 124 + "co", "ñ@x.co", "😀@x.co", "a@😀.co"),
    *(" a@b.co", "a@b.co ", "a@b.co\n", "a b@x.co", "a@b..co", "a@-b.co", "a@b_c.co", "a@xn--zz.co", "a@b.co."),
    *(".a@b.co", "a..b@b.co", "<a@b.co>", "a@b.co,c@d.co", "a@b.co;", "@", "a@", "@b.co", "a@@b.co", "a(x)@b.co"),
    *('"a b"@x.co', '"ab"@x.co', "Ana <a@b.co>", "a/b@x.co", "-a@b.co", "a%c.co@b.co", "c.co!a@b.co"),
    "=?utf-8?q?a=40c.co?=@b.co",
]
OTROS: list[Any] = [None, True, 0, -1, 425, 1e2, 0.5, 10**20 - 1, 10**20, 10**36, [], {}, ["a"], {"a": "b"}]
VALORES = [*TEXTOS, *CORREOS, *OTROS]


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


def _en_el_documento(modelo: type[Cuerpo]) -> tuple[Callable[[Any], bool], dict[str, Any]]:
    """What the document takes for the command's body, and its example."""
    esquemas, nombre = DOCUMENTO["components"]["schemas"], modelo.__name__
    esquema = {"$ref": f"#/components/schemas/{nombre}", "components": {"schemas": esquemas}}
    (ejemplo,) = esquemas[nombre]["examples"]
    return jsonschema_rs.Draft202012Validator(esquema, validate_formats=True).is_valid, ejemplo


def _en_la_puerta(modelo: type[Cuerpo], cuerpo: Any) -> bool:
    try:
        # As the door reads a body: a number with a point is a Decimal.
        modelo.model_validate(json.loads(json.dumps(cuerpo), parse_float=Decimal))
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize("modelo", CUERPOS.values(), ids=CUERPOS)
def test_lo_que_vale_en_el_documento_vale_en_la_puerta_y_al_reves(modelo: type[Cuerpo]) -> None:
    valida, ejemplo = _en_el_documento(modelo)
    assert valida(ejemplo) and _en_la_puerta(modelo, ejemplo)
    distintos = [
        f"{'.'.join(camino)} = {valor!r}: la puerta {'lo admite' if admitido else 'lo rechaza'}"
        for camino in _campos(ejemplo)
        for valor in VALORES
        if (admitido := _en_la_puerta(modelo, cuerpo := _con(ejemplo, camino, valor))) != valida(cuerpo)
    ]
    assert distintos == []


@pytest.mark.parametrize("valor", DIFIEREN, ids=lambda v: ascii(v)[:32])
def test_lo_que_vale_en_uno_solo_lo_dice_la_descripcion_del_campo(valor: str) -> None:
    """It is listed on purpose, and no more of it than there is."""
    quien, dice = DIFIEREN[valor]
    difieren = []
    for modelo in CUERPOS.values():
        valida, ejemplo = _en_el_documento(modelo)
        for camino in _campos(ejemplo):
            admitido = _en_la_puerta(modelo, cuerpo := _con(ejemplo, camino, valor))
            if admitido != valida(cuerpo):
                difieren.append(camino)
                assert admitido == (quien == PUERTA), f"{camino}: lo admite el otro"
                assert dice in _descripcion(modelo, camino), camino
    assert difieren, "ya no difieren"


def _descripcion(modelo: type[Cuerpo], camino: tuple[str, ...]) -> str:
    """All that the document says of a body's field."""
    nodo: Any = {"$ref": f"/{modelo.__name__}"}
    for clave in camino:
        opciones = [o for o in (nodo, *nodo.get("anyOf", ())) if "$ref" in o]
        nodo = DOCUMENTO["components"]["schemas"][opciones[0]["$ref"].rpartition("/")[2]]["properties"][clave]
    return json.dumps(nodo, ensure_ascii=False)


@pytest.mark.parametrize("modelo", CUERPOS.values(), ids=CUERPOS)
def test_lo_que_el_documento_exige_o_no_conoce_lo_exige_o_no_lo_conoce_la_puerta(modelo: type[Cuerpo]) -> None:
    valida, ejemplo = _en_el_documento(modelo)
    for camino in _campos(ejemplo):
        sin = _con(ejemplo, camino, None)
        lugar = sin
        for clave in camino[:-1]:
            lugar = lugar[clave]
        del lugar[camino[-1]]
        de_mas = _con(ejemplo, (*camino[:-1], "otro"), 1)
        assert _en_la_puerta(modelo, sin) == valida(sin), f"sin {camino}"
        assert not _en_la_puerta(modelo, de_mas) and not valida(de_mas), f"con otro junto a {camino}"


def test_los_ejemplos_de_lo_que_la_puerta_dice_son_de_sus_modelos() -> None:
    for modelo in respuestas.PROPIAS:
        for ejemplo in modelo.model_json_schema().get("examples", []):
            modelo.model_validate(ejemplo)


def test_lo_que_no_se_puede_deshacer_dice_que_se_pierde() -> None:
    dichos = {
        operacion["operationId"]
        for operaciones in DOCUMENTO["paths"].values()
        for operacion in operaciones.values()
        if operacion.get("x-se-pierde")
    }
    assert dichos == GRAVES


def test_la_pagina_halla_cada_comando_una_vez_y_sin_ordenes() -> None:
    """By what the console tells a command with: it is accepted with 202, and is no alias."""
    publicadas = [(ruta, o["post"]) for ruta, o in DOCUMENTO["paths"].items() if "post" in o]
    comandos = {ruta for ruta, o in publicadas if "202" in o["responses"] and ALIAS not in o}
    assert comandos == {comando.rutas[0] for comando in COMANDOS}
    alias = {ruta: o[ALIAS] for ruta, o in publicadas if ALIAS in o}
    assert alias == {ruta: comando.rutas[0] for comando in COMANDOS for ruta in comando.rutas[1:]}
    assert alias
