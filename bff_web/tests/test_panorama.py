"""The overview: what is made of looks, and who looks."""

import json
import os
import signal
import threading
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bff_web.panorama.cifras import Aspecto, Tablero, Visto, aspecto_de, filas_de, leer_medidas
from bff_web.panorama.mirador import ATENCION_S, Mirador, Panorama, Pizarra, peticiones
from bff_web.rutas import DE_CLIENTES
from seedwork.aplicacion.entorno import EntornoReal
from seedwork.entrada.http import crear_app

METRICAS = """\
# HELP saludtech_instancias How many
# TYPE saludtech_instancias gauge
saludtech_instancias{servicio="procesamiento"} 2.0
saludtech_instancias_deseadas{servicio="procesamiento"} 3.0
saludtech_cartas_muertas 4.0
saludtech_atraso_segundos{consumidor="procesamiento-compartido"} 1.24
saludtech_atraso_segundos{consumidor="procesamiento-espera"} 29.0
saludtech_atraso_segundos{consumidor="procesamiento-cola"} 71.26
saludtech_imagenes_por_segundo 7.5
saludtech_originales_apartados 12.0
saludtech_http_segundos_count{ruta="/x"} 9.0
"""
LISTA = {"partes": {"base_datos": {"lista": True, "detalle": None}}}
INICIO = datetime(2026, 2, 1, tzinfo=UTC)


class Servicio:
    """Says this of itself, once it may."""

    def __init__(self, salud: Mapping[str, Any] = LISTA, metricas: str = METRICAS) -> None:
        self._dicho = salud, metricas
        self.habla = threading.Event()
        self.habla.set()

    def salud(self, plazo_s: float) -> Mapping[str, Any]:
        return self._dicho[0]

    def metricas(self, plazo_s: float) -> str:
        self.habla.wait()
        return self._dicho[1]


def con(**medidas: Mapping[str, float]) -> Visto:
    return Visto(Aspecto("BIEN"), {f"saludtech_{nombre}": valores for nombre, valores in medidas.items()})


def mirar(tablero: Tablero, segundo: float, visto: Visto, peticiones: int = 0) -> dict[str, Any]:
    cuando = INICIO + timedelta(seconds=segundo)
    return tablero.anotar(cuando, segundo, {}, {"procesamiento": visto}, peticiones)


def test_de_las_metricas_se_toma_lo_que_hace_falta() -> None:
    medidas = leer_medidas(METRICAS)
    assert medidas["saludtech_instancias"] == {"procesamiento": 2.0}
    assert medidas["saludtech_cartas_muertas"] == {"": 4.0}
    assert "saludtech_http_segundos_count" not in medidas
    assert leer_medidas("") == {}


def test_un_servicio_esta_como_dicen_sus_partes_y_quien_trabaja() -> None:
    nadie = leer_medidas(METRICAS.replace("} 2.0", "} 0.0"))
    rota = {"partes": {"base_datos": {"lista": False, "detalle": "no responde (OperationalError)"}}}
    assert aspecto_de(LISTA, leer_medidas(METRICAS)) == Aspecto("BIEN")
    assert aspecto_de(LISTA, nadie) == Aspecto("MAL", "ningún trabajador está conectado al broker")
    assert aspecto_de(rota, nadie) == Aspecto("MAL", "base_datos: no responde (OperationalError)")
    # What it does not know of, it does not miss.
    assert aspecto_de(LISTA, {}) == Aspecto("BIEN")


def test_lo_que_se_muestra_de_un_servicio() -> None:
    dicho = mirar(Tablero(["procesamiento"]), 0, Visto(Aspecto("BIEN"), leer_medidas(METRICAS)))
    assert dicho["servicios"] == [
        {
            "nombre": "procesamiento",
            "estado": "BIEN",
            "motivo": None,
            # What waits on purpose is no lag; what waits in its own queue is.
            "atraso_segundos": 71.3,
            "instancias": 2,
            "instancias_deseadas": 3,
            "cartas_muertas": 4,
        }
    ]
    assert (dicho["imagenes_por_segundo"], dicho["imagenes_apartadas"]) == (7.5, 12)


def test_de_las_sagas_se_dice_cuantas_se_han_atascado() -> None:
    visto = con(sagas_en_curso={"": 3}, sagas_atascadas={"": 2}, sagas_decididas={"COMPLETADA": 7})
    dicho = Tablero(["suscripciones"]).anotar(INICIO, 0, {}, {"suscripciones": visto}, 0)
    assert dicho["sagas"] == {"en_curso": 3, "atascadas": 2, "completadas": 7, "compensadas": None}


def test_las_peticiones_aguantan_que_un_contador_empiece_de_nuevo() -> None:
    tablero = Tablero(["procesamiento"])
    visto = con(imagenes_por_segundo={"": 2.5})
    assert mirar(tablero, 0, visto, 500)["peticiones_por_segundo"] is None
    assert mirar(tablero, 1, visto, 510)["peticiones_por_segundo"] == 10
    # The door was started anew: what it counts since then came now.
    assert mirar(tablero, 2, visto, 10)["peticiones_por_segundo"] == 10
    # Who says nothing has no figure.
    dicho = mirar(tablero, 3, Visto(Aspecto("SIN_DATOS")), 20)
    assert dicho["historia"]["imagenes_por_segundo"] == [2.5, 2.5, 2.5, None]


