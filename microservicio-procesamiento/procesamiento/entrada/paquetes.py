"""The hand that unpacks, one package at a time. No transaction is open while any of it is read.

It is taken from the queue while it is RECIBIDO, to be unpacked and its images' commands said, and afterwards, refused
or on its way, for as long as what was sent is to be cleared away. Each attempt goes on where the last one was.
"""

import threading
from collections.abc import Callable
from typing import Any

from prometheus_client import Counter

from anonimizacion.empleado import Perdido
from contratos import motivos
from procesamiento.aplicacion import reparto
from procesamiento.dominio.paquete import (
    EN_CURSO,
    RECHAZADO,
    RECIBIDO,
    Miembro,
    MiembroPorDecir,
    Paquete,
    PaquetePorAbrir,
)
from procesamiento.entrada.desempaque import TANDA, Desempaque, Entero, Hallado, Rechazo, Tanda, nombre_de
from procesamiento.entrada.limpieza import Ausente, Taller
from procesamiento.entrada.manos import ManoDeCola, emplear, lectores
from procesamiento.infraestructura.paquetes import ColaPaquetesSQL
from seedwork.aplicacion.almacen import Almacen, SinAlmacen
from seedwork.aplicacion.sobre import Sobre
from seedwork.aplicacion.unidad import Abrir

PAQUETES = Counter("saludtech_paquetes_total", "Attempts at a package", ["resultado"])
_LECTORES = lectores(Tanda, Entero, Rechazo, Ausente)

DICHOS = 200
"""Commands that are said in one transaction."""
BORRADOS = 500
"""Members that are forgotten in one statement."""


class Desempacador(ManoDeCola[PaquetePorAbrir]):
    """Takes packages from the queue and has each unpacked by a process that may die of it.

    Args:
        cola: the queue.
        abrir: opens a unit of work.
        almacen: the platform's own store.
        taller: what the process unpacks with.
        intentos: how often a package is tried without getting anywhere.
        plazo_s: seconds that one attempt may take.
        maximo: octets that its members may have in all.
    """

    def __init__(
        self,
        cola: ColaPaquetesSQL,
        abrir: Abrir,
        almacen: Almacen,
        taller: Taller,
        *,
        intentos: int,
        plazo_s: float,
        maximo: int,
    ) -> None:
        super().__init__(cola, "paquete", PAQUETES, emplear(taller))
        self._paquetes = cola
        self._abrir = abrir
        self._almacen = almacen
        self._intentos = intentos
        self._plazo_s = plazo_s
        self._maximo = maximo

    def _atender(self, tomado: PaquetePorAbrir, sobre: Sobre, parada: threading.Event) -> str:
        paquete = self._paquetes.paquete(tomado.id)

        def asentar(hacer: Callable[..., bool], *de_que: object) -> None:
            with self._abrir() as unidad, unidad.mensaje(sobre, deshacible=False):
                if not hacer(unidad, tomado.id, tomado.arriendo, *de_que):
                    raise Perdido

        estado = paquete.estado
        if estado == RECIBIDO:
            rechazo = None
            if not paquete.total:
                rechazo = self._desempacar(tomado, paquete, parada, asentar)
            if rechazo is not None:
                asentar(reparto.rechazar, rechazo.motivo, rechazo.detalle)
                estado = RECHAZADO
            else:
                self._decir(tomado, parada, asentar)
                estado = EN_CURSO
        self._recoger(tomado, paquete.sha256 if estado == RECHAZADO else "", parada)
        asentar(reparto.recoger)
        return estado

    def _desempacar(
        self, tomado: PaquetePorAbrir, paquete: Paquete, parada: threading.Event, asentar: Callable[..., None]
    ) -> Rechazo | None:
        """Have it unpacked; why it is not taken, None where all its members are listed.

        Raises:
            Perdido: it is not done, or no longer this hand's.
            Impedido, SinAlmacen: it can't be done here and now.
        """
        if tomado.intentos > self._intentos:
            # What its last attempt was lost with, the worker itself, may have been its doing.
            return Rechazo(motivos.DESEMPAQUE_FALLIDO)
        encargo = Desempaque(
            id=paquete.id,
            uri=tomado.uri,
            sha256=paquete.sha256,
            uri_metadatos=tomado.uri_metadatos,
            sha256_metadatos=paquete.sha256_metadatos,
            desde=self._paquetes.listados(tomado.id),
            maximo=self._maximo,
        )
        for respuesta in self._empleado.pedir(
            encargo,
            _LECTORES,
            plazo_s=self._plazo_s,
            parada=parada,
            renovar=lambda: self._renovar(tomado),
        ):
            match respuesta:
                case Tanda(hallados):
                    if not all(self._puede_ser(paquete, hallado) for hallado in hallados):
                        raise Perdido
                    asentar(reparto.listar, [_listado(tomado.id, hallado) for hallado in hallados])
                case Entero(total):
                    asentar(reparto.contar, total)
                case Rechazo():
                    return respuesta
                case Ausente():
                    raise SinAlmacen
        return None

    def _puede_ser(self, paquete: Paquete, hallado: Hallado) -> bool:
        """Whether it lies where this package's members do."""
        return hallado.uri == self._almacen.uri(nombre_de(paquete.id, paquete.sha256, hallado.lugar))

    def _decir(self, tomado: PaquetePorAbrir, parada: threading.Event, asentar: Callable[..., None]) -> None:
        """Say what is not said yet of its images' commands."""
        ultimos = False
        while not ultimos:
            self._seguir(tomado, parada)
            ids = self._paquetes.por_decir(tomado.id, DICHOS + 1)
            ultimos = len(ids) <= DICHOS
            asentar(reparto.decir, ids[:DICHOS], ultimos)

    def _recoger(self, tomado: PaquetePorAbrir, rechazado: str, parada: threading.Event) -> None:
        """Delete what was sent; of what was refused, its members too, and those that were not listed yet.

        Args:
            rechazado: the checksum of a zip that was refused; empty for none.

        Raises:
            Perdido: all is to stop, or it is no longer this hand's.
            SinAlmacen: the store is away.
        """
        for uri in (tomado.uri, tomado.uri_metadatos):
            self._borrar(uri)
        if rechazado:
            # Not listed are at most a batch that was told of, and the one that was being stored.
            for lugar in range(self._paquetes.listados(tomado.id) + 2 * TANDA):
                if lugar % TANDA == 0:
                    self._seguir(tomado, parada)
                self._almacen.borrar(nombre_de(tomado.id, rechazado, lugar))
            while self._paquetes.olvidar(tomado.id, BORRADOS):
                self._seguir(tomado, parada)

    def _seguir(self, tomado: PaquetePorAbrir, parada: threading.Event) -> None:
        if parada.is_set() or not self._renovar(tomado):
            raise Perdido

    def _borrar(self, uri: str | None) -> None:
        nombre = self._almacen.nombre(uri or "")
        if nombre is not None:
            self._almacen.borrar(nombre)


def _listado(paquete: str, hallado: Hallado) -> tuple[Miembro, MiembroPorDecir]:
    """What stays of a member, and what goes with its command."""
    suyo: dict[str, Any] = {"id": hallado.id, "paquete": paquete, "lugar": hallado.lugar}
    return (
        Miembro(**suyo, imagen=hallado.imagen, uri=hallado.uri),
        MiembroPorDecir(**suyo, sha256=hallado.sha256, octetos=hallado.octetos, metadatos=hallado.metadatos),
    )
