"""Image commands per second at the BFF, beside a bare view on gunicorn's threads."""

import secrets
import sys
from pathlib import Path

import cargas
from cifras import Cifra, Piso, mediana, razones
from disparador import Disparo, aceptado, disparar, peticion
from entorno import Cimientos, proceso

from plataforma import sondas
from plataforma.puertos import LOCAL, libres

CONEXIONES = 50
SEGUNDOS = 4.0
META = 0.9


def medir(cimientos: Cimientos, rondas: int) -> list[Cifra]:
    """Floor and BFF by turns, with no service beside them that would share the processors."""
    serie = secrets.token_hex(4)
    cuerpos = [cargas.en_bytes(cargas.imagen(serie, i)) for i in range(5000)]
    peticiones = [peticion("POST", cargas.RUTA_IMAGEN, cuerpo) for cuerpo in cuerpos]
    (puerto,) = libres(1)
    piso = [
        *(sys.executable, "-m", "gunicorn", f"--bind={LOCAL}:{puerto}", "--no-control-socket"),
        *("--workers=2", "--threads=64", "--keep-alive=30", "--preload", "piso_http:crear_app()"),
    ]
    entorno = {"PULSAR_URL": cimientos.conexiones.pulsar_url, "PYTHONPATH": str(Path(__file__).parent)}
    sonda = sondas.http(f"http://{LOCAL}:{puerto}/salud/lista")
    pisos: list[Disparo] = []
    bffs: list[Disparo] = []
    with cimientos.parte("bff"), proceso(piso, entorno, sonda, cimientos.carpeta / "piso-http.log"):
        bff = cimientos.puerto("bff")
        for caliente in (puerto, bff):
            aceptado(disparar(caliente, peticiones, CONEXIONES, 1.5))
        for _ in range(rondas):
            pisos.append(aceptado(disparar(puerto, peticiones, CONEXIONES, SEGUNDOS)))
            bffs.append(aceptado(disparar(bff, peticiones, CONEXIONES, SEGUNDOS)))
    velocidades, suelos = [d.por_segundo for d in bffs], [d.por_segundo for d in pisos]
    return [
        Cifra(
            nombre="BFF image command",
            valor=mediana(velocidades),
            unidad="requests/s",
            pisos=[Piso(nombre="a bare view", valor=mediana(suelos), razon=razones(velocidades, suelos), meta=META)],
            detalle={
                "p50 ms": mediana([d.percentil_ms(50) for d in bffs]),
                "p99 ms": mediana([d.percentil_ms(99) for d in bffs]),
                "floor p50 ms": mediana([d.percentil_ms(50) for d in pisos]),
                "floor p99 ms": mediana([d.percentil_ms(99) for d in pisos]),
            },
        )
    ]