def test_la_historia_son_cinco_minutos_y_sigue_con_otro() -> None:
    tablero = Tablero(["procesamiento"])
    for segundo in (0, 150, 301):
        dicho = mirar(tablero, segundo, con(atraso_segundos={"procesamiento-compartido": segundo}))
    assert dicho["historia"]["momento"] == [INICIO.timestamp() + 150, INICIO.timestamp() + 301]
    assert dicho["historia"]["atraso_segundos"] == {"procesamiento": [150, 301]}
    otro = Tablero(["procesamiento"], filas_de(json.loads(json.dumps(dicho))))
    sigue = mirar(otro, 302, Visto(Aspecto("SIN_DATOS")))["historia"]
    assert sigue["momento"][:2] == dicho["historia"]["momento"]
    assert sigue["atraso_segundos"] == {"procesamiento": [150, 301, None]}
    assert {len(columna) for columna in sigue.values() if isinstance(columna, list)} == {3}


def _dichas(dicho: dict[str, Any]) -> bool:
    return all(parte["estado"] != "SIN_DATOS" for parte in dicho["partes"])


def test_quien_no_responde_no_demora_a_nadie(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bff_web.panorama.mirador.PLAZO_S", 0.02)
    mudo, roto = Servicio(), Servicio(metricas="saludtech_instancias ¿?\n")
    mudo.habla.clear()
    servicios = {"procesamiento": Servicio(), "mudo": mudo, "roto": roto}
    mirador = Mirador(servicios, {"broker": lambda: None, "almacen": lambda: "no está"}, EntornoReal(), ())
    try:
        # On a busy machine others, too, may take longer than that; the next look is theirs.
        miradas = (mirador.mirar() for _ in range(500))
        dicho = next(d for d in miradas if [s["estado"] for s in d["servicios"]].count("BIEN") == 1 and _dichas(d))
    finally:
        mudo.habla.set()
    assert {s["nombre"]: s["estado"] for s in dicho["servicios"]} == {
        "procesamiento": "BIEN",
        "mudo": "SIN_DATOS",
        "roto": "SIN_DATOS",
    }
    assert dicho["partes"] == [
        {"nombre": "broker", "estado": "BIEN", "motivo": None},
        {"nombre": "almacen", "estado": "MAL", "motivo": "no está"},
    ]


def test_se_cuentan_las_peticiones_de_clientes_y_no_las_de_quien_mira() -> None:
    app = crear_app()
    for direccion in ("/suscripciones/<id_suscripcion>", "/panorama", "/eventos"):
        app.add_url_rule(direccion, direccion, lambda **_ids: "")
    puerta = app.test_client()
    antes = peticiones(DE_CLIENTES)
    for ruta in ("/suscripciones/1", "/panorama", "/eventos", "/salud/viva", "/nada", "/suscripciones/2"):
        puerta.get(ruta)
    assert peticiones(DE_CLIENTES) == antes + 2


def test_mira_un_proceso_y_si_muere_otro() -> None:
    pizarra = Pizarra()
    lee, escribe = os.pipe()
    if not (hijo := os.fork()):
        try:
            pizarra.escribir(b"hola")
            os.write(escribe, b"1" if pizarra.tomar() else b"0")
            signal.pause()
        finally:
            os._exit(1)
    try:
        assert os.read(lee, 1) == b"1"
        assert not pizarra.tomar()
        # What it wrote, whoever was made with it reads.
        assert pizarra.leer() == b"hola"
    finally:
        os.kill(hijo, signal.SIGKILL)
        os.waitpid(hijo, 0)
    assert pizarra.tomar()


def test_una_pagina_a_medias_no_se_lee() -> None:
    pizarra = Pizarra()
    assert pizarra.leer() is None
    pizarra.escribir(b"una pagina entera")
    assert pizarra.leer() == b"una pagina entera"
    pizarra.escribir(b"otra pagina, larga")
    pizarra._memoria[30:32] = b"??"
    assert pizarra.leer() == b"una pagina entera"
    with pytest.raises(ValueError, match="no cabe"):
        pizarra.escribir(bytes(300_000))


def test_se_responde_de_memoria_y_se_sabe_que_alguien_pregunta() -> None:
    ahora = [1000.0]
    mirado = Panorama({}, {}, EntornoReal(), ())
    mirado.pizarra = Pizarra(lambda: ahora[0])
    app = crear_app()
    mirado.registrar(app)
    puerta = app.test_client()
    assert not mirado.pizarra.pedida
    sin_nada = puerta.get("/panorama")
    assert (sin_nada.status_code, sin_nada.headers["Retry-After"]) == (503, "1")
    mirado.pizarra.escribir(b'{"momento": "hoy"}')
    respuesta = puerta.get("/panorama")
    assert respuesta.json == {"momento": "hoy"}
    assert respuesta.headers["Cache-Control"] == "no-store"
    ahora[0] += ATENCION_S - 1
    assert mirado.pizarra.pedida
    ahora[0] += 2
    assert not mirado.pizarra.pedida
