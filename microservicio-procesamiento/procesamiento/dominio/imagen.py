"""The anonymised image: its states, and what a command makes of it."""

from dataclasses import dataclass

from procesamiento.dominio import eventos
from procesamiento.dominio.anonimizacion import DatosAnonimos
from seedwork.dominio.agregado import Agregado
from seedwork.dominio.errores import ReglaViolada

ANONIMIZADA = "ANONIMIZADA"
RECHAZADA = "RECHAZADA"


@dataclass(kw_only=True)
class ImagenAnonimizada(Agregado):
    """What is kept of an image.

    Attributes:
        motivo: why it is RECHAZADA, a code of ``contratos.motivos``.
        datos: what is known of it; None where it was refused.
    """

    estado: str = ANONIMIZADA
    motivo: str | None = None
    datos: DatosAnonimos | None = None

    @classmethod
    def anonimizada(cls, id: str, datos: DatosAnonimos) -> "ImagenAnonimizada":
        """A new one."""
        nueva = cls(id=id)
        nueva.anonimizar(datos)
        return nueva

    @classmethod
    def rechazada(cls, id: str, id_comando: str, motivo: str) -> "ImagenAnonimizada":
        """One whose first command was refused: nothing of its content is kept."""
        nueva = cls(id=id, estado=RECHAZADA, motivo=motivo)
        nueva.rechazar_comando(id_comando, motivo)
        return nueva

    def anonimizar(self, datos: DatosAnonimos) -> None:
        """Keep the data. A refused image may be sent again, put right: its id is not spoilt by one bad command.

        Raises:
            ReglaViolada: there are data already (CONTENIDO_DISTINTO).
        """
        if self.datos is not None:
            raise ReglaViolada("CONTENIDO_DISTINTO")
        self.estado, self.motivo, self.datos = ANONIMIZADA, None, datos
        self.registrar(eventos.Anonimizada(id_imagen=self.id, datos=datos))

    def rechazar_comando(self, id_comando: str, motivo: str) -> None:
        """Tell that a command took no effect; what is known stays as it is."""
        self.registrar(eventos.Rechazada(id_imagen=self.id, id_comando=id_comando, motivo=motivo))
