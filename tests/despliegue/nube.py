"""deploy/gcp, read for the tests: its tables, its resources, and its machines' files as they come out."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import hcl2
from tests.arquitectura.codigo import RAIZ

NUBE = RAIZ / "deploy/gcp"
ESQUEMA: dict[str, Any] = json.loads((NUBE / "esquema.json").read_text(encoding="utf-8"))
TEXTOS = {archivo.name: archivo.read_text(encoding="utf-8") for archivo in sorted(NUBE.glob("*.tf"))}

Cuerpo = dict[str, Any]


def _llano(valor: Any) -> Any:
    """Literals as themselves; what Terraform works out stays as ``${...}``. Blocks are lists of mappings."""
    if isinstance(valor, dict):
        return {str(_llano(clave)): _llano(suyo) for clave, suyo in valor.items() if not clave.startswith("__")}
    if isinstance(valor, list):
        return [_llano(suyo) for suyo in valor]
    if isinstance(valor, str) and len(valor) > 1 and valor[0] == valor[-1] == '"':
        return valor[1:-1].replace('\\"', '"').replace("\\n", "\n")
    return valor


def _declaraciones() -> Iterator[tuple[str, Any]]:
    for texto in TEXTOS.values():
        yield from ((tipo, _llano(cada)) for tipo, todas in hcl2.loads(texto).items() for cada in todas
                    if not tipo.startswith("__"))  # fmt: skip


_DECLARADO = list(_declaraciones())


def _con_dos_nombres(clase: str) -> dict[str, dict[str, Cuerpo]]:
    hallado: dict[str, dict[str, Cuerpo]] = {}
    for tipo, suyo in _DECLARADO:
        if tipo == clase:
            ((recurso, nombrados),) = suyo.items()
            hallado.setdefault(recurso, {}).update(nombrados)
    return hallado


RECURSOS = _con_dos_nombres("resource")
"""Resources by kind and name."""
DATOS = _con_dos_nombres("data")
EFIMEROS = _con_dos_nombres("ephemeral")
LOCALES: Cuerpo = {nombre: valor for tipo, suyo in _DECLARADO if tipo == "locals" for nombre, valor in suyo.items()}
VARIABLES: Cuerpo = {n: valor for tipo, suyo in _DECLARADO if tipo == "variable" for n, valor in suyo.items()}
SALIDAS: Cuerpo = {n: valor for tipo, suyo in _DECLARADO if tipo == "output" for n, valor in suyo.items()}
GRUPOS: dict[str, Cuerpo] = LOCALES["grupos"]
SERVICIOS: dict[str, Cuerpo] = LOCALES["servicios"]


def el(recurso: str, nombre: str) -> Cuerpo:
    """A resource's arguments."""
    return RECURSOS[recurso][nombre]


def bloque(cuerpo: Cuerpo, *camino: str) -> Cuerpo:
    """The one block at the end of a path of blocks, each of which is there once."""
    for nombre in camino:
        (cuerpo,) = cuerpo[nombre]
    return cuerpo


def argumentos_de_plantilla(archivo: str) -> set[str]:
    """What a template is given where it is made into a file."""
    texto = "\n".join(TEXTOS.values())
    desde = texto.index(f"/arranque/{archivo}")
    desde = texto.index("{", desde) + 1
    hondo, hasta = 1, desde
    while hondo:
        hondo += {"{": 1, "}": -1, "(": 1, ")": -1, "[": 1, "]": -1}.get(texto[hasta], 0)
        hasta += 1
    # Only its own: what is inside a parenthesis is another's.
    propio, hondo = "", 0
    for letra in texto[desde : hasta - 1]:
        hondo -= letra in ")]}"
        propio += letra if not hondo else ""
        hondo += letra in "([{"
    return set(re.findall(r"^\s*(\w+)\s*=", propio, re.MULTILINE))


def rellenar(archivo: str, valores: Mapping[str, Any]) -> str:
    """A template as Terraform makes it. Raises KeyError for what it is not given."""
    texto = (NUBE / "arranque" / archivo).read_text(encoding="utf-8")
    assert "%{" not in texto, "directives are not understood here"
    return re.sub(r"\$\{(\w+)\}", lambda hallado: str(valores[hallado[1]]), texto)


def sangrar(texto: str) -> str:
    """As Terraform's ``indent(6, …)``."""
    return texto.replace("\n", "\n      ")
