"""The secrets that a local run makes for itself once, and keeps in its state folder for its owner's eyes."""

import base64
import json
import secrets
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType


class Secretos:
    """Random secrets by name, in one file with mode 0600.

    Args:
        ruta: the file; it need not exist.
        dados: those that somebody else made, by name: they stand over the file's.
    """

    def __init__(self, ruta: Path, dados: Mapping[str, str] = MappingProxyType({})) -> None:
        self._ruta = ruta
        self._valores: dict[str, str] = {**(json.loads(ruta.read_text()) if ruta.exists() else {}), **dados}

    def __getitem__(self, nombre: str) -> str:
        """The secret of that name, 32 random bytes in base64; made and kept when first asked for."""
        if nombre not in self._valores:
            self._valores[nombre] = base64.b64encode(secrets.token_bytes(32)).decode()
            escribir_privado(self._ruta, json.dumps(self._valores, indent=1))
        return self._valores[nombre]


def escribir_privado(ruta: Path, texto: str) -> None:
    """Replace a file's text by rename; only its owner may read it."""
    nuevo = ruta.with_name(ruta.name + ".nuevo")
    nuevo.unlink(missing_ok=True)
    nuevo.touch(mode=0o600, exist_ok=False)
    nuevo.write_text(texto, encoding="utf-8")
    nuevo.replace(ruta)
