"""This service's database in memory, and its unit of work on it."""

from computo.aplicacion.reserva import RECURSO
from computo.infraestructura.repositorio import UnidadComputo
from computo.infraestructura.tablas import METADATOS
from seedwork.aplicacion.entorno import Entorno
from seedwork.aplicacion.unidad import Abrir, abridor
from seedwork.pruebas.almacen import Almacen, TransaccionMemoria
from seedwork.pruebas.tablas import definiciones


class CapacidadExcedida(Exception):
    """What the database's check would refuse: more quotas given back than were taken."""


def almacen(entorno: Entorno, capacidad: int) -> Almacen:
    """One with so many quotas to give."""
    nuevo = Almacen(entorno, definiciones(METADATOS))
    nuevo.tablas["existencias"][RECURSO] = {"recurso": RECURSO, "capacidad": capacidad, "usados": 0}
    return nuevo


def abrir_en(almacen: Almacen) -> Abrir:
    """How units of work are opened on it."""
    return abridor(almacen.transacciones, lambda t: UnidadComputo(t, ExistenciasMemoria))


class ExistenciasMemoria:
    """The stock as one transaction sees it."""

    def __init__(self, transaccion: TransaccionMemoria) -> None:
        self._almacen = transaccion.almacen

    def tomar(self) -> bool:
        """Take one, if any is free."""
        fila = self._almacen.tablas["existencias"][RECURSO]
        libre: bool = fila["usados"] < fila["capacidad"]
        if libre:
            self._sumar(1)
        return libre

    def devolver(self) -> None:
        """Give one back.

        Raises:
            CapacidadExcedida: none was taken.
        """
        self._sumar(-1)

    def _sumar(self, cuantas: int) -> None:
        self._almacen.exigir()
        tabla = self._almacen.tablas["existencias"]
        usados = tabla[RECURSO]["usados"] + cuantas
        if usados < 0:
            raise CapacidadExcedida
        self._almacen.poner(tabla, RECURSO, {**tabla[RECURSO], "usados": usados})
