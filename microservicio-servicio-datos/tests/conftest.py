"""What arrives at the service, in its envelope."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from contratos.procesamiento import ImagenAnonimizada
from contratos.servicio_datos import (
    AsignarExperto,
    CrearServicioDatos,
    DatasetPedido,
    IniciarServicioDatos,
    NubePedida,
    SuscripcionPedida,
    TerminarServicioDatos,
)
from contratos.suscripciones import (
    CambioPlanIniciado,
    CambioPlanRechazado,
    SuscripcionActivada,
    SuscripcionCancelada,
    SuscripcionCreada,
    SuscripcionPlanModificado,
    SuscripcionRechazada,
)
from seedwork.aplicacion.bus import Recibido
from seedwork.aplicacion.sobre import Sobre

# Type, default sequence, and what the type has besides.
HECHOS: dict[str, tuple[Any, int, dict[str, str]]] = {
    "creada": (SuscripcionCreada, 1, {}),
    "activada": (SuscripcionActivada, 3, {}),
    "rechazada": (SuscripcionRechazada, 3, {"motivo": "PLAZO_VENCIDO"}),
    "cambio": (CambioPlanIniciado, 5, {}),
    "modificado": (SuscripcionPlanModificado, 7, {}),
    "cambio rechazado": (CambioPlanRechazado, 7, {"motivo": "PLAZO_VENCIDO"}),
    "cancelada": (SuscripcionCancelada, 9, {"motivo": "CANCELADA_POR_CLIENTE"}),
}
ORDENES: dict[str, Any] = {
    "iniciar": IniciarServicioDatos,
    "asignar": AsignarExperto,
    "terminar": TerminarServicioDatos,
}


@pytest.fixture
def hecho() -> Callable[..., Recibido]:
    """Makes a fact about subscription ``s-<n>`` by its short name; ``cambios`` are further fields of its."""

    def hacer(
        nombre: str,
        n: int = 1,
        *,
        saga: str | None = None,
        recursos: tuple[str, ...] = ("servicio_datos",),
        secuencia: int | None = None,
        id: str | None = None,
        **cambios: Any,
    ) -> Recibido:
        tipo, por_defecto, propios = HECHOS[nombre]
        campos = {"id_suscripcion": f"s-{n}", "id_saga": saga or f"g-{n}", "recursos_requeridos": recursos}
        mensaje = tipo(**campos, **propios, **cambios)
        sobre = Sobre.nuevo(mensaje, fuente="/saludtech/suscripciones", sujeto=mensaje.id_suscripcion, id=id)
        return Recibido(replace(sobre, correlacion=mensaje.id_saga, secuencia=secuencia or por_defecto), mensaje)

    return hacer


@pytest.fixture
def imagen() -> Callable[..., Recibido]:
    """Makes the ImagenAnonimizada of image ``i-<n>``."""

    def hacer(n: int, modalidad: str = "Rayos X") -> Recibido:
        mensaje = ImagenAnonimizada(id_imagen=f"i-{n}", modalidad=modalidad)
        sobre = Sobre.nuevo(mensaje, fuente="/saludtech/procesamiento", sujeto=mensaje.id_imagen)
        return Recibido(replace(sobre, secuencia=1), mensaje)

    return hacer


@pytest.fixture
def orden() -> Callable[..., Recibido]:
    """Makes a command about a data service by its short name: ``iniciar``, ``asignar``, ``terminar``."""

    def hacer(nombre: str, id_servicio: str, **campos: Any) -> Recibido:
        return ordenar(id_servicio, ORDENES[nombre](**{"id_servicio_datos": id_servicio, **campos}))

    return hacer


@pytest.fixture
def crear() -> Callable[..., Recibido]:
    """Makes a CrearServicioDatos for subscription ``s-<n>``."""

    def hacer(
        id: str, n: int = 1, *, experto: str = "e1", nube: str = "n1", dataset: str = "d1", **campos: Any
    ) -> Recibido:
        pedido = {
            "suscripcion": SuscripcionPedida(codigo=f"s-{n}"),
            "experto_codigo": experto,
            "nube": NubePedida(codigo=nube),
            "dataset": DatasetPedido(codigo=dataset),
        }
        return ordenar(id, CrearServicioDatos(**{**pedido, **campos}))

    return hacer


def ordenar(sujeto: str, comando: Any) -> Recibido:
    return Recibido(Sobre.nuevo(comando, fuente="/saludtech/bff", sujeto=sujeto), comando)
