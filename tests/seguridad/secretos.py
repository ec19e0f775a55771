"""detect-secrets over every version of every file that the history holds; run by build/seguridad's Python.

Each file's lines, of all its versions, are looked at once: what was taken out later is found like what is still there.
Exceptions are in secretos.toml, each with its reason. Locks are left out: they hold hashes alone, as
tests/arquitectura/test_repositorio.py sees to.
"""

import re
import subprocess
import sys
import tempfile
import tomllib
from collections import defaultdict
from pathlib import Path

from detect_secrets import SecretsCollection
from detect_secrets.settings import default_settings

RAIZ = Path(__file__).parents[2]
EXCEPCIONES = Path(__file__).with_suffix(".toml")


def de_la_historia(raiz: Path) -> dict[str, list[str]]:
    """Each file's lines by its path, of all commits that any name leads to; files that hold a NUL are no text."""

    def git(*orden: str, entrada: bytes = b"") -> bytes:
        return subprocess.run(["git", *orden], cwd=raiz, input=entrada, stdout=subprocess.PIPE, check=True).stdout

    objetos = (linea.partition(" ") for linea in git("rev-list", "--objects", "--all", "HEAD").decode().splitlines())
    rutas = {objeto: ruta for objeto, _, ruta in objetos if ruta}
    dado, desde = git("cat-file", "--batch", entrada="\n".join(rutas).encode()), 0
    lineas: defaultdict[str, dict[str, None]] = defaultdict(dict)
    while desde < len(dado):
        hasta = dado.index(b"\n", desde)
        objeto, tipo, octetos = dado[desde:hasta].decode().split()
        contenido = dado[hasta + 1 : (desde := hasta + 2 + int(octetos)) - 1]
        if tipo == "blob" and b"\0" not in contenido and not rutas[objeto].endswith(".lock"):
            lineas[rutas[objeto]] |= dict.fromkeys(contenido.decode("utf-8", "replace").splitlines())
    return {ruta: list(suyas) for ruta, suyas in lineas.items()}


def hallar(lineas: dict[str, list[str]]) -> list[tuple[str, str, str]]:
    """What looks like a secret, as (path, kind, line)."""
    with tempfile.TemporaryDirectory() as carpeta, default_settings():
        for ruta, suyas in lineas.items():
            archivo = Path(carpeta, ruta)
            archivo.parent.mkdir(parents=True, exist_ok=True)
            archivo.write_text("\n".join(suyas), encoding="utf-8")
        hallados = SecretsCollection(root=carpeta)
        hallados.scan_files(*lineas, num_processors=1)
        return sorted({(ruta, h.type, lineas[ruta][h.line_number - 1].strip()) for ruta, h in hallados})


def main() -> int:
    """Tell what was found that is no exception, and which exception excuses nothing; 1 where there is either."""
    excepciones = tomllib.loads(EXCEPCIONES.read_text(encoding="utf-8"))["excepcion"]
    lineas = de_la_historia(RAIZ)
    hallados, usadas = hallar(lineas), set()
    ajenos = []
    for ruta, tipo, linea in hallados:
        suyas = {
            n for n, e in enumerate(excepciones) if re.fullmatch(e["archivo"], ruta) and re.search(e["linea"], linea)
        }
        usadas |= suyas
        if not suyas:
            ajenos.append(f"{ruta}: {tipo}: {linea[:160]}")
    sobran = [f"secretos.toml: excuses nothing: {e['linea']}" for n, e in enumerate(excepciones) if n not in usadas]
    print(*ajenos, *sobran, sep="\n", end="\n" if ajenos or sobran else "")
    print(f"{len(lineas)} files, {sum(map(len, lineas.values()))} lines: {len(hallados)} look like secrets, "
          f"{len(hallados) - len(ajenos)} of them excused")  # fmt: skip
    return bool(ajenos or sobran)


if __name__ == "__main__":
    sys.exit(main())
