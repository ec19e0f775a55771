"""Secrets that are missing, empty or wrong: what is said, and that it is said without them.

For `make test-contenedores`: it needs a container engine.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.arquitectura.codigo import RAIZ
from tests.contenedores.motor import CARPETA, Motor

pytestmark = [pytest.mark.contenedores, pytest.mark.timeout(1800)]


@pytest.fixture
def carpeta(motor: Motor, construidas: set[str]) -> Iterator[Path]:
    """A copy of the secrets, to be spoilt, which the compose file takes; the project is gone before and after."""
    motor.quitar()
    copia = CARPETA / "estropeados"
    buenos = motor.entorno["SECRETOS_CONTENEDORES"]
    shutil.rmtree(RAIZ / copia, ignore_errors=True)
    shutil.copytree(RAIZ / buenos, RAIZ / copia)
    motor.entorno["SECRETOS_CONTENEDORES"] = copia.as_posix()
    yield RAIZ / copia
    motor.entorno["SECRETOS_CONTENEDORES"] = buenos
    motor.quitar()


def _no_arranca(motor: Motor, perfil: str) -> str:
    hecho = motor.compose("up", "--wait", perfil=perfil)
    assert hecho.returncode != 0
    return hecho.stderr


def test_sin_la_carpeta_dice_como_hacerlos(motor: Motor) -> None:
    hecho = motor.compose("up", "--wait", SECRETOS_CONTENEDORES="")
    assert hecho.returncode != 0
    assert "SECRETOS_CONTENEDORES" in hecho.stderr
    assert "make secretos" in hecho.stderr


def test_el_que_falta_se_nombra(motor: Motor, carpeta: Path) -> None:
    (carpeta / "idempotencia_secreto").unlink()
    assert "idempotencia_secreto" in _no_arranca(motor, "bff_web")


@pytest.mark.parametrize(
    ("perfil", "quien", "archivo", "valor", "dice"),
    [
        ("suscripciones", "suscripciones-preparar", "campos_claves", "", "CAMPOS_CLAVES"),
        ("procesamiento", "procesamiento-preparar", "seudonimo_clave", "", "SEUDONIMO_CLAVE"),
        ("procesamiento", "procesamiento-preparar", "seudonimo_clave", "bWFyY2FkYQ==", "SEUDONIMO_CLAVE"),
    ],
    ids=["llavero vacio", "seudonimo vacio", "seudonimo corto"],
)
def test_el_vacio_y_el_que_no_vale_se_nombran_por_su_ajuste(
    motor: Motor, carpeta: Path, perfil: str, quien: str, archivo: str, valor: str, dice: str
) -> None:
    (carpeta / archivo).write_text(valor)
    assert quien in _no_arranca(motor, perfil)
    registro = motor.compose("logs", "--no-color", quien).stdout
    assert f"configuración: {dice}: " in registro
    assert "Traceback" not in registro
    assert not valor or valor not in registro


def test_la_clave_de_la_base_que_no_es_se_nombra(motor: Motor, carpeta: Path) -> None:
    """A database has the password that it was made with."""
    motor.levantar("suscripciones")
    motor.compose("down")
    archivo = carpeta / "suscripciones_database_url_migracion"
    clave = archivo.read_text().split(":")[2].split("@")[0]
    archivo.write_text(archivo.read_text().replace(clave, "otra-clave-marcada"))
    assert "suscripciones-preparar" in _no_arranca(motor, "suscripciones")
    registro = motor.compose("logs", "--no-color", "suscripciones-preparar").stdout
    assert 'password authentication failed for user "suscripciones_dueno"' in registro
    assert "DATABASE_URL_MIGRACION" in registro
    todo = motor.compose("logs", "--no-color").stdout
    assert "otra-clave-marcada" not in todo
    assert clave not in todo
