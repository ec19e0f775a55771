"""The data service: an expert's place, a cloud and a data set, held for one subscription."""

from dataclasses import dataclass

from seedwork.dominio.agregado import Agregado
from servicio_datos.dominio import eventos

CREADO = "CREADO"
INICIADO = "INICIADO"
TERMINADO = "TERMINADO"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asignacion:
    """What a data service is made of, by the codes of the catalogue."""

    experto_codigo: str
    nube_codigo: str
    dataset_codigo: str


@dataclass(kw_only=True)
class ServicioDatos(Agregado):
    """What a subscription holds of the catalogue. At most one per subscription is alive.

    Attributes:
        id_saga: the saga that reserved it.
        motivo: why it has ended, a code of :mod:`contratos.motivos`; None while it is alive.
    """

    id_suscripcion: str
    id_saga: str
    experto_codigo: str
    nube_codigo: str
    dataset_codigo: str
    estado: str = CREADO
    motivo: str | None = None

    @classmethod
    def reservar(cls, id: str, id_suscripcion: str, id_saga: str, asignacion: Asignacion) -> "ServicioDatos":
        """A new one; the expert's place must have been taken before."""
        nuevo = cls(
            id=id,
            id_suscripcion=id_suscripcion,
            id_saga=id_saga,
            experto_codigo=asignacion.experto_codigo,
            nube_codigo=asignacion.nube_codigo,
            dataset_codigo=asignacion.dataset_codigo,
        )
        nuevo.registrar(
            eventos.Creado(
                id_servicio_datos=id,
                id_suscripcion=id_suscripcion,
                id_saga=id_saga,
                experto_codigo=nuevo.experto_codigo,
                nube_codigo=nuevo.nube_codigo,
                dataset_codigo=nuevo.dataset_codigo,
            )
        )
        nuevo.registrar(
            eventos.ExpertoAsignado(
                id_servicio_datos=id,
                id_suscripcion=id_suscripcion,
                id_saga=id_saga,
                experto_codigo=nuevo.experto_codigo,
            )
        )
        return nuevo

    @property
    def vivo(self) -> bool:
        """Whether it still holds its expert's place."""
        return self.estado != TERMINADO

    def iniciar(self, id_saga: str) -> bool:
        """Put it to work. False if it was not waiting for that: nothing changes."""
        if self.estado != CREADO:
            return False
        self.estado = INICIADO
        self.registrar(eventos.Iniciado(id_servicio_datos=self.id, id_suscripcion=self.id_suscripcion, id_saga=id_saga))
        return True

    def terminar(self, id_saga: str, motivo: str) -> bool:
        """End it; whoever does gives the expert's place back. False if it had ended before: then nobody may."""
        if not self.vivo:
            return False
        self.estado = TERMINADO
        self.motivo = motivo
        self.registrar(
            eventos.Terminado(
                id_servicio_datos=self.id,
                id_suscripcion=self.id_suscripcion,
                id_saga=id_saga,
                experto_codigo=self.experto_codigo,
                motivo=motivo,
            )
        )
        return True
