"""One file through the engine, in a process of its own: its bytes read, cleaned, and put where they belong."""

import hashlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from anonimizacion import formatos, motor
from anonimizacion.modelo import Formato, Limpia, Octetos, Opciones, Remitente
from anonimizacion.seudonimos import Seudonimizador
from saludtech_cli.originales import Original, Originales

Ficha = dict[str, Any]
"""What became of a file: what the log keeps of it, and the report tells. No name and no value of the original."""


@dataclass(frozen=True)
class Encargo:
    """What a worker has to know.

    Attributes:
        originales: where the files are.
        destino: the folder of the results; None to write nothing.
        clave: the pseudonyms' key.
        version: the key's.
        remitentes: by name, whose a file is that does not say so itself.
        remitente: of the others.
        opciones: the engine's.
        memoria: bytes that the process may take.
        hechas: what is done already, by fingerprint.
    """

    originales: Originales
    destino: Path | None
    clave: bytes = field(repr=False)
    version: int
    remitentes: Mapping[str, Remitente]
    remitente: Remitente
    opciones: Opciones
    memoria: int
    hechas: frozenset[str]


def preparar(encargo: Encargo) -> Callable[[Original], Ficha]:
    """What cleans one file after another, with no more memory than it may take."""
    _limitar(encargo.memoria)
    seudonimos = Seudonimizador(encargo.clave, encargo.version)

    def limpiar(original: Original) -> Ficha:
        try:
            with encargo.originales.abrir(original) as octetos:
                return _limpiar(
                    octetos, encargo.remitentes.get(original.nombre, encargo.remitente), encargo, seudonimos
                )
        except (OSError, EOFError, RuntimeError, MemoryError):
            # Their own words may quote its name.
            return {"estado": "FALLIDA", "motivo": "NO_SE_PUDO_LEER_O_ESCRIBIR"}

    return limpiar


def huella(octetos: Octetos, remitente: Remitente, seudonimos: Seudonimizador) -> str:
    """By what a file is known again: of its content, and whose it is; keyed, so that nobody can look one up."""
    de_quien = f"{remitente.emisor}\0{remitente.id_paciente or ''}"
    return seudonimos.huella(f"{hashlib.sha256(octetos).hexdigest()}\0{de_quien}").hex()[:32]


def _limpiar(octetos: Octetos, remitente: Remitente, encargo: Encargo, seudonimos: Seudonimizador) -> Ficha:
    original = huella(octetos, remitente, seudonimos)
    if original in encargo.hechas:
        return {"original": original}
    suyo = formatos.reconocer(octetos)
    resultado = motor.anonimizar(octetos, suyo, seudonimos, remitente, encargo.opciones)
    ficha: Ficha = {"original": original, "formato": suyo.value}
    if isinstance(resultado, Limpia):
        ficha |= {"estado": "ANONIMIZADA", "motivo": None, **_guardar(resultado, suyo, encargo.destino)}
    else:
        ficha |= {"estado": "CUARENTENA", "motivo": resultado.motivo.value}
    return ficha | {"informe": resultado.informe.como_documento()}


def _guardar(limpia: Limpia, suyo: Formato, destino: Path | None) -> Ficha:
    """Put a result where its content's hash says, whole or not at all."""
    sha256 = limpia.sha256()
    nombre = f"{sha256}.{formatos.tipo(suyo, limpia.partes[0]).extension}"
    if destino is not None:
        provisional = destino / f".{secrets.token_hex(8)}"
        try:
            with provisional.open("wb") as abierto:
                abierto.writelines(limpia.partes)
            provisional.replace(destino / nombre)
        finally:
            provisional.unlink(missing_ok=True)
    return {"archivo": nombre, "sha256": sha256, "octetos": limpia.octetos}


def _limitar(octetos: int) -> None:
    try:
        import resource
    except ImportError:  # Not everywhere.
        return
    suyo = resource.getrlimit(resource.RLIMIT_AS)[1]
    maximo = octetos if suyo == resource.RLIM_INFINITY else min(octetos, suyo)
    resource.setrlimit(resource.RLIMIT_AS, (maximo, maximo))
