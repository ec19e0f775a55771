"""One suite for each that keeps what the service knows: tables in memory, and a real PostgreSQL."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field

import pytest

from contratos import Mensaje
from seedwork.aplicacion.bus import Bus
from seedwork.aplicacion.recibido import Recibido
from seedwork.aplicacion.unidad import Abrir
from seedwork.infraestructura.tabla import Fila
from seedwork.pruebas.casa import arrepentibles
from seedwork.pruebas.entorno import EntornoSimulado
from seedwork.pruebas.paciencia import PacienciaFija
from seedwork.pruebas.publicado import publicado
from servicio_datos.aplicacion.manejadores import MANEJADORES
from servicio_datos.aplicacion.rechazo import rechazar_comando
from servicio_datos.dominio.catalogo import Catalogo
from servicio_datos.infraestructura import tablas
from servicio_datos.infraestructura.existencias import sincronizar
from servicio_datos.pruebas.memoria import abrir_en, almacen, catalogar


@dataclass
class Lugar:
    """The service from its bus inwards, wherever its rows are.

    Attributes:
        catalogar: gives it another catalogue.
        filas: a table's rows.
        decir: subject, sequence and message of each that it has said, in order.
        arrepentidos: ids of messages whose handlers do all that they do, and then refuse.
    """

    abrir: Abrir
    catalogar: Callable[[Catalogo], None]
    filas: Callable[[str], list[Fila]]
    decir: Callable[[], list[tuple[str, int | None, Mensaje]]]
    arrepentidos: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        manejadores = arrepentibles(MANEJADORES, self.arrepentidos)
        self._bus = Bus("servicio-datos", self.abrir, manejadores, rechazar_comando, PacienciaFija())

    def procesar(self, *recibidos: Recibido) -> Collection[str]:
        """Handle all of them in one transaction; answers the ids of those that wait."""
        return self._bus.procesar(recibidos)

    def usados(self) -> dict[str, int]:
        """The places in use of each expert."""
        return {f["codigo"]: f["usados"] for f in self.filas("expertos")}

    def servicios(self) -> dict[str, tuple[str, str, int]]:
        """Each data service's state, expert and sequence."""
        return {f["id"]: (f["estado"], f["experto_codigo"], f["secuencia"]) for f in self.filas("servicios_datos")}

    def foto(self) -> dict[str, list[Fila]]:
        """All that its own tables hold."""
        return {nombre: sorted(self.filas(nombre), key=repr) for nombre in tablas.METADATOS.tables}


@pytest.fixture(params=["memoria", pytest.param("postgresql", marks=pytest.mark.integracion)])
def hacer_lugar(request: pytest.FixtureRequest, catalogo: Catalogo) -> Callable[[], Lugar]:
    """Makes one; another call makes another, empty as well, and on PostgreSQL in the place of the one before."""

    def en_memoria() -> Lugar:
        propio = almacen(EntornoSimulado(), catalogo)
        return Lugar(
            abrir_en(propio),
            lambda otro: catalogar(propio, otro),
            lambda tabla: list(propio.tablas[tabla].values()),
            lambda: [
                (f.sobre.sujeto, f.sobre.secuencia, f.carga)
                for f in propio.outbox.values()
                if isinstance(f.carga, Mensaje)
            ],
        )

    def en_postgresql() -> Lugar:
        motor = request.getfixturevalue("motor")
        request.getfixturevalue("vaciar")()
        sincronizar(motor, catalogo)

        def filas(tabla: str) -> list[Fila]:
            with motor.connect() as conexion:
                return [dict(f) for f in conexion.execute(tablas.METADATOS.tables[tabla].select()).mappings()]

        def decir() -> list[tuple[str, int | None, Mensaje]]:
            dichos = ((p["ce_subject"], p.get("ce_sequence"), m) for p, m in publicado(motor))
            return [(sujeto, int(secuencia) if secuencia else None, mensaje) for sujeto, secuencia, mensaje in dichos]

        return Lugar(request.getfixturevalue("abrir"), lambda otro: sincronizar(motor, otro), filas, decir)

    return en_memoria if request.param == "memoria" else en_postgresql


@pytest.fixture
def lugar(hacer_lugar: Callable[[], Lugar]) -> Lugar:
    return hacer_lugar()
