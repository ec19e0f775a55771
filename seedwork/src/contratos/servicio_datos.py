"""What the servicio-datos context hears and says."""

from dataclasses import dataclass

from contratos.base import Mensaje, campo, mensaje, recurso

SERVICIO_DATOS = recurso("servicio_datos", de="servicio-datos")
"""The resource that this context provides: a data service, with an expert's place, a cloud and a data set."""

CONCEDIDO, RETIRADO = "CONCEDIDO", "RETIRADO"
ACCESOS = frozenset({CONCEDIDO, RETIRADO})
"""What becomes of a researcher's access to a data set."""


@dataclass(frozen=True, kw_only=True, slots=True)
class NubePedida:
    """The cloud that a command names."""

    codigo: str = ""
    nombre: str = campo(propio=True)
    tipo: str = campo(propio=True)


@dataclass(frozen=True, kw_only=True, slots=True)
class DatasetPedido:
    """The data set that a command names."""

    codigo: str = ""
    nombre: str = campo(propio=True)


@dataclass(frozen=True, kw_only=True, slots=True)
class SuscripcionPedida:
    """The subscription that a command names."""

    codigo: str = ""


@mensaje("servicio-datos", "comando", sujeto="id_servicio_datos", menciona={"id_suscripcion": "suscripcion.codigo"})
class CrearServicioDatos(Mensaje):
    """Ask for a data service, made by hand. The fields are fixed by the business (contract §3).

    Expert, cloud and data set are found in the catalogue by their ``codigo``; their other fields are not stored, nor
    are the client's.
    """

    cliente_codigo: str = ""
    cliente_nombres: str = campo(propio=True)
    cliente_apellidos: str = campo(propio=True)
    cliente_usuario: str = campo(propio=True)
    plan_codigo: str = ""
    plan_nombre: str = campo(propio=True)
    experto_codigo: str = ""
    experto_nombres: str = campo(propio=True)
    experto_apellidos: str = campo(propio=True)
    experto_usuario: str = campo(propio=True)
    experto_cedula: str = campo(propio=True)
    experto_email: str = campo(propio=True)
    nube: NubePedida = NubePedida()
    dataset: DatasetPedido = DatasetPedido()
    suscripcion: SuscripcionPedida = SuscripcionPedida()


@mensaje("servicio-datos", "comando", sujeto="id_servicio_datos")
class IniciarServicioDatos(Mensaje):
    """Ask for a data service to go to work. ``motivo`` is the asker's own words, or empty."""

    id_servicio_datos: str = ""
    motivo: str = campo(propio=True)


@mensaje("servicio-datos", "comando", sujeto="id_servicio_datos")
class AsignarExperto(Mensaje):
    """Ask for another expert to look after a data service."""

    id_servicio_datos: str = ""
    experto_codigo: str = ""


@mensaje("servicio-datos", "comando", sujeto="id_servicio_datos")
class TerminarServicioDatos(Mensaje):
    """Ask for a data service to end. ``motivo`` is the asker's own words, or empty."""

    id_servicio_datos: str = ""
    motivo: str = campo(propio=True)


@mensaje("servicio-datos", "comando", sujeto="id_servicio_datos")
class CambiarAccesoInvestigador(Mensaje):
    """Ask that a researcher, named as their token's `sub` does, may read a data service's data set, or may no longer.

    ``acceso`` is one of :data:`ACCESOS`.
    """

    id_servicio_datos: str = ""
    investigador: str = campo(propio=True)
    acceso: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class HechoServicioDatos(Mensaje):
    """What every fact about a ServicioDatos carries. ``id_saga`` is empty where no saga is behind it."""

    id_servicio_datos: str = ""
    id_suscripcion: str = ""
    id_saga: str = ""


@mensaje("servicio-datos", "evento", sujeto="id_servicio_datos")
class ServicioDatosCreada(HechoServicioDatos):
    """A data service is reserved for a subscription, with its expert, cloud and data set."""

    experto_codigo: str = ""
    nube_codigo: str = ""
    dataset_codigo: str = ""


@mensaje("servicio-datos", "evento", sujeto="id_servicio_datos")
class ServicioDatosRechazada(HechoServicioDatos):
    """No data service could be reserved, and why (a code of :mod:`contratos.motivos`)."""

    motivo: str = ""


@mensaje("servicio-datos", "evento", sujeto="id_servicio_datos")
class ExpertoAsignado(HechoServicioDatos):
    """One place of an expert's capacity is taken by a data service; the one before, if any, is free again."""

    experto_codigo: str = ""
    experto_anterior_codigo: str = ""


@mensaje("servicio-datos", "evento", sujeto="id_servicio_datos")
class ServicioDatosIniciado(HechoServicioDatos):
    """The data service is at work. ``detalle`` is the asker's own words, where somebody asked for it."""

    detalle: str = campo(propio=True, forma="parrafo")


@mensaje("servicio-datos", "evento", sujeto="id_servicio_datos")
class ServicioDatosTerminado(HechoServicioDatos):
    """The data service has ended; its expert's place is free again.

    ``motivo`` is a code of :mod:`contratos.motivos`, ``detalle`` the asker's own words, where somebody asked for it.
    """

    experto_codigo: str = ""
    motivo: str = ""
    detalle: str = campo(propio=True, forma="parrafo")


@mensaje("servicio-datos", "evento", sujeto="id_servicio_datos")
class AccesoInvestigadorCambiado(HechoServicioDatos):
    """A researcher may read the data service's data set, or may no longer."""

    investigador: str = campo(
        requerido=True, propio=True, revela="who the researcher is, as their token says it: an account's id, say"
    )
    acceso: str = campo(requerido=True, de=ACCESOS)


@mensaje("servicio-datos", "evento", sujeto="id_servicio_datos")
class ComandoServicioDatosRechazado(Mensaje):
    """A command took no effect, and why (a code of :mod:`contratos.motivos`)."""

    id_comando: str = ""
    comando: str = ""
    id_servicio_datos: str = ""
    id_suscripcion: str = ""
    motivo: str = ""
