"""What may hold which value (docs/datos-personales.md), as the tests read it; and where in a body each is sent."""

import copy
import dataclasses
import inspect
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from bff_web.comandos import COMANDOS
from bff_web.comandos.comun import Comando
from contratos import Mensaje
from contratos.esquemas import publicados

PAGINA = Path(__file__).parents[2] / "docs/datos-personales.md"
_CAMPO = re.compile(r"`([A-Z]\w+(?:\.\w+)+)`")
_LUGAR = re.compile(r"`([^`]+)`")


@dataclass(frozen=True)
class Valor:
    """A row of the table.

    Attributes:
        nombre: the value's.
        campos: the fields of messages that bear it, each by the class that declares it.
        tablas, topicos, otros: where it may be in the clear, `*` for any service or ending.
    """

    nombre: str
    campos: tuple[str, ...]
    tablas: tuple[str, ...]
    topicos: tuple[str, ...]
    otros: tuple[str, ...]

    def puede(self, lugar: str) -> bool:
        """Whether it may be at a place; it begins with its kind, and a blank."""
        clase, _, cual = lugar.partition(" ")
        if clase == "table":
            return _alguno(cual, self.tablas)
        if clase == "topic":
            return _alguno(cual, self.topicos)
        if clase in ("wal", "temporary"):
            return bool(self.tablas)
        if clase == "ledgers":
            return bool(self.topicos)
        return _alguno(lugar, self.otros)


def _alguno(cual: str, admitidos: Sequence[str]) -> bool:
    return any(fnmatchcase(cual, admitido) for admitido in admitidos)


@cache
def tabla() -> Mapping[str, Valor]:
    """Every row, by its value's name."""
    seccion = PAGINA.read_text(encoding="utf-8").partition("## What may hold which value\n")[2].partition("\n## ")[0]
    filas = [linea.strip("| ").split(" | ") for linea in seccion.splitlines() if linea.startswith("| `")]
    valores = [
        Valor(nombre.strip("`"), tuple(_CAMPO.findall(como)), *(tuple(_LUGAR.findall(lugar)) for lugar in lugares))
        for nombre, como, *lugares in filas
    ]
    return {valor.nombre: valor for valor in valores}


@cache
def por_campo() -> Mapping[str, str]:
    """The value's name, by each field that bears it."""
    return {campo: valor.nombre for valor in tabla().values() for campo in valor.campos}


def declarado(tipo: type[Mensaje], ruta: Sequence[str]) -> str:
    """A personal field by the class that declares it: those of a base are one, whatever message has them."""
    duenas = [clase for clase in tipo.__mro__ if ruta[0] in inspect.get_annotations(clase)]
    return ".".join((duenas[-1].__name__, *ruta))


def declarados() -> set[str]:
    """Every field of a message that is a person's."""
    return {declarado(tipo, ruta) for tipo in publicados() for ruta in tipo.propios}


# --- Bodies ---


def _hojas(nodo: Any, ruta: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    if isinstance(nodo, dict):
        for nombre, valor in nodo.items():
            yield from _hojas(valor, (*ruta, nombre))
    elif not isinstance(nodo, list):
        yield ruta


def _con(cuerpo: Any, ruta: Sequence[str], valor: str) -> Any:
    """A body with another value at a place."""
    otro = copy.deepcopy(cuerpo)
    dentro = otro
    for nombre in ruta[:-1]:
        dentro = dentro[nombre]
    dentro[ruta[-1]] = valor
    return otro


def _valor_en(dicho: Any, ruta: Sequence[str]) -> Any:
    for nombre in ruta:
        dicho = getattr(dicho, nombre)
    return dicho


def ejemplo(comando: Comando) -> dict[str, Any]:
    """A body of a command that has every field; nothing for one that comes as a form alone."""
    return dict(comando.cuerpo.model_json_schema()["examples"][0]) if comando.cuerpo else {}


@cache
def libres(comando: Comando) -> Mapping[tuple[str, ...], str]:
    """Where in a command's body somebody may write what they like: to which field of its message each place leads, by
    the class that declares it; to the field's own path where that is nobody's."""
    assert comando.cuerpo is not None
    llevan, cuerpo = {}, ejemplo(comando)
    for ruta in _hojas(cuerpo):
        for sonda in ("zqsondaqz", "zqsondaqz@domain.com", "2791-03-07 11:23:41", "gs://zqsondaqz/a"):
            try:
                leido = comando.cuerpo.model_validate(_con(cuerpo, ruta, sonda))
            except ValidationError:
                continue
            mensaje = leido.mensaje("s")
            for campo in _campos(mensaje):
                if _valor_en(mensaje, campo).lower() == sonda.lower():
                    suyo = campo in mensaje.propios
                    llevan[ruta] = declarado(type(mensaje), campo) if suyo else ".".join(campo)
            break
    return llevan


def _campos(dicho: Any, delante: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for campo in dataclasses.fields(dicho):
        valor = getattr(dicho, campo.name)
        if dataclasses.is_dataclass(valor):
            yield from _campos(valor, (*delante, campo.name))
        elif isinstance(valor, str):
            yield (*delante, campo.name)


def cuerpo_marcado(tipo: type[Mensaje], marca: Callable[[str], str]) -> dict[str, Any]:
    """A command's body, marked wherever it takes what is a person's.

    Args:
        tipo: the command's message.
        marca: by a value's name, its mark.
    """
    (comando,) = [c for c in COMANDOS if c.mensaje is tipo and c.cuerpo]
    cuerpo = ejemplo(comando)
    for ruta, campo in libres(comando).items():
        if campo in por_campo():
            cuerpo = _con(cuerpo, ruta, con_forma(ruta[-1], marca(por_campo()[campo])))
    return cuerpo


def con_forma(nombre: str, marca: str) -> str:
    """A mark as a field of that name takes it."""
    return {"email": f"{marca}@domain.com", "uri": f"gs://{marca}/a.dcm"}.get(nombre, marca)
