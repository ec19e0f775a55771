"""What a batch of images takes one worker, by its size: what the simulation of a group of workers is made of."""

import secrets
import statistics
import time

from cifras import Cifra
from entorno import Cimientos
from retencion import procesador, recibidos

from seedwork.infraestructura import bd

TAMANOS = (1, 2, 5, 10, 20, 50, 100, 200, 500)
VECES = 15


def medir(cimientos: Cimientos) -> list[Cifra]:
    """Through the bus, with its transaction: the median for each size, and the line through all of them."""
    with procesador(cimientos) as (_, bus):
        bus.procesar(recibidos(secrets.token_hex(4), TAMANOS[-1]))
        puntos, en_base = {}, 0.0
        for tamano in TAMANOS:
            tiempos = []
            for _ in range(VECES):
                lote = recibidos(secrets.token_hex(4), tamano)
                comienzo, antes = time.perf_counter(), bd.esperado()
                bus.procesar(lote)
                tiempos.append((time.perf_counter() - comienzo, bd.esperado() - antes))
            puntos[tamano] = statistics.median(total for total, _ in tiempos)
            en_base = statistics.median(base / total for total, base in tiempos)
    cada, fijo = statistics.linear_regression(list(puntos), list(puntos.values()))
    return [
        Cifra(
            nombre="a batch of images, by its size",
            valor=1000 * fijo,
            unidad="ms for the transaction",
            detalle={
                "us for each message": 1e6 * cada,
                "share waiting for the database": en_base,
                **{f"ms for {n}": 1000 * s for n, s in puntos.items()},
            },
        )
    ]
