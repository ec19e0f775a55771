"""Provisioning: everything that must exist on the broker before the first message. Idempotent."""

import json
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote

import urllib3

from contratos import INQUILINO, REGISTRO, Mensaje
from contratos.canal import oyentes
from seedwork.infraestructura.avro import texto_esquema
from seedwork.infraestructura.credencial import NADIE, Credencial
from seedwork.infraestructura.permisos import Permisos, permisos_de
from seedwork.infraestructura.topicos import SUBSCRIPTION_CARTAS, topico_cartas, topico_espera

RETENCION_DIAS = 7.0
"""How long topics keep what was consumed, where no setting says otherwise."""
COMPATIBILIDAD = "FULL_TRANSITIVE"
"""What a topic's schemas must be to each other; the broker takes no other one."""
_DIA_MIN = 24 * 60
_SIN_LIMITE = {"retentionTimeInMinutes": -1, "retentionSizeInMB": -1}
_SIN_RETENCION = {"retentionTimeInMinutes": 0, "retentionSizeInMB": 0}
_MAS_ANTIGUO = {"ledgerId": -1, "entryId": -1, "partitionIndex": -1}


def retencion(contexto: str, dias: float) -> dict[str, int]:
    """How long a context's topics keep what was consumed, as the broker is told: minutes and MB, -1 for no limit."""
    if contexto == "sagas":
        return _SIN_LIMITE
    return {"retentionTimeInMinutes": max(1, round(dias * _DIA_MIN)), "retentionSizeInMB": -1}


class ErrorDeAprovisionamiento(Exception):
    """The broker refused a step; the text names it."""


