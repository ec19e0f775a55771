"""Who was refused what at the door: told to the audit trail, which lies with a service: the door keeps nothing."""

from collections.abc import Callable, Sequence

import flask
import structlog
from prometheus_client import Counter

from bff_web.acceso import Negado
from bff_web.emisor import FUENTE
from bff_web.rutas import RUTAS
from contratos import Mensaje, motivos
from contratos.acceso import Rol
from contratos.bff import MAXIMO_VECES, AccesoNegado
from seedwork.aplicacion.auditoria import NEGADO, Anotacion
from seedwork.aplicacion.broker import NoCabe, SinConfirmacion
from seedwork.aplicacion.entorno import Entorno
from seedwork.aplicacion.identidad import Quien
from seedwork.aplicacion.pliegue import Pliegue
from seedwork.aplicacion.sobre import Sobre, en_texto
from seedwork.dominio.reglas import es_id
from seedwork.entrada.http import App, correlacion
from seedwork.entrada.problemas import ErrorHttp

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
    except ErrorHttp:
        # Another site's page, in somebody's browser: it was not that one who tried.
        return None


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
        self._pliegue = Pliegue(self._decir, cada_s=cada_s, cosas=COSAS, maximo=MAXIMO)

    def avisar(self, quien: Quien) -> None:
        """The request being handled was refused to this caller."""
        nombre = flask.request.endpoint or ""
        accion = RUTAS[nombre].accion if nombre in RUTAS else nombre
        id = next(iter((flask.request.view_args or {}).values()), "")
        nota = Anotacion(
            ocurrido=self._entorno.ahora(),
            quien=quien.id,
            titular=" ".join(_papel(rol, quien) for rol in sorted(quien.roles)),
            accion=accion,
            recurso=id if es_id(id) else "",
            resultado=NEGADO,
            motivo=motivos.NO_AUTORIZADO,
            correlacion=correlacion(),
        )
        log.warning("acceso negado", quien=nota.quien, accion=accion, recurso=nota.recurso)
        self._apuntar(nota)

    def _apuntar(self, nota: Anotacion) -> None:
        if not self._pliegue.apuntar(self._pliegue.reducida(nota)):
            SIN_CONTAR.inc(nota.veces)

    def contar(self) -> None:
        """Tell of all that waits; what can't be told now waits on."""
        self._pliegue.contar()

    def _decir(self, notas: Sequence[Anotacion]) -> None:
        for dichas, nota in enumerate(notas):
            hecho = AccesoNegado(
                quien=nota.quien,
                titular=nota.titular,
                accion=nota.accion,
                recurso=nota.recurso,
                motivo=nota.motivo or "",
                ocurrido=en_texto(nota.ocurrido),
                veces=min(nota.veces, MAXIMO_VECES),
            )
            sujeto = nota.recurso or nota.correlacion
            sobre = Sobre.nuevo(
                hecho, fuente=FUENTE, sujeto=sujeto, correlacion=nota.correlacion, entorno=self._entorno
            )
            try:
                self._publicar(sobre, hecho)
            except NoCabe:
                SIN_CONTAR.inc(nota.veces)
            except SinConfirmacion as error:
                log.warning("acceso negado sin contar todavía", error=str(error), cuantos=len(notas) - dichas)
                for pendiente in notas[dichas:]:
                    self._apuntar(pendiente)
                return


def _papel(rol: Rol, quien: Quien) -> str:
    # Who it is stands beside it: what is no code would be text in the message.
    codigo = {"cliente": quien.cliente, "clinica": quien.clinica}.get(rol)
    return f"{rol}:{codigo}" if codigo else rol
