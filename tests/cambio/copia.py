"""A scratch copy of the repository, to make a change in, and to see what it touched and whether it stands."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

RAIZ = Path(__file__).parents[2]
GENERADORES = (
    "contratos esquemas",
    "deploy.postman.coleccion",
    "tests.arquitectura.ajustes",
    "tests.arquitectura.mapa",
)
"""What makes files from the code anew, as `python -m` takes it; nobody edits these files."""
REGLAS = ("contratos/canales.py", "contratos/permisos.py")
"""Who may say, hear and ask what: a line there for each message, whoever's it is."""
GENERADOS = (".avsc", "_collection.json", "docs/mensajes.md", ".env.example")
_YO = ["-c", "user.name=experimento", "-c", "user.email=experimento@localhost"]


class Copia:
    """The repository's files as they are now, as the first commit of a repository of its own."""

    def __init__(self, raiz: Path, cache: Path) -> None:
        self.raiz = raiz
        self._cache = cache
        for nombre in _git(RAIZ, "ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0"):
            if nombre and (RAIZ / nombre).is_file():
                (raiz / nombre).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(RAIZ / nombre, raiz / nombre)
        _git(raiz, "init", "-q")
        _git(raiz, "add", "-A")
        _git(raiz, *_YO, "commit", "-qm", "as it is")

    # Changing

    def escribir(self, ruta: str, texto: str) -> None:
        """Write a new file. Raises AssertionError where there is one."""
        archivo = self.raiz / ruta
        assert not archivo.exists(), f"{ruta} exists"
        archivo.parent.mkdir(parents=True, exist_ok=True)
        archivo.write_text(texto, encoding="utf-8")

    def anexar(self, ruta: str, texto: str) -> None:
        """Add to the end of a file."""
        with (self.raiz / ruta).open("a", encoding="utf-8") as archivo:
            archivo.write(texto)

    def cambiar(self, ruta: str, *cambios: tuple[str, str]) -> None:
        """Replace, for each pair, what a pattern finds. Raises AssertionError where it finds nothing."""
        archivo = self.raiz / ruta
        texto = archivo.read_text(encoding="utf-8")
        for patron, nuevo in cambios:
            texto, veces = re.subn(patron, nuevo, texto, flags=re.MULTILINE)
            assert veces, f"{ruta}: nothing like {patron}"
        archivo.write_text(texto, encoding="utf-8")

    def leer(self, ruta: str) -> str:
        """A file's text."""
        return (self.raiz / ruta).read_text(encoding="utf-8")

    def acabar(self) -> None:
        """What every developer does at the end: make anew what is generated, and have the imports put in order."""
        for generador in GENERADORES:
            self._correr([sys.executable, "-m", *generador.split()])
        if nuevos := [ruta for ruta in self.tocados() if ruta.endswith(".py")]:
            self._correr([sys.executable, "-m", "ruff", "check", "-q", "--select", "I", "--fix", *nuevos])
            self._correr([sys.executable, "-m", "ruff", "format", "-q", *nuevos])

    # Looking

    def tocados(self) -> list[str]:
        """The files that are new, changed or gone since the copy was made."""
        estado = _git(self.raiz, "status", "--porcelain", "-z", "--untracked-files=all")
        return sorted(linea[3:] for linea in estado.split("\0") if linea)

    def lineas(self) -> int:
        """How many lines of source are new in the files that were there before."""
        cuentas = [linea.split("\t") for linea in _git(self.raiz, "diff", "--numstat").splitlines()]
        return sum(int(nuevas) for nuevas, _, ruta in cuentas if clase_de(ruta) == "source")

    def reponer(self) -> None:
        """Undo everything. What was compiled of files that stay is kept, or else every process would do it anew."""
        _git(self.raiz, "reset", "-q", "--hard")
        for nueva in _git(self.raiz, "ls-files", "-z", "--others", "--exclude-standard", "--directory").split("\0"):
            if nueva.endswith("/"):
                shutil.rmtree(self.raiz / nueva)
        _git(self.raiz, "clean", "-qfdx", "-e", "__pycache__")

    def revisar_imports(self) -> list[str]:
        """The import rules' complaints."""
        programa = "from importlinter.cli import lint_imports_command as c; c()"
        return self._quejas("lint-imports", [sys.executable, "-c", programa, "--no-cache"])

    def revisar(self, *pruebas: str) -> list[str]:
        """The complaints of the whole fast gate (`make check`), with these tests beside those of the architecture."""
        self._metadatos()
        return [
            *self._quejas("ruff format", [sys.executable, "-m", "ruff", "format", "--check", "-q", "."]),
            *self._quejas("ruff", [sys.executable, "-m", "ruff", "check", "-q", "."]),
            *self.revisar_imports(),
            *self._quejas("mypy", [sys.executable, "-m", "mypy", "--cache-dir", str(self._cache)]),
            *self._probar("tests/arquitectura", "tests/contratos", "tests/despliegue", "deploy/local/tests", *pruebas),
        ]

    def _probar(self, *rutas: str) -> list[str]:
        orden = [sys.executable, "-m", "pytest", "-q", "-m", "not integracion and not largo", "-p", "no:cacheprovider"]
        hecho = self._correr([*orden, *rutas], exigir=False)
        if hecho.returncode == 0:
            return []
        return re.findall(r"^(?:FAILED|ERROR) (\S+)", hecho.stdout, re.MULTILINE) or [hecho.stdout[-2000:]]

    def _quejas(self, nombre: str, orden: list[str]) -> list[str]:
        hecho = self._correr(orden, exigir=False)
        return [f"{nombre}: {(hecho.stdout + hecho.stderr)[-2000:]}"] if hecho.returncode else []

    def _metadatos(self) -> None:
        """What installing a distribution would leave, for those that the environment does not have."""
        programa = "import setuptools.build_meta as b, sys; b.prepare_metadata_for_build_wheel(sys.argv[1])"
        lugar = self.raiz / "build/metadatos"
        lugar.mkdir(parents=True, exist_ok=True)
        for proyecto in self.raiz.glob("microservicio-*/pyproject.toml"):
            if not (RAIZ / proyecto.relative_to(self.raiz)).exists():
                self._correr([sys.executable, "-c", programa, str(lugar)], en=proyecto.parent)

    def _correr(
        self, orden: list[str], *, exigir: bool = True, en: Path | None = None
    ) -> subprocess.CompletedProcess[str]:
        ajustes = tomllib.loads(self.leer("pyproject.toml"))["tool"]
        fuentes = [self.raiz, self.raiz / "build/metadatos", *(self.raiz / f for f in ajustes["ruff"]["src"])]
        entorno = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(map(str, fuentes)),
            "NO_COLOR": "1",
            "COLUMNS": "200",
        }
        hecho = subprocess.run(
            orden, cwd=en or self.raiz, env=entorno, capture_output=True, text=True, timeout=600, check=False
        )
        assert not exigir or hecho.returncode == 0, f"{orden}: {hecho.stdout}{hecho.stderr}"
        return hecho


@contextmanager
def copia() -> Iterator[Copia]:
    """A copy in the body, gone after it."""
    with TemporaryDirectory(prefix="saludtech-cambio-") as carpeta:
        raiz = Path(carpeta) / "repositorio"
        raiz.mkdir()
        yield Copia(raiz, Path(carpeta) / "mypy")


def clase_de(ruta: str) -> str:
    """What a file is to whoever makes a change: generated, a test, a page, the one place of who may what, or source."""
    if ruta.endswith(GENERADOS):
        return "generated"
    if ruta.endswith(REGLAS):
        return "rules"
    if ruta.startswith("tests/") or "/tests/" in ruta:
        return "tests"
    return "docs" if ruta.endswith(".md") else "source"


def en_palabras(rutas: list[str]) -> str:
    """How many of each kind: `4 + 1 generated`."""
    cuentas = Counter(clase_de(ruta) for ruta in rutas)
    demas = [f" + {n} {clase}" for clase in ("rules", "generated", "tests", "docs") if (n := cuentas[clase])]
    return f"{cuentas['source']}{''.join(demas)}"


def _git(donde: Path, *orden: str) -> str:
    return subprocess.run(["git", *orden], cwd=donde, capture_output=True, text=True, check=True).stdout
