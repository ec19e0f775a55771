"""Closed lists are closed: reasons have a text, and plans are known to their catalogue alone."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.arquitectura.codigo import PAQUETES, RAIZ, TODO, arboles, textos

from anonimizacion.modelo import Motivo
from anonimizacion.paquete import Razon
from contratos import motivos
from suscripciones.infraestructura.catalogo import leer_planes

_CODIGO = re.compile(r"[A-Z]+(_[A-Z]+)+")
DOMINIOS = [*(paquete / "dominio" for paquete in PAQUETES), RAIZ / "seedwork/src/seedwork/dominio"]
NO_SON_MOTIVOS = {"EN_CURSO"}
"""A saga's state."""


def _escritos(*carpetas: Path) -> dict[str, str]:
    """Each text that looks like a code, and where it is written."""
    return {texto: donde for donde, arbol in arboles(*carpetas) for texto in textos(arbol) if _CODIGO.fullmatch(texto)}


def _nombrados() -> set[str]:
    """The reasons that are used as ``motivos.CODE``."""
    nodos = (nodo for _, arbol in arboles(*TODO) for nodo in ast.walk(arbol))
    return {
        n.attr
        for n in nodos
        if isinstance(n, ast.Attribute) and isinstance(n.value, ast.Name) and n.value.id == "motivos"
    }


def test_la_lista_es_de_constantes_cada_una_con_su_texto() -> None:
    constantes = {n: valor for n, valor in vars(motivos).items() if n.isupper() and isinstance(valor, str)}
    assert all(nombre == valor for nombre, valor in constantes.items())
    assert list(constantes) == list(motivos.TEXTOS)


def test_un_dominio_no_conoce_contratos_y_sus_motivos_son_de_la_lista() -> None:
    escritos = _escritos(*DOMINIOS)
    assert {c: d for c, d in escritos.items() if c not in motivos.TEXTOS and c not in NO_SON_MOTIVOS} == {}


def test_fuera_de_los_dominios_un_motivo_se_nombra_por_su_constante() -> None:
    resto = [carpeta for paquete in PAQUETES for carpeta in paquete.iterdir() if carpeta.name != "dominio"]
    seedwork = [c for c in (RAIZ / "seedwork/src/seedwork").iterdir() if c.name != "dominio"]
    escritos = _escritos(*resto, *seedwork, RAIZ / "bff_web/src")
    assert {c: d for c, d in escritos.items() if c in motivos.TEXTOS} == {}


def test_todo_motivo_de_la_lista_se_usa() -> None:
    del_motor = {codigo.value for codigo in (*Motivo, *Razon)}
    usados = _nombrados() | _escritos(*DOMINIOS).keys() | del_motor
    assert motivos.TEXTOS.keys() - usados == {motivos.RECHAZO_DE_PARTICIPANTE}


def test_todo_motivo_para_apartar_un_archivo_tiene_su_texto() -> None:
    """The engine knows no contract: its codes come as they are."""
    assert {motivo.value for motivo in Motivo} <= motivos.TEXTOS.keys()


def test_toda_razon_para_no_tomar_un_paquete_tiene_su_texto() -> None:
    assert {razon.value for razon in Razon} <= motivos.TEXTOS.keys()


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
    for donde, arbol in arboles(*(p for p in PAQUETES if p.name != "servicio_datos")):
        assert "servicio_datos" not in set(textos(arbol)), donde
