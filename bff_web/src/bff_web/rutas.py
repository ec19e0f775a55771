"""From a route to its rule (contract §9): what each route of the door takes or asks, and by that, who may use it.

Of a command, a query and an order that is :mod:`contratos.permisos`'s to say; a route without a rule does not let the
door start. The doorkeeper looks here (:mod:`bff_web.acceso`), the document shows it, and the trail is told by it what
was refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import flask

from bff_web import consola, sesion
from bff_web.comandos import COMANDOS
from bff_web.comandos.comun import ORDEN, SOLO_POST
from bff_web.consultas import CONSULTAS
from bff_web.ordenes import ORDENES
from contratos.acceso import PAGINAS, Asunto, Permiso, SinPermiso, permiso
from contratos.consultas import Consulta
from contratos.consultas.eventos import VerEventos
from contratos.permisos import DE_OPERADOR
from seedwork.entrada.http import en_flask


@dataclass(frozen=True, slots=True)
class Ruta:
    """A route that some may use, and others may not.

    Attributes:
        nombre: what the application calls it.
        direccion: its address, ids in braces.
        metodo: its method, as the document writes it.
        accion: the name of the command, the order or the query; of a page of the door's own, the route's.
        regla: who may use it.
    """

    nombre: str
    direccion: str
    metodo: str
    accion: str
    regla: Permiso


def _ruta(nombre: str, direccion: str, metodo: str, asunto: Asunto) -> Ruta:
    return Ruta(nombre, direccion, metodo, asunto.__name__, permiso(asunto))


TODAS: tuple[type[Consulta], ...] = (*CONSULTAS, VerEventos)
"""Every query that a client may ask."""

RUTAS: Mapping[str, Ruta] = {
    ruta.nombre: ruta
    for ruta in (
        *(_ruta(lugar + ORDEN, lugar, "post", comando.mensaje) for comando in COMANDOS for lugar in comando.rutas),
        *(_ruta(orden.ruta + ORDEN, orden.ruta, "post", orden) for orden in ORDENES),
        *(_ruta(consulta.ruta, consulta.ruta, "get", consulta) for consulta in TODAS),
        *(Ruta(pagina, direccion, "get", pagina, DE_OPERADOR) for pagina, direccion in PAGINAS.items()),
    )
}
"""Each by its name."""

DE_CLIENTES = frozenset(
    en_flask(ruta.direccion) for ruta in RUTAS.values() if ruta.accion not in {*PAGINAS, VerEventos.__name__}
)
"""The addresses, as Flask writes them, at which clients ask and command; at all others somebody looks on."""

AMBITOS = sorted({ruta.regla.ambito for ruta in RUTAS.values()} - {""})
"""Every scope that a route asks for."""

PUBLICAS: Final = frozenset(
    {
        "salud.viva",
        "salud.lista",
        "salud.trafico",
        "documento",
        "docs",
        "mensajes",
        "docs_mensajes",
        "swagger.swagger",
        "swagger.static",
        "swagger.oauth2-redirect",
        *consola.PUBLICAS,
        *sesion.PUBLICAS,
    }
)
"""The routes, by their names, that whoever comes may use: health, the documents with their pages, the console, and what
these are made of; signing in and out. So are those that say only which methods an address takes."""

Reglas = Mapping[str, Permiso | None]
"""The rule of each route by its name; None where whoever comes may use it."""


def reglas(app: flask.Flask) -> Reglas:
    """The rule of every route that an application has.

    Raises:
        SinPermiso: a route has none.
    """
    dichas: dict[str, Permiso | None] = dict.fromkeys(PUBLICAS)
    dichas |= {direccion + SOLO_POST: None for comando in COMANDOS for direccion in comando.rutas}
    dichas |= {nombre: ruta.regla for nombre, ruta in RUTAS.items()}
    rutas = {una.endpoint: una.rule for una in app.url_map.iter_rules()}
    if sin := sorted(rutas[nombre] for nombre in rutas.keys() - dichas.keys()):
        raise SinPermiso(f"no tienen regla en contratos/permisos.py: {', '.join(sin)}")
    return {nombre: dichas[nombre] for nombre in rutas}
