"""The anonymised image: its states, and what a command makes of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from anonimizacion.modelo import DUDAS
from procesamiento.dominio import eventos
from procesamiento.dominio.anonimizacion import DatosAnonimos, Huella
from procesamiento.dominio.archivo import Resultado
from seedwork.dominio.agregado import Agregado
from seedwork.dominio.errores import ReglaViolada

PENDIENTE = "PENDIENTE"
ANONIMIZADA = "ANONIMIZADA"
CUARENTENA = "CUARENTENA"
FALLIDA = "FALLIDA"
RECHAZADA = "RECHAZADA"
APARTADAS = (CUARENTENA, FALLIDA)

Decidible = Literal["LIBERAR", "DESCARTAR"]


def decidible(estado: str, motivo: str | None, *, limpiable: bool | None, descartada: bool) -> list[Decidible]:
    """What an operator may still decide of an image: no more, nor less, than the commands then do.

    Args:
        estado, motivo: the image's.
        limpiable: whether what it takes to clean its original is still there; None where the original is gone.
        descartada: whether somebody has decided that it go.
    """
    if estado not in APARTADAS or limpiable is None:
        return []
    liberar: list[Decidible] = ["LIBERAR"] if limpiable and _despejable(estado, motivo) else []
    return liberar if descartada else [*liberar, "DESCARTAR"]


def _despejable(estado: str, motivo: str | None) -> bool:
    """Whether looking settles what it is kept apart for."""
    return estado != CUARENTENA or motivo in DUDAS


@dataclass(kw_only=True)
class ImagenAnonimizada(Agregado):
    """What is kept of an image.

    Attributes:
        motivo: why it is RECHAZADA, CUARENTENA or FALLIDA, a code.
        datos: what is known of it; None where there is nothing that may be.
        pedido: of what came as a file and has no data, what it is known again by.
        clinica: the clinic that made it; empty where no clinic did, or nobody was asked.
        paquete: the package that its file came in; None for one sent by itself.
        recibida: when what it is of was taken in; None of what was before anybody noted it, likewise ``decidida``.
        decidida: when it came to be as it is; None while its file is still to be looked at.
    """

    estado: str = ANONIMIZADA
    motivo: str | None = None
    datos: DatosAnonimos | None = None
    pedido: Huella | None = None
    clinica: str = ""
    paquete: str | None = None
    recibida: datetime | None = None
    decidida: datetime | None = None

    @property
    def huella(self) -> Huella | None:
        """What its content is known again by; None where it has none."""
        return self.pedido if self.datos is None else Huella(self.datos.version_clave, self.datos.huella)

    @property
    def _su_paquete(self) -> str:
        return self.paquete or ""

    @classmethod
    def pendiente(
        cls, id: str, pedido: Huella, ahora: datetime, *, clinica: str = "", paquete: str | None = None
    ) -> "ImagenAnonimizada":
        """A new one whose file is still to be looked at."""
        nueva = cls(id=id, clinica=clinica)
        nueva.esperar_archivo(pedido, ahora, paquete)
        return nueva

    @classmethod
    def anonimizada(cls, id: str, datos: DatosAnonimos, ahora: datetime, *, clinica: str = "") -> "ImagenAnonimizada":
        """A new one."""
        nueva = cls(id=id, clinica=clinica)
        nueva.anonimizar(datos, ahora)
        return nueva

    @classmethod
    def rechazada(
        cls, id: str, id_comando: str, motivo: str, ahora: datetime, *, clinica: str = "", paquete: str = ""
    ) -> "ImagenAnonimizada":
        """One whose first command was refused: nothing of its content is kept."""
        nueva = cls(id=id, estado=RECHAZADA, motivo=motivo, clinica=clinica, recibida=ahora, decidida=ahora)
        nueva.rechazar_comando(id_comando, motivo, paquete)
        return nueva

    def anonimizar(self, datos: DatosAnonimos, ahora: datetime) -> None:
        """Keep the data. A refused image may be sent again, put right: its id is not spoilt by one bad command.

        Raises:
            ReglaViolada: it has a content already (CONTENIDO_DISTINTO).
        """
        if self.huella is not None:
            raise ReglaViolada("CONTENIDO_DISTINTO")
        self.recibida = ahora
        self.limpiar(datos, ahora)

    def limpiar(self, datos: DatosAnonimos, ahora: datetime, resultado: Resultado | None = None) -> None:
        """Keep the data of the content that it has, now that its file, if it came as one, is clean."""
        self.estado, self.motivo, self.datos, self.decidida = ANONIMIZADA, None, datos, ahora
        self.pedido = None
        self.registrar(
            eventos.Anonimizada(id_imagen=self.id, paquete=self._su_paquete, datos=datos, resultado=resultado)
        )

    def esperar_archivo(self, pedido: Huella, ahora: datetime, paquete: str | None = None) -> None:
        """Wait for a file's outcome: a first command that was refused spoils no id.

        Raises:
            ReglaViolada: it has a content already (CONTENIDO_DISTINTO).
        """
        if self.huella is not None:
            raise ReglaViolada("CONTENIDO_DISTINTO")
        self.estado, self.motivo, self.pedido = PENDIENTE, None, pedido
        self.paquete, self.recibida, self.decidida = paquete, ahora, None

    def apartar(self, estado: str, motivo: str, ahora: datetime) -> None:
        """Its file can't be released: CUARENTENA where that is its content's, FALLIDA where nobody could tell."""
        self.estado, self.motivo, self.decidida = estado, motivo, ahora
        self.registrar(eventos.Apartada(id_imagen=self.id, paquete=self._su_paquete, estado=estado, motivo=motivo))

    def liberar(self) -> str:
        """Let its file be tried once more; answers what it was kept apart for.

        Raises:
            ReglaViolada: it is not kept apart (NADA_QUE_DECIDIR), or for what looking does not settle (NO_ES_UNA_DUDA).
        """
        motivo = self._apartada_por()
        if not _despejable(self.estado, motivo):
            raise ReglaViolada("NO_ES_UNA_DUDA")
        self.estado, self.motivo, self.decidida = PENDIENTE, None, None
        self.registrar(eventos.Liberada(id_imagen=self.id, paquete=self._su_paquete, motivo=motivo))
        return motivo

    def descartar(self) -> str:
        """Be kept apart for good; answers what for.

        Raises:
            ReglaViolada: it is not kept apart (NADA_QUE_DECIDIR).
        """
        motivo = self._apartada_por()
        self.registrar(eventos.Descartada(id_imagen=self.id, paquete=self._su_paquete, motivo=motivo))
        return motivo

    def _apartada_por(self) -> str:
        if self.estado not in APARTADAS or self.motivo is None:
            raise ReglaViolada("NADA_QUE_DECIDIR")
        return self.motivo

    def rechazar_comando(self, id_comando: str, motivo: str, paquete: str = "") -> None:
        """Tell that a command took no effect; what is known stays as it is.

        Args:
            paquete: that in which the command's file came, which need not be the one of what is known.
        """
        self.registrar(eventos.Rechazada(id_imagen=self.id, paquete=paquete, id_comando=id_comando, motivo=motivo))
