"""The import rules hold, and each of them can fail."""

import configparser
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.arquitectura.codigo import RAIZ, SERVICIOS

FUENTES = (
    "json-estricto/src",
    "anonimizacion/src",
    "seedwork/src",
    "bff_web/src",
    "deploy/local/src",
    "cli/src",
    *SERVICIOS,
)
FALTAS: dict[str, list[tuple[str, str]]] = {
    "servicios": [("microservicio-suscripciones/suscripciones/infraestructura/tablas.py", "procesamiento.config")],
    "capas": [
        ("microservicio-procesamiento/procesamiento/aplicacion/puertos.py", "procesamiento.infraestructura.tablas"),
        ("microservicio-notificaciones/notificaciones/composicion.py", "notificaciones.pruebas.memoria"),
    ],
    "seedwork": [("seedwork/src/seedwork/aplicacion/sobre.py", "seedwork.entrada.config")],
    "puerta": [
        ("bff_web/src/bff_web/idempotencia.py", "bff_web.comandos.comun"),
        ("bff_web/src/bff_web/salud_broker.py", "bff_web.negados"),
    ],
    "dominio": [
        ("microservicio-notificaciones/notificaciones/dominio/eventos.py", "sqlalchemy"),
        ("microservicio-servicio-datos/servicio_datos/dominio/servicio_datos.py", "saga.fin"),
        ("microservicio-procesamiento/procesamiento/dominio/imagen.py", "numpy"),
    ],
    "aplicacion": [
        ("microservicio-servicio-datos/servicio_datos/aplicacion/reserva.py", "flask"),
        ("seedwork/src/saga/pasos.py", "seedwork.infraestructura.avro"),
    ],
    "suelo": [
        ("seedwork/src/seedwork/aplicacion/unidad.py", "saga.fin"),
        ("seedwork/src/contratos/motivos.py", "seedwork.dominio.errores"),
    ],
    "contextos": [("seedwork/src/seedwork/aplicacion/bus.py", "contratos.suscripciones")],
    "contratos": [("seedwork/src/contratos/consultas/base.py", "pydantic")],
    "comun": [
        ("seedwork/src/contratos/base.py", "plataforma.errores"),
        ("seedwork/src/seedwork/infraestructura/bd.py", "servicio_datos.infraestructura.tablas"),
        ("seedwork/src/saga/fin.py", "suscripciones.dominio.saga_actual"),
    ],
    "infraestructura": [
        ("microservicio-servicio-datos/servicio_datos/infraestructura/tablas.py", "seedwork.entrada.config")
    ],
    "linea_de_comandos": [("cli/src/saludtech_cli/puerta.py", "seedwork.dominio.reglas")],
    "json_estricto": [("json-estricto/src/json_estricto/__init__.py", "seedwork.dominio.reglas")],
    "anonimizacion": [
        ("anonimizacion/src/anonimizacion/motor.py", "sqlalchemy"),
        ("anonimizacion/src/anonimizacion/paciente.py", "seedwork.dominio.reglas"),
    ],
    "seudonimos": [
        ("anonimizacion/src/anonimizacion/seudonimos.py", "pydicom"),
        ("bff_web/src/bff_web/descargas.py", "anonimizacion.motor"),
    ],
}
"""Offences against each rule: a file, and what it must not import."""


def _reglas() -> dict[str, str]:
    """Each rule's name by its key."""
    reglas = configparser.ConfigParser()
    reglas.read(RAIZ / ".importlinter", encoding="utf-8")
    return {s.rsplit(":", 1)[1]: reglas[s]["name"] for s in reglas.sections() if ":contract:" in s}


def _revisar(raiz: Path) -> tuple[int, str]:
    """lint-imports' exit code, and what it says."""
    rutas = os.pathsep.join(str(raiz / fuente) for fuente in FUENTES)
    hecho = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()", "--no-cache"],
        cwd=raiz,
        env={**os.environ, "PYTHONPATH": rutas, "NO_COLOR": "1", "COLUMNS": "300"},
        capture_output=True,
        text=True,
        check=False,
    )
    return hecho.returncode, hecho.stdout


def _culpas(informe: str) -> Iterator[tuple[str, str]]:
    """Each broken rule's name, and what is said of it."""
    _, _, rotas = informe.partition("\nBroken contracts\n")
    for nombre, _, resto in re.findall(r"^(\S.*)\n(-{3,})\n((?:(?!^\S.*\n-{3,}\n)[\s\S])*)", rotas, re.MULTILINE):
        yield nombre, resto


def _modulo(archivo: str) -> str:
    """What a file is called when it is imported."""
    fuente = next(f for f in FUENTES if archivo.startswith(f"{f}/"))
    return archivo.removeprefix(f"{fuente}/").removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def test_se_cumplen_todas_las_reglas() -> None:
    codigo, informe = _revisar(RAIZ)
    assert (codigo, re.findall(r"\b(KEPT|BROKEN)\b", informe)) == (0, ["KEPT"] * len(_reglas()))


def test_cada_regla_descubre_sus_faltas(tmp_path: Path) -> None:
    shutil.copy(RAIZ / ".importlinter", tmp_path)
    for fuente in FUENTES:
        shutil.copytree(RAIZ / fuente, tmp_path / fuente, ignore=shutil.ignore_patterns("tests", "__pycache__"))
    for archivo, modulo in (falta for suyas in FALTAS.values() for falta in suyas):
        with (tmp_path / archivo).open("a", encoding="utf-8") as texto:
            texto.write(f"\nimport {modulo}\n")

    codigo, informe = _revisar(tmp_path)

    assert codigo == 1
    reglas, culpas = _reglas(), dict(_culpas(informe))
    assert list(FALTAS) == list(reglas)
    for regla, suyas in FALTAS.items():
        for archivo, modulo in suyas:
            assert f"{_modulo(archivo)} -> {modulo} " in culpas[reglas[regla]], f"{regla}: {archivo}"
