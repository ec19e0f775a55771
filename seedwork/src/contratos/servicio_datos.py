"""What the servicio-datos context says."""

from dataclasses import dataclass

from contratos.base import Mensaje, mensaje


@dataclass(frozen=True, kw_only=True, slots=True)
class HechoServicioDatos(Mensaje):
    """What every fact about a ServicioDatos carries."""

    id_servicio_datos: str = ""
    id_suscripcion: str = ""
    id_saga: str = ""


@mensaje("servicio-datos", "evento")
class ServicioDatosCreada(HechoServicioDatos):
    """A data service is reserved for a subscription, with its expert, cloud and data set."""

    experto_codigo: str = ""
    nube_codigo: str = ""
    dataset_codigo: str = ""


@mensaje("servicio-datos", "evento")
class ServicioDatosRechazada(HechoServicioDatos):
    """No data service could be reserved, and why (a code of :mod:`contratos.motivos`)."""

    motivo: str = ""


@mensaje("servicio-datos", "evento")
class ExpertoAsignado(HechoServicioDatos):
    """One place of an expert's capacity is taken by a data service."""

    experto_codigo: str = ""


@mensaje("servicio-datos", "evento")
class ServicioDatosIniciado(HechoServicioDatos):
    """The data service is at work."""


@mensaje("servicio-datos", "evento")
class ServicioDatosTerminado(HechoServicioDatos):
    """The data service has ended; its expert's place is free again."""

    experto_codigo: str = ""
    motivo: str = ""
