"""The unit of work: one local transaction that holds state, inbox and outbox, and handles messages one by one.

:meth:`UnidadTrabajo.mensaje` is the only way to handle anything: what the block did counts when it ends well, and is
undone as a whole when it ends with an error.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from types import TracebackType
from typing import Any, TypeVar

from contratos.base import Mensaje
from seedwork.aplicacion import auditoria
from seedwork.aplicacion.auditoria import Anotacion
from seedwork.aplicacion.entorno import Entorno
from seedwork.aplicacion.espera import PorConocer
from seedwork.aplicacion.identidad import Acceso
from seedwork.aplicacion.sobre import Sobre
from seedwork.aplicacion.transaccion import DestinoDeComando, Saliente, Transaccion
from seedwork.dominio.agregado import EventoDominio
from seedwork.dominio.errores import ReglaViolada

Traductor = Callable[[Any], Mensaje] | None
"""Makes the published message of a domain event; None marks the event as internal."""

Traducciones = Mapping[type[EventoDominio], Traductor]


T = TypeVar("T", bound=Transaccion)


class UnidadTrabajo:
    """One transaction. Handlers read and change aggregates through it; they never commit.

    Each service's own derives from it: ``aplicacion/puertos.py`` says what it has besides, and
    ``infraestructura/repositorio.py`` makes it.

    Args:
        transaccion: what keeps it all; its opener commits.
        participante: the service's name, as ``ce_source`` and the saga's steps bear it.
        traducciones: the published message of each domain event.

    Attributes:
        entorno: where time, ids and chance come from.
        reloj: the database's clock, the one that deadlines go by; in one unit of work, it is asked once.
    """

    def __init__(self, transaccion: Transaccion, participante: str, traducciones: Traducciones) -> None:
        self.transaccion = transaccion
        self.entorno: Entorno = transaccion.entorno
        self.reloj: Callable[[], datetime] = transaccion.reloj
        self.participante = participante
        self._traducciones = traducciones
        self._fuente = f"/saludtech/{participante}"
        self._sobre: Sobre | None = None
        self._recurso = ""
        self._inscritos = transaccion.cambios.inscritos
        self._prestados = transaccion.cambios.prestados
        self._regresos = transaccion.cambios.regresos
        self._salientes: list[Saliente] = []
        self._destinos: list[DestinoDeComando] = []
        self._anotaciones: list[Anotacion] = []
        self._marca = 0, 0, 0

    @property
    def sobre(self) -> Sobre:
        """The envelope of the message being handled.

        Raises:
            RuntimeError: none is.
        """
        if self._sobre is None:
            raise RuntimeError("esta unidad de trabajo no atiende ningún mensaje")
        return self._sobre

    @property
    def acceso(self) -> Acceso:
        """How far whoever asked for the command being handled reaches; all the way for what no caller asked for."""
        return self.sobre.acceso

    def mensaje(self, sobre: Sobre, *, deshacible: bool = True) -> AbstractContextManager[object]:
        """Handle a message in the block.

        Where the block ends well, what aggregates recorded is published. Where it ends with ReglaViolada or PorConocer,
        all that it did is undone, and another message may follow, or the same one once more. After any other error the
        unit of work is of no use any more: it has to be rolled back.

        Args:
            sobre: the message's envelope.
            deshacible: False where nothing can refuse it alone, which costs a savepoint: then those two are errors like
                any other.
        """
        if self._sobre is not None:
            raise RuntimeError("esta unidad de trabajo ya atiende un mensaje")
        self._sobre = sobre
        self._recurso = sobre.sujeto
        self._prestados.clear()
        self._regresos.clear()
        self._marca = len(self._salientes), len(self._destinos), len(self._anotaciones)
        self.transaccion.marcar(deshacible=deshacible)
        return _Curso(self, deshacible)

    def por_cuenta_propia(
        self, causa: str, *, sujeto: str, correlacion: str, traza: str | None = None
    ) -> AbstractContextManager[object]:
        """Handle, in the block, nothing that arrived, but something that the service found out: a deadline, say."""
        return self.mensaje(
            Sobre.propio(
                causa,
                fuente=self._fuente,
                sujeto=sujeto,
                correlacion=correlacion,
                traza=traza,
                entorno=self.entorno,
            )
        )

    def publicar(self, mensaje: Mensaje, *, sujeto: str, secuencia: int | None = None, id: str | None = None) -> None:
        """Put a message into the outbox, caused by the one being handled.

        Args:
            id: its ``ce_id``, where whoever says it again has to say the same.
        """
        sobre = self.sobre.consecuencia(
            mensaje, fuente=self._fuente, sujeto=sujeto, secuencia=secuencia, id=id, entorno=self.entorno
        )
        self._salientes.append(Saliente(sobre, mensaje))

    def auditar(self, anotacion: Anotacion) -> None:
        """Have the audit trail tell something; what becomes of commands, it tells anyway."""
        self._anotaciones.append(anotacion)

    def callar_sujeto(self) -> None:
        """Have the audit trail, which keeps all for ever, tell of the command being handled by its own id: what its
        sender took for an id may be a person's number."""
        self._recurso = self.sobre.id

    def anotar_aplicado(self) -> None:
        """Keep the fate of the command being handled: applied."""
        self._anotar_destino(None)

    def anotar_rechazo(self, motivo: str) -> None:
        """Keep the fate of the command being handled: refused with a reason's code."""
        self._anotar_destino(motivo)

    def precargar(self, ids_por_nombre: Mapping[str, Collection[str]]) -> None:
        """Load at once the aggregates that a batch is about, by the names of their ids; a hint."""
        for inscrito in self._inscritos:
            if ids := ids_por_nombre.get(inscrito.nombre_sujeto):
                inscrito.precargar(ids)

    def volcar(self) -> None:
        """Write everything that this unit of work holds; the commit is its opener's."""
        if self._sobre is not None:
            raise RuntimeError("un mensaje quedó a medias: la unidad de trabajo no puede confirmarse")
        for inscrito in self._inscritos:
            inscrito.volcar()
        self.transaccion.guardar(self._salientes, self._destinos, self._anotaciones)

    def soltar(self) -> None:
        """Let go of what it held.

        Some of that holds the transaction: in a cycle, all that a batch saw would stay until the collector comes by.
        """
        self._inscritos.clear()
        self._prestados.clear()
        self._regresos.clear()

    def _anotar_destino(self, rechazo: str | None) -> None:
        sobre = self.sobre
        self._destinos.append(DestinoDeComando(sobre.id, sobre.tipo, rechazo, sobre.acceso.titular))
        anotacion = auditoria.de_comando(sobre, self._recurso, rechazo, self.entorno.ahora())
        if anotacion is not None:
            self.auditar(anotacion)

    def _concluir(self) -> None:
        """Publish what the aggregates recorded while the present message was handled."""
        sobre = self.sobre
        for agregado, inscrito in self._prestados.values():
            for evento in agregado.registrados:
                traducir = self._traducciones[type(evento)]
                if traducir is not None:
                    agregado.secuencia += 1
                    self.publicar(traducir(evento), sujeto=agregado.id, secuencia=agregado.secuencia)
                inscrito.anotar(agregado, evento, sobre)
            agregado.registrados.clear()
        self._sobre = None

    def _deshacer(self) -> None:
        for regreso in reversed(self._regresos):
            regreso()
        self.transaccion.deshacer()
        salientes, destinos, anotaciones = self._marca
        del self._salientes[salientes:]
        del self._destinos[destinos:]
        del self._anotaciones[anotaciones:]
        self._sobre = None


