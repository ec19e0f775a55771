"""What a message must be like, whoever published it: an event by its contract, a command by its owner's rules.

An event that breaks its contract gets as far as no handler; a command that breaks a rule is its owner's to refuse.
"""

import re
from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Any

from contratos import motivos
from contratos.acceso import ROLES, es_accion
from contratos.base import Mensaje, Regla
from seedwork.aplicacion.sobre import en_instante
from seedwork.dominio.errores import ReglaViolada
from seedwork.dominio.reglas import MAXIMO_ID, es_id, es_sujeto
from seedwork.dominio.textos import PARRAFO, TEXTO

Condicion = Callable[[str], bool]
Reglas = Mapping[str, Condicion]
"""What each field of a command must be, whoever published it (contract §2); a dot leads into a record."""

_MAXIMO_LISTA = 100
_CODIGO = re.compile(rf"[A-Z0-9_]{{0,{MAXIMO_ID}}}")


def _es_titular(texto: str) -> bool:
    """Roles, each once, and with its code if it has one: ``cliente:0001 operador``."""
    dichos = [dicho.partition(":") for dicho in texto.split(" ")]
    distintos = {rol for rol, _, _ in dichos}
    return distintos <= {*ROLES} and len(distintos) == len(dichos) and all(es_id(c) for _, suyo, c in dichos if suyo)


_FORMAS: Mapping[str, tuple[Condicion, str]] = {
    "id": (es_id, "no es un id"),
    "codigo": (lambda texto: _CODIGO.fullmatch(texto) is not None, "no es un código"),
    "instante": (lambda texto: en_instante(texto) is not None, "no es un instante"),
    # Only what they may hold: what was kept before it had to be in a form of its own is told, too.
    "texto": (TEXTO.cabe, "no es un texto"),
    "parrafo": (PARRAFO.cabe, "no es un texto"),
    "sujeto": (es_sujeto, "no es quien pueda pedir algo"),
    "titular": (_es_titular, "no es un papel con su código"),
    "accion": (es_accion, "no es nada que se pueda pedir"),
}


def falta(mensaje: Mensaje, sujeto: str) -> str | None:
    """The field of an event that breaks its contract, and the rule; None where none does, and for a command.

    Args:
        mensaje: what was decoded.
        sujeto: its ``ce_subject``.

    What can't be kept, or would stand for ever on the saga's topic and in its view, must not get as far as a handler:
    trying it again can't help.
    """
    if mensaje.clase != "evento":
        return None
    for campo, regla in mensaje.reglas.items():
        motivo = _falta_de(getattr(mensaje, campo), regla)
        if motivo is not None:
            return f"{campo} {motivo}"
    return f"{mensaje.nombre_sujeto} no es ce_subject" if es_de_otro(mensaje, sujeto) else None


def es_de_otro(mensaje: Mensaje, sujeto: str) -> bool:
    """Whether its payload names another subject than its envelope does."""
    return mensaje.nombre_sujeto in mensaje.reglas and getattr(mensaje, mensaje.nombre_sujeto) != sujeto


def opcional(condicion: Condicion) -> Condicion:
    """What a field must be that may also be left out."""
    return lambda texto: not texto or condicion(texto)


def invalidos(comando: Mensaje, reglas: Reglas) -> list[str]:
    """The fields of a command that break their rule."""
    return [campo for campo, cumple in reglas.items() if not cumple(attrgetter(campo)(comando))]


def exigir(comando: Mensaje, reglas: Reglas) -> None:
    """Raise ReglaViolada where a field of a command breaks its rule."""
    if invalidos(comando, reglas):
        raise ReglaViolada(motivos.DATOS_INVALIDOS)


def _falta_de(valor: Any, regla: Regla) -> str | None:
    if isinstance(valor, tuple):
        validos = len(valor) <= _MAXIMO_LISTA and all(not isinstance(v, str) or es_id(v) for v in valor)
        return None if validos else "no es una lista de códigos"
    if regla.entre is not None and not regla.entre[0] <= valor <= regla.entre[1]:
        return "se sale de sus límites"
    if not isinstance(valor, str):
        return None
    if regla.de:
        return None if valor in regla.de else "no es de su lista"
    if not valor:
        return "falta" if regla.requerido else None
    cumple, motivo = _FORMAS[regla.forma]
    return None if cumple(valor) else motivo
