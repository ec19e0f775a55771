"""An image's file: where its original lies until it is decided, and what became of it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from seedwork.dominio.agregado import Agregado
from seedwork.dominio.errores import ReglaViolada

LIBERADA = "LIBERADA"
DESCARTADA = "DESCARTADA"


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
        emisor_conocido: whether somebody told who issued the patient's number: else it is one within its package.
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
    emisor_conocido: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """What an operator decides of a file that was kept apart.

    Attributes:
        id_comando: the command's.
        motivo: the code of what it was kept apart for.
        operador: who.
        razon: why, in their own words.
        ocurrida: when, RFC 3339.
    """

    id_comando: str
    motivo: str
    operador: str = field(repr=False)
    razon: str = field(repr=False)
    ocurrida: str


@dataclass(kw_only=True)
class Archivo(Agregado):
    """A file under its image's id. What is a person's in it goes with its original.

    Attributes:
        uri: where the original lies; None once it need not any more.
        sha256, octetos: what its sender said of it; 0 octets for nothing.
        paquete: the id of the package that it came in; None for one sent by itself.
        metadatos: the nine fields as they came, in a package as far as they did; None once there is nothing left to be
            cleaned.
        sobre: the envelope of the command, which causes what is published of the outcome; likewise.
        arriendo: the number of the lease of whoever took it last.
        intentos: attempts begun since it came, or an operator had it tried once more.
        proximo: when it is due, for whoever comes next where somebody works on it; None once it is decided.
        resultado_sha256, resultado_octetos, tipo: the clean file's; None without one.
        informe: what was done to it.
        conservar_hasta: until when the original of what could not be cleaned is kept.
        decisiones: what operators decided of it, by their commands' ids: which, and a :class:`Decision`.
    """

    uri: str | None
    sha256: str
    octetos: int
    paquete: str | None = None
    metadatos: Mapping[str, str] | None = field(default=None, repr=False)
    sobre: Mapping[str, Any] | None = None
    arriendo: int = 0
    intentos: int = 0
    proximo: datetime | None = None
    resultado_sha256: str | None = None
    resultado_octetos: int | None = None
    tipo: str | None = None
    informe: Mapping[str, Any] | None = None
    conservar_hasta: datetime | None = None
    decisiones: Mapping[str, Mapping[str, str]] = field(default_factory=dict, repr=False)

    @property
    def despejadas(self) -> frozenset[str]:
        """What it was kept apart for and an operator let it go on in spite of, codes."""
        return frozenset(d["motivo"] for d in self.decisiones.values() if d["decision"] == LIBERADA)

    def espera_a(self, arriendo: int) -> bool:
        """Whether it is still to be decided, and that lease is the last one: else somebody has taken over."""
        return self.proximo is not None and self.arriendo == arriendo

    def limpiar(self, resultado: Resultado, informe: Mapping[str, Any]) -> None:
        """There is a clean file: the original is not needed any more."""
        self.resultado_sha256, self.resultado_octetos = resultado.sha256, resultado.octetos
        self.tipo, self.uri = resultado.tipo, None
        self.metadatos = self.sobre = None
        self._decidir(informe)

    def apartar(self, informe: Mapping[str, Any] | None, hasta: datetime) -> None:
        """There is none, and the original is kept for a while, with what it takes to clean it after all."""
        self.conservar_hasta = hasta
        self._decidir(informe)

    def liberar(self, decision: Decision, sobre: Mapping[str, Any], ahora: datetime) -> None:
        """Have it tried once more, as the first time.

        Args:
            sobre: the envelope of the command that asks for it.

        Raises:
            ReglaViolada: its original is gone, or about to go (SIN_ORIGINAL).
        """
        if self.uri is None or self.metadatos is None:
            raise ReglaViolada("SIN_ORIGINAL")
        self._anotar(LIBERADA, decision)
        self.sobre, self.proximo, self.conservar_hasta = sobre, ahora, None
        self.intentos = 0

    def descartar(self, decision: Decision, ahora: datetime) -> None:
        """Keep the original no longer.

        Raises:
            ReglaViolada: it is gone, or about to go (SIN_ORIGINAL).
        """
        if self.uri is None or any(d["decision"] == DESCARTADA for d in self.decisiones.values()):
            raise ReglaViolada("SIN_ORIGINAL")
        self._anotar(DESCARTADA, decision)
        self.metadatos = self.sobre = None
        self.conservar_hasta = ahora

    def _anotar(self, que: str, decision: Decision) -> None:
        valores = asdict(decision)
        self.decisiones = {**self.decisiones, valores.pop("id_comando"): {"decision": que, **valores}}

    def _decidir(self, informe: Mapping[str, Any] | None) -> None:
        self.informe = informe
        self.proximo = None
