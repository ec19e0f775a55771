"""An image's file: where its original lies until it is decided, and what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from seedwork.dominio.agregado import Agregado


@dataclass(frozen=True, kw_only=True, slots=True)
class Resultado:
    """A clean file.

    Attributes:
        sha256: of its content, which is its name in the store.
        octetos: how many.
        tipo: its media type.
        uri: where it lies.
        seudonimo: the patient's, as the file itself says whose it is.
        desplazamiento: by which that patient's dates are moved.
        banda_de_edad: ten years ("40-49"), above 89 one band ("90+"); empty where the file does not tell.
        sexo: M, F or O; likewise.
        mes: of its own shifted date, ``AAAA-MM``; likewise.
    """

    sha256: str
    octetos: int
    tipo: str
    uri: str
    seudonimo: str
    desplazamiento: timedelta = field(repr=False)
    banda_de_edad: str = ""
    sexo: str = ""
    mes: str = ""


@dataclass(kw_only=True)
class Archivo(Agregado):
    """A file under its image's id. What is a person's in it goes as soon as it is decided.

    Attributes:
        uri: where the original lies; None once it need not any more.
        sha256, octetos: what its sender said of it; 0 octets for nothing.
        paquete: the id of the package that it came in; None for one sent by itself.
        metadatos: the nine fields as they came, in a package as far as they did; None once it is decided.
        sobre: the envelope of the command, which causes what is published of the outcome; likewise.
        intentos: attempts begun; the last one's number is its lease's.
        proximo: when it is due, for whoever comes next where somebody works on it; None once it is decided.
        resultado_sha256, resultado_octetos, tipo: the clean file's; None without one.
        informe: what was done to it.
        conservar_hasta: until when the original of what could not be cleaned is kept.
    """

    uri: str | None
    sha256: str
    octetos: int
    paquete: str | None = None
    metadatos: Mapping[str, str] | None = field(default=None, repr=False)
    sobre: Mapping[str, Any] | None = None
    intentos: int = 0
    proximo: datetime | None = None
    resultado_sha256: str | None = None
    resultado_octetos: int | None = None
    tipo: str | None = None
    informe: Mapping[str, Any] | None = None
    conservar_hasta: datetime | None = None

    def espera_a(self, intento: int) -> bool:
        """Whether it is still to be decided, and that attempt is the last one: else somebody has taken over."""
        return self.proximo is not None and self.intentos == intento

    def limpiar(self, resultado: Resultado, informe: Mapping[str, Any]) -> None:
        """There is a clean file: the original is not needed any more."""
        self.resultado_sha256, self.resultado_octetos = resultado.sha256, resultado.octetos
        self.tipo, self.uri = resultado.tipo, None
        self._decidir(informe)

    def apartar(self, informe: Mapping[str, Any] | None, hasta: datetime) -> None:
        """There is none, and the original is kept for a while."""
        self.conservar_hasta = hasta
        self._decidir(informe)

    def _decidir(self, informe: Mapping[str, Any] | None) -> None:
        self.informe = informe
        self.metadatos = self.sobre = self.proximo = None
