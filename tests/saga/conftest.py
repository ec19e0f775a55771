"""One platform for all scenarios; they come before other tests, since what those leave on a broker would reach it."""

import json
import secrets
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.saga.colector import Colector, colector
from tests.saga.negocio import Negocio
from tests.saga.plataforma_viva import Plataforma, plataforma_viva

from plataforma.partes import Parte
from plataforma.proveedores import Servidores
from seedwork.infraestructura import bd
from servicio_datos.infraestructura.catalogo import leer_catalogo
from servicio_datos.infraestructura.existencias import sincronizar


@pytest.fixture(scope="package")
def recolector() -> Iterator[Colector]:
    """Where all of the platform's traces go."""
    with colector() as propio:
        yield propio


@pytest.fixture(scope="package")
def plataforma(
    servidores: Servidores, recolector: Colector, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Plataforma]:
    # Data sets have their versions within seconds.
    ajustes = {"DATASET_CADA_S": "2", "TRAZAS_OTLP": recolector.url, "TRAZAS_URL": "http://127.0.0.1/trace/{traza}"}

    def arreglar(partes: list[Parte]) -> list[Parte]:
        return [replace(p, entorno={**p.entorno, **ajustes}) for p in partes]

    with plataforma_viva(servidores, tmp_path_factory.mktemp("plataforma"), arreglar=arreglar) as viva:
        yield viva


@pytest.fixture(scope="package")
def negocio(plataforma: Plataforma) -> Negocio:
    return Negocio(plataforma)


@pytest.fixture(scope="module")
def expertos_libres(
    plataforma: Plataforma, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[int], None]]:
    """Gives the data service a catalogue with one new expert of that capacity; its own comes back in the end. It is put
    where the worker puts its own when it starts, and looks for a place."""
    carpeta = tmp_path_factory.mktemp("catalogos")
    motor = bd.crear_motor(plataforma.bases["servicio_datos"])
    yield lambda capacidad: sincronizar(motor, leer_catalogo(_catalogo(carpeta, capacidad)))
    sincronizar(motor, leer_catalogo())
    motor.dispose()


def _catalogo(carpeta: Path, capacidad: int) -> Path:
    codigo = f"experto-{secrets.token_hex(4)}"
    filas: dict[str, dict[str, str | int]] = {
        "expertos": {"codigo": codigo, "nombres": "Camila", "apellidos": "Rojas", "capacidad": capacidad},
        "nubes": {"codigo": "nube-andes", "nombre": "Nube Andes", "tipo": "PRIVADA"},
        "datasets": {"codigo": "rayos-x", "nombre": "Rayos X", "modalidad": "Rayos X"},
    }
    # A JSON string or number is one in TOML too.
    secciones = (
        f"[[{nombre}]]\n" + "".join(f"{clave} = {json.dumps(valor)}\n" for clave, valor in fila.items())
        for nombre, fila in filas.items()
    )
    archivo = carpeta / f"{codigo}.toml"
    archivo.write_text("\n".join(secciones), encoding="utf-8")
    return archivo
