"""`make paquete`: a package of a thousand small DICOM files, one worker killed and one frozen in the middle of it.

It comes in at the door. The worker that unpacks is killed (kill -9) when some of its files are listed; another is
frozen when some images are decided, and goes on when all is over. Every image has to be decided, none twice, and
nothing may be left of what was sent. It ends non-zero otherwise. The table is in .local/paquete.md.
"""

import io
import json
import os
import secrets
import signal
import sys
import time
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import psutil
import psycopg2
import pydicom
import typer
import urllib3
from pydicom.data import get_testdata_file
from rich.console import Console
from tests.auditor.hallazgos import Clase
from tests.fallos.acta import Acta, levantar, tabla
from tests.fallos.cimiento import Cimiento, cimiento
from tests.fallos.experimento import contando_errores
from tests.saga.bases import ejecutar, filas
from tests.saga.espera import hasta
from tests.saga.plataforma_viva import Plataforma, Proceso, plataforma_viva

from contratos.procesamiento import AnonimizarArchivo, ImagenAnonimizada, PaqueteCompletado
from procesamiento.entrada.desempaque import TANDA
from seedwork.pruebas.bases import de_dueno

INFORME = Path(".local/paquete.md")
TRABAJADORES = 3
LISTADOS = "SELECT count(*) FROM miembros"
PERMISO = 4_711
DETENER = f"""
    CREATE FUNCTION detener_a_medias() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF ({LISTADOS}) > {TANDA} THEN PERFORM pg_advisory_xact_lock_shared({PERMISO}); END IF;
        RETURN NULL;
    END $$;
    CREATE TRIGGER detener_a_medias AFTER INSERT ON miembros FOR EACH STATEMENT EXECUTE FUNCTION detener_a_medias();
"""

consola = Console(highlight=False, soft_wrap=True)
app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def principal(
    imagenes: Annotated[int, typer.Option(min=60, help="How many the package has.")] = 1_000,
    minutos: Annotated[float, typer.Option(min=1, help="It must be over by then.")] = 20,
    sin_fallos: Annotated[bool, typer.Option("--sin-fallos", help="Nobody is killed or frozen.")] = False,
) -> None:
    """Run it, print the table, and write it down."""
    cronica = Cronica()
    with contando_errores(), cimiento(consola) as base:
        acta = levantar(
            paquete, base, cronica=cronica, imagenes=imagenes, limite_s=60 * minutos, con_fallos=not sin_fallos
        )
    _escribir(acta, cronica, imagenes)
    if acta.hallazgos:
        sys.exit(1)


@dataclass
class Cronica:
    """What was seen, in seconds since the door had taken it.

    Attributes:
        octetos: of the zip.
        subido_s: until the door had taken it.
        dicho_s: until each file's command was said.
        fin_s: until all were decided.
    """

    octetos: int = 0
    subido_s: float = 0.0
    dicho_s: float = 0.0
    fin_s: float = 0.0


def zip_de(imagenes: int) -> bytes:
    """So many small DICOM files of a hundred patients, each a file of its own."""
    datos = pydicom.dcmread(str(get_testdata_file("CT_small.dcm")))
    serie, salida = secrets.token_hex(4), io.BytesIO()
    with zipfile.ZipFile(salida, "w", zipfile.ZIP_DEFLATED) as archivo:
        for n in range(imagenes):
            datos.PatientID = f"{serie}-{n % 100:05}"
            datos.SOPInstanceUID = datos.file_meta.MediaStorageSOPInstanceUID = f"1.2.826.0.1.{int(serie, 16)}.{n}"
            uno = io.BytesIO()
            datos.save_as(uno)
            archivo.writestr(f"quispe-ana/{n}.dcm", uno.getvalue())
    return salida.getvalue()


