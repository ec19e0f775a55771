"""How far consumers have come, as the broker knows it."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import urllib3

from seedwork.aplicacion.broker import Atraso, Marcha, Posicion, SinAvance
from seedwork.infraestructura.credencial import NADIE, Credencial


class AvancePulsar:
    """Asks the broker's admin API (REST v2). It answers soon, or not at all: whoever asks has other things to do.

    Args:
        url: the admin API's base URL.
        quien: who we are, to a broker that asks.
    """

    def __init__(self, url: str, quien: Credencial = NADIE) -> None:
        self._admin = _Admin(url, quien)

    def mirar(self, topico: str, subscription: str) -> Marcha:
        """How far the subscription has come on the topic, on each of its partitions.

        Raises:
            SinAvance: the broker did not tell.
        """
        ultimos, atendidos = [], []
        for parte, internas in self._admin.partes(topico, "internalStats"):
            ultimo = _posicion(internas["lastConfirmedEntry"])
            cursor = _cursor(internas, subscription)
            atendido = _posicion(cursor["markDeletePosition"])
            if atendido < ultimo:
                # A ledger that was just opened has a last position that is no message's: nothing is left before it.
                cuenta = self._admin.pedir(parte, "stats?getPreciseBacklog=true")["subscriptions"]
                if cuenta.get(subscription, {}).get("msgBacklog") == 0:
                    atendido = ultimo
            ultimos.append(ultimo)
            atendidos.append(atendido)
        return Marcha(tuple(ultimos), tuple(atendidos))


_CON_EDAD = "getEarliestTimeInBacklog=true"
_ULTIMAS_VECES = ("lastAckedTimestamp", "lastMarkDeleteAdvancedTimestamp")


class AtrasosPulsar:
    """Asks the broker's admin API likewise.

    Args:
        url: the admin API's base URL.
        quien: who we are, to a broker that asks.
    """

    def __init__(self, url: str, quien: Credencial = NADIE) -> None:
        self._admin = _Admin(url, quien)

    def mirar(self, topico: str, subscription: str) -> Atraso:
        """What the subscription has before it on the topic, over all its partitions.

        Raises:
            SinAvance: the broker did not tell, or there is no such subscription.
        """
        # Of all of them together it tells the backlog, and not when anybody acknowledged.
        partes = dict(self._admin.partes(topico, "stats", _CON_EDAD))
        cuentas = [suya for parte in partes.values() if (suya := parte["subscriptions"].get(subscription)) is not None]
        if not cuentas:
            raise SinAvance(f"{subscription} no está suscrito")
        entradas = sum(int(c["msgBacklog"]) - int(c.get("msgDelayed", 0)) for c in cuentas)
        marca = max(int(c.get(cuando, 0)) for c in cuentas for cuando in _ULTIMAS_VECES)
        # It says -1, or 0, where there is nothing.
        publicados = [hito for c in cuentas if (hito := int(c["earliestMsgPublishTimeInBacklog"])) > 0]
        return Atraso(
            max(0, entradas),
            marca,
            mas_antiguo=datetime.fromtimestamp(min(publicados) / 1000, UTC) if publicados else None,
            llegados={nombre: int(parte["msgInCounter"]) for nombre, parte in partes.items()},
            entregados=sum(int(c["msgOutCounter"]) for c in cuentas),
            consumidores=max(len(c["consumers"]) for c in cuentas),
        )


@dataclass(frozen=True, slots=True)
class CursorDeTopico:
    """Which of a topic's entries a subscription is done with.

    Attributes:
        ultimo: the topic's last entry.
        hasta: it is done with this one, and all before.
        sueltas: and with those behind the first of each pair, up to the second.
    """

    ultimo: Posicion
    hasta: Posicion
    sueltas: Sequence[tuple[Posicion, Posicion]]

    def acabada(self, posicion: Posicion) -> bool:
        """Whether an entry is done with."""
        return posicion <= self.hasta or any(tras < posicion <= hasta for tras, hasta in self.sueltas)


_SUELTA = re.compile(r"\((\d+:-?\d+)\.\.(\d+:-?\d+)\]")


class CursoresPulsar:
    """Asks the broker's admin API likewise.

    Args:
        url: the admin API's base URL.
        quien: who we are, to a broker that asks.
    """

    def __init__(self, url: str, quien: Credencial = NADIE) -> None:
        self._admin = _Admin(url, quien)

    def mirar(self, topico: str, subscription: str) -> CursorDeTopico:
        """How far the subscription has come on a topic without partitions, entry by entry.

        Raises:
            SinAvance: the broker did not tell, or there is no such subscription.
        """
        internas = self._admin.pedir(topico, "internalStats")
        cursor = _cursor(internas, subscription)
        sueltas = _SUELTA.findall(cursor["individuallyDeletedMessages"])
        return CursorDeTopico(
            _posicion(internas["lastConfirmedEntry"]),
            _posicion(cursor["markDeletePosition"]),
            [(_posicion(tras), _posicion(hasta)) for tras, hasta in sueltas],
        )


class _Admin:
    def __init__(self, url: str, quien: Credencial) -> None:
        self._url = url.rstrip("/") + "/admin/v2"
        self._http = urllib3.PoolManager(
            maxsize=1, retries=False, timeout=urllib3.Timeout(2.0), headers=quien.cabeceras, **quien.de_http(url)
        )
        self._particionados: dict[str, bool] = {}

    def partes(self, topico: str, que: str, como: str = "") -> list[tuple[str, Any]]:
        """What it tells of each part of a topic: of its partitions in their order, or of the topic itself."""
        if topico not in self._particionados:
            self._particionados[topico] = self.pedir(topico, "partitions")["partitions"] > 0
        if not self._particionados[topico]:
            return [(topico, self.pedir(topico, f"{que}?{como}"))]
        dichas = self.pedir(topico, f"partitioned-{que}?perPartition=true&{como}")["partitions"]
        return [(f"{topico}-partition-{i}", dichas[f"{topico}-partition-{i}"]) for i in range(len(dichas))]

    def pedir(self, topico: str, que: str) -> Any:
        ruta = f"{self._url}/{topico.replace('://', '/')}/{que}"
        try:
            respuesta = self._http.request("GET", ruta)
            if respuesta.status != 200:
                raise SinAvance(f"{que}: {respuesta.status}")
            return json.loads(respuesta.data)
        except (urllib3.exceptions.HTTPError, ValueError) as error:
            raise SinAvance(f"{que}: {type(error).__name__}") from None


def _cursor(internas: Mapping[str, Any], subscription: str) -> Mapping[str, Any]:
    """What a topic tells of a subscription's place.

    Raises:
        SinAvance: there is no such subscription.
    """
    cursor: Mapping[str, Any] | None = internas["cursors"].get(subscription)
    if cursor is None:
        raise SinAvance(f"{subscription} no está suscrito")
    return cursor


def _posicion(texto: str) -> Posicion:
    mayor, menor = texto.split(":")[:2]
    return int(mayor), int(menor)
