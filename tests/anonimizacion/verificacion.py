"""Files go in, everything that comes out is searched: results, reports, warnings and logs."""

import base64
import io
import json
import logging
import subprocess
import sys
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pydicom
from PIL import Image
from tests.anonimizacion import publicos
from tests.anonimizacion.busqueda import Aguja, Pajar
from tests.anonimizacion.canarios import Archivo, Puestas
from tests.anonimizacion.publicos import Publico

from anonimizacion import motor
from anonimizacion.modelo import MOTOR, PERFIL, Apartada, Formato, Limpia, Motivo, Opciones, Remitente, Resultado
from anonimizacion.paciente import Paciente
from anonimizacion.seudonimos import Seudonimizador

HOSPITAL = "Hospital del norte"
_AZAR = 3
"""Letters of what is not sought in a report."""


@dataclass(frozen=True)
class Hallazgo:
    """What ought not to be.

    Attributes:
        archivo: the file, by what it is about.
        que: ``tabla``, ``estructura``, ``identificador``, ``informe``, ``vista``, ``pixeles``, ``apartada``,
            ``dciodvfy``.
        detalle: where what was found had stood, or what went wrong; never the value.
    """

    archivo: str
    que: str
    detalle: str


@dataclass
class Acta:
    """What came of it.

    Attributes:
        archivos: how many went in.
        limpios: how many came out.
        apartados: why how many did not.
        buscados: how many marks or identifiers were looked for, by kind.
        pixeles: how many pictures were compared.
        hallazgos: what ought not to be.
        explicados: what was found and identifies nobody: attribute in the original, attributes in the result; of the
            platform, what was found where it may be: kind and place.
        lugares: where was looked in the platform, by kind of place.
    """

    archivos: int = 0
    limpios: int = 0
    apartados: Counter[str] = field(default_factory=Counter)
    buscados: Counter[str] = field(default_factory=Counter)
    pixeles: int = 0
    hallazgos: list[Hallazgo] = field(default_factory=list)
    explicados: Counter[tuple[str, str]] = field(default_factory=Counter)
    lugares: Counter[str] = field(default_factory=Counter)

    def cuantos(self, que: str) -> int:
        """How many findings of a kind."""
        return sum(hallazgo.que == que for hallazgo in self.hallazgos)


@dataclass(frozen=True)
class Salida:
    """What the engine gave for a file, and all that was said meanwhile."""

    resultado: Resultado
    dicho: bytes

    @property
    def informe(self) -> bytes:
        """All that is no image: the report, how the result prints, warnings, log, output."""
        documento = json.dumps(self.resultado.informe.como_documento(), ensure_ascii=False)
        dicho = f"{documento}\n{self.resultado!r}\n"
        # The profile's, the engine's and the language's own words are nobody's: private values are "NONE" and "TRUE".
        for propia in (PERFIL, MOTOR, "None", "True", "False"):
            dicho = dicho.replace(propia, "")
        return dicho.encode() + self.dicho


def clave_nueva() -> Seudonimizador:
    """A key of this run."""
    return Seudonimizador(np.random.default_rng().bytes(32), 2)


def pasar(octetos: bytes, formato: Formato, clave: Seudonimizador, id_paciente: str | None = None) -> Salida:
    """Run a file through the engine, and listen."""
    with _oyendo() as dicho:
        resultado = motor.anonimizar(octetos, formato, clave, Remitente(HOSPITAL, id_paciente), Opciones())
    return Salida(resultado, dicho.getvalue().encode())


@contextmanager
def _oyendo() -> Iterator[io.StringIO]:
    dicho = io.StringIO()
    oido = logging.StreamHandler(dicho)
    raiz = logging.getLogger()
    antes = raiz.level
    raiz.addHandler(oido)
    raiz.setLevel(logging.DEBUG)
    try:
        with redirect_stdout(dicho), redirect_stderr(dicho), warnings.catch_warnings():
            warnings.simplefilter("always")
            yield dicho
    finally:
        raiz.removeHandler(oido)
        raiz.setLevel(antes)


