"""From a message to its handler, inside one unit of work: the same path for every command and every reaction."""

import math
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Any

from contratos import motivos
from contratos.acceso import Alcance, permiso
from contratos.base import Mensaje
from seedwork.aplicacion import trazas
from seedwork.aplicacion.cartas import ATENDIDA, EN_ESPERA, YA_ATENDIDA
from seedwork.aplicacion.espera import Aplazado, EnEspera, Paciencia, PorConocer
from seedwork.aplicacion.recibido import Recibido
from seedwork.aplicacion.sobre import Sobre
from seedwork.aplicacion.unidad import Abrir, UnidadTrabajo
from seedwork.aplicacion.validez import es_de_otro
from seedwork.dominio.errores import ReglaViolada
from seedwork.dominio.reglas import es_id

Manejador = Callable[[Any, Any], None]
"""``(message, unit of work) -> None``. It raises ReglaViolada to refuse a command, PorConocer to let it wait."""

Tras = Callable[[Sequence[Recibido]], None]
"""``(messages) -> None``: hears of those that were done with, once that is committed; it raises nothing."""

Rechazar = Callable[[Any, Any, str], None]
"""``(command, unit of work, reason's code) -> None``: tells that a command took no effect, and keeps what is to be kept
of it."""

_Asunto = tuple[str, str, str]
"""A command's type, its subject, and whose it is: those that have all three alike keep their order."""


class Bus:
    """Handles messages exactly once each: inbox, handlers, aggregates and outbox share one transaction.

    Args:
        consumidor: the inbox's first key; the subscription's name.
        abrir: opens a unit of work that commits when its block ends well, and rolls back when it does not.
        manejadores: the handler of each message type that this service hears.
        rechazar: tells of every refused command, whoever refused it.
        paciencia: how long commands wait for what they name; needed where there are commands.
        tras: hears of what was handled, refused, or known already.
        autenticada: whether callers are asked who they are: then a command that names nobody is refused.
    """

    def __init__(
        self,
        consumidor: str,
        abrir: Abrir,
        manejadores: Mapping[type[Mensaje], Manejador],
        rechazar: Rechazar | None = None,
        paciencia: Paciencia | None = None,
        tras: Tras = lambda _atendidos: None,
        *,
        autenticada: bool = False,
    ) -> None:
        if not manejadores:
            raise ValueError(f"el consumidor {consumidor} no tiene manejadores")
        for tipo in manejadores:
            if tipo.clase == "comando" and (rechazar is None or paciencia is None):
                raise ValueError(f"{tipo.__name__} es un comando: falta decir cómo se rechaza, y cuánto espera")
            if tipo.clase == "comando" and autenticada:
                permiso(tipo)
        self.consumidor = consumidor
        self.manejadores = manejadores
        self._abrir = abrir
        self._rechazar = rechazar
        self._paciencia = paciencia
        self._tras = tras
        self.autenticada = autenticada

    def procesar(self, recibidos: Sequence[Recibido], *, lote: str | None = None) -> Collection[str]:
        """Handle all of them in one transaction, in order; what was handled before is passed over.

        A command that has to wait, and those of its type and subject behind it, are made to wait in the same
        transaction: when this returns, every message is done with here.

        Args:
            recibidos: the messages.
            lote: the id of the batch, if it was noted as begun; it ends with the transaction.

        Returns:
            The ids of those that wait.

        Raises:
            Exception: whatever a handler or the database raised; then nothing of the batch took effect.
        """
        if not trazas.hay():
            return self._procesar(recibidos, lote)
        with trazas.Atencion(self.consumidor, recibidos) as atencion:
            atencion.esperan = self._procesar(atencion.recibidos, lote)
        return atencion.esperan

    def _procesar(self, recibidos: Sequence[Recibido], lote: str | None) -> Collection[str]:
        with self._abrir() as unidad:
            nuevos = unidad.transaccion.recibir(self.consumidor, {r.sobre.id for r in recibidos}, lote=lote)
            pendiente = _Lote(self, unidad, _sin_copias(r for r in recibidos if r.sobre.id in nuevos))
            pendiente.atender()
            esperan = pendiente.aplazar()
        self._tras([r for r in recibidos if r.sobre.id not in pendiente.por_atender])
        return esperan

    def reproducir(self, recibido: Recibido) -> str:
        """Handle a message that was parked, here and now, as if it came again.

        Returns:
            ATENDIDA; EN_ESPERA for a command that has to wait, and comes again; YA_ATENDIDA where it was handled, or
            given up, after all: then nothing is done.

        Raises:
            Exception: whatever its handler or the database raised; then nothing took effect, and it is parked still.
        """
        with trazas.Atencion(self.consumidor, [recibido]) as atencion, self._abrir() as unidad:
            if not unidad.transaccion.retirar(self.consumidor, recibido.sobre.id):
                return YA_ATENDIDA
            pendiente = _Lote(self, unidad, atencion.recibidos)
            pendiente.atender()
            atencion.esperan = pendiente.aplazar()
        if atencion.esperan:
            return EN_ESPERA
        self._tras([recibido])
        return ATENDIDA

    def descartar(self, recibido: Recibido, *, avisar: bool = True) -> bool:
        """Give a message up for good: a command is refused, an event stays without effect here.

        Args:
            recibido: what was parked.
            avisar: whether an event tells of the refusal; without it, only the command's fate does.

        Returns:
            False where it was handled after all; then nothing is done.
        """
        sobre, mensaje = recibido.sobre, recibido.mensaje
        with self._abrir() as unidad:
            if not unidad.transaccion.retirar(self.consumidor, sobre.id):
                return False
            if mensaje.clase == "comando":
                if sobre.clave_idempotencia:
                    unidad.transaccion.reclamar_claves({sobre.clave_idempotencia: sobre.id})
                self.rechazar_comando(unidad, recibido, motivos.COMANDO_DESCARTADO, avisar=avisar)
        self._tras([recibido])
        return True

    @property
    def paciencia(self) -> Paciencia:
        """How long its commands wait.

        Raises:
            RuntimeError: it handles none.
        """
        if self._paciencia is None:
            raise RuntimeError("un evento no espera")
        return self._paciencia

    def rechazar_comando(self, unidad: UnidadTrabajo, recibido: Recibido, motivo: str, *, avisar: bool = True) -> None:
        """Tell that a command took no effect, unless nobody is to hear of it, and keep that as its fate."""
        with unidad.mensaje(recibido.sobre):
            if avisar and self._rechazar is not None:
                self._rechazar(recibido.mensaje, unidad, motivo)
            unidad.anotar_rechazo(motivo)


