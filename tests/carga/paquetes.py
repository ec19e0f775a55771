"""A package of a thousand images, end to end, and the rate of metadata commands beside one."""

import io
import secrets
import time
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2
import urllib3
from cifras import Cifra, Piso, mediana, razones
from drenaje import publicar
from entorno import Plataforma
from pydicom import dcmread
from pydicom.data import get_testdata_file

from contratos.procesamiento import AnonimizarImagen
from plataforma.puertos import LOCAL

IMAGENES = 1000
ORDENES = 10_000
META = 0.8
"""One process reads files, on a low priority: of two cores it takes what the worker leaves."""
PLAZO_S = 300.0


def medir(plataforma: Plataforma, rondas: int) -> list[Cifra]:
    """By turns: metadata commands alone, and while a package is cleaned; at the end a package alone."""
    url = plataforma.corrida.plano.conexiones.pulsar_url
    solas: list[float] = []
    acompanadas: list[float] = []
    with closing(psycopg2.connect(plataforma.bases["procesamiento"])) as conexion, conexion.cursor() as cursor:
        conexion.autocommit = True
        _enviar(plataforma, 1)  # The process that reads files comes up.
        for _ in range(rondas):
            solas.append(_ordenes(cursor, url))
            paquete = _enviar(plataforma, IMAGENES, hasta="EN_CURSO")
            acompanadas.append(_ordenes(cursor, url))
            if _ver(plataforma, paquete)["estado"] == "COMPLETADO":
                raise RuntimeError("the package was done before the commands: nothing was beside them")
            _hasta(plataforma, paquete, "COMPLETADO")
    comienzo = time.monotonic()
    _enviar(plataforma, IMAGENES)
    segundos = time.monotonic() - comienzo
    return [
        Cifra(
            nombre=f"metadata commands beside a package ({ORDENES:,})",
            valor=mediana(acompanadas),
            unidad="commands/s",
            pisos=[
                Piso(
                    nombre="the same without one",
                    valor=mediana(solas),
                    razon=razones(acompanadas, solas),
                    meta=META,
                )
            ],
        ),
        Cifra(
            nombre=f"a package of {IMAGENES:,} small images",
            valor=segundos,
            unidad="s, from the request to COMPLETADO",
            detalle={"images/s": IMAGENES / segundos},
        ),
    ]


def _ordenes(cursor: Any, url: str) -> float:
    """Commands per second that one worker handles, by the database's clock from the first to the last."""
    cursor.execute("SELECT clock_timestamp()")
    (antes,) = cursor.fetchone()
    publicar(url, ORDENES)
    limite = time.monotonic() + PLAZO_S
    while time.monotonic() < limite:
        cursor.execute(
            "SELECT count(*), extract(epoch FROM max(ocurrido) - min(ocurrido)) FROM comandos"
            " WHERE tipo = %s AND ocurrido > %s",
            (AnonimizarImagen.tipo, antes),
        )
        hechas, segundos = cursor.fetchone()
        if hechas >= ORDENES:
            return ORDENES / float(segundos)
        time.sleep(0.2)
    raise TimeoutError(f"the commands are not handled within {PLAZO_S:.0f} s")


def _enviar(plataforma: Plataforma, cuantas: int, hasta: str = "COMPLETADO") -> str:
    """Send a package of so many images, and wait; its id."""
    respuesta = urllib3.request(
        "POST",
        f"http://{LOCAL}:{plataforma.bff}/procesar/paquetes",
        fields={"paquete": ("a.zip", _paquete(cuantas))},
        headers={"Idempotency-Key": secrets.token_hex(16)},
        timeout=60,
    )
    if respuesta.status != 202:
        raise RuntimeError(f"the package was not taken: {respuesta.status} {respuesta.data[:300]!r}")
    id_paquete: str = respuesta.json()["id_paquete"]
    _hasta(plataforma, id_paquete, hasta)
    return id_paquete


def _paquete(cuantas: int) -> bytes:
    """So many images, each another one of one of a hundred patients; none of a kind whose pictures are read, which by
    itself takes a while of each."""
    original = dcmread(Path(str(get_testdata_file("CT_small.dcm", download=False))))
    octetos = io.BytesIO()
    with zipfile.ZipFile(octetos, "w", zipfile.ZIP_DEFLATED) as archivo:
        for numero in range(cuantas):
            original.PatientID = f"P-{numero % 100:03d}-{secrets.token_hex(2)}"
            original.SOPInstanceUID = original.file_meta.MediaStorageSOPInstanceUID = f"1.2.3.4.{secrets.randbits(64)}"
            uno = io.BytesIO()
            original.save_as(uno)
            archivo.writestr(f"{numero:05d}.dcm", uno.getvalue())
    return octetos.getvalue()


def _ver(plataforma: Plataforma, id_paquete: str) -> Any:
    respuesta = urllib3.request("GET", f"http://{LOCAL}:{plataforma.bff}/procesar/paquetes/{id_paquete}", timeout=10)
    return respuesta.json() if respuesta.status == 200 else {"estado": None}


def _hasta(plataforma: Plataforma, id_paquete: str, estado: str) -> None:
    limite = time.monotonic() + PLAZO_S
    while (visto := _ver(plataforma, id_paquete))["estado"] not in (estado, "COMPLETADO"):
        if time.monotonic() > limite or visto["estado"] == "RECHAZADO":
            raise RuntimeError(f"the package is not {estado}: {visto}")
        time.sleep(0.1)
