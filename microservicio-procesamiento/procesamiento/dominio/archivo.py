"""An image's file: where its original lies until it is decided, and what became of it."""

from collections.abc import Mapping, Sequence
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
        vista_sha256, vista_octetos: of the small picture of it, which lies beside it; None where there is none.
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
    vista_sha256: str | None = None
    vista_octetos: int | None = None


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
class ArchivoPorVer(Agregado):
    """A file under its image's id, for as long as its original may be needed: there is none of it afterwards.

    Attributes:
        uri: where the original lies.
        sha256: what its sender said of it.
        paquete: the id of the package that it came in; None for one sent by itself.
        metadatos: the nine fields as they came, in a package as far as they did; None once nobody can have it cleaned.
        sobre: the envelope of the command, which causes what is published of the outcome; likewise.
        arriendo: the number of the lease of whoever took it last.
        intentos: attempts begun since it came, or an operator had it tried once more.
        proximo: when it is due, for whoever comes next where somebody has it in hand; None once it is decided.
        apartado: when it was found last that it could not be cleaned; None where it is to be tried, or nobody noted it.
        conservar_hasta: until when the original of what could not be cleaned is kept.
        despejadas: what it was kept apart for and an operator let it go on in spite of, codes.
    """

    uri: str
    sha256: str
    paquete: str | None = None
    metadatos: Mapping[str, str] | None = field(default=None, repr=False)
    sobre: Mapping[str, Any] | None = None
    arriendo: int = 0
    intentos: int = 0
    proximo: datetime | None = None
    apartado: datetime | None = None
    conservar_hasta: datetime | None = None
    despejadas: Sequence[str] = field(default_factory=list)

    def espera_a(self, arriendo: int) -> bool:
        """Whether it is still to be decided, and that lease is the last one: else somebody has taken over."""
        return self.proximo is not None and self.arriendo == arriendo

    def conservar(self, ahora: datetime, cuanto: timedelta) -> None:
        """There is no clean file: the original is kept for a while, with what it takes to clean it after all."""
        self.proximo, self.apartado, self.conservar_hasta = None, ahora, ahora + cuanto

    def liberar(self, motivo: str, sobre: Mapping[str, Any], ahora: datetime) -> None:
        """Have it tried once more, as the first time, in spite of what it was kept apart for.

        Args:
            sobre: the envelope of the command that asks for it.

        Raises:
            ReglaViolada: its original is about to go (SIN_ORIGINAL).
        """
        if self.metadatos is None:
            raise ReglaViolada("SIN_ORIGINAL")
        self.despejadas = sorted({*self.despejadas, motivo})
        self.sobre, self.proximo, self.apartado, self.conservar_hasta = sobre, ahora, None, None
        self.intentos = 0

    def descartar(self, ahora: datetime) -> None:
        """Keep the original no longer."""
        self.metadatos = self.sobre = None
        self.conservar_hasta = ahora


@dataclass(kw_only=True)
class Archivo(Agregado):
    """What became of a file, under its image's id, from its first outcome on. It stays.

    Attributes:
        resultado_sha256, resultado_octetos, tipo: of the clean file; None where there is none.
        vista_sha256, vista_octetos: of the small picture of that; likewise.
        informe: what was done to it.
        decisiones: what operators decided of it, by the commands' ids.
    """

    resultado_sha256: str | None = None
    resultado_octetos: int | None = None
    tipo: str | None = None
    vista_sha256: str | None = None
    vista_octetos: int | None = None
    informe: Mapping[str, Any] | None = None
    decisiones: Mapping[str, Mapping[str, str]] = field(default_factory=dict, repr=False)

    def decidir(self, resultado: Resultado | None, informe: Mapping[str, Any] | None) -> None:
        """There is a clean file, or none, and what was done to it."""
        self.informe = informe
        if resultado is not None:
            self.resultado_sha256, self.resultado_octetos = resultado.sha256, resultado.octetos
            self.tipo = resultado.tipo
            self.vista_sha256, self.vista_octetos = resultado.vista_sha256, resultado.vista_octetos

    def liberar(self, decision: Decision) -> None:
        """It is tried once more."""
        self._anotar(LIBERADA, decision)

    def descartar(self, decision: Decision) -> None:
        """Its original is kept no longer.

        Raises:
            ReglaViolada: that was decided already (SIN_ORIGINAL).
        """
        if any(d["decision"] == DESCARTADA for d in self.decisiones.values()):
            raise ReglaViolada("SIN_ORIGINAL")
        self._anotar(DESCARTADA, decision)

    def _anotar(self, que: str, decision: Decision) -> None:
        valores = asdict(decision)
        self.decisiones = {**self.decisiones, valores.pop("id_comando"): {"decision": que, **valores}}
