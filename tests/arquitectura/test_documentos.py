"""What the pages tell the reader to open is there: the files that they link, the modules and places that they name."""

import ast
import re
import subprocess
from pathlib import Path

RAIZ = Path(__file__).parents[2]
_ENLACE = re.compile(r"\]\((?!https?:)([^)#\s]+)")
_LUGAR = re.compile(r"`([\w/]+\.py): ([\w.]+)`")
_CODIGO = re.compile(r"`([^`\n]+)`")
_MODULO = re.compile(r"(?:^|[;,] )([\w/<>…-]*\w\.py)\b")


def test_cada_enlace_lleva_a_un_archivo() -> None:
    rotos = {
        f"{pagina.relative_to(RAIZ)}: {enlace}"
        for pagina in _paginas()
        for enlace in _ENLACE.findall(pagina.read_text(encoding="utf-8"))
        if not (pagina.parent / enlace).exists()
    }
    assert rotos == set()


def test_cada_lugar_que_se_nombra_existe() -> None:
    lugares = {lugar for pagina in _paginas() for lugar in _LUGAR.findall(pagina.read_text(encoding="utf-8"))}
    assert lugares, "the walk through the code names none"
    assert {f"{archivo}: {nombre}" for archivo, nombre in lugares if not _existe(archivo, nombre)} == set()


def test_cada_modulo_que_se_nombra_existe() -> None:
    """A module may be named by some of its folders only, as ``suscripciones/rechazo.py``; ``<service>`` is any."""
    nombres = {
        nombre
        for pagina in _paginas()
        for codigo in _CODIGO.findall(pagina.read_text(encoding="utf-8"))
        for nombre in _MODULO.findall(codigo)
    }
    modulos = [modulo.relative_to(RAIZ).parts for modulo in _archivos("*.py")]
    assert nombres
    assert {nombre for nombre in nombres if not any(_abrevia(nombre, modulo) for modulo in modulos)} == set()


def _abrevia(nombre: str, modulo: tuple[str, ...]) -> bool:
    *carpetas, archivo = nombre.split("/")
    quedan = iter(modulo[:-1])
    return archivo == modulo[-1] and all(c in quedan for c in carpetas if not set("<…") & set(c))


def _paginas() -> list[Path]:
    return _archivos("*.md")


def _archivos(cuales: str) -> list[Path]:
    salida = subprocess.run(["git", "ls-files", cuales], cwd=RAIZ, capture_output=True, text=True, check=True).stdout
    return [RAIZ / nombre for nombre in salida.splitlines() if (RAIZ / nombre).is_file()]


def _existe(archivo: str, nombre: str) -> bool:
    raices = [
        RAIZ,
        RAIZ / "seedwork/src",
        RAIZ / "bff_web/src",
        RAIZ / "deploy/local/src",
        RAIZ / "anonimizacion/src",
        *RAIZ.glob("microservicio-*"),
    ]
    return any((raiz / archivo).is_file() and nombre in _nombres(raiz / archivo) for raiz in raices)


def _nombres(archivo: Path) -> set[str]:
    """What a module makes: its own names, and those in its classes, behind the class's."""
    nombres: set[str] = set()
    for nodo in ast.parse(archivo.read_text(encoding="utf-8")).body:
        propios = _hechos(nodo)
        nombres |= propios
        if isinstance(nodo, ast.ClassDef):
            nombres |= {f"{nodo.name}.{suyo}" for dentro in nodo.body for suyo in _hechos(dentro)}
    return nombres


def _hechos(nodo: ast.stmt) -> set[str]:
    if isinstance(nodo, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        return {nodo.name}
    destinos = (
        nodo.targets if isinstance(nodo, ast.Assign) else [nodo.target] if isinstance(nodo, ast.AnnAssign) else []
    )
    return {destino.id for destino in destinos if isinstance(destino, ast.Name)}
