"""The released schemas: one `.avsc` file per message and version, generated from the code and kept beside it.

A file once released is never changed in an incompatible way; :func:`incompatibilidades` finds such a change before
the broker refuses it (contract §3).
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from contratos.base import REGISTRO, Mensaje

CARPETA = Path(__file__).parent / "avsc"

Esquema = dict[str, Any]


def publicados() -> list[type[Mensaje]]:
    """The platform's messages; a test may have registered some of its own beside them."""
    return [tipo for tipo in REGISTRO.values() if tipo.__module__.startswith(f"{__package__}.")]


def archivo(tipo: type[Mensaje], carpeta: Path = CARPETA) -> Path:
    """Where a message's schema is kept: ``<context>/<Name>.v<version>.avsc``."""
    return carpeta / tipo.contexto / f"{tipo.__name__}.v{tipo.version}.avsc"


def texto(esquema: Esquema) -> str:
    """A schema as its file holds it."""
    return json.dumps(esquema, ensure_ascii=False, indent=2) + "\n"


def generar(carpeta: Path = CARPETA) -> list[Path]:
    """Write the file of every message whose schema is not there yet, or has changed. Answers which.

    Raises:
        ValueError: a change is not FULL_TRANSITIVE-compatible with the released schema; nothing is written.
    """
    problemas = [
        f"{tipo.__name__}: {problema}"
        for tipo in publicados()
        if archivo(tipo, carpeta).exists()
        for problema in incompatibilidades(leer(archivo(tipo, carpeta)), tipo.esquema)
    ]
    if problemas:
        raise ValueError("; ".join(problemas))
    escritos = []
    for tipo in publicados():
        destino, nuevo = archivo(tipo, carpeta), texto(tipo.esquema)
        if not destino.exists() or destino.read_text(encoding="utf-8") != nuevo:
            destino.parent.mkdir(parents=True, exist_ok=True)
            destino.write_text(nuevo, encoding="utf-8")
            escritos.append(destino)
    return escritos


def leer(ruta: Path) -> Esquema:
    """The schema that a file holds."""
    esquema: Esquema = json.loads(ruta.read_text(encoding="utf-8"))
    return esquema


def incompatibilidades(viejo: Esquema, nuevo: Esquema) -> list[str]:
    """Why two records can't read each other's bytes, both ways; empty where they can.

    Names are compared in full and types for sameness: promotions (int to long) work in one direction only, so a
    fully compatible change is a field with a default, added or removed.
    """
    return list(_comparar(desplegado(viejo), desplegado(nuevo), ""))


def desplegado(esquema: Esquema) -> Esquema:
    """The same schema with every record written out where it stands: a name alone says what was written before it."""
    desplegada: Esquema = _desplegar(esquema, {})
    return desplegada


def _desplegar(tipo: Any, dichos: dict[str, Any]) -> Any:
    if isinstance(tipo, list):
        return [_desplegar(opcion, dichos) for opcion in tipo]
    if isinstance(tipo, str):
        return dichos.get(tipo, tipo)
    if _es_lista(tipo):
        return {**tipo, "items": _desplegar(tipo["items"], dichos)}
    if _es_registro(tipo):
        campos = [{**campo, "type": _desplegar(campo["type"], dichos)} for campo in tipo["fields"]]
        dichos[_nombre(tipo)] = {**tipo, "fields": campos}
        return dichos[_nombre(tipo)]
    return tipo


def _comparar(viejo: Any, nuevo: Any, donde: str) -> Iterator[str]:
    if not _es_registro(viejo) or not _es_registro(nuevo):
        yield from _comparar_tipos(viejo, nuevo, donde)
        return
    if _nombre(viejo) != _nombre(nuevo):
        yield f"{donde or 'el registro'} se llamaba {_nombre(viejo)} y se llama {_nombre(nuevo)}"
    antes, despues = _campos(viejo), _campos(nuevo)
    for campo in antes.keys() ^ despues.keys():
        if "default" not in {**antes, **despues}[campo]:
            yield f"{donde}{campo} aparece o desaparece sin valor por defecto"
    for campo in antes.keys() & despues.keys():
        yield from _comparar(antes[campo]["type"], despues[campo]["type"], f"{donde}{campo}.")


def _comparar_tipos(viejo: Any, nuevo: Any, donde: str) -> Iterator[str]:
    if isinstance(viejo, list) and isinstance(nuevo, list) and len(viejo) == len(nuevo):
        for uno, otro in zip(viejo, nuevo, strict=True):
            yield from _comparar(uno, otro, donde)
    elif _es_lista(viejo) and _es_lista(nuevo):
        yield from _comparar(viejo["items"], nuevo["items"], donde)
    elif viejo != nuevo:
        yield f"{donde.rstrip('.')} cambia de tipo"


def _es_registro(tipo: Any) -> bool:
    return isinstance(tipo, Mapping) and tipo["type"] == "record"


def _es_lista(tipo: Any) -> bool:
    return isinstance(tipo, Mapping) and tipo["type"] == "array"


def _nombre(registro: Mapping[str, Any]) -> str:
    return f"{registro.get('namespace', '')}.{registro['name']}"


def _campos(registro: Mapping[str, Any]) -> dict[str, Any]:
    return {campo["name"]: campo for campo in registro["fields"]}
