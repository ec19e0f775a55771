"""The engine with one rule taken out: the verification has to see each.

A rule is taken out where the engine holds it, by name: one that is not there any more says so, and wants its new place.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from anonimizacion.dicom import archivo, codigos, elementos, fechas, lector, pixeles, recorrido, tabla, textos
from anonimizacion.dicom.elementos import Elemento
from anonimizacion.dicom.recorrido import Recorrido
from anonimizacion.dicom.tabla import Accion, Regla

Quitar = Callable[[pytest.MonkeyPatch], None]


def _regla(cuando: Callable[[int, Regla], bool], *, accion: Accion = Accion.CONSERVAR) -> Quitar:
    """Whatever the table says of these, they stay."""

    def otra(tag: int) -> Regla:
        suya = tabla.regla(tag)
        return (
            replace(suya, accion=accion, vrs=suya.vrs or frozenset({"LO", "UN", "OB"})) if cuando(tag, suya) else suya
        )

    return lambda parche: parche.setattr(recorrido, "regla", otra)


def _fila(tag: int) -> Quitar:
    return _regla(lambda suyo, _: suyo == tag)


def _basica(*acciones: str) -> Quitar:
    return _regla(lambda tag, _: tabla.TABLA.get(tag, ("",))[0] in acciones)


def _hacer(accion: Accion, hacer: Callable[..., Accion]) -> Quitar:
    return lambda parche: parche.setitem(recorrido._HACER, accion, hacer)


def _dejar(_: Recorrido, elemento: Elemento, suya: Regla, ruta: str) -> Accion:
    return Accion.CONSERVAR


def _en(modulo: Any, nombre: str, valor: Any) -> Quitar:
    return lambda parche: parche.setattr(modulo, nombre, valor)


def _cabecera_como_era(parche: pytest.MonkeyPatch) -> None:
    """The head is the original's."""
    guardado: dict[str, bytes] = {}
    leer = archivo.leer

    def leyendo(octetos: Any, maximo: int) -> Any:
        leido = leer(octetos, maximo)
        largo = int.from_bytes(bytes(leido.meta[0x00020000].octetos), "little")
        guardado["cabeza"] = bytes(memoryview(octetos)[: 144 + largo])
        return leido

    parche.setattr(archivo, "leer", leyendo)
    parche.setattr(archivo, "cabecera", lambda datos, sintaxis: guardado["cabeza"])


def _preambulo_como_era(parche: pytest.MonkeyPatch) -> None:
    guardado: dict[str, bytes] = {}
    leer, cabecera = archivo.leer, archivo.cabecera

    def leyendo(octetos: Any, maximo: int) -> Any:
        guardado["preambulo"] = bytes(memoryview(octetos)[:128])
        return leer(octetos, maximo)

    parche.setattr(archivo, "leer", leyendo)
    parche.setattr(archivo, "cabecera", lambda datos, sintaxis: guardado["preambulo"] + cabecera(datos, sintaxis)[128:])


def _relleno_final(parche: pytest.MonkeyPatch) -> None:
    parche.setattr(lector, "RELLENO_FINAL", 0)
    _regla(lambda tag, _: tag == elementos.RELLENO_FINAL)(parche)


def _id_como_era(parche: pytest.MonkeyPatch) -> None:
    """The pseudonym is not put in the id's place, and the id stays."""
    parche.setattr(archivo, "_ID", 0x00100021)
    parche.setattr(Recorrido, "_mirar_lo_que_queda", lambda _: None)
    _fila(0x00100020)(parche)


def _informe_hablador(parche: pytest.MonkeyPatch) -> None:
    """The report says the names of private elements' creators."""
    quitar = Recorrido._quitar

    def quitando(self: Recorrido, conjunto: Any, tag: int, elemento: Elemento, suya: Regla) -> None:
        if tag >> 16 & 1 and not isinstance(elemento.valor, list):
            self._avisos.add(bytes(elemento.octetos).decode("latin-1"))
        quitar(self, conjunto, tag, elemento, suya)

    parche.setattr(Recorrido, "_quitar", quitando)


def _nada_se_busca_al_final(parche: pytest.MonkeyPatch) -> None:
    """Neither what stays is looked at, nor the result searched."""
    parche.setattr(Recorrido, "_mirar_lo_que_queda", lambda _: None)
    parche.setattr(recorrido.Rastro, "en_partes", lambda *_: False)


def _sin_cortar(parche: pytest.MonkeyPatch) -> None:
    parche.setattr(pixeles, "_limpiar_nativa", lambda *_: None)


def _todo_vale(parche: pytest.MonkeyPatch) -> None:
    parche.setattr(recorrido.Recorrido, "_como_dice_el_diccionario", lambda *_: True)


QUITADAS: dict[str, Quitar] = {
    "private elements go": _regla(lambda tag, _: bool(tag >> 16 & 1)),
    "unknown elements go": _regla(lambda _, suya: suya is tabla.DESCONOCIDO),
    "overlays and curves go": _regla(lambda _, suya: suya is tabla.SUPERPOSICION),
    "a patient's name goes": _fila(0x00100010),
    "what the table removes goes": _basica("X"),
    "what the table empties is emptied": _basica("Z", "X/Z"),
    "what the table fills is filled": _basica("D", "X/D", "Z/D", "X/Z/D"),
    "UIDs are mapped": _hacer(Accion.UID, _dejar),
    "dates are moved": _hacer(Accion.FECHA, _dejar),
    "a date that is none goes": _en(fechas, "mover", lambda vr, valor, desplazamiento: valor.strip(b" \0")),
    "every sequence is entered": _hacer(Accion.ENTRAR, _dejar),
    "of references only UIDs stay": _hacer(Accion.SOLO_UID, _dejar),
    "words that no table names go": _regla(
        lambda tag, suya: suya.accion is Accion.QUITAR and not suya.nombrada and not suya.resumida
    ),
    "labels become keyed labels": _hacer(Accion.ROTULO, _dejar),
    "a code's meaning is its scheme's": _en(codigos, "limpiar", lambda _: None),
    "the file's head is made anew": _cabecera_como_era,
    "the preamble is emptied": _preambulo_como_era,
    "trailing padding goes": _relleno_final,
    "what is behind the pixels goes": _sin_cortar,
    "a value fits its representation": _en(textos, "que_cabe", lambda vr, valor: valor),
    "a representation is the dictionary's": _todo_vale,
    "the patient's id becomes a pseudonym": _id_como_era,
    "what stays is looked at": _nada_se_busca_al_final,
    "the report holds no value": _informe_hablador,
    "bits above HighBit are cleared": _en(pixeles, "_sin_bits_de_mas", lambda valor, *_: valor),
    "an undeclared character set goes": _en(Recorrido, "_juego", lambda self, conjunto, heredados: None),
}
"""Rules, and how each is taken out."""
