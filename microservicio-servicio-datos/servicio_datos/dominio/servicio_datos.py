"""The data service: an expert's place, a cloud and a data set, held for one subscription."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from seedwork.dominio.agregado import Agregado
from seedwork.dominio.errores import ReglaViolada
from servicio_datos.dominio import eventos

CREADO = "CREADO"
INICIADO = "INICIADO"
TERMINADO = "TERMINADO"
MAXIMO_INVESTIGADORES = 100
"""Researchers that may read one's data set at a time."""


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
        cliente_codigo: whose it is, that is whose its subscription is; empty where that was not told yet.
        investigadores: who may read its data set besides, by the ``sub`` of their tokens.
    """

    id_suscripcion: str
    id_saga: str
    experto_codigo: str
    nube_codigo: str
    dataset_codigo: str
    estado: str = CREADO
    motivo: str | None = None
    detalle: str | None = field(default=None, repr=False)
    cliente_codigo: str = ""
    investigadores: Sequence[str] = field(default_factory=list, repr=False)

    @classmethod
    def crear(
        cls, id: str, id_suscripcion: str, id_saga: str, asignacion: Asignacion, cliente_codigo: str
    ) -> "ServicioDatos":
        """A new one; the expert's place must have been taken before."""
        nuevo = cls(
            id=id,
            id_suscripcion=id_suscripcion,
            id_saga=id_saga,
            experto_codigo=asignacion.experto_codigo,
            nube_codigo=asignacion.nube_codigo,
            dataset_codigo=asignacion.dataset_codigo,
            cliente_codigo=cliente_codigo,
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

    def iniciar_a_peticion(self, detalle: str) -> None:
        """Put it to work since somebody asks for it.

        Raises:
            ReglaViolada: it has ended (SERVICIO_TERMINADO), or is at work (SERVICIO_YA_INICIADO).
        """
        self._exigir_vivo()
        if not self.iniciar("", detalle):
            raise ReglaViolada("SERVICIO_YA_INICIADO")

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

        Raises:
            ReglaViolada: it has ended (SERVICIO_TERMINADO), or is that expert's (EXPERTO_YA_ASIGNADO).
        """
        self._exigir_vivo()
        if self.experto_codigo == codigo:
            raise ReglaViolada("EXPERTO_YA_ASIGNADO")
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

    def conceder(self, investigador: str) -> None:
        """Let a researcher read its data set; who may already goes on to.

        Raises:
            ReglaViolada: it has ended (SERVICIO_TERMINADO), or as many as there may be do (DEMASIADOS_INVESTIGADORES).
        """
        self._exigir_vivo()
        if investigador in self.investigadores:
            return
        if len(self.investigadores) >= MAXIMO_INVESTIGADORES:
            raise ReglaViolada("DEMASIADOS_INVESTIGADORES")
        self.investigadores = sorted([*self.investigadores, investigador])
        self._decir_acceso(investigador, "CONCEDIDO")

    def retirar(self, investigador: str) -> None:
        """Let a researcher read it no longer."""
        if investigador in self.investigadores:
            self.investigadores = [otro for otro in self.investigadores if otro != investigador]
            self._decir_acceso(investigador, "RETIRADO")

    def _decir_acceso(self, investigador: str, acceso: str) -> None:
        self.registrar(
            eventos.AccesoCambiado(
                id_servicio_datos=self.id,
                id_suscripcion=self.id_suscripcion,
                id_saga="",
                investigador=investigador,
                acceso=acceso,
            )
        )

    def olvidar_cliente(self) -> None:
        """Whose it is, what they said, and whom they let read its data set is forgotten."""
        self.cliente_codigo, self.detalle, self.investigadores = "", None, []

    def terminar(self, id_saga: str, motivo: str, detalle: str = "") -> None:
        """End it; whoever does gives the expert's place back.

        Raises:
            ReglaViolada: it has ended before (SERVICIO_TERMINADO): then nobody may.
        """
        self._exigir_vivo()
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

    def _exigir_vivo(self) -> None:
        if not self.vivo:
            raise ReglaViolada("SERVICIO_TERMINADO")
