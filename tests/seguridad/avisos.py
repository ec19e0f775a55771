"""pip-audit over every Python lock: known advisories of what is pinned; run by build/seguridad's Python.

Where no source of advisories answers, that is said aloud: docs/seguridad.md has a dated table of what was read by hand.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

RAIZ = Path(__file__).parents[2]
LOCKS = sorted([*RAIZ.glob("*.lock"), *RAIZ.glob("tests/*/herramientas/*.lock")])


_MALA = "jinja2==2.4.1"
"""Advisories name it: a source that does not is none."""


def mirar(requisitos: Path, *opciones: str) -> list[str]:
    """What a file pins that an advisory names, one line each; nothing, too, of what nobody could be asked about."""
    orden = (str(Path(sys.executable).parent / "pip-audit"), "--format=json", "--progress-spinner=off", "--disable-pip")
    hecho = subprocess.run(
        [*orden, *opciones, f"--requirement={requisitos}"], stdout=subprocess.PIPE, text=True, check=False
    )
    return [
        f"{requisitos.name}: {d['name']} {d['version']}: {v['id']}"
        for d in json.loads(hecho.stdout or '{"dependencies": []}')["dependencies"]
        for v in d.get("vulns", [])
    ]


def main() -> int:
    """1 where an advisory names what is pinned."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as prueba:
        prueba.write(_MALA)
        prueba.flush()
        if not mirar(Path(prueba.name), "--no-deps"):
            print(f"NO ADVISORIES WERE LOOKED UP: no source of them answers ({_MALA} is said to be good)")
            return 0
    hallados = [hallado for lock in LOCKS for hallado in mirar(lock, "--require-hashes")]
    print(*hallados, f"{len(LOCKS)} locks: {len(hallados)} advisories", sep="\n")
    return bool(hallados)


if __name__ == "__main__":
    sys.exit(main())
