"""One file through the engine, in a process of its own: its bytes read, cleaned, and put where they belong."""

import errno
import hashlib
import secrets
from collections.abc import Iterator, Mapping, Set
from dataclasses import asdict, dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import Any, Literal

from anonimizacion import formatos, motor
from anonimizacion.empleado import Lectores
from anonimizacion.modelo import Formato, Limpia, Motivo, Octetos, Opciones, Remitente
from anonimizacion.seudonimos import Seudonimizador
from saludtech_cli.diario import RESULTADO, Ficha
from saludtech_cli.originales import Original, Originales

_PASAJERO = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE})
"""What goes wrong whatever a file is, and may be over soon: no room, too many open."""


@dataclass(frozen=True)
class Taller:
    """What a process works with.

    Attributes:
        originales: where the files are.
        destino: the folder of the results; None to write nothing.
        clave: the pseudonyms' key.
        version: the key's.
        remitentes: by name, whose a file is that does not say so itself.
        remitente: of the others.
        opciones: the engine's.
        memoria: bytes that the process may take.
        hechas: what is done already, by fingerprint: the name of its result, None where there is none.
    """

    originales: Originales
    destino: Path | None
    clave: bytes = field(repr=False)
    version: int
    remitentes: Mapping[str, Remitente]
    remitente: Remitente
    opciones: Opciones
    memoria: int
    hechas: Mapping[str, str | None]

    @cached_property
    def seudonimos(self) -> Seudonimizador:
        """By the key."""
        return Seudonimizador(self.clave, self.version)


@dataclass(frozen=True)
class Accion:
    """What was done to an attribute, and how often."""

    ruta: str
    accion: str
    veces: int


@dataclass(frozen=True)
class Informe:
    """The engine's report (:meth:`anonimizacion.modelo.Informe.como_documento`)."""

    motor: str
    perfil: str
    edicion: str
    opciones: list[str]
    version_de_clave: int
    acciones: list[Accion]
    avisos: list[str]
    regiones: list[list[int]]
    despejadas: list[str]

    @classmethod
    def de(cls, documento: Mapping[str, Any]) -> "Informe":
        """As the engine gives it."""
        return cls(**{**documento, "acciones": [Accion(**accion) for accion in documento["acciones"]]})


@dataclass(frozen=True, kw_only=True)
class Hecho:
    """What became of a file: what the log keeps of it, and the report tells. No name and no value of the original."""

    original: str | None = None
    formato: Formato | None = None
    archivo: str | None = None
    octetos: int | None = None
    estado: Literal["ANONIMIZADA", "CUARENTENA", "FALLIDA"]
    motivo: Motivo | Literal["NO_SE_PUDO_LEER_O_ESCRIBIR"] | None = None
    sha256: str | None = None
    informe: Informe | None = None

    def puede_ser(self) -> bool:
        """Whether it is an outcome at all: a clean file under its own name, or a reason for none."""
        if self.original is None:
            return self.estado == "FALLIDA"
        if self.informe is None or self.formato is None:
            return False
        if self.estado == "ANONIMIZADA":
            suyo = any(self.archivo == f"{self.sha256}.{tipo.extension}" for tipo in formatos.TIPOS)
            huella = RESULTADO.fullmatch(self.archivo or "") is not None
            return suyo and huella and self.octetos is not None and self.motivo is None
        return self.estado == "CUARENTENA" and self.archivo is None and self.motivo is not None

    def como_ficha(self) -> Ficha:
        """As it is written down."""
        return {c: v for c, v in asdict(self).items() if v is not None or c not in ("sha256", "informe")}


@dataclass(frozen=True)
class Conocido:
    """What was done already, by its fingerprint."""

    original: str


@dataclass(frozen=True)
class Encargo:
    """A file to be cleaned."""

    original: Original

    def hacer(self, taller: Taller) -> Iterator[Hecho | Conocido]:
        """Clean it.

        Raises:
            OSError: this machine has no room for that now.
        """
        de_quien = taller.remitentes.get(self.original.nombre, taller.remitente)
        try:
            with taller.originales.abrir(self.original) as octetos:
                hecho = _limpiar(octetos, de_quien, taller)
        except (OSError, EOFError, RuntimeError, MemoryError) as error:
            if isinstance(error, OSError) and error.errno in _PASAJERO:
                raise
            # Their own words may quote its name.
            hecho = Hecho(estado="FALLIDA", motivo="NO_SE_PUDO_LEER_O_ESCRIBIR")
        yield hecho


def lectores(hechas: Set[str]) -> Lectores:
    """What reads a process's answers: a file may have taken it over, and what it says is held to what may be said.

    Args:
        hechas: what is done already, by fingerprint.
    """
    # For whoever asks alone: the process that cleans does without.
    from pydantic import TypeAdapter

    hecho, conocido = TypeAdapter(Hecho), TypeAdapter(Conocido)

    def leer(cuerpo: bytes) -> Hecho:
        if (leido := hecho.validate_json(cuerpo, strict=True)).puede_ser():
            return leido
        raise ValueError("no outcome")

    def conocer(cuerpo: bytes) -> Conocido:
        if (leido := conocido.validate_json(cuerpo, strict=True)).original in hechas:
            return leido
        raise ValueError("not done")

    return {"Hecho": leer, "Conocido": conocer}


def huella(octetos: Octetos, remitente: Remitente, seudonimos: Seudonimizador) -> str:
    """By what a file is known again: of its content, and whose it is; keyed, so that nobody can look one up."""
    de_quien = f"{remitente.emisor}\0{remitente.id_paciente or ''}"
    return seudonimos.huella(f"{hashlib.sha256(octetos).hexdigest()}\0{de_quien}").hex()[:32]


def _limpiar(octetos: Octetos, remitente: Remitente, taller: Taller) -> Hecho | Conocido:
    original = huella(octetos, remitente, taller.seudonimos)
    if original in taller.hechas and _sigue(taller.hechas[original], taller.destino):
        return Conocido(original)
    suyo = formatos.reconocer(octetos)
    resultado = motor.anonimizar(octetos, suyo, taller.seudonimos, remitente, taller.opciones)
    hecho = partial(Hecho, original=original, formato=suyo, informe=Informe.de(resultado.informe.como_documento()))
    if isinstance(resultado, Limpia):
        return hecho(estado="ANONIMIZADA", **_guardar(resultado, suyo, taller.destino))
    return hecho(estado="CUARENTENA", motivo=resultado.motivo)


def _sigue(nombre: str | None, destino: Path | None) -> bool:
    """Whether a result is still there, and what its name says; where there was none, there is nothing to look at."""
    if nombre is None or destino is None:
        return True
    try:
        with (destino / nombre).open("rb") as abierto:
            return hashlib.file_digest(abierto, "sha256").hexdigest() == nombre.partition(".")[0]
    except OSError:
        return False


def _guardar(limpia: Limpia, suyo: Formato, destino: Path | None) -> dict[str, Any]:
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
