"""What the event store may hold, for ever: one file per kind of event and schema version, as it was once written."""

import json
from pathlib import Path

import pytest

from notificaciones.dominio.notificacion import ESTADO_TRAS, Notificacion
from notificaciones.infraestructura.eventos_guardados import CATALOGO

MUESTRAS = {
    (ruta.parent.name, int(ruta.stem)): json.loads(ruta.read_text(encoding="utf-8"))
    for ruta in (Path(__file__).parents[1] / "eventos").glob("*/*.json")
}
"""The fields of an event by its name and schema version. A file that is here stays, as it is."""

cada_muestra = pytest.mark.parametrize(("nombre", "esquema"), sorted(MUESTRAS))


@cada_muestra
def test_lo_guardado_alguna_vez_se_pliega(nombre, esquema):
    creada = CATALOGO.leer("NotificacionCreada", 1, MUESTRAS["NotificacionCreada", 1])
    evento = CATALOGO.leer(nombre, esquema, MUESTRAS[nombre, esquema])
    notificacion = Notificacion(id="n-1")
    for uno in (creada, evento):
        notificacion.aplicar(uno)

    assert notificacion.estado == ESTADO_TRAS[type(evento)]
    assert (notificacion.id_suscripcion, notificacion.id_saga, notificacion.cliente_codigo) == ("s-1", "g-1", "0001")
    assert notificacion.asunto == "Su servicio de datos está listo"
    assert notificacion.motivo == getattr(evento, "motivo", None)


def test_lo_que_se_escribe_hoy_tiene_su_muestra():
    """Whoever changes an event's fields raises its schema, gives the older one a way up, and adds a file."""
    escritos = {}
    for (nombre, esquema), datos in MUESTRAS.items():
        evento = CATALOGO.leer(nombre, esquema, datos)
        *forma, campos = CATALOGO.escribir(evento)
        escritos[type(evento)] = forma
        assert forma != [nombre, esquema] or campos == datos

    assert set(escritos) == set(ESTADO_TRAS)
    assert {(n, v) for n, ultimo in escritos.values() for v in range(1, ultimo + 1)} == set(MUESTRAS)
