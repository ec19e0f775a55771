"""The data service: an expert's place, a cloud and a data set, held for one subscription."""

from dataclasses import dataclass, field

from seedwork.dominio.agregado import Agregado
from seedwork.dominio.errores import ReglaViolada
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
        id_saga: the saga that reserved it; empty where it was made by hand.
        motivo: why it has ended, a code of :mod:`contratos.motivos`; None while it is alive.
        detalle: the words of whoever asked by hand for the state that it is in; None without any.
    """

    id_suscripcion: str
    id_saga: str
    experto_codigo: str
    nube_codigo: str
    dataset_codigo: str
    estado: str = CREADO
    motivo: str | None = None
    detalle: str | None = field(default=None, repr=False)

    @classmethod
    def crear(cls, id: str, id_suscripcion: str, id_saga: str, asignacion: Asignacion) -> "ServicioDatos":
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

    @property
    def a_mano(self) -> bool:
        """Whether it was made by hand, and takes no part in any saga."""
        return not self.id_saga

    def exigir_vivo(self) -> None:
        """Raise ReglaViolada where it has ended."""
        if not self.vivo:
            raise ReglaViolada("SERVICIO_TERMINADO")

    def exigir_sin_iniciar(self) -> None:
        """Raise ReglaViolada where it can't be put to work: it is, or has ended."""
        self.exigir_vivo()
        if self.estado == INICIADO:
            raise ReglaViolada("SERVICIO_YA_INICIADO")

    def exigir_otro_experto(self, codigo: str) -> None:
        """Raise ReglaViolada where that expert can't take it over: it has ended, or is that expert's."""
        self.exigir_vivo()
        if self.experto_codigo == codigo:
            raise ReglaViolada("EXPERTO_YA_ASIGNADO")

    def iniciar(self, id_saga: str, detalle: str = "") -> bool:
        """Put it to work. False if it was not waiting for that: nothing changes."""
        if self.estado != CREADO:
            return False
        self.estado = INICIADO
        self.detalle = detalle or None
        self.registrar(
            eventos.Iniciado(
                id_servicio_datos=self.id, id_suscripcion=self.id_suscripcion, id_saga=id_saga, detalle=detalle
            )
        )
        return True

    def asignar_experto(self, codigo: str) -> str:
        """Another expert, whose place must have been taken before, takes it over.

        Returns:
            The code of the one before; whoever calls gives that place back.
        """
        self.exigir_otro_experto(codigo)
        anterior, self.experto_codigo = self.experto_codigo, codigo
        self.registrar(
            eventos.ExpertoAsignado(
                id_servicio_datos=self.id,
                id_suscripcion=self.id_suscripcion,
                id_saga="",
                experto_codigo=codigo,
                experto_anterior_codigo=anterior,
            )
        )
        return anterior

    def terminar(self, id_saga: str, motivo: str, detalle: str = "") -> bool:
        """End it; whoever does gives the expert's place back. False if it had ended before: then nobody may."""
        if not self.vivo:
            return False
        self.estado = TERMINADO
        self.motivo = motivo
        self.detalle = detalle or None
        self.registrar(
            eventos.Terminado(
                id_servicio_datos=self.id,
                id_suscripcion=self.id_suscripcion,
                id_saga=id_saga,
                experto_codigo=self.experto_codigo,
                motivo=motivo,
                detalle=detalle,
            )
        )
        return True