class _Lote:
    """The new messages of one transaction: each is handled, refused, or made to wait."""

    def __init__(self, bus: Bus, unidad: UnidadTrabajo, pendientes: Sequence[Recibido]) -> None:
        self._bus = bus
        self._unidad = unidad
        self._pendientes = pendientes
        self._copias: list[str] = []
        self._esperan: list[Recibido] = []
        self._detras: set[str] = set()
        """Of those, the ids of who waits for nothing but its turn."""
        self._duenos: Mapping[str, str] = {}
        self._filas: dict[_Asunto, dict[str, EnEspera]] = {}
        """The rows of those that wait, by their ids, in their turns: those of the commands here, and the first of the
        others of each subject. No other one of them can come to be the first here."""

    def atender(self) -> None:
        """Handle what can be handled. What waits is tried again behind all others, which may have made it known.

        Then, what has waited long enough is refused, and those behind it have their turn.
        """
        comandos = [r for r in self._pendientes if r.mensaje.clase == "comando"]
        if comandos:
            self._conocer(comandos)
        self._unidad.precargar(_ids_por_nombre(self._pendientes))
        # However they came back: those that wait go first, in their turns, or they would wait for each other.
        self._vuelta(sorted(self._pendientes, key=self._turno) if self._filas else self._pendientes)
        if self._esperan:
            otra_vez, self._esperan, self._detras = self._esperan, [], set()
            self._vuelta(otra_vez, ultima=True)

    def aplazar(self) -> Collection[str]:
        """Let those wait that can't be handled; answers their ids."""
        transaccion, consumidor = self._unidad.transaccion, self._bus.consumidor
        ids = [r.sobre.id for r in self._esperan]
        if self._copias or ids:
            transaccion.devolver(consumidor, [*self._copias, *ids])
        if ids:
            transaccion.aplazar(consumidor, [self._aplazado(r) for r in self._esperan])
        return ids

    @property
    def por_atender(self) -> Collection[str]:
        """The ids of those that come again, behind :meth:`aplazar`."""
        return {*self._copias, *(r.sobre.id for r in self._esperan)}

    def _conocer(self, comandos: Sequence[Recibido]) -> None:
        """Whose each idempotency key is, and which commands of these subjects wait already, of whatever type, and of
        whomever: one that would make what another names is still on its way. Who looks for that looks later: so none
        is missed."""
        transaccion = self._unidad.transaccion
        claves = {r.sobre.clave_idempotencia: r.sobre.id for r in reversed(comandos) if r.sobre.clave_idempotencia}
        if claves:
            self._duenos = transaccion.reclamar_claves(claves)
        tipos = [t.tipo for t in self._bus.manejadores if t.clase == "comando"]
        asuntos = {(tipo, r.sobre.sujeto, r.sobre.acceso.titular) for r in comandos for tipo in tipos}
        for fila in transaccion.en_espera(self._bus.consumidor, asuntos, {r.sobre.id for r in comandos}):
            self._filas.setdefault((fila.tipo, fila.sujeto, fila.titular), {})[fila.id] = fila

    def _vuelta(self, recibidos: Iterable[Recibido], *, ultima: bool = False) -> None:
        detras: set[_Asunto] = set()
        for recibido in recibidos:
            asunto = _asunto(recibido)
            filas = self._filas.get(asunto, {})
            fila = filas.get(recibido.sobre.id)
            if fila is not None and recibido.vuelta < fila.vuelta:
                # Another copy of it counts, and is on its way.
                self._copias.append(recibido.sobre.id)
            elif (turno := asunto in detras or _hay_delante(filas, fila)) or not self._atender(recibido, ultima=ultima):
                self._esperan.append(recibido)
                if turno:
                    self._detras.add(recibido.sobre.id)
                detras.add(asunto)
            elif fila is not None:
                del filas[fila.id]
                self._unidad.transaccion.no_esperar(self._bus.consumidor, fila.id)

    def _atender(self, recibido: Recibido, *, ultima: bool) -> bool:
        """Handle one message, or refuse it; False where it has to wait."""
        unidad, sobre, mensaje = self._unidad, recibido.sobre, recibido.mensaje
        manejar = self._bus.manejadores[type(mensaje)]
        if mensaje.clase == "evento":
            with unidad.mensaje(sobre, deshacible=False):
                manejar(mensaje, unidad)
            return True
        try:
            with unidad.mensaje(sobre):
                self._exigir_permiso(sobre)
                if sobre.clave_idempotencia and self._duenos[sobre.clave_idempotencia] != sobre.id:
                    raise ReglaViolada(motivos.CLAVE_DE_IDEMPOTENCIA_REUTILIZADA)
                if es_de_otro(mensaje, sobre.sujeto):
                    raise ReglaViolada(motivos.DATOS_INVALIDOS)
                manejar(mensaje, unidad)
                unidad.anotar_aplicado()
        except ReglaViolada as regla:
            self._bus.rechazar_comando(unidad, recibido, regla.codigo)
        except PorConocer as falta:
            if not (ultima and self._agotada(falta, recibido)):
                return False
            self._bus.rechazar_comando(unidad, recibido, falta.codigo)
        return True

    def _exigir_permiso(self, sobre: Sobre) -> None:
        """Whose the thing is that it asks about, its handler looks at."""
        nadie = sobre.quien is None and self._bus.autenticada
        if nadie or self._unidad.acceso.alcance is Alcance.NADA:
            raise ReglaViolada(motivos.NO_AUTORIZADO)

    def _agotada(self, falta: PorConocer, recibido: Recibido) -> bool:
        """Whether nothing would make it known any more: no creation of its subject waits here itself, acknowledged
        though it is, and none is on its way."""
        propias = {c.mensaje.tipo for etapa in falta.etapas for c in etapa if c.consumidor == self._bus.consumidor}
        sujeto = recibido.sobre.sujeto
        if any(filas and tipo in propias and de == sujeto for (tipo, de, _), filas in self._filas.items()):
            return False
        return self._bus.paciencia.agotada(falta.etapas, self._segundos(recibido))

    def _fila(self, recibido: Recibido) -> EnEspera | None:
        return self._filas.get(_asunto(recibido), {}).get(recibido.sobre.id)

    def _turno(self, recibido: Recibido) -> float:
        fila = self._fila(recibido)
        return math.inf if fila is None else fila.turno

    def _segundos(self, recibido: Recibido) -> float:
        fila = self._fila(recibido)
        return 0.0 if fila is None else fila.segundos

    def _aplazado(self, recibido: Recibido) -> Aplazado:
        fila = self._fila(recibido)
        vuelta = 1 if fila is None else fila.vuelta + 1
        en_cola = recibido.sobre.id in self._detras
        pausa = self._bus.paciencia.pausa(vuelta, self._segundos(recibido), en_cola=en_cola)
        return Aplazado(recibido, vuelta, pausa)