class _Curso(AbstractContextManager[object]):
    """A message's course through its unit of work, which knows nothing of it: else they would be a cycle."""

    __slots__ = ("_deshacible", "_unidad")

    def __init__(self, unidad: UnidadTrabajo, deshacible: bool) -> None:
        self._unidad = unidad
        self._deshacible = deshacible

    def __exit__(
        self, tipo: type[BaseException] | None, _error: BaseException | None, _pila: TracebackType | None, /
    ) -> None:
        if tipo is None:
            self._unidad._concluir()
        elif self._deshacible and issubclass(tipo, ReglaViolada | PorConocer):
            self._unidad._deshacer()


Abrir = Callable[[], AbstractContextManager[Any]]
"""Opens a unit of work: it commits when its block ends well, and rolls back when it does not."""


def abridor(transacciones: Callable[[], AbstractContextManager[T]], fabrica: Callable[[T], UnidadTrabajo]) -> Abrir:
    """How a service's units of work are opened.

    Args:
        transacciones: begins a transaction, which commits or rolls back as its block ends.
        fabrica: makes the service's own unit of work on one.
    """

    @contextmanager
    def abrir() -> Iterator[UnidadTrabajo]:
        with transacciones() as transaccion:
            unidad = fabrica(transaccion)
            try:
                yield unidad
                unidad.volcar()
            finally:
                unidad.soltar()

    return abrir
