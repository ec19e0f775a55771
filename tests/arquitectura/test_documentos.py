"""What the pages tell the reader to open is there: the files that they link, and the places that they name."""

import ast
import re
import subprocess
from pathlib import Path

RAIZ = Path(__file__).parents[2]
_ENLACE = re.compile(r"\]\((?!https?:)([^)#\s]+)")
_LUGAR = re.compile(r"`([\w/]+\.py): ([\w.]+)`")


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


def _paginas() -> list[Path]:
    salida = subprocess.run(["git", "ls-files", "*.md"], cwd=RAIZ, capture_output=True, text=True, check=True).stdout
    return [RAIZ / nombre for nombre in salida.splitlines() if (RAIZ / nombre).is_file()]


def _existe(archivo: str, nombre: str) -> bool:
    raices = [RAIZ / "seedwork/src", RAIZ / "bff_web/src", *RAIZ.glob("microservicio-*")]
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
    if isinstance(nodo, ast.ClassDef | ast.FunctionDef):
        return {nodo.name}
    destinos = (
        nodo.targets if isinstance(nodo, ast.Assign) else [nodo.target] if isinstance(nodo, ast.AnnAssign) else []
    )
    return {destino.id for destino in destinos if isinstance(destino, ast.Name)}
