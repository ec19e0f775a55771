"""What relay and consumer keep in a service's database, in memory: the outbox's queue, batches and attempts."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from seedwork.aplicacion.outbox import ARRIENDO_S, RENOVACION_S, PorEnviar, SinOutbox
from seedwork.aplicacion.recibido import Original
from seedwork.infraestructura.tabla import SinBase
from seedwork.pruebas.almacen import Almacen

_ARRIENDO, _RENOVACION = timedelta(seconds=ARRIENDO_S), timedelta(seconds=RENOVACION_S)


class OutboxMemoria:
    """One service's outbox, in the hands of one relay (:class:`seedwork.aplicacion.outbox.Outbox`)."""

    def __init__(self, almacen: Almacen) -> None:
        self._almacen = almacen
        self._renovado: datetime | None = None

    def desde(self) -> datetime | None:
        """From which instant on it may lead, on the store's clock; None for now."""
        libre = self._almacen.lider in (None, self)
        return None if libre or self._almacen.lider_hasta <= self._ahora() else self._almacen.lider_hasta

    def dirigir(self) -> bool:
        """See the port."""
        ahora = self._ahora()
        if self._renovado is not None and ahora - self._renovado < _RENOVACION:
            return True
        if self._almacen.ausente:
            self._renovado = None
            raise SinOutbox("el almacén no responde")
        if self.desde() is not None:
            self._renovado = None
            return False
        self._almacen.lider, self._almacen.lider_hasta, self._renovado = self, ahora + _ARRIENDO, ahora
        return True

    def pendientes(self, tope: int) -> Sequence[PorEnviar]:
        """See the port."""
        self._exigir()
        ahora, sin_enviar = self._ahora(), self._almacen.sin_enviar
        return [
            PorEnviar(
                f.id,
                f.topico,
                f.carga,
                f.propiedades,
                f.sobre.sujeto,
                max(0.0, (f.no_antes - ahora).total_seconds()) if f.no_antes else 0.0,
            )
            for f in (sin_enviar[id] for id in sorted(sin_enviar)[:tope])
        ]

    def marcar(self, ids: Sequence[int]) -> None:
        """See the port."""
        try:
            with self._almacen.suelta():
                for id in ids:
                    fila = self._almacen.sin_enviar.pop(id, None)
                    if fila is not None and fila.no_antes is not None:
                        self._almacen.outbox.pop(id, None)
        except SinBase as error:
            # The session is gone.
            self.soltar()
            raise SinOutbox("no se marcó, o no se sabe") from error
        self._exigir()

    def aguardar(self, espera_s: float) -> None:
        """See the port. Nobody waits here: the world's time stands still meanwhile."""
        self._exigir()

    def soltar(self) -> None:
        """See the port."""
        self._renovado = None
        if self._almacen.lider is self:
            self._almacen.lider = None

    def _ahora(self) -> datetime:
        return self._almacen.entorno.ahora()

    def _exigir(self) -> None:
        if self._almacen.ausente or self._renovado is None or self._almacen.lider is not self:
            self._renovado = None
            raise SinOutbox("no dirige")


class IntentosMemoria:
    """Batches begun, and attempts (:class:`seedwork.aplicacion.tratamiento.Intentos`).

    Args:
        lote: an id of this consumer's own, in this process.
    """

    def __init__(self, almacen: Almacen, consumidor: str, lote: str) -> None:
        self._almacen = almacen
        self._consumidor = consumidor
        self.lote = lote

    def empezar_lote(self, ids: Collection[str]) -> Collection[str]:
        """See the port."""
        a = self._almacen
        with a.suelta():
            perdidos = [
                lote
                for lote, (consumidor, suyos) in a.lotes.items()
                if lote != self.lote and consumidor == self._consumidor and not suyos.isdisjoint(ids)
            ]
            de_perdidos = {id for lote in perdidos for id in a.lotes.pop(lote)[1]}
            for id in de_perdidos:
                if (self._consumidor, id) not in a.inbox and id not in a.comandos:
                    a.intentos.setdefault((self._consumidor, id), {"tipo": "", "intentos": 0, "error": None})
            a.lotes[self.lote] = self._consumidor, frozenset(ids)
        return (de_perdidos & set(ids)) | {id for id in ids if (self._consumidor, id) in a.intentos}

    def terminar_lote(self) -> None:
        """See the port."""
        with self._almacen.suelta():
            self._almacen.lotes.pop(self.lote, None)

    def empezar_intento(self, ce_id: str, tipo: str, maximo: int, *, vuelta: int = 0) -> tuple[int, str | None]:
        """See the port."""
        a, clave = self._almacen, (self._consumidor, ce_id)
        with a.suelta():
            if clave in a.inbox or (clave in a.esperas and a.esperas[clave]["vuelta"] > vuelta):
                return 1, None
            fila = a.intentos.get(clave, {"intentos": 0, "error": None})
            error = fila["error"] if fila["intentos"] >= maximo else None
            a.intentos[clave] = {**fila, "tipo": tipo, "intentos": fila["intentos"] + 1, "error": error}
        return fila["intentos"] + 1, error

    def anotar_error(self, ce_id: str, error: str) -> None:
        """See the port."""
        a, clave = self._almacen, (self._consumidor, ce_id)
        with a.suelta():
            if clave in a.intentos:
                a.intentos[clave] = {**a.intentos[clave], "error": error}

    def aparcar(self, ce_id: str, intentos: int) -> None:
        """See the port."""
        a, clave = self._almacen, (self._consumidor, ce_id)
        with a.suelta():
            fila = a.intentos.get(clave)
            if fila is not None and fila["intentos"] >= intentos:
                del a.intentos[clave]
                a.inbox.setdefault(clave, True)
            a.esperas.pop(clave, None)

    def no_esperar(self, ce_id: str) -> None:
        """See the port."""
        with self._almacen.suelta():
            self._almacen.esperas.pop((self._consumidor, ce_id), None)
            self._almacen.intentos.pop((self._consumidor, ce_id), None)

    def esta_aparcado_sin_leer(self, llegado: Original) -> bool:
        """See the port."""
        return (self._consumidor, f"@{llegado.lugar}") in self._almacen.inbox

    def aparcar_sin_leer(self, llegado: Original) -> None:
        """See the port."""
        with self._almacen.suelta():
            self._almacen.inbox.setdefault((self._consumidor, f"@{llegado.lugar}"), True)

    def levantar(self, ce_id: str) -> None:
        """Let a parked message be tried again, from its first attempt on, and its wait, if it waited, begin anew; one
        that was handled stays so.
        """
        a, clave = self._almacen, (self._consumidor, ce_id)
        with a.suelta():
            a.intentos.pop(clave, None)
            if a.inbox.get(clave):
                del a.inbox[clave]
            a.esperas.pop(clave, None)
