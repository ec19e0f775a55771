"""The route: who may watch what, and from where on."""

from collections import Counter

import flask

from bff_web.consultas import filtros
from bff_web.cuerpos import no_valido
from bff_web.eventos.duenos import Duenos, Espectador
from bff_web.eventos.reparto import COSAS, TOPICOS, Filtro, Reparto
from bff_web.eventos.vector import NINGUNO, Ajeno, Forjado, Vector, Vectores
from bff_web.modelos_consultas import de_filtros
from contratos.acceso import Alcance, permiso
from contratos.consultas.eventos import VerEventos
from seedwork.aplicacion.identidad import Acceso
from seedwork.entrada.flujo import SITIO_DE_FLUJO, Flujo
from seedwork.entrada.http import CADUCA, App, correlacion
from seedwork.entrada.problemas import ErrorHttp
from seedwork.entrada.sitios import Sitio

POR_QUIEN = 200
"""Streams that one caller may have open with one process."""
CABECERA = "Last-Event-ID"
ULTIMO = "ultimo"
_LLENO = "Hay demasiadas corrientes abiertas a la vez: repítalo en unos segundos."
_DEMASIADAS = "Ya tiene demasiadas corrientes abiertas: cierre alguna."
_SIN_FILTRO = f"falta decir de qué: {', '.join(COSAS)} o cliente"
_VIEJO = Vector((NINGUNO,) * len(TOPICOS), 0.0)
"""Of so long ago that nothing of it is held."""


def registrar(app: App, reparto: Reparto, duenos: Duenos, vectores: Vectores) -> None:
    """Add ``/eventos``.

    Args:
        reparto: tells what happens.
        duenos: know whose that is.
        vectores: reads how far a client had come.
    """
    modelo, suyo = de_filtros(VerEventos), permiso(VerEventos)
    abiertas: Counter[str] = Counter()

    async def ver() -> flask.Response:
        dichos = filtros(modelo)
        acceso = Acceso(app.identificar(), suyo)
        ultimo = _leer(vectores, dichos.pop(ULTIMO, None))
        filtro = Filtro(**dichos)
        if acceso.alcance is not Alcance.TODO and not dichos:
            raise no_valido([("suscripcion", _SIN_FILTRO)])
        entorno = flask.request.environ
        sitio: Sitio | None = entorno.get(SITIO_DE_FLUJO)
        if sitio is not None:
            sitio.tomar(_LLENO)
        espectador = Espectador(duenos, acceso, filtro, correlacion())
        respuesta = Flujo(reparto.abrir(filtro, espectador, ultimo=ultimo, caduca=entorno.get(CADUCA)))
        if acceso.quien is not None:
            _contar(abiertas, acceso.quien.id, respuesta)
        return respuesta

    app.add_url_rule(VerEventos.ruta, VerEventos.ruta, ver)


def _contar(abiertas: Counter[str], quien: str, respuesta: flask.Response) -> None:
    """Let no caller have all places.

    Raises:
        ErrorHttp: 429.
    """
    if abiertas[quien] >= POR_QUIEN:
        raise ErrorHttp(429, _DEMASIADAS, cabeceras={"Retry-After": "5"})
    abiertas[quien] += 1

    def dejar() -> None:
        abiertas[quien] -= 1
        if not abiertas[quien]:
            del abiertas[quien]

    respuesta.call_on_close(dejar)


def _leer(vectores: Vectores, parametro: str | None) -> Vector | None:
    """How far the client had come, as its browser says by itself, or else as it says; None where it comes anew.

    Raises:
        ErrorHttp: 422 where nobody of the platform said so.
    """
    dicho = flask.request.headers.get(CABECERA) or parametro
    if dicho is None:
        return None
    try:
        return vectores.leer(dicho)
    except Ajeno:
        return _VIEJO
    except Forjado:
        raise no_valido([(CABECERA, "no es de un evento de esta plataforma")]) from None
