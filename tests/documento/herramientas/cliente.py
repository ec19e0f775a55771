"""A client generated from the door's document creates a subscription, follows it and lists it; likewise an image."""

import json
import sys
import time
from collections.abc import Callable
from typing import Any, TypeVar

from puerta import Client
from puerta.api.procesamiento import anonimizar_imagen, listar_imagenes, obtener_imagen_anonimizada
from puerta.api.suscripciones import (
    cambiar_plan_suscripcion,
    crear_suscripcion,
    listar_suscripciones,
    obtener_saga,
    obtener_suscripcion,
)
from puerta.models import (
    CuerpoAnonimizarImagen,
    CuerpoCambiarPlan,
    CuerpoCrearSuscripcion,
    Imagen,
    ImagenAceptada,
    PaginaImagenes,
    PaginaSuscripciones,
    Problema,
    Saga,
    Suscripcion,
    SuscripcionAceptada,
)

T = TypeVar("T")


def es(tipo: type[T], dado: Any) -> T:
    """What was answered, of the class that the document says."""
    if not isinstance(dado, tipo):
        raise SystemExit(f"{tipo.__name__}: {dado}")
    return dado


def hasta(tipo: type[T], preguntar: Callable[[], Any], estado: str) -> T:
    """Ask again until the answer has that state: what was accepted is applied later."""
    for _ in range(300):
        dado = preguntar()
        if isinstance(dado, tipo) and dado.estado == estado:  # type: ignore[attr-defined]
            return dado
        time.sleep(0.2)
    raise SystemExit(f"{estado}: no llegó")


def main(base: str, marca: str, cuerpo_suscripcion: Any, cuerpo_imagen: Any) -> None:
    """Play the story.

    Args:
        base: the door's address.
        marca: what no other run has: the client's code, and part of every id.
        cuerpo_suscripcion, cuerpo_imagen: the bodies that web clients send.
    """
    puerta = Client(base_url=base)
    cuerpo_suscripcion["cliente"]["codigo"] = marca
    suscripcion = CuerpoCrearSuscripcion.from_dict(cuerpo_suscripcion)
    aceptadas = [
        es(
            SuscripcionAceptada,
            crear_suscripcion.sync(client=puerta, body=suscripcion, idempotency_key=f"clave-{marca}"),
        )
        for _ in range(2)
    ]
    id_suscripcion = aceptadas[0].id_suscripcion
    if aceptadas[1].id_suscripcion != id_suscripcion:
        raise SystemExit("la clave no hizo de dos una")
    activa = hasta(Suscripcion, lambda: obtener_suscripcion.sync(id_suscripcion, client=puerta), "ACTIVA")
    saga = hasta(Saga, lambda: obtener_saga.sync(id_suscripcion, client=puerta), "COMPLETADA")
    lista = es(PaginaSuscripciones, listar_suscripciones.sync(client=puerta, cliente=marca))
    if [una.id_suscripcion for una in lista.elementos] != [id_suscripcion]:
        raise SystemExit("la lista no la trae")

    cuerpo_imagen["id_imagen"] = id_imagen = f"img-{marca}"
    pedida = CuerpoAnonimizarImagen.from_dict(cuerpo_imagen)
    es(ImagenAceptada, anonimizar_imagen.sync(client=puerta, body=pedida))
    imagen = hasta(Imagen, lambda: obtener_imagen_anonimizada.sync(id_imagen, client=puerta), "ANONIMIZADA")
    es(PaginaImagenes, listar_imagenes.sync(client=puerta, modalidad=imagen.modalidad))

    mal = CuerpoCambiarPlan.from_dict({"plan": {"codigo": "no vale", "nombre": "X"}})
    faltas = es(Problema, cambiar_plan_suscripcion.sync(id_suscripcion, client=puerta, body=mal)).errores
    if not faltas or [falta.campo for falta in faltas] != ["plan.codigo"]:
        raise SystemExit(f"422 dice {faltas}")
    print(f"{activa.plan.codigo} {activa.estado}, {len(saga.pasos)} pasos, {len(imagen.condiciones)} condición")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], json.loads(sys.argv[3]), json.loads(sys.argv[4]))