def revisar_canarios(archivos: Iterable[Archivo], clave: Seudonimizador) -> Acta:
    """Each canary in each file: none may come out, and the file has to."""
    acta = Acta()
    for archivo in archivos:
        acta.archivos += 1
        for que, agujas in (("tabla", archivo.tabla), ("estructura", archivo.estructura)):
            acta.buscados[que] += len(agujas)
        salida = pasar(
            archivo.octetos, archivo.formato, clave, None if archivo.formato is Formato.DICOM else _SIN_NUMERO
        )
        dicho = Pajar(salida.informe)
        for aguja in archivo.agujas:
            if dicho.tiene(aguja):
                acta.hallazgos.append(Hallazgo(archivo.nombre, "informe", aguja.nombre))
        if isinstance(salida.resultado, Apartada):
            acta.apartados[salida.resultado.motivo] += 1
            if not archivo.puede_apartarse:
                acta.hallazgos.append(Hallazgo(archivo.nombre, "apartada", salida.resultado.motivo))
            continue
        acta.limpios += 1
        contenido = salida.resultado.contenido()
        pajar = Pajar(contenido, dicom=archivo.formato is Formato.DICOM)
        for que, agujas in (("tabla", archivo.tabla), ("estructura", archivo.estructura)):
            for nombre in sorted({aguja.nombre for aguja in agujas if pajar.tiene(aguja)}):
                acta.hallazgos.append(Hallazgo(archivo.nombre, que, nombre))
        vista = de_la_vista(salida.resultado)
        for nombre in sorted({aguja.nombre for aguja in archivo.agujas if vista.tiene(aguja)}):
            acta.hallazgos.append(Hallazgo(archivo.nombre, "vista", nombre))
        if archivo.pixeles is not None:
            acta.pixeles += 1
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                hechos = pydicom.dcmread(io.BytesIO(contenido)).pixel_array
            if hechos.astype(hechos.dtype.newbyteorder("<")).tobytes() != archivo.pixeles:
                acta.hallazgos.append(Hallazgo(archivo.nombre, "pixeles", "not what they were"))
    return acta


def de_la_vista(limpia: Limpia) -> Pajar:
    """A result's small picture, as it is written and as it is decoded; empty where there is none."""
    try:
        png = limpia.vista() or b""
    except Exception:  # A picture that no decoder reads has none.
        png = b""
    return Pajar(png + (Image.open(io.BytesIO(png)).tobytes() if png else b""))


def revisar_la_orden(archivos: Sequence[Archivo]) -> Acta:
    """The same by ``saludtech anonimizar``: folder, names, reports, log and what is said; marks in the names too."""
    acta = Acta(archivos=len(archivos))
    puestas = Puestas()
    with TemporaryDirectory() as carpeta:
        entrada, salida, clave = Path(carpeta, "entrada"), Path(carpeta, "salida"), Path(carpeta, "clave")
        clave.write_text(base64.b64encode(np.random.default_rng().bytes(32)).decode())
        for n, archivo in enumerate(archivos):
            ruta = entrada / puestas.persona("a folder's name") / f"{puestas.texto('a file name')}-{n}.dcm"
            ruta.parent.mkdir(parents=True)
            ruta.write_bytes(archivo.octetos)
        orden = [sys.executable, "-m", "saludtech_cli", "anonimizar", str(entrada), str(salida), "--clave", str(clave)]
        corrida = subprocess.run([*orden, "--fuente", HOSPITAL], capture_output=True, check=False)
        todos = [ruta for ruta in salida.rglob("*") if ruta.is_file()]
        nombres = "\n".join(str(ruta.relative_to(salida)) for ruta in todos).encode()
        acta.limpios = sum(ruta.suffix == ".dcm" for ruta in todos)
        dicho = [Pajar(nombres + corrida.stdout + corrida.stderr)]
        dicho += [Pajar(ruta.read_bytes()) for ruta in todos if ruta.suffix != ".dcm"]
        limpios = [Pajar(ruta.read_bytes(), dicom=True) for ruta in todos if ruta.suffix == ".dcm"]
        agujas = [*puestas.agujas, *(aguja for archivo in archivos for aguja in archivo.agujas)]
        acta.buscados["orden"] = len(agujas)
        for aguja in agujas:
            # One file's moved day may be another's own: each file's are sought in its result where it runs alone.
            if any(pajar.tiene(aguja) for pajar in (dicho if aguja.fecha else [*dicho, *limpios])):
                acta.hallazgos.append(Hallazgo("saludtech anonimizar", "orden", aguja.nombre))
    if not acta.limpios:
        acta.hallazgos.append(Hallazgo("saludtech anonimizar", "orden", "nothing came out"))
    return acta


