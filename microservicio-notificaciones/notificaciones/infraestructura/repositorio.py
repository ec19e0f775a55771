"""This service's unit of work: the event store, what is closed, and the delivery queue."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeVar

from notificaciones import NOMBRE
from notificaciones.aplicacion.envio import Politica
from notificaciones.aplicacion.puertos import Cierres, Envios, Unidad
from notificaciones.aplicacion.traducciones import TRADUCCIONES
from notificaciones.dominio.notificacion import Notificacion
from notificaciones.infraestructura.eventos_guardados import CATALOGO
from notificaciones.infraestructura.vistas import proyectar
from seedwork.infraestructura.almacen_eventos import Flujos, RepositorioEventos
from seedwork.infraestructura.tabla import TransaccionConTablas

T = TypeVar("T", bound=TransaccionConTablas)


class UnidadNotificaciones(Unidad):
    """This service's unit of work, on tables.

    Args:
        flujos, cierres, envios: make where events, closures and deliveries are kept.
    """

    def __init__(
        self,
        transaccion: T,
        *,
        flujos: Callable[[T], Flujos],
        cierres: Callable[[T], Cierres],
        envios: Callable[[T], Envios],
        asuntos: Mapping[str, str],
        canal: str,
        politica: Politica,
    ) -> None:
        super().__init__(transaccion, NOMBRE, TRADUCCIONES)
        self.notificaciones = RepositorioEventos(
            transaccion,
            flujos(transaccion),
            CATALOGO,
            lambda id: Notificacion(id=id),
            partial(proyectar, transaccion.tablas["vista_notificaciones"]),
            sujeto="id_notificacion",
        )
        self.cierres = cierres(transaccion)
        self.envios = envios(transaccion)
        self.asuntos = asuntos
        self.canal = canal
        self.politica = politica
