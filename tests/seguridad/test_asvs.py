"""docs/asvs.md answers each requirement of the standard's first two levels once, and names tests that exist.

asvs-5.0.0.txt has their numbers, in the standard's order.
"""

import re
from collections import Counter
from pathlib import Path

RAIZ = Path(__file__).parents[2]
PAGINA = (RAIZ / "docs/asvs.md").read_text(encoding="utf-8")
PEDIDOS = Path(__file__).with_name("asvs-5.0.0.txt").read_text(encoding="utf-8").split()
ESTADOS = ("met", "operator", "partly", "not met", "n/a")
FILAS = re.findall(r"^\| (\d+\.\d+\.\d[^|]*) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", PAGINA, re.MULTILINE)


def _numeros(dichos: str) -> list[str]:
    numeros: list[str] = []
    for dicho in dichos.split(", "):
        desde, _, hasta = dicho.partition("–")
        numeros += PEDIDOS[PEDIDOS.index(desde) : PEDIDOS.index(hasta or desde) + 1]
    return numeros


def test_a_cada_requisito_se_le_contesta_una_vez_y_la_cuenta_es_esa() -> None:
    assert sorted(n for dichos, *_ in FILAS for n in _numeros(dichos)) == sorted(PEDIDOS)
    cuantos = Counter(dict.fromkeys(ESTADOS, 0))
    for dichos, estado, *_ in FILAS:
        cuantos[estado] += len(_numeros(dichos))
    assert re.findall(r"^\| \*(.+)\* \| (\d+) \|$", PAGINA, re.MULTILINE) == [(e, str(n)) for e, n in cuantos.items()]


def test_cada_prueba_que_se_nombra_existe() -> None:
    nombradas = {n for *_, vistas in FILAS for n in re.findall(r"`([^`]+)`", vistas)}
    nombradas |= set(re.findall(r"`([\w/-]+/test_\w+\.py)`", PAGINA))
    assert len(nombradas) > 30
    assert {n for n in nombradas if not (RAIZ / n).is_file()} == set()


def test_lo_que_se_dice_visto_dice_por_quien_o_que_no_lo_es() -> None:
    assert [dichos for dichos, _, _, vistas in FILAS if vistas != "–" and "`" not in vistas] == []
