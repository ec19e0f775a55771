"""Makes the containers' secrets, one file each, and says in .env where they are; what exists is kept.

The folder is its owner's alone (0700). The files in it can be read by anyone who gets that far (0644): they are
mounted into containers as they are, where another user reads them. The key that development tokens are signed with is
mounted nowhere, and its owner's alone (0600): ``saludtech token --clave`` reads it.
"""

import base64
import secrets
from pathlib import Path

from plataforma import identidad
from plataforma.servicios import RAIZ, SERVICIOS

CARPETA = "deploy/compose/secretos"
AJUSTE = "SECRETOS_CONTENEDORES"


def nuevos() -> dict[str, str]:
    """Fresh values for every secret that stands by itself, by its file's name."""
    urls = {
        f"{s.paquete}_database_url": f"postgresql://{s.paquete}:{secrets.token_urlsafe(32)}@{s.nombre}-bd:5432/{s.paquete}"
        for s in SERVICIOS.values()
    }
    propias = [ajuste.lower() for s in SERVICIOS.values() for ajuste in s.secretos]
    claves = ("postgres_clave", "campos_claves", "idempotencia_secreto", *propias)
    return {**urls, **{clave: base64.b64encode(secrets.token_bytes(32)).decode() for clave in claves}}


def hacer(raiz: Path) -> list[str]:
    """Make what is missing beneath a checkout. Gives the names of what was made."""
    carpeta = raiz / CARPETA
    carpeta.mkdir(mode=0o700, parents=True, exist_ok=True)
    carpeta.chmod(0o700)
    hechos = []
    for nombre, valor in nuevos().items():
        archivo = carpeta / nombre
        if not archivo.exists():
            _escribir(archivo, valor)
            hechos.append(nombre)
    hechos += identidad.hacer(carpeta, _escribir)
    _decir_donde(raiz / ".env")
    return hechos


def _escribir(archivo: Path, valor: str) -> None:
    """By rename: half a secret must not be taken for one."""
    nuevo = archivo.with_suffix(".nuevo")
    nuevo.touch(mode=0o600)
    nuevo.write_text(valor, encoding="utf-8")
    nuevo.chmod(0o600 if archivo.name == identidad.DESARROLLO_CLAVE else 0o644)
    nuevo.rename(archivo)


def _decir_donde(env: Path) -> None:
    """Add the setting to .env, unless one is there: the operator's own folder stands."""
    texto = env.read_text(encoding="utf-8") if env.exists() else ""
    if not any(linea.startswith(f"{AJUSTE}=") for linea in texto.splitlines()):
        separador = "" if not texto or texto.endswith("\n") else "\n"
        with env.open("a", encoding="utf-8") as archivo:
            archivo.write(f"{separador}{AJUSTE}={CARPETA}\n")


if __name__ == "__main__":
    hechos = hacer(RAIZ)
    print(f"{CARPETA}: {', '.join(hechos) or 'todo estaba ya'}")
