"""The floor under the BFF's image command: a bare view that validates the body and waits for one durable send."""

import os
import threading
from functools import cache

import flask
import pulsar

from bff_web.comandos.procesamiento import CuerpoAnonimizarImagen
from seedwork.infraestructura.publicador import crear_cliente

TOPICO = "persistent://public/default/piso-http"

_cerrojo = threading.Lock()


@cache
def _crear_productor() -> pulsar.Producer:
    return crear_cliente(os.environ["PULSAR_URL"]).create_producer(
        TOPICO,
        batching_enabled=True,
        batching_max_publish_delay_ms=1,
        block_if_queue_full=True,
    )


def _productor() -> pulsar.Producer:
    """Made in the worker that uses it, once."""
    with _cerrojo:
        return _crear_productor()


def crear_app() -> flask.Flask:
    """For gunicorn."""
    app = flask.Flask(__name__)

    @app.post("/procesar/procesar-imagen")
    def imagen() -> tuple[dict[str, str], int]:
        carga = flask.request.get_data()
        cuerpo = CuerpoAnonimizarImagen.model_validate_json(carga)
        _productor().send(carga, partition_key=cuerpo.id_imagen)
        return {"id_imagen": cuerpo.id_imagen}, 202

    @app.get("/salud/lista")
    def lista() -> str:
        return "LISTA"

    return app
