"""How far a consumer has come on a topic, as the broker knows it."""

import json
from typing import Any

import urllib3

from seedwork.aplicacion.espera import Creacion

Posicion = tuple[int, int]
"""Ledger and entry of a message; later ones compare greater."""


class SinAvance(Exception):
    """The broker's admin API did not tell."""


class Avance:
    """Asks the broker's admin API (REST v2). It answers soon, or not at all: whoever asks has other things to do.

    Args:
        url: the admin API's base URL.
    """

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/") + "/admin/v2"
        self._http = urllib3.PoolManager(maxsize=1, retries=False, timeout=urllib3.Timeout(2.0))

    def ultimo(self, creacion: Creacion) -> Posicion:
        """The last message on the topic.

        Raises:
            SinAvance: the broker did not tell.
        """
        return _posicion(self._pedir(creacion, "internalStats")["lastConfirmedEntry"])

    def atendido(self, creacion: Creacion, hasta: Posicion) -> bool:
        """Whether the consumer has acknowledged everything up to there.

        Raises:
            SinAvance: the broker did not tell.
        """
        cursor = self._pedir(creacion, "internalStats")["cursors"].get(creacion.consumidor)
        if cursor is None:
            raise SinAvance(f"{creacion.consumidor} no está suscrito")
        if _posicion(cursor["markDeletePosition"]) >= hasta:
            return True
        # A ledger that was just opened has a last position that is no message's: nothing is left before it.
        cuenta = self._pedir(creacion, "stats?getPreciseBacklog=true")["subscriptions"].get(creacion.consumidor, {})
        return bool(cuenta.get("msgBacklog") == 0)

    def _pedir(self, creacion: Creacion, que: str) -> Any:
        ruta = f"{self._url}/{creacion.mensaje.topico.replace('://', '/')}/{que}"
        try:
            respuesta = self._http.request("GET", ruta)
            if respuesta.status != 200:
                raise SinAvance(f"{que}: {respuesta.status}")
            return json.loads(respuesta.data)
        except (urllib3.exceptions.HTTPError, ValueError) as error:
            raise SinAvance(f"{que}: {type(error).__name__}") from None


def _posicion(texto: str) -> Posicion:
    mayor, menor = texto.split(":")[:2]
    return int(mayor), int(menor)
