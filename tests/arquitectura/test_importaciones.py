"""The import rules hold, and each of them can fail."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.arquitectura.codigo import RAIZ, SERVICIOS

FUENTES = (
    "seedwork/src",
    "bff_web/src",
    "deploy/local/src",
    "cli/src",
    *SERVICIOS,
)
FALTAS = {
    "microservicio-suscripciones/suscripciones/infraestructura/tablas.py": "import procesamiento.config",
    "microservicio-procesamiento/procesamiento/aplicacion/puertos.py": "import procesamiento.infraestructura.tablas",
    "seedwork/src/seedwork/aplicacion/sobre.py": "import seedwork.entrada.config",
    "microservicio-notificaciones/notificaciones/dominio/eventos.py": "import sqlalchemy",
    "microservicio-servicio-datos/servicio_datos/aplicacion/pasos.py": "import flask",
    "seedwork/src/contratos/motivos.py": "import seedwork.dominio.errores",
    "microservicio-servicio-datos/servicio_datos/infraestructura/tablas.py": "import seedwork.entrada.config",
    "cli/src/saludtech_cli/puerta.py": "import seedwork.dominio.reglas",
}
"""One offence against each rule, in the order of the rules."""


def _revisar(raiz: Path) -> tuple[int, list[str]]:
    """lint-imports' exit code, and each rule's verdict."""
    rutas = os.pathsep.join(str(raiz / fuente) for fuente in FUENTES)
    hecho = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()", "--no-cache"],
        cwd=raiz,
        env={**os.environ, "PYTHONPATH": rutas, "NO_COLOR": "1", "COLUMNS": "300"},
        capture_output=True,
        text=True,
        check=False,
    )
    return hecho.returncode, re.findall(r"\b(KEPT|BROKEN)$", hecho.stdout, re.MULTILINE)


def test_se_cumplen_todas_las_reglas() -> None:
    assert _revisar(RAIZ) == (0, ["KEPT"] * len(FALTAS))


def test_cada_regla_descubre_su_falta(tmp_path: Path) -> None:
    shutil.copy(RAIZ / ".importlinter", tmp_path)
    for fuente in FUENTES:
        shutil.copytree(RAIZ / fuente, tmp_path / fuente, ignore=shutil.ignore_patterns("tests", "__pycache__"))
    for archivo, linea in FALTAS.items():
        with (tmp_path / archivo).open("a", encoding="utf-8") as texto:
            texto.write(f"\n{linea}\n")
    assert _revisar(tmp_path) == (1, ["BROKEN"] * len(FALTAS))
