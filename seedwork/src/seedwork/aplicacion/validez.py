"""What an event must be like, whoever published it. A command that breaks the contract is its owner's to refuse."""

import re
from typing import Any

from contratos import Mensaje, sagas
from seedwork.aplicacion.sobre import en_instante
from seedwork.dominio.reglas import MAXIMO_ID, es_id, es_texto

_EXIGIDOS = ("id_saga", "id_suscripcion")
_SIN_SAGA = ("servicio-datos", "procesamiento")
"""The contexts whose facts may have no saga, or no subscription, behind them."""
_MAXIMO_LISTA = 100
_CODIGO = re.compile(rf"[A-Z0-9_]{{0,{MAXIMO_ID}}}")


_ID_DEL_SUJETO = {
    "suscripciones": "id_suscripcion",
    "sagas": "id_suscripcion",
    "servicio-datos": "id_servicio_datos",
    "notificaciones": "id_notificacion",
}
"""The field of a context's events that names the aggregate; it is the message's subject too (contract §3). Where an
image's own id must not be told, procesamiento's events are about the command instead."""


def falta(mensaje: Mensaje, sujeto: str) -> str | None:
    """The field of an event that breaks the contract, and its rule; None where none does, and for a command.

    Args:
        mensaje: what was decoded.
        sujeto: its ``ce_subject``.

    What can't be kept, or would stand for ever on the saga's topic and in its view, must not get as far as a handler:
    trying it again can't help.
    """
    if mensaje.clase != "evento":
        return None
    exigidos = () if mensaje.contexto in _SIN_SAGA else _EXIGIDOS
    for campo in mensaje.campos:
        motivo = _falta_de(campo, getattr(mensaje, campo), exigido=campo in exigidos)
        if motivo is not None:
            return f"{campo} {motivo}"
    propio = _ID_DEL_SUJETO.get(mensaje.contexto, "")
    if propio in mensaje.campos and getattr(mensaje, propio) != sujeto:
        return f"{propio} no es ce_subject"
    return _falta_de_paso(mensaje) if isinstance(mensaje, sagas.TransicionSaga) else None


def _falta_de(campo: str, valor: Any, *, exigido: bool) -> str | None:
    if isinstance(valor, tuple):
        validos = len(valor) <= _MAXIMO_LISTA and all(not isinstance(v, str) or es_id(v) for v in valor)
        return None if validos else "no es una lista de códigos"
    if not isinstance(valor, str):
        return None
    if not valor:
        return "falta" if exigido else None
    if campo.startswith("id_"):
        return None if es_id(valor) else "no es un id"
    return None if es_texto(valor) else "no es un texto"


def _falta_de_paso(paso: sagas.TransicionSaga) -> str | None:
    reglas = {
        "paso": paso.paso in sagas.PASOS,
        "resultado": paso.resultado in sagas.RESULTADOS,
        "participante": es_id(paso.participante),
        "recurso": not paso.recurso or es_id(paso.recurso),
        "motivo": _CODIGO.fullmatch(paso.motivo) is not None,
        "ocurrido": en_instante(paso.ocurrido) is not None,
    }
    return next((f"{campo} no es lo que debe ser" for campo, cumple in reglas.items() if not cumple), None)