def revisar_publicos(archivos: Iterable[Publico], clave: Seudonimizador) -> tuple[Acta, list[tuple[Publico, bytes]]]:
    """Every identifier of a sample file: none may come out. Gives what came out too."""
    acta, salidas = Acta(), []
    for publico in archivos:
        acta.archivos += 1
        salida = pasar(publico.octetos, Formato.DICOM, clave, None if _numero(publico) else _SIN_NUMERO)
        agujas = publicos.identificadores(publico)
        acta.buscados["identificador"] += len(agujas)
        dicho = Pajar(salida.informe)
        for aguja, _ in agujas:
            # Three letters stand in digests and in what prints as bytes by chance, anew at each run.
            if max(map(len, aguja.textos), default=0) > _AZAR and dicho.tiene(aguja, enteras=True):
                acta.hallazgos.append(Hallazgo(publico.nombre, "informe", aguja.nombre))
        if isinstance(salida.resultado, Apartada):
            acta.apartados[salida.resultado.motivo] += 1
            if salida.resultado.motivo is Motivo.ERROR_INTERNO:
                acta.hallazgos.append(Hallazgo(publico.nombre, "apartada", salida.resultado.motivo))
            continue
        acta.limpios += 1
        contenido = salida.resultado.contenido()
        salidas.append((publico, contenido))
        pajar = Pajar(contenido, dicom=True)
        puestas = _dias_puestos(publico, agujas, clave)
        for aguja, cuando in agujas:
            if cuando in puestas or not pajar.tiene(aguja, enteras=True):
                continue
            if explicado := publicos.explicacion(aguja, contenido):
                acta.explicados[aguja.nombre, explicado] += 1
            else:
                acta.hallazgos.append(Hallazgo(publico.nombre, "identificador", aguja.nombre))
        _comparar_pixeles(publico, salida.resultado, contenido, acta)
    return acta, salidas


def _numero(publico: Publico) -> str:
    return str(publico.leido.get("PatientID") or "").strip(" \0")


_SIN_NUMERO = "QXSINNUMERO"
"""Whose a sample is that does not say so."""


def _dias_puestos(
    publico: Publico, agujas: Iterable[tuple[Aguja, date | None]], clave: Seudonimizador
) -> frozenset[date]:
    """The days that are in the result by right, since another one was moved there."""
    numero = _numero(publico) or _SIN_NUMERO
    emisor = str(publico.leido.get("IssuerOfPatientID") or "").strip(" \0") or HOSPITAL
    paso: timedelta = clave.desplazamiento(Paciente(emisor, numero))
    return frozenset(cuando + paso for _, cuando in agujas if cuando is not None and cuando + paso != cuando)


def _comparar_pixeles(publico: Publico, resultado: Limpia, contenido: bytes, acta: Acta) -> None:
    """The pictures decode to the same, outside of what was blacked out, and of bits that are no pixel's."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        despues = pydicom.dcmread(io.BytesIO(contenido))
        if "PixelData" not in publico.leido or resultado.informe.regiones:
            return
        try:
            antes = publico.leido.pixel_array
        except Exception:  # The reader has no decoder for it, or the picture is broken.
            return
        acta.pixeles += 1
        try:
            iguales = np.array_equal(antes, despues.pixel_array)
        except Exception as error:  # The result has to decode where the original did.
            acta.hallazgos.append(Hallazgo(publico.nombre, "pixeles", type(error).__name__))
            return
        if not iguales:
            acta.hallazgos.append(Hallazgo(publico.nombre, "pixeles", "not what they were"))
