"""Who was refused what at the door: told to the audit trail, which lies with a service: the door keeps nothing."""

import threading
from collections import Counter as Counts
from collections.abc import Callable
from dataclasses import dataclass, replace

import flask
import structlog
from prometheus_client import Counter

from bff_web.acceso import Negado
from bff_web.emisor import FUENTE
from bff_web.rutas import RUTAS
from contratos import Mensaje, motivos
from contratos.bff import AccesoNegado
from seedwork.aplicacion.broker import NoCabe, SinConfirmacion
from seedwork.aplicacion.entorno import Entorno
from seedwork.aplicacion.identidad import Quien
from seedwork.aplicacion.sobre import Sobre, en_texto
from seedwork.dominio.reglas import es_id
from seedwork.entrada.http import App, correlacion

log = structlog.get_logger(__name__)

CADA_S = 1.0
"""Seconds in which what one caller is refused of one kind, about one thing, is told together."""
MAXIMO = 1000
"""Callers, kinds and things that may wait to be told."""
COSAS = 50
"""Things that one caller was refused in that time, told one by one; what comes besides, without which it was."""

SIN_CONTAR = Counter("saludtech_negados_sin_contar", "Refusals at the door that the audit trail was not told of")

Publicar = Callable[[Sobre, Mensaje], None]
"""Returns once the message is durable; it may block, and raises SinConfirmacion."""

_Clave = tuple[str, str, str, str]


def vigilar(app: App, negados: "Negados") -> None:
    """Have each 403 of an application told, whoever of its parts refuses."""

    def avisar(respuesta: flask.Response) -> flask.Response:
        if respuesta.status_code == 403 and (quien := _quien(app)) is not None:
            negados.avisar(quien)
        return respuesta

    app.after_request(avisar)


def _quien(app: App) -> Quien | None:
    try:
        return app.identificar()
    except Negado as error:
        return error.quien


@dataclass(frozen=True, slots=True)
class _Negado:
    correlacion: str
    hecho: AccesoNegado


class Negados:
    """Tells of refusals, at most so often: whoever tries again and again costs the trail no more than :data:`COSAS`
    rows a second, and a row more for each kind.

    Nothing of it blocks or fails a request. What the broker does not take is tried again; what waits when the process
    ends, of the last second, is lost: the log has it.

    Args:
        publicar: how a message gets to the broker.
        entorno: whose clock and ids are used.
        cada_s: seconds between two rounds.
    """

    def __init__(self, publicar: Publicar, entorno: Entorno, cada_s: float = CADA_S) -> None:
        self._publicar = publicar
        self._entorno = entorno
        self._cada_s = cada_s
        self._cerrojo = threading.Lock()
        self._pendientes: dict[_Clave, _Negado] = {}
        self._cosas: Counts[str] = Counts()
        self._reloj: threading.Timer | None = None

    def avisar(self, quien: Quien) -> None:
        """The request being handled was refused to this caller."""
        nombre = flask.request.endpoint or ""
        accion = RUTAS[nombre].accion if nombre in RUTAS else nombre
        id = next(iter((flask.request.view_args or {}).values()), "")
        hecho = AccesoNegado(
            quien=quien.id,
            titular=" ".join(quien.como(rol) for rol in sorted(quien.roles)),
            accion=accion,
            recurso=id if es_id(id) else "",
            motivo=motivos.NO_AUTORIZADO,
            ocurrido=en_texto(self._entorno.ahora()),
            veces=1,
        )
        log.warning("acceso negado", quien=hecho.quien, accion=accion, recurso=hecho.recurso)
        self._apuntar(_Negado(correlacion(), hecho))

    def _apuntar(self, negado: _Negado) -> None:
        hecho = negado.hecho
        with self._cerrojo:
            clave: _Clave = (hecho.quien, hecho.titular, hecho.accion, hecho.recurso)
            if clave not in self._pendientes and self._cosas[hecho.quien] >= COSAS:
                clave = (hecho.quien, hecho.titular, hecho.accion, "")
                negado = replace(negado, hecho=replace(hecho, recurso=""))
            otro = self._pendientes.get(clave)
            if otro is None and len(self._pendientes) >= MAXIMO:
                SIN_CONTAR.inc(hecho.veces)
                return
            # The one that came first, however they get here.
            primero = negado if otro is None else min(negado, otro, key=lambda n: n.hecho.ocurrido)
            veces = hecho.veces + (0 if otro is None else otro.hecho.veces)
            if otro is None:
                self._cosas[hecho.quien] += 1
            self._pendientes[clave] = replace(primero, hecho=replace(primero.hecho, veces=veces))
            if self._reloj is None:
                self._reloj = threading.Timer(self._cada_s, self.contar)
                self._reloj.daemon = True
                self._reloj.start()

    def contar(self) -> None:
        """Tell of all that waits; what can't be told now waits on."""
        with self._cerrojo:
            negados, self._pendientes, self._reloj = list(self._pendientes.values()), {}, None
            self._cosas.clear()
        while negados:
            negado = negados.pop()
            hecho = negado.hecho
            sujeto = hecho.recurso or negado.correlacion
            sobre = Sobre.nuevo(
                hecho, fuente=FUENTE, sujeto=sujeto, correlacion=negado.correlacion, entorno=self._entorno
            )
            try:
                self._publicar(sobre, hecho)
            except NoCabe:
                SIN_CONTAR.inc(hecho.veces)
            except SinConfirmacion as error:
                log.warning("acceso negado sin contar todavía", error=str(error), cuantos=len(negados) + 1)
                for pendiente in (negado, *negados):
                    self._apuntar(pendiente)
                return
