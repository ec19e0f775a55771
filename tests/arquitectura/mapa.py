"""``python -m tests.arquitectura.mapa``: write docs/mensajes.md anew from the code.

Who hears a message is what the services' ``MANEJADORES`` list. Who says it is who makes one, by the syntax trees: a
call of the message's class, or of a function of seedwork's or the saga's that makes one. What is made is taken to be
said.
"""

import ast
import dataclasses
import importlib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from tests.arquitectura.codigo import RAIZ, SERVICIOS, arboles

import contratos
from bff_web.papeles.asyncapi import significado
from contratos import Mensaje
from contratos.esquemas import desplegado, publicados

PAGINA = RAIZ / "docs" / "mensajes.md"
ORDEN = "python -m tests.arquitectura.mapa"
SEEDWORK = RAIZ / "seedwork/src"
CARPETAS = {
    "bff": RAIZ / "bff_web/src",
    **{paquete.replace("_", "-"): RAIZ / carpeta / paquete for carpeta, paquete in SERVICIOS.items()},
}
"""Where the code is of each who may say something, by the name that it says it under."""

_CLASES = {"comando": "command", "evento": "event"}

_INTRODUCCION = f"""\
# Messages

Everything that is said on the platform, by the context that owns it. This page is written by
`{ORDEN}` from the code; a test checks that it is current.

*Says* is who makes the message, *hears* who has a handler for it; others may subscribe to what nobody hears.
*Encrypted* are the fields that name, reach or describe a person, or hold somebody's own words, or may (`propio=True`):
Avro strings that only who has the platform's keys reads ([ADR 49](adr/0049-campos-cifrados.md)), and that no log shows.
All else travels in the clear; what such a field *reveals* of a person stands beneath its message. The
envelope, and what every message has in common, is in [the architecture](arquitectura.md) and in
`seedwork/src/seedwork/aplicacion/sobre.py`. Topics begin with `persistent://{contratos.INQUILINO}/`.
"""


@cache
def dicen() -> Mapping[type[Mensaje], frozenset[str]]:
    """Who says each message."""
    por_encargo: dict[str, frozenset[type[Mensaje]]] = {}
    for donde, arbol in arboles(SEEDWORK / "seedwork", SEEDWORK / "saga"):
        modulo = ".".join(Path(donde).relative_to(SEEDWORK.relative_to(RAIZ)).with_suffix("").parts)
        for funcion in arbol.body:
            if isinstance(funcion, ast.FunctionDef) and (dichos := frozenset(hechos(arbol, funcion, {}))):
                por_encargo[f"{modulo}.{funcion.name}"] = dichos
    quienes: dict[type[Mensaje], set[str]] = {tipo: set() for tipo in publicados()}
    for quien, carpeta in CARPETAS.items():
        for _, arbol in arboles(carpeta):
            for tipo in hechos(arbol, arbol, por_encargo):
                quienes[tipo].add(quien)
    return {tipo: frozenset(suyos) for tipo, suyos in quienes.items()}


@cache
def oyen() -> Mapping[type[Mensaje], frozenset[str]]:
    """Who hears each message."""
    quienes: dict[type[Mensaje], set[str]] = {tipo: set() for tipo in publicados()}
    for paquete in SERVICIOS.values():
        for tipo in importlib.import_module(f"{paquete}.aplicacion.manejadores").MANEJADORES:
            quienes[tipo].add(paquete.replace("_", "-"))
    return {tipo: frozenset(suyos) for tipo, suyos in quienes.items()}


def personales(tipo: type[Mensaje]) -> list[str]:
    """The fields that travel encrypted."""
    return [".".join(ruta) for ruta in tipo.propios]


def revelan(tipo: type[Mensaje]) -> list[tuple[str, str]]:
    """What fields say that they tell of a person."""
    return [(c.name, revela) for c in dataclasses.fields(tipo) if (revela := c.metadata.get("revela"))]


def hechos(arbol: ast.Module, bajo: ast.AST, por_encargo: Mapping[str, frozenset[type[Mensaje]]]) -> Iterator[Any]:
    """The messages that the code beneath a node makes, as the module's imports name them."""
    nombres = {
        alias.asname or alias.name: f"{nodo.module}.{alias.name}"
        for nodo in ast.walk(arbol)
        if isinstance(nodo, ast.ImportFrom)
        for alias in nodo.names
    }
    clases = {f"{tipo.__module__}.{tipo.__name__}": tipo for tipo in publicados()}
    for nodo in ast.walk(bajo):
        if not isinstance(nodo, ast.Call):
            continue
        partes = ast.unparse(nodo.func).split(".")
        nombre = ".".join([nombres.get(partes[0], partes[0]), *partes[1:]])
        if nombre in clases:
            yield clases[nombre]
        yield from por_encargo.get(nombre, ())


def pagina() -> str:
    """The page's text."""
    todos = {tipo.contexto for tipo in publicados()}
    contextos = [c for c in CARPETAS if c in todos] + sorted(todos - CARPETAS.keys())
    return "\n".join([_INTRODUCCION, *(linea for contexto in contextos for linea in _contexto(contexto))])


def _contexto(contexto: str) -> Iterator[str]:
    """A context's section: a table of its messages, and the fields of each."""
    tipos = [tipo for tipo in publicados() if tipo.contexto == contexto]
    yield f"## {contexto}\n"
    yield "| | Message | Meaning | Says | Hears | Encrypted |"
    yield "|---|---|---|---|---|---|"
    for tipo in tipos:
        resumen = significado(tipo).splitlines()[0]
        quienes = [", ".join(sorted(q[tipo])) or "–" for q in (dicen(), oyen())]
        suyos = ", ".join(f"`{c}`" for c in personales(tipo)) or "no"
        yield f"| {_CLASES[tipo.clase]} | {tipo.__name__} | {resumen} | {' | '.join(quienes)} | {suyos} |"
    yield ""
    for tipo in tipos:
        topico = tipo.topico.removeprefix(f"persistent://{contratos.INQUILINO}/")
        partes = f", {tipo.particiones} partitions" if tipo.particiones else ""
        asunto = f"about `{tipo.nombre_sujeto}`" if tipo.nombre_sujeto else "about one thing or another"
        orden = {"ordenada": "in order", "compartida": "shared"}[tipo.entrega]
        campos = _campos(desplegado(tipo.esquema))
        yield f"- **{tipo.__name__}** v{tipo.version} on `{topico}`{partes}, {asunto}, {orden}: {campos}"
        yield from (f"  - `{c}` reveals {revela}" for c, revela in revelan(tipo))
    yield ""


def _campos(registro: Any) -> str:
    return ", ".join(f"`{campo['name']}`{_forma(campo['type'])}" for campo in registro["fields"])


def _forma(tipo: Any) -> str:
    """What a field is, where it is no text."""
    if tipo == "string":
        return ""
    if isinstance(tipo, list):
        return f"{_forma(tipo[1])} (or none)"
    if isinstance(tipo, dict):
        return " (list)" if tipo["type"] == "array" else f" ({_campos(tipo)})"
    return f" ({tipo})"


if __name__ == "__main__":
    PAGINA.write_text(pagina(), encoding="utf-8")
    print(PAGINA.relative_to(RAIZ))
