"""A service in memory, and a hand on it: what arrives, what it says, and what becomes of commands."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

from contratos import motivos
from contratos.base import Mensaje
from seedwork.aplicacion.bus import Bus, Manejador, Rechazar
from seedwork.aplicacion.recibido import Recibido
from seedwork.aplicacion.unidad import Abrir
from seedwork.dominio.errores import ReglaViolada
from seedwork.infraestructura.tabla import Fila
from seedwork.pruebas.almacen import Almacen, EnSalida
from seedwork.pruebas.paciencia import PacienciaFija
from seedwork.pruebas.sobres import recibido, sobre_nuevo

M = TypeVar("M", bound=Mensaje)


def arrepentibles(
    manejadores: Mapping[type[Mensaje], Manejador], ids: Collection[str]
) -> Mapping[type[Mensaje], Manejador]:
    """These handlers; those of messages with these ids do all that they do, and then refuse."""

    def propio(manejar: Manejador) -> Manejador:
        def atender(mensaje: Any, unidad: Any) -> None:
            manejar(mensaje, unidad)
            if unidad.sobre.id in ids:
                raise ReglaViolada(motivos.DATOS_INVALIDOS)

        return atender

    return {tipo: propio(manejar) for tipo, manejar in manejadores.items()}


class CasaEnMemoria:
    """A service from its bus inwards, on its own tables; each service's tests derive theirs, with their words.

    Args:
        consumidor: the service's subscription.
        almacen: its database.
        abrir: opens its units of work there.
        manejadores: its table of contents.
        rechazar: tells of its refusals, where it has commands.

    Attributes:
        arrepentidos: ids of messages whose handlers do all that they do, and then refuse.
    """

    def __init__(
        self,
        consumidor: str,
        almacen: Almacen,
        abrir: Abrir,
        manejadores: Mapping[type[Mensaje], Manejador],
        rechazar: Rechazar | None = None,
    ) -> None:
        self.almacen = almacen
        self.abrir = abrir
        self.paciencia = PacienciaFija()
        self.arrepentidos: set[str] = set()
        con_arrepentidos = arrepentibles(manejadores, self.arrepentidos)
        self.bus = Bus(consumidor, abrir, con_arrepentidos, rechazar, self.paciencia)
        self._vistos = 0

    @property
    def ahora(self) -> datetime:
        """The present instant, there."""
        return self.almacen.entorno.ahora()

    # What arrives

    def recibido(self, mensaje: Mensaje, de: str, *, sujeto: str, **otros: Any) -> Recibido:
        """A message that another context has sent, now."""
        entorno = self.almacen.entorno
        return recibido(
            sobre_nuevo(mensaje, fuente=f"/saludtech/{de}", sujeto=sujeto, entorno=entorno, **otros), mensaje
        )

    def procesar(self, *recibidos: Recibido) -> Collection[str]:
        """Handle them in one transaction, in order; answers the ids of those that wait."""
        return self.bus.procesar(recibidos)

    def mandar(self, comando: Recibido) -> str | None:
        """Handle a command alone; answers the reason with which it was refused.

        Raises:
            AssertionError: it waits.
        """
        if self.procesar(comando):
            raise AssertionError(f"espera: {comando.mensaje}")
        return self.destino(comando)

    def otra_vez(self, comando: Recibido) -> Recibido:
        """A command that waits, as it comes again."""
        return replace(comando, vuelta=self.almacen.esperas[self.bus.consumidor, comando.sobre.id]["vuelta"])

    # What became of it

    def destino(self, comando: Recibido) -> str | None:
        """The reason with which a command was refused, None where it was applied.

        Raises:
            KeyError: it has no fate yet.
        """
        return self.almacen.comandos[comando.sobre.id].rechazo

    def filas(self, tabla: str) -> list[Fila]:
        """A table's rows, in the order in which they came."""
        return list(self.almacen.tablas[tabla].values())

    def foto(self) -> Mapping[str, Mapping[Any, Fila]]:
        """All that its own tables hold now."""
        return {nombre: dict(filas) for nombre, filas in self.almacen.tablas.items()}

    # What it said

    def olvidar(self) -> None:
        """All of it is sent and pruned: only what is said from here on is looked at."""
        self.almacen.outbox.clear()
        self._vistos = 0

    @property
    def dichos(self) -> list[EnSalida]:
        """What is in the outbox, in order; what waits is not said."""
        return [fila for fila in self.almacen.outbox.values() if isinstance(fila.carga, Mensaje)]

    def nuevos(self) -> list[EnSalida]:
        """What was said since the last call."""
        antes, self._vistos = self._vistos, len(self.dichos)
        return self.dichos[antes:]

    def de_tipo(self, tipo: type[M]) -> list[M]:
        """All messages of a type that were said."""
        return [fila.carga for fila in self.dichos if isinstance(fila.carga, tipo)]
