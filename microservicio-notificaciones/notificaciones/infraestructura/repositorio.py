"""This service's unit of work: the event store, what is closed, and the delivery queue."""

from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import Any, TypeVar

from notificaciones import NOMBRE
from notificaciones.aplicacion.envio import Politica
from notificaciones.aplicacion.puertos import Cierres, Envios, Unidad
from notificaciones.aplicacion.traducciones import TRADUCCIONES
from notificaciones.dominio.clave import ClaveDeCliente
from notificaciones.dominio.notificacion import Notificacion
from notificaciones.infraestructura.candado import CandadoDeCliente, nueva_clave
from notificaciones.infraestructura.eventos_guardados import CATALOGO
from notificaciones.infraestructura.vistas import proyectar
from seedwork.aplicacion.transaccion import Inscripcion, Transaccion
from seedwork.infraestructura.almacen_eventos import Flujos, RepositorioEventos
from seedwork.infraestructura.repositorio import Mapeo, Repositorio
from seedwork.infraestructura.tabla import Fila, Tabla, TransaccionConTablas

T = TypeVar("T", bound=TransaccionConTablas)


class RepositorioClaves(Repositorio[ClaveDeCliente]):
    """The clients' keys, locked for who asks whether one is destroyed; for the event store, read without a lock."""

    def __init__(self, transaccion: Transaccion, tabla: Tabla) -> None:
        super().__init__(transaccion, tabla, _CLAVE, sujeto="id_suscripcion")

    def de(self, id_suscripcion: str) -> ClaveDeCliente:
        """A subscription's; a new one where there is none. Of two transactions that both make it, one commits."""
        clave = self.obtener(id_suscripcion)
        if clave is None:
            clave = ClaveDeCliente(id=id_suscripcion, clave=nueva_clave())
            self.agregar(clave)
        return clave

    def leer(self, suscripciones: Collection[str]) -> Mapping[str, bytes | None]:
        """As they stand. Whoever encrypts under one that is destroyed meanwhile wrote what nobody will read."""
        vistas = {id: self._vistos[id].clave for id in suscripciones if id in self._vistos}
        if faltan := set(suscripciones) - vistas.keys():
            vistas |= {f["id"]: _CLAVE.de_fila(f).clave for f in self._tabla.leer("id", faltan, bloquear=False)}
        return vistas


class Olvidadas(Inscripcion):
    """The view's rows, of which it is to be forgotten whose they are. It enrols behind what projects into the view."""

    def __init__(self, transaccion: Transaccion, vista: Tabla) -> None:
        super().__init__(transaccion)
        self._vista = vista
        self._suscripciones: list[str] = []

    def olvidar(self, id_suscripcion: str) -> None:
        """Show no more whose its notifications are."""
        self._suscripciones.append(id_suscripcion)
        self._regresos.append(self._suscripciones.pop)

    def volcar(self) -> None:
        """Write it."""
        filas = self._vista.leer("id_suscripcion", self._suscripciones) if self._suscripciones else ()
        if suyas := [{"id": f["id"], "cliente_codigo": ""} for f in filas]:
            self._vista.actualizar(suyas)


def _clave_de(fila: Mapping[str, Any]) -> ClaveDeCliente:
    # What the database's driver hands out is a view of the octets.
    return ClaveDeCliente(id=fila["id"], clave=None if fila["clave"] is None else bytes(fila["clave"]))


def _fila_de(clave: ClaveDeCliente) -> Fila:
    return {"id": clave.id, "clave": clave.clave}


_CLAVE = Mapeo(_fila_de, _clave_de)


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
        vista = transaccion.tablas["vista_notificaciones"]
        self.claves = RepositorioClaves(transaccion, transaccion.tablas["claves_de_cliente"])
        self.notificaciones = RepositorioEventos(
            transaccion,
            flujos(transaccion),
            CATALOGO,
            lambda id: Notificacion(id=id),
            partial(proyectar, vista),
            sujeto="id_notificacion",
            candado=CandadoDeCliente(self.claves.leer),
        )
        self.olvidadas = Olvidadas(transaccion, vista)
        self.cierres = cierres(transaccion)
        self.envios = envios(transaccion)
        self.asuntos = asuntos
        self.canal = canal
        self.politica = politica
