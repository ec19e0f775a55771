"""What it costs to ask callers who they are, and to encrypt a person's fields."""

import dataclasses
import http.client
import secrets
import tempfile
import time
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import cargas
import sagas
from cifras import Cifra, Piso, mediana, razones
from disparador import Disparo, aceptado, disparar, peticion
from entorno import Cimientos, completa
from rich.console import Console

from contratos import Mensaje
from contratos.procesamiento import AnonimizarImagen
from contratos.suscripciones import CrearSuscripcion
from seedwork.aplicacion.sobre import Sobre
from seedwork.infraestructura import avro
from seedwork.pruebas.identidad import SIN_LIMITE, Proveedor
from seedwork.pruebas.sobres import sobre_nuevo

CONEXIONES = 50
SEGUNDOS = 4.0
CALENTAMIENTO, SAGAS = 20, 50
LLAMANTES = 100
"""Clinics, each with a token of its own: a token is checked once a minute, and remembered."""
VECES = 2000
RONDAS = 9
META = 0.9


def medir(cimientos: Cimientos, rondas: int) -> list[Cifra]:
    """Of the door, and of a message."""
    return [
        _puerta(cimientos, rondas),
        *(_campos(m) for m in (AnonimizarImagen(**cargas.imagen("banco", 1)), _suscripcion())),
    ]


def de_sagas(consola: Console, rondas: int) -> list[Cifra]:
    """Two whole platforms, one of which asks its callers, its services and its broker's clients who they are: a
    subscription of one and of the other, by turns."""
    milisegundos: dict[bool, list[float]] = {False: [], True: []}
    with (
        completa(consola) as abierta,
        completa(consola, "desarrollo") as cerrada,
        closing(http.client.HTTPConnection("127.0.0.1", abierta.bff)) as sin,
        closing(http.client.HTTPConnection("127.0.0.1", cerrada.bff)) as con,
    ):
        token = cerrada.token()
        for numero in range(CALENTAMIENTO + SAGAS * rondas):
            for cual, puerta in ((False, sin), (True, con)):
                milisegundos[cual].append(1000 * sagas.una(puerta, numero, token if cual else ""))
    identificada, libre = (mediana(milisegundos[cual][CALENTAMIENTO:]) for cual in (True, False))
    return [
        Cifra(
            nombre="202 to ACTIVA, everybody asked who they are",
            valor=identificada,
            unidad="ms p50",
            pisos=[Piso(nombre="nobody asked", valor=libre, razon=libre / identificada, meta=META)],
        )
    ]


def _puerta(cimientos: Cimientos, rondas: int) -> Cifra:
    """The door that asks and the one that does not, by turns, with no service beside them."""
    serie = secrets.token_hex(4)
    cuerpos = [cargas.en_bytes(cargas.imagen(serie, i)) for i in range(5000)]
    with tempfile.TemporaryDirectory(prefix="saludtech-banco-") as carpeta:
        proveedor = Proveedor(Path(carpeta))
        tokens = [
            proveedor.token("clinica", sub=f"c{n}", clinica=f"clinica-{n}", ambitos="imagenes:escribir")
            for n in range(LLAMANTES)
        ]
        sin = [peticion("POST", cargas.RUTA_IMAGEN, cuerpo) for cuerpo in cuerpos]
        con = [peticion("POST", cargas.RUTA_IMAGEN, cuerpo, tokens[n % LLAMANTES]) for n, cuerpo in enumerate(cuerpos)]
        pregunta = {nombre.upper(): valor for nombre, valor in proveedor.ajustes.items()} | SIN_LIMITE
        medidos: dict[bool, list[Disparo]] = {False: [], True: []}
        with cimientos.otra_puerta() as abierta, cimientos.otra_puerta(**pregunta) as cerrada:
            puertas: Mapping[bool, tuple[int, list[bytes]]] = {False: (abierta, sin), True: (cerrada, con)}
            for puerto, peticiones in puertas.values():
                aceptado(disparar(puerto, peticiones, CONEXIONES, 1.5))
            for _ in range(rondas):
                for cual, (puerto, peticiones) in puertas.items():
                    medidos[cual].append(aceptado(disparar(puerto, peticiones, CONEXIONES, SEGUNDOS)))
    velocidades, suelos = ([d.por_segundo for d in medidos[cual]] for cual in (True, False))
    return Cifra(
        nombre="BFF image command by callers with tokens",
        valor=mediana(velocidades),
        unidad="requests/s",
        pisos=[
            Piso(nombre="nobody asked", valor=mediana(suelos), razon=razones(velocidades, suelos), meta=META),
        ],
        detalle={
            "p50 ms": mediana([d.percentil_ms(50) for d in medidos[True]]),
            "p50 ms, nobody asked": mediana([d.percentil_ms(50) for d in medidos[False]]),
        },
    )


def _campos(mensaje: Mensaje) -> Cifra:
    """Encoding and decoding a message, and one like it whose personal fields are empty: those are not encrypted."""
    vacio = dataclasses.replace(mensaje, **{ruta[-1]: "" for ruta in type(mensaje).propios})
    sobre = sobre_nuevo(mensaje, fuente="/banco", sujeto="x")
    con, sin = [], []
    for _ in range(RONDAS):
        con.append(_ida_y_vuelta(mensaje, sobre))
        sin.append(_ida_y_vuelta(vacio, sobre))
    return Cifra(
        nombre=f"{type(mensaje).__name__}, encoded and decoded",
        valor=min(con),
        unidad="us of CPU",
        detalle={"its personal fields empty": min(sin), "fields": len(type(mensaje).propios)},
    )


def _ida_y_vuelta(mensaje: Mensaje, sobre: Sobre) -> float:
    comienzo = time.process_time()
    for _ in range(VECES):
        avro.decodificar(type(mensaje), avro.codificar(mensaje, sobre), sobre=sobre)
    return 1e6 * (time.process_time() - comienzo) / VECES


def _suscripcion() -> CrearSuscripcion:
    propios = {ruta[-1]: "Ana María Paz Quiroga" for ruta in CrearSuscripcion.propios}
    return CrearSuscripcion(cliente_codigo="0001", plan_codigo="pro", **propios)
