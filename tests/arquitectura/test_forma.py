"""All services have one shape: who knows one knows them all."""

import importlib
import re
from collections.abc import Mapping
from types import FunctionType

import pytest
from tests.arquitectura.codigo import RAIZ, SERVICIOS

from contratos import REGISTRO, Mensaje

cada_servicio = pytest.mark.parametrize(("carpeta", "paquete"), SERVICIOS.items())

ARCHIVOS = (
    "README.md",
    "pyproject.toml",
    "migraciones/env.py",
    "migraciones/versions/0001_inicial.py",
    "tests",
)
MODULOS = (
    "py.typed",
    "__main__.py",
    "composicion.py",
    "config.py",
    "dominio/eventos.py",
    "aplicacion/manejadores.py",
    "aplicacion/puertos.py",
    "entrada/http.py",
    "infraestructura/consultas.py",
    "infraestructura/despachadores.py",
    "infraestructura/repositorio.py",
    "infraestructura/tablas.py",
)
CAPAS = {"dominio", "aplicacion", "entrada", "infraestructura"}


@cada_servicio
def test_tiene_los_mismos_archivos_que_los_demas(carpeta: str, paquete: str) -> None:
    esperados = [RAIZ / carpeta / a for a in ARCHIVOS] + [RAIZ / carpeta / paquete / m for m in MODULOS]
    assert [str(e.relative_to(RAIZ)) for e in esperados if not e.exists()] == []


@cada_servicio
def test_tiene_las_mismas_capas_y_ninguna_otra(carpeta: str, paquete: str) -> None:
    paquetes = {p.parent.name for p in (RAIZ / carpeta / paquete).glob("*/__init__.py")}
    assert paquetes == CAPAS


@cada_servicio
def test_cada_comando_y_cada_reaccion_tiene_su_archivo(carpeta: str, paquete: str) -> None:
    """Each handler has a module of its own: a command's bears the command's name, a reaction's words of its event's."""
    for tipo, manejador in _manejadores(paquete).items():
        grupo, modulo = manejador.__module__.rsplit(".", 2)[1:]
        assert grupo == {"comando": "comandos", "evento": "reacciones"}[tipo.clase]
        nombre = re.sub(r"(?<!^)(?=[A-Z])", "_", tipo.__name__).lower()
        if tipo.clase == "comando":
            assert modulo == manejador.__name__ == nombre
        else:
            assert set(modulo.split("_")) <= set(nombre.split("_")), f"{modulo}: of which event? {nombre}"
    modulos = [m.__module__ for m in _manejadores(paquete).values()]
    assert len(modulos) == len(set(modulos))


@cada_servicio
def test_los_comandos_que_oye_son_todos_los_suyos_y_solo_ellos(carpeta: str, paquete: str) -> None:
    contexto = paquete.replace("_", "-")
    suyos = {m for m in REGISTRO.values() if m.clase == "comando" and m.contexto == contexto}
    assert {m for m in _manejadores(paquete) if m.clase == "comando"} == suyos


@cada_servicio
def test_su_composicion_se_llama_igual_que_las_demas(carpeta: str, paquete: str) -> None:
    composicion = importlib.import_module(f"{paquete}.composicion")
    assert callable(composicion.servicio)
    assert callable(composicion.crear_api)
    despachadores = importlib.import_module(f"{paquete}.infraestructura.despachadores").DESPACHADORES
    assert despachadores


def _manejadores(paquete: str) -> Mapping[type[Mensaje], FunctionType]:
    manejadores: Mapping[type[Mensaje], FunctionType] = importlib.import_module(
        f"{paquete}.aplicacion.manejadores"
    ).MANEJADORES
    return manejadores
