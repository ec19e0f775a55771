"""Ways of spoiling evidence, each ``Evidencia -> Evidencia``."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tests.auditor.evidencia import Dicho, Evidencia

from contratos import Mensaje

Dano = Callable[[Evidencia], Evidencia]
Cuando = Callable[[Any], bool]


def siempre(_: Any) -> bool:
    """Any message."""
    return True


def paso(nombre: str) -> Cuando:
    """The steps of this name."""
    return lambda mensaje: mensaje.paso == nombre


def sin(tipo: type[Mensaje], cuando: Cuando = siempre) -> Dano:
    """These messages were never said."""
    return _dichos(tipo, lambda dichos: [d for d in dichos if not cuando(d.mensaje)])


def mas(tipo: type[Mensaje], cuando: Cuando = siempre, **campos: Any) -> Dano:
    """The first of these was said once more, under another id, maybe with other fields."""

    def repetir(dichos: list[Dicho]) -> list[Dicho]:
        original = next(d for d in dichos if cuando(d.mensaje))
        return [*dichos, replace(original, id="otro", mensaje=replace(original.mensaje, **campos))]

    return _dichos(tipo, repetir)


def con(tipo: type[Mensaje], cuando: Cuando = siempre, **campos: Any) -> Dano:
    """These messages have other fields."""
    return _dichos(
        tipo,
        lambda dichos: [replace(d, mensaje=replace(d.mensaje, **campos)) if cuando(d.mensaje) else d for d in dichos],
    )


def en_sobre(tipo: type[Mensaje], **atributos: Any) -> Dano:
    """The messages of a type have other attributes in their envelopes."""
    return _dichos(tipo, lambda dichos: [replace(d, **atributos) for d in dichos])


def al_reves(tipo: type[Mensaje]) -> Dano:
    """A topic holds everything backwards."""
    return _dichos(tipo, lambda dichos: dichos[::-1])


def fila(tabla: str, id: str, **campos: Any) -> Dano:
    """A row says something else."""
    return lambda evidencia: _tabla(evidencia, tabla, {id: replace(getattr(evidencia, tabla)[id], **campos)})


def sin_fila(tabla: str, id: str) -> Dano:
    """A row is not there."""

    def quitar(evidencia: Evidencia) -> Evidencia:
        quedan = dict(getattr(evidencia, tabla))
        del quedan[id]
        return todo_con(**{tabla: quedan})(evidencia)

    return quitar


def mas_fila(tabla: str, id: str, **campos: Any) -> Dano:
    """A row is there once more, under another id, maybe with other fields."""
    return lambda evidencia: _tabla(evidencia, tabla, {"otra": replace(getattr(evidencia, tabla)[id], **campos)})


def todo_con(**campos: Any) -> Dano:
    """Other evidence of some kinds."""
    return lambda evidencia: replace(evidencia, **campos)


def guarda(contexto: str, **campos: Any) -> Dano:
    """A service keeps something else of its messages."""
    return lambda evidencia: replace(
        evidencia, servicios={**evidencia.servicios, contexto: replace(evidencia.servicios[contexto], **campos)}
    )


def ambos(*danos: Dano) -> Dano:
    """One after the other."""

    def danar(evidencia: Evidencia) -> Evidencia:
        for dano in danos:
            evidencia = dano(evidencia)
        return evidencia

    return danar


def _dichos(tipo: type[Mensaje], cambio: Callable[[list[Dicho]], list[Dicho]]) -> Dano:
    def danar(evidencia: Evidencia) -> Evidencia:
        antes = list(evidencia.dichos[tipo])
        despues = cambio(antes)
        assert despues != antes, f"nothing is spoilt of {tipo.__name__}"
        return replace(evidencia, dichos={**evidencia.dichos, tipo: despues})

    return danar


def _tabla(evidencia: Evidencia, tabla: str, filas: dict[str, Any]) -> Evidencia:
    return todo_con(**{tabla: {**getattr(evidencia, tabla), **filas}})(evidencia)
