"""``python -m deploy.gcp.esquema``: write esquema.json anew, from the provider's own schema. Needs npm.

The npm package `@cdktf/provider-google` has that schema as TypeScript's types, generated from the provider. Of these is
kept what the resources and data sources of this folder have: each argument's name, whether it is required, and the
blocks in it. So the tests, which hold every argument in this folder against it, need neither npm nor Terraform.
"""

import json
import re
import subprocess
import tarfile
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

CARPETA = Path(__file__).parent
ARCHIVO = CARPETA / "esquema.json"
PAQUETE = "@cdktf/provider-google"
VERSION = "16.12.1"
HUELLA = "sha512-KqNA/5RiFT07r0PSZ6/07cJ2zESUgbj1JchVj21iBFBZVUbD+578xA/k8eq/r0cbyEgLmg9eYWeVslaYah4DCQ=="
"""The package's, as npm calls its integrity."""

Bloque = dict[str, Any]
"""``{"requeridos": [...], "opcionales": [...], "bloques": {name: Bloque}}``; a block's name is among the first two."""

_INTERFAZ = re.compile(r"^export interface (\w+)(?: extends [\w.]+)? \{\n(.*?)^\}", re.MULTILINE | re.DOTALL)
_CAMPO = re.compile(
    r"(?:^ {4}/\*\*\n(?P<dice>.*?)\*/\n)?^ {4}readonly (?P<nombre>\w+)(?P<puede>\?)?: (?P<tipo>.+?)[;{]$",
    re.MULTILINE | re.DOTALL,
)


def usados() -> set[str]:
    """The kinds of resource and data source (``data.`` before its name) that this folder has, and that are Google's."""
    declaradas = [
        hallado
        for archivo in sorted(CARPETA.glob("*.tf"))
        for hallado in re.findall(r'^(resource|data) "(google_\w+)"', archivo.read_text(encoding="utf-8"), re.MULTILINE)
    ]
    return {nombre if tipo == "resource" else f"data.{nombre}" for tipo, nombre in declaradas}


def leer(paquete: Path, nombres: Iterable[str]) -> dict[str, Bloque]:
    """What an unpacked package says of some resources. Raises KeyError for one that it does not have."""
    recursos = {}
    for nombre in sorted(nombres):
        corto = nombre.replace("data.google_", "data-google-").removeprefix("google_").replace("_", "-")
        textos = [a.read_text(encoding="utf-8") for a in sorted((paquete / "lib" / corto).rglob("*.d.ts"))]
        interfaces = {n: cuerpo for texto in textos for n, cuerpo in _INTERFAZ.findall(texto)}
        (raiz,) = (n for n in interfaces if n.endswith("Config") and n.lower() == f"{corto.replace('-', '')}config")
        recursos[nombre] = _bloque(raiz, interfaces)
        # The SDK gives it to every resource, and nobody sets it.
        recursos[nombre]["opcionales"].remove("id")
    return recursos


def _bloque(nombre: str, interfaces: Mapping[str, str]) -> Bloque:
    bloque: Bloque = {"requeridos": [], "opcionales": [], "bloques": {}}
    for campo in _CAMPO.finditer(interfaces[nombre]):
        # TypeScript has names of its own; the provider's ends each link to its documentation.
        suyo = re.search(r"#(\w+)\}", campo["dice"] or "")
        argumento = suyo[1] if suyo else re.sub(r"(?<!^)([A-Z])", r"_\1", campo["nombre"]).lower()
        bloque["opcionales" if campo["puede"] else "requeridos"].append(argumento)
        tipo = campo["tipo"].removesuffix(" | cdktf.IResolvable").removesuffix("[]").strip()
        if tipo in interfaces:
            bloque["bloques"][argumento] = _bloque(tipo, interfaces)
    return {clave: valor for clave, valor in bloque.items() if valor}


def _traer(carpeta: Path) -> Path:
    orden = ["npm", "pack", f"{PAQUETE}@{VERSION}", "--json", "--pack-destination", str(carpeta)]
    (hecho,) = json.loads(subprocess.run(orden, check=True, capture_output=True, text=True).stdout)
    if hecho["integrity"] != HUELLA:
        raise SystemExit(f"{PAQUETE} {VERSION} is not the one that is pinned: {hecho['integrity']}")
    with tarfile.open(next(carpeta.glob("*.tgz"))) as paquete:
        paquete.extractall(carpeta, filter="data")
    return carpeta / "package"


def main() -> None:
    """Fetch the package, and write the file."""
    with tempfile.TemporaryDirectory() as temporal:
        paquete = _traer(Path(temporal))
        codigo = (paquete / "lib/compute-network/index.js").read_text(encoding="utf-8")
        proveedor = re.search(r"providerVersion: '([\d.]+)'", codigo)
        if not proveedor:
            raise SystemExit("the package does not say which provider it was made from")
        hecho = {"fuente": f"{PAQUETE} {VERSION}", "proveedor": proveedor[1], "recursos": leer(paquete, usados())}
    texto = json.dumps(hecho, indent=1, ensure_ascii=False)
    # A list on one line: the file is read by people too, when it changes.
    texto = re.sub(r"\[\s+([^\[\]{}]*?)\s+\]", lambda m: "[" + re.sub(r"\s+", " ", m[1]) + "]", texto)
    ARCHIVO.write_text(texto + "\n", encoding="utf-8")
    print(ARCHIVO.name)


if __name__ == "__main__":
    main()
