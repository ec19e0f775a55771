"""Rebuilds the saga's view from its topic: beside the live tables, then in their place."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pulsar
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from contratos.sagas import TransicionSaga
from seedwork.aplicacion.recibido import Recibido
from seedwork.infraestructura import recambio
from seedwork.infraestructura.bd import entre, es_de_infraestructura
from seedwork.infraestructura.cloudevents import MensajeIlegible
from seedwork.infraestructura.credencial import NADIE, Credencial
from seedwork.infraestructura.decodificador import Decodificador
from seedwork.infraestructura.publicador import crear_cliente
from seedwork.infraestructura.subscription import EsquemasPulsar, MensajePulsar, publicado
from suscripciones.aplicacion.reacciones.transicion import paso_de
from suscripciones.infraestructura import tablas
from suscripciones.infraestructura.repositorio import fila_de_paso, resumidas

_NUEVA = tablas.saga_pasos("saga_pasos_nueva", sa.MetaData())
_NUEVOS_RESUMENES = tablas.saga_resumenes("saga_resumenes_nueva", sa.MetaData())
_DE_SAGAS = sa.select(_NUEVA).where(entre(_NUEVA.c.id_saga, "ids"))
_TANDA = 1000


def reconstruir(motor: sa.Engine, pulsar_url: str, quien: Credencial = NADIE) -> int:
    """Read the topic from its beginning into new tables, and swap them in. Answers how many steps there are.

    The swap waits for whoever is writing, and takes in under the tables' locks what was published meanwhile; what is
    published later finds the new ones.
    """
    cliente = crear_cliente(pulsar_url, quien=quien)
    try:
        lector = cliente.create_reader(TransicionSaga.topico, pulsar.MessageId.earliest)
        decodificador = Decodificador(EsquemasPulsar(cliente), [TransicionSaga])
        with motor.begin() as conexion:
            recambio.preparar(conexion, tablas.pasos.name, _NUEVA.name)
            recambio.preparar(conexion, tablas.resumenes.name, _NUEVOS_RESUMENES.name)
        with motor.begin() as conexion:
            _cargar(conexion, lector, decodificador)
        with motor.begin() as conexion:
            # In the order in which whoever writes or reads both takes them.
            conexion.execute(sa.text("LOCK TABLE saga_pasos, saga_resumenes IN ACCESS EXCLUSIVE MODE"))
            _cargar(conexion, lector, decodificador)
            total = conexion.scalar(sa.select(sa.func.count()).select_from(_NUEVA))
            recambio.relevar(conexion, tablas.pasos.name, _NUEVA.name)
            recambio.relevar(conexion, tablas.resumenes.name, _NUEVOS_RESUMENES.name)
        return int(total or 0)
    finally:
        cliente.close()


def _cargar(conexion: sa.Connection, lector: pulsar.Reader, decodificador: Decodificador) -> None:
    tanda: list[dict[str, Any]] = []
    for original in _hasta_el_final(lector):
        try:
            tanda.append(_fila(decodificador.decodificar(original), publicado(original.mensaje)))
        except MensajeIlegible:
            # The live consumer parked it too: it is no step.
            continue
        if len(tanda) == _TANDA:
            _tomar(conexion, tanda)
            tanda = []
    if tanda:
        _tomar(conexion, tanda)


def _tomar(conexion: sa.Connection, tanda: list[dict[str, Any]]) -> None:
    """Take steps in, and make the rows anew of the sagas that they are of."""
    _insertar(conexion, tanda)
    ids = sorted({fila["id_saga"] for fila in tanda})
    if filas := resumidas(dict(fila) for fila in conexion.execute(_DE_SAGAS, {"ids": ids}).mappings()):
        entrada = insert(_NUEVOS_RESUMENES)
        conexion.execute(
            entrada.on_conflict_do_update(
                index_elements=["id"], set_={c.name: c for c in entrada.excluded if c.name != "id"}
            ),
            filas,
        )


def _insertar(conexion: sa.Connection, tanda: list[dict[str, Any]]) -> None:
    """Insert what a row can hold. What it can't, the live consumer parked: it is found by halves, and left out."""
    try:
        with conexion.begin_nested():
            conexion.execute(insert(_NUEVA).on_conflict_do_nothing(), tanda)
    except (sa.exc.DBAPIError, ValueError) as error:
        if es_de_infraestructura(error):
            raise
        if len(tanda) > 1:
            mitad = len(tanda) // 2
            _insertar(conexion, tanda[:mitad])
            _insertar(conexion, tanda[mitad:])


def _fila(recibido: Recibido, publicado: datetime) -> dict[str, Any]:
    """When the live consumer took it in, nobody knows: about when it was published."""
    transicion = recibido.mensaje
    if not isinstance(transicion, TransicionSaga):
        raise MensajeIlegible("no es una transición")
    return fila_de_paso(transicion.id_suscripcion, paso_de(transicion, recibido.sobre), publicado)


def _hasta_el_final(lector: pulsar.Reader) -> Iterator[MensajePulsar]:
    while lector.has_message_available():
        yield MensajePulsar(lector.read_next(10_000))
