"""Closed lists are closed: reasons have a text, and plans are known to their catalogue alone."""

import ast
import re
from collections.abc import Iterator

from tests.arquitectura.codigo import PAQUETES, RAIZ, TODO, arboles, textos

from contratos import motivos
from seedwork.aplicacion.bus import CLAVE_REUTILIZADA
from suscripciones.infraestructura.catalogo import leer_planes

_CODIGO = re.compile(r"[A-Z]+(_[A-Z]+)+")
APLICACION = [
    *(paquete / capa for paquete in PAQUETES for capa in ("aplicacion", "dominio")),
    RAIZ / "seedwork/src/seedwork/aplicacion",
    RAIZ / "seedwork/src/seedwork/dominio",
]
NO_SON_MOTIVOS = {"SERVICIO_LISTO", "SUSCRIPCION_ACTIVA", "SUSCRIPCION_RECHAZADA", "EN_CURSO"}
"""The types of notifications, and a saga's state."""


def _codigos() -> dict[str, str]:
    """Each code that handlers and domains use, and where."""
    return {
        texto: donde for donde, arbol in arboles(*APLICACION) for texto in textos(arbol) if _CODIGO.fullmatch(texto)
    }


def test_todo_motivo_que_se_usa_tiene_su_texto() -> None:
    usados = _codigos()
    assert {c: d for c, d in usados.items() if c not in motivos.TEXTOS and c not in NO_SON_MOTIVOS} == {}
    assert usados.keys() >= NO_SON_MOTIVOS
    assert CLAVE_REUTILIZADA in motivos.TEXTOS


def test_todo_texto_es_de_un_motivo_que_se_usa() -> None:
    assert motivos.TEXTOS.keys() - _codigos().keys() == set()


def test_los_textos_son_frases_y_un_codigo_desconocido_se_muestra_tal_cual() -> None:
    assert all(re.fullmatch(r"[A-ZÁÉÍÓÚ].*\.", texto) for texto in motivos.TEXTOS.values())
    assert motivos.texto("OTRO_CODIGO") == "OTRO_CODIGO"
    assert motivos.texto("") is None


def test_nadie_fuera_del_catalogo_compara_el_codigo_de_un_plan() -> None:
    planes = set(leer_planes())
    assert {"free", "basico", "pro"} <= planes
    comparan = {
        f"{donde}: {ast.unparse(nodo)}"
        for donde, arbol in arboles(*TODO)
        for nodo in _comparaciones(arbol)
        if planes & {texto.casefold() for texto in textos(nodo)}
    }
    assert comparan == set()


def _comparaciones(arbol: ast.Module) -> Iterator[ast.AST]:
    """Where code may decide by a constant: comparisons, patterns and look-ups."""
    return (nodo for nodo in ast.walk(arbol) if isinstance(nodo, ast.Compare | ast.MatchValue | ast.Subscript))


def test_un_recurso_lo_nombra_solo_quien_lo_ofrece() -> None:
    """A plan's resources are its catalogue's: no other service knows `servicio_datos` as a resource."""
    for donde, arbol in arboles(*PAQUETES[:2], PAQUETES[3]):
        assert "servicio_datos" not in set(textos(arbol)), donde