def _hay_delante(filas: Mapping[str, EnEspera], propia: EnEspera | None) -> bool:
    """Whether another command waits before that one, of those of its subject in their turns."""
    primera = next(iter(filas.values()), None)
    return primera is not None and (propia is None or primera.turno < propia.turno)


def _asunto(recibido: Recibido) -> _Asunto:
    sobre = recibido.sobre
    return sobre.tipo, sobre.sujeto, sobre.acceso.titular


def _ids_por_nombre(recibidos: Iterable[Recibido]) -> Mapping[str, Collection[str]]:
    """What a batch is about, and what it mentions, by the name of the id."""
    ids: dict[str, set[str]] = defaultdict(set)
    for recibido in recibidos:
        mensaje = recibido.mensaje
        if mensaje.nombre_sujeto:
            ids[mensaje.nombre_sujeto].add(recibido.sobre.sujeto)
        for nombre, campo in mensaje.menciona.items():
            # What can be no id may be no text that a database takes; its handler refuses it.
            if es_id(mencionado := attrgetter(campo)(mensaje)):
                ids[nombre].add(mencionado)
    return ids


def _sin_copias(recibidos: Iterable[Recibido]) -> list[Recibido]:
    """Each message once, in the order in which they came; of copies, the one that waited most often."""
    unicos: dict[str, Recibido] = {}
    for recibido in recibidos:
        conocido = unicos.setdefault(recibido.sobre.id, recibido)
        if recibido.vuelta > conocido.vuelta:
            unicos[recibido.sobre.id] = recibido
    return list(unicos.values())