class Aprovisionador:
    """Talks to the broker's admin API (REST v2).

    Args:
        url: the admin API's base URL.
        quien: who we are, to a broker that asks.
        retencion_dias: how long topics keep messages that were consumed; the saga's topic keeps them for ever. The
            broker counts in minutes, from one on.
    """

    def __init__(self, url: str, *, quien: Credencial = NADIE, retencion_dias: float = RETENCION_DIAS) -> None:
        self._url = url.rstrip("/") + "/admin/v2"
        self._retencion_dias = retencion_dias
        # Services provision at the same time: who loses a race is told 500, and that it is there when it asks again.
        intentos = urllib3.Retry(
            6, backoff_factor=0.2, status_forcelist=(500, 503), allowed_methods=None, raise_on_status=False
        )
        self._con_token = quien.token is not None
        self._cabeceras = {"Content-Type": "application/json", **quien.cabeceras}
        self._http = urllib3.PoolManager(maxsize=4, retries=intentos, **quien.de_http(url))

    def topicos(self, mensajes: Iterable[type[Mensaje]] | None = None) -> None:
        """Tenant, namespaces with their policies, every topic and its schema: of all messages, unless told otherwise.

        Raises:
            ErrorDeAprovisionamiento: the broker refused; an incompatible schema among the reasons.
        """
        mensajes = list(REGISTRO.values() if mensajes is None else mensajes)
        clusters = json.loads(self._pedir("GET", "/clusters"))
        self._pedir("PUT", f"/tenants/{INQUILINO}", {"allowedClusters": clusters}, existe=True)
        for contexto in sorted({m.contexto for m in mensajes}):
            self._espacio(contexto)
        for tipo in mensajes:
            ruta = _ruta(tipo.topico)
            if tipo.particiones:
                self._pedir("PUT", f"{ruta}/partitions", tipo.particiones, existe=True)
            else:
                self._pedir("PUT", ruta, existe=True)
            self.registrar(tipo.topico, texto_esquema(tipo))

    def registrar(self, topico: str, esquema: str) -> None:
        """Make an Avro schema one of a topic's, unless it is. No producer and no consumer can (contract §3).

        Raises:
            ErrorDeAprovisionamiento: it is not compatible with those that the topic has.
        """
        cuerpo = {"type": "AVRO", "schema": esquema, "properties": {}}
        self._pedir("POST", f"/schemas/{topico.removeprefix('persistent://')}/schema", cuerpo)

    def subscriptions(self, contexto: str, nombre: str, mensajes: Sequence[type[Mensaje]]) -> None:
        """A service's subscription on every topic that it hears, from the earliest, its dead-letter place, and, where
        it hears commands, the place where they wait."""
        for tipo in mensajes:
            self._suscribir(_ruta(tipo.topico), nombre)
        self._propio(topico_cartas(contexto), SUBSCRIPTION_CARTAS)
        if any(tipo.clase == "comando" for tipo in mensajes):
            self._propio(topico_espera(contexto), nombre)

    def todo(self) -> None:
        """All that the platform's parts need, whichever of them is there, and to each role what it may do with it."""
        self.topicos()
        for rol, oidos in oyentes().items():
            self.subscriptions(rol, rol, oidos)
        if self._con_token:
            self.permisos()

    def permisos(self) -> None:
        """Let each role do what :mod:`seedwork.infraestructura.permisos` says, and nobody else anything; what is so
        already stays untouched.

        Raises:
            ErrorDeAprovisionamiento: the broker refused; it does not ask who is who, say.
        """
        for contexto in sorted({tipo.contexto for tipo in REGISTRO.values()}):
            self._permisos_en(f"/namespaces/{INQUILINO}/{contexto}", permisos_de(contexto))

    def _permisos_en(self, espacio: str, debidos: Permisos) -> None:
        hay = json.loads(self._pedir("GET", espacio))["auth_policies"]
        # What is allowed in a whole namespace, no topic's rule would keep from anybody.
        for rol in hay["namespace_auth"]:
            self._pedir("DELETE", f"{espacio}/permissions/{_en_ruta(rol)}")
        de_topicos = hay["destination_auth"]
        for topico in {*de_topicos, *debidos.topicos}:
            # A partition has what its topic has, and is told of it together with that.
            if "-partition-" in topico:
                continue
            suyos, permitidos = debidos.topicos.get(topico, {}), de_topicos.get(topico, {})
            for rol in permitidos.keys() - suyos.keys():
                self._pedir("DELETE", f"{_ruta(topico)}/permissions/{_en_ruta(rol)}")
            for rol, acciones in suyos.items():
                if acciones != frozenset(permitidos.get(rol, ())):
                    self._pedir("POST", f"{_ruta(topico)}/permissions/{_en_ruta(rol)}", sorted(acciones))
        de_subscriptions = hay["subscription_auth_roles"]
        for nombre, roles in debidos.subscriptions.items():
            ruta = f"{espacio}/permissions/subscription/{_en_ruta(nombre)}"
            if frozenset(de_subscriptions.get(nombre, ())) != roles:
                self._pedir("POST", ruta, sorted(roles))

    def _propio(self, topico: str, subscription: str) -> None:
        """A topic that nobody else hears. What was taken off it goes: it must not stay for another retention time."""
        ruta = _ruta(topico)
        self._pedir("PUT", ruta, existe=True)
        self._pedir("POST", f"{ruta}/retention", _SIN_RETENCION)
        self._suscribir(ruta, subscription)

    def atraso(self, topico: str, subscription: str) -> int:
        """How many messages the subscription has not acknowledged yet."""
        ruta = _ruta(topico)
        particiones = json.loads(self._pedir("GET", f"{ruta}/partitions"))["partitions"]
        stats = "/partitioned-stats?perPartition=false" if particiones else "/stats"
        return int(json.loads(self._pedir("GET", ruta + stats))["subscriptions"][subscription]["msgBacklog"])

    def _espacio(self, contexto: str) -> None:
        ruta = f"/namespaces/{INQUILINO}/{contexto}"
        self._pedir("PUT", ruta, existe=True)
        # First: whoever connects meanwhile must not make the first schema of a topic.
        self._pedir("POST", f"{ruta}/isAllowAutoUpdateSchema", False)
        self._pedir("PUT", f"{ruta}/schemaCompatibilityStrategy", COMPATIBILIDAD)
        self._pedir("POST", f"{ruta}/schemaValidationEnforced", True)
        self._pedir("POST", f"{ruta}/retention", retencion(contexto, self._retencion_dias))

    def _suscribir(self, ruta: str, nombre: str) -> None:
        self._pedir("PUT", f"{ruta}/subscription/{_en_ruta(nombre)}", _MAS_ANTIGUO, existe=True)

    def _pedir(self, metodo: str, ruta: str, cuerpo: Any = None, *, existe: bool = False) -> bytes:
        try:
            respuesta = self._http.request(
                metodo,
                self._url + ruta,
                body=None if cuerpo is None else json.dumps(cuerpo),
                headers=self._cabeceras,
                timeout=urllib3.Timeout(30),
            )
        except urllib3.exceptions.HTTPError as error:
            raise ErrorDeAprovisionamiento(f"{metodo} {ruta}: {type(error).__name__}") from error
        if respuesta.status >= 300 and not (existe and respuesta.status == 409):
            raise ErrorDeAprovisionamiento(f"{metodo} {ruta}: {respuesta.status} {respuesta.data[:500].decode()}")
        return respuesta.data


def _ruta(topico: str) -> str:
    return "/" + topico.replace("://", "/")


def _en_ruta(texto: str) -> str:
    return quote(texto, safe="")
