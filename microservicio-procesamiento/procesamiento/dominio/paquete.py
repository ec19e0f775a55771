"""A package of images: what was sent, and how many of its images are decided."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from procesamiento.dominio import eventos
from procesamiento.dominio.imagen import ANONIMIZADA, CUARENTENA, FALLIDA, PENDIENTE, RECHAZADA
from seedwork.dominio.agregado import Agregado

RECIBIDO = "RECIBIDO"
EN_CURSO = "EN_CURSO"
COMPLETADO = "COMPLETADO"
RECHAZADO = "RECHAZADO"

_CUENTAS = {ANONIMIZADA: "hechas", CUARENTENA: "cuarentena", FALLIDA: "fallidas", RECHAZADA: "fallidas"}
"""Where an image counts, by what was decided of it."""


@dataclass(kw_only=True)
class Paquete(Agregado):
    """A package under its id. It is RECIBIDO until the command of each of its images is said, or it is refused.

    Attributes:
        motivo: why it is RECHAZADO, a code.
        detalle: where in its metadata the fault is: an entry and a field, never a value.
        sha256, sha256_metadatos: what its sender said of the zip and its metadata; empty for nothing.
        total: its images; 0 until they are all listed.
        hechas, cuarentena, fallidas: how many of them are decided so; what was refused failed.
        clinica: the clinic that sent it; empty where no clinic did, or nobody was asked.
        recibido: when it was taken in; None of one of before anybody noted it.
    """

    estado: str = RECIBIDO
    motivo: str | None = None
    detalle: str | None = None
    sha256: str = ""
    sha256_metadatos: str = ""
    total: int = 0
    hechas: int = 0
    cuarentena: int = 0
    fallidas: int = 0
    clinica: str = ""
    recibido: datetime | None = None

    def es_el_mismo(self, sha256: str, sha256_metadatos: str) -> bool:
        """Whether this content is its own."""
        return bool(self.sha256) and (self.sha256, self.sha256_metadatos) == (sha256, sha256_metadatos)

    def recibir(self, ahora: datetime, *, sha256: str, sha256_metadatos: str) -> None:
        """It is here. One whose first command was refused may be sent again, put right."""
        self.estado, self.motivo, self.recibido = RECIBIDO, None, ahora
        self.sha256, self.sha256_metadatos = sha256, sha256_metadatos

    def rechazar(self, motivo: str, detalle: str | None = None) -> None:
        """It is not taken, none of it."""
        self.estado, self.motivo, self.detalle, self.total = RECHAZADO, motivo, detalle, 0
        self.registrar(eventos.PaqueteRechazado(id_paquete=self.id, motivo=motivo))

    def empezar(self) -> None:
        """The command of each of its images is said.

        Raises:
            RuntimeError: that, or its refusal, was told already.
        """
        if self.estado != RECIBIDO:
            raise RuntimeError("un paquete empieza una vez")
        self.estado = EN_CURSO
        self._concluir()

    def contar(self, antes: str, ahora: str) -> None:
        """An image was decided, for the first time or, released from quarantine say, anew."""
        for estado, cuantas in ((antes, -1), (ahora, 1)):
            if cuenta := _CUENTAS.get(estado):
                setattr(self, cuenta, getattr(self, cuenta) + cuantas)
        self._concluir()

    def _concluir(self) -> None:
        if self.estado == EN_CURSO and self.hechas + self.cuarentena + self.fallidas == self.total:
            self.estado = COMPLETADO
            self.registrar(
                eventos.PaqueteCompletado(
                    id_paquete=self.id,
                    total=self.total,
                    hechas=self.hechas,
                    cuarentena=self.cuarentena,
                    fallidas=self.fallidas,
                )
            )


@dataclass(kw_only=True)
class PaquetePorAbrir(Agregado):
    """A package of which something is still to be done, under its id: there is none of it once nothing of what was sent
    lies anywhere any more, but the images' own files.

    Attributes:
        uri, uri_metadatos: where the zip and its metadata lie; None for no metadata.
        sobre: the envelope of its command, which causes all that is said of it, in its caller's name.
        arriendo: the number of the lease of whoever took it last.
        intentos: attempts begun since one got anywhere.
        proximo: when it is due, for whoever comes next where somebody works on it.
    """

    uri: str
    uri_metadatos: str | None = None
    sobre: Mapping[str, Any]
    arriendo: int = 0
    intentos: int = 0
    proximo: datetime

    def es_de(self, arriendo: int) -> bool:
        """Whether that lease is still the one that counts: else somebody has taken over."""
        return self.arriendo == arriendo

    def avanzar(self) -> None:
        """This attempt got somewhere: what comes after it has all of its tries again."""
        self.intentos = 0


@dataclass(kw_only=True)
class MiembroPorDecir(Agregado):
    """What was told of a package's file, under the id of the command that it becomes: it goes with that.

    Attributes:
        paquete, lugar: as in :class:`Miembro`.
        sha256, octetos: its content's.
        metadatos: the nine fields, as far as they were told.
    """

    paquete: str
    lugar: int
    sha256: str
    octetos: int
    metadatos: Mapping[str, str] = field(repr=False)


@dataclass(kw_only=True)
class Miembro(Agregado):
    """A file of a package, under the id of the command that it becomes; its path is kept nowhere.

    Attributes:
        paquete: the package's id.
        lugar: which of the package's files it is, from 0.
        imagen: its image's id.
        uri: where its original lies, a name that its package, its checksum and its place give; None once it is decided.
        estado: of its image, as the package counts it.
        motivo: why, a code.
        espera: whether its image is another command's too, and waits for that one's file.
    """

    paquete: str
    lugar: int
    imagen: str
    uri: str | None
    estado: str = PENDIENTE
    motivo: str | None = None
    espera: bool = False

    def esperar(self) -> None:
        """Its command asks for what another's does, which is not decided yet: its own original is of no use."""
        self.espera, self.uri = True, None

    def decidir(self, estado: str, motivo: str | None) -> str:
        """What became of its image; answers what it was before."""
        antes, self.estado, self.motivo, self.uri = self.estado, estado, motivo, None
        return antes
