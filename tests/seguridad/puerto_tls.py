"""What is wrong with a TLS port, as sslyze sees it: it has an environment of its own, in pinned versions."""

import subprocess
from pathlib import Path

RAIZ = Path(__file__).parents[2]


def revisar(nombre: str, puerto: int, ca: Path, protocolo: str = "http") -> list[str]:
    """All that is wrong, in words: the port, on this machine, is asked for by its name, and vouched for by the CA.

    Raises:
        AssertionError: it could not be looked at.
    """
    subprocess.run(("make", "--silent", "build/seguridad/.listo"), cwd=RAIZ, check=True)
    programa = (RAIZ / "build/seguridad/bin/python", Path(__file__).with_name("sondeo_tls.py"))
    orden = (*programa, nombre, str(puerto), ca, protocolo)
    hecho = subprocess.run(orden, capture_output=True, text=True, check=False)
    faltas = hecho.stdout.splitlines()
    assert faltas and hecho.returncode == (faltas != ["nothing is wrong"]), hecho.stdout + hecho.stderr
    return faltas if hecho.returncode else []
