"""The view that takes commands: it validates a body, gives the command its ids and publishes it."""

import json
from collections.abc import Awaitable, Callable

import flask
import structlog
from werkzeug.datastructures import Headers
from werkzeug.exceptions import MethodNotAllowed

from bff_web import cuerpos, formularios, idempotencia
from bff_web.comandos import COMANDOS
from bff_web.comandos.comun import ORDEN, SOLO_POST, Comando
from bff_web.consultas import CONSULTAS
from bff_web.direcciones import exigir_ids
from bff_web.emisor import ESPERA_S, FUENTE, Emisor
from bff_web.modelos_comandos import Cuerpo
from bff_web.tipos import ALMACEN
from contratos.acceso import permiso
from seedwork.aplicacion import trazas
from seedwork.aplicacion.broker import SinConfirmacion
from seedwork.aplicacion.entorno import Entorno
from seedwork.aplicacion.identidad import Acceso
from seedwork.aplicacion.sobre import Sobre
from seedwork.entrada.http import App, en_flask
from seedwork.entrada.problemas import ErrorHttp, problema

log = structlog.get_logger(__name__)


def registrar(app: App, emisor: Emisor, secreto: bytes, entorno: Entorno, subidas: formularios.Subidas) -> None:
    """Add every command's routes."""
    consultadas = {consulta.ruta for consulta in CONSULTAS}
    for comando in COMANDOS:
        vista = _vista(app, comando, emisor, secreto, entorno, subidas)
        for ruta in comando.rutas:
            app.add_url_rule(en_flask(ruta), ruta + ORDEN, vista, methods=["POST"], provide_automatic_options=False)
            # Else a query would take a command's address for that of a resource, and know none of that id.
            otros = [m for m in _OTROS_METODOS if m != "GET" or ruta not in consultadas]
            negar = _negar(sorted({"OPTIONS", "POST", *({"GET", "HEAD"} if ruta in consultadas else ())}))
            app.add_url_rule(en_flask(ruta), ruta + SOLO_POST, negar, methods=otros, provide_automatic_options=False)
    app.al_llegar = {ruta for comando in COMANDOS if comando.formularios for ruta in comando.rutas}


CLIENTE = "cliente_codigo"
"""The id, in a command's address, of the client that it is about."""
_OTROS_METODOS = ("GET", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")


def _negar(permitidos: list[str]) -> Callable[..., flask.Response]:
    def negar(**_ids: str) -> flask.Response:
        if flask.request.method == "OPTIONS":
            return flask.Response(status=204, headers={"Allow": ", ".join(permitidos)})
        raise MethodNotAllowed(permitidos)

    return negar


class _Aceptado(flask.Response):
    """A 202. Its Location is a path of ours, in ASCII: there is no IRI in it to be parsed and put together again."""

    def get_wsgi_headers(self, environ: object) -> Headers:
        """The headers as they are; the body's length is among them since the body was set."""
        return self.headers


Vista = Callable[..., Awaitable[flask.Response]]


def _vista(
    app: App, comando: Comando, emisor: Emisor, secreto: bytes, entorno: Entorno, subidas: formularios.Subidas
) -> Vista:
    recurso, suyo = comando.recurso, permiso(comando.mensaje)

    async def leer() -> Cuerpo:
        if comando.formularios and formularios.hay():
            return await formularios.leer(comando.formularios, subidas)
        if comando.cuerpo is None:
            raise formularios.no_es_formulario()
        return cuerpos.leer(comando.cuerpo, **{ALMACEN: subidas.almacen.uri("")})

    async def vista(**ids: str) -> flask.Response:
        quien = app.identificar()
        exigir_ids(ids)
        cuerpo = await leer()
        acceso = Acceso(quien, suyo)
        exigir_a_nombre_propio(acceso, cuerpo.a_nombre_de or ids.get(CLIENTE, ""))
        clave = idempotencia.clave_de(flask.request.environ)
        ruta = comando.rutas[0].format(**ids)
        identidad = idempotencia.identificar(ruta, clave, cuerpo, secreto, entorno, acceso)
        id_recurso = ids.get(recurso.id) or cuerpo.id_propio or identidad.id_recurso
        # Where a trusted proxy serves us under an address of its own, that is part of ours.
        raiz = flask.request.root_path
        consulta = raiz + recurso.consulta.format(id_recurso, id_comando=identidad.id_comando)
        aceptado = {
            "id_comando": identidad.id_comando,
            recurso.id: id_recurso,
            "estado": "ACEPTADO",
            "consulta": consulta,
            "comando": raiz + recurso.consulta_comando.format(identidad.id_comando),
        }
        mensaje = cuerpo.mensaje(id_recurso)
        sobre = Sobre.nuevo(
            mensaje,
            fuente=FUENTE,
            sujeto=id_recurso,
            id=identidad.id_comando,
            clave_idempotencia=identidad.clave,
            traza=flask.g.tramo.contexto,
            entorno=entorno,
            quien=quien,
        )
        # What it does is found under its own id from here on, in logs and trails.
        flask.g.correlacion = identidad.id_comando
        structlog.contextvars.bind_contextvars(correlacion=identidad.id_comando)
        try:
            with trazas.publicando(sobre, mensaje.topico) as saliente:
                await emisor.entregar(saliente, mensaje, espera=ESPERA_S)
        except SinConfirmacion as error:
            log.warning("comando sin confirmar", tipo=mensaje.tipo, error=str(error))
            return problema(
                503,
                "El broker no confirmó el comando a tiempo: no se sabe si tendrá efecto. Consúltelo, o repita la "
                f"petición con la misma {idempotencia.CABECERA}, si la envió.",
                cabeceras={"Retry-After": "2"},
                **aceptado | {"estado": "DESCONOCIDO"},
            )
        log.info("comando aceptado", tipo=mensaje.tipo)
        return _Aceptado(json.dumps(aceptado), 202, {"Location": consulta}, content_type="application/json")

    return vista


def exigir_a_nombre_propio(acceso: Acceso, cliente: str) -> None:
    """Let no client ask for anything in another's name. The owner looks at it, too.

    Args:
        acceso: who asks, before the command.
        cliente: in whose name it is, by the client's code; empty for nobody's.

    Raises:
        ErrorHttp: 403.
    """
    if cliente and not acceso.alcanza("cliente", cliente):
        raise ErrorHttp(403, "Solo se puede pedir a nombre de uno mismo: el código de cliente es de otro.")
