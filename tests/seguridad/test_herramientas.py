"""What others' tools say of the source, its history and its locks. In `make test-largo`: they take a minute or more."""

import subprocess
from pathlib import Path

import pytest

RAIZ = Path(__file__).parents[2]
pytestmark = [pytest.mark.largo, pytest.mark.timeout(1800)]


def _correr(*orden: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(orden, cwd=RAIZ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)


def test_nada_se_halla() -> None:
    hecho = _correr("make", "seguridad")
    assert hecho.returncode == 0, hecho.stdout


def test_lo_que_se_pone_se_halla(tmp_path: Path) -> None:
    """Else nothing found would say nothing."""
    _correr("make", "build/seguridad/.listo")
    linea = "clave = 'AKIA" + "QYLPMN5HFIQR7XYA'"
    busca = f"import secretos; print(secretos.hallar({{'a.py': [{linea!r}]}}))"
    hecho = subprocess.run(
        [RAIZ / "build/seguridad/bin/python", "-c", busca],
        cwd=RAIZ / "tests/seguridad",
        capture_output=True,
        text=True,
        check=True,
    )
    assert "AWS Access Key" in hecho.stdout
    (malo := tmp_path / "a.py").write_text("import hashlib\nx = hashlib.md5(b'')\n")
    assert "B324" in _correr(".venv/bin/bandit", "--quiet", "--configfile=pyproject.toml", str(malo)).stdout