def paquete(
    base: Cimiento, acta: Acta, *, cronica: Cronica, imagenes: int, limite_s: float, con_fallos: bool = True
) -> None:
    """A package comes in, workers die and freeze, and all of its images are decided, each once.

    Args:
        limite_s: it must be over after so many seconds.
        con_fallos: whether they do.
    """
    carpeta = base.carpeta / f"paquete-{secrets.token_hex(4)}"
    carpeta.mkdir()
    contenido = zip_de(imagenes)
    cronica.octetos = len(contenido)
    with plataforma_viva(base.servidores, carpeta, procesamiento=TRABAJADORES) as viva:
        congelado = None
        datos = viva.bases["procesamiento"]

        def cuenta(consulta: str) -> int:
            return int(filas(datos, consulta)[0][0])

        with _detenido_a_medias(datos) if con_fallos else nullcontext():
            comienzo = time.monotonic()
            id = _enviar(viva, contenido)
            cronica.subido_s = time.monotonic() - comienzo
            comienzo = time.monotonic()
            if con_fallos:
                hasta(lambda: cuenta(LISTADOS) > 0, "hay archivos listados", segundos=60)
                hasta(lambda: _quien_desempaca(viva), "alguien desempaca", segundos=60).matar()
                acta.fallos += 1
                acta.exigir(cuenta(LISTADOS) < imagenes, "it was unpacked before its worker could be killed")
        hasta(
            lambda: cuenta("SELECT count(*) FROM paquetes WHERE estado <> 'RECIBIDO'") == 1, "dicho", segundos=limite_s
        )
        cronica.dicho_s = time.monotonic() - comienzo
        if con_fallos:
            decididas = "SELECT hechas + cuarentena + fallidas FROM paquetes"
            hasta(lambda: cuenta(decididas) > imagenes // 10, "hay imágenes decididas", segundos=limite_s)
            congelado = next(p for p in _trabajadores(viva) if not p.parado)
            os.killpg(congelado.pid, signal.SIGSTOP)
            acta.fallos += 1
            acta.exigir(cuenta(decididas) < imagenes, "all were decided before a worker could be frozen")
        try:
            hasta(
                lambda: _visto(viva, id)["estado"] == "COMPLETADO",
                "el paquete acaba",
                segundos=limite_s - (time.monotonic() - comienzo),
            )
            cronica.fin_s = time.monotonic() - comienzo
        finally:
            if congelado is not None:
                os.killpg(congelado.pid, signal.SIGCONT)
        hasta(lambda: not cuenta("SELECT count(*) FROM outbox WHERE enviado IS NULL"), "todo se dice", segundos=60)
        try:
            hasta(lambda: not _originales(viva), "no queda ningún original", segundos=60)
        except AssertionError:
            acta.hallar(Clase.OTRO, _originales(viva), "an original is left")
        _juzgar(acta, viva, id, imagenes)
    acta.vueltas += 1
    acta.mensajes += imagenes


@contextmanager
def _detenido_a_medias(datos: str) -> Iterator[None]:
    """Who lists a package's files stands still behind the first of them: however fast it is, it can be killed there."""
    ejecutar(de_dueno(datos), DETENER)
    with closing(psycopg2.connect(datos)) as permiso:
        permiso.autocommit = True
        with permiso.cursor() as cursor:
            cursor.execute(f"SELECT pg_advisory_lock({PERMISO})")
        yield
    ejecutar(de_dueno(datos), "DROP FUNCTION detener_a_medias CASCADE")


def _originales(viva: Plataforma) -> list[str]:
    """What is left of what was sent. What a process was writing when it was killed is no object, and the broom's."""
    return [a.name for a in (viva.almacen / "originales").glob("*") if "#" not in a.name]


def _juzgar(acta: Acta, viva: Plataforma, id: str, imagenes: int) -> None:
    visto = _visto(viva, id)
    cuentas = tuple(visto[c] for c in ("total", "hechas", "cuarentena", "fallidas", "pendientes"))
    acta.exigir(cuentas == (imagenes, imagenes, 0, 0, 0), f"the package counts {cuentas}")
    datos = viva.bases["procesamiento"]
    for tipo, debidos in ((AnonimizarArchivo, imagenes), (ImagenAnonimizada, imagenes), (PaqueteCompletado, 1)):
        consulta = f"SELECT count(*), count(DISTINCT sujeto) FROM outbox WHERE tipo = '{tipo.tipo}'"
        dichos, distintos = filas(datos, consulta)[0]
        acta.hallar(Clase.PERDIDO, range(distintos, debidos), f"{tipo.__name__} never said")
        acta.hallar(Clase.DOBLADO, range(distintos, dichos), f"{tipo.__name__} said twice")
    # Beside each lies a small picture of it.
    resultados = sum(a.read_bytes()[:4] != b"\x89PNG" for a in (viva.almacen / "resultados").glob("*"))
    acta.exigir(resultados == imagenes, f"{resultados} results for {imagenes} images")
    registros = viva.registros()
    acta.exigir("quispe" not in registros, "a path is in a log")


def _trabajadores(viva: Plataforma) -> list[Proceso]:
    return [p for p in viva.trabajadores if p.nombre.startswith("procesamiento") and "relay" not in p.nombre]


def _quien_desempaca(viva: Plataforma) -> Proceso | None:
    """Whoever has a process that loads no engine beforehand: that one unpacks."""
    for trabajador in _trabajadores(viva):
        hijos = [] if trabajador.parado else psutil.Process(trabajador.pid).children()
        ordenes = [" ".join(hijo.cmdline()) for hijo in hijos]
        if any("empleado import trabajar" in orden and "anonimizacion.motor" not in orden for orden in ordenes):
            return trabajador
    return None


def _enviar(viva: Plataforma, contenido: bytes) -> str:
    respuesta = urllib3.request(
        "POST",
        f"{viva.bff}/procesar/paquetes",
        fields={"paquete": ("quispe-ana.zip", contenido)},
        headers={"Idempotency-Key": secrets.token_hex(8)},
        timeout=120,
    )
    cuerpo = json.loads(respuesta.data)
    assert respuesta.status == 202, cuerpo
    return str(cuerpo["id_paquete"])


def _visto(viva: Plataforma, id: str) -> dict[str, object]:
    respuesta = urllib3.request("GET", f"{viva.bff}/procesar/paquetes/{id}", timeout=30)
    visto: dict[str, object] = json.loads(respuesta.data)
    return {"estado": None, **visto}


def _escribir(acta: Acta, cronica: Cronica, imagenes: int) -> None:
    INFORME.parent.mkdir(exist_ok=True)
    partes = [
        f"# A package of {imagenes:,} images, {time.strftime('%Y-%m-%d %H:%M %Z')}",
        tabla([acta]),
        f"{cronica.octetos / 1e6:.1f} MB; the door had taken it after {cronica.subido_s:.1f} s. From there on: each"
        f" command said after {cronica.dicho_s:.1f} s, all decided after {cronica.fin_s:.1f} s,"
        f" by {TRABAJADORES} workers.",
        "\n".join(f"- {hallazgo}" for hallazgo in acta.hallazgos[:100]) or "Nothing is amiss.",
    ]
    texto = "\n\n".join(partes) + "\n"
    INFORME.write_text(texto, encoding="utf-8")
    consola.print(texto, markup=False)
    consola.print(f"All of it: {INFORME}", style="dim")


if __name__ == "__main__":
    app()
