"""This service in memory."""

from datetime import timedelta

import pytest

from contratos import sagas
from seedwork.aplicacion.recibido import Recibido
from seedwork.pruebas.casa import CasaEnMemoria
from seedwork.pruebas.entorno import EntornoSimulado
from servicio_datos.aplicacion.manejadores import MANEJADORES
from servicio_datos.aplicacion.rechazo import rechazar_comando
from servicio_datos.dominio.catalogo import Catalogo, Dataset, Experto, Nube
from servicio_datos.dominio.servicio_datos import ServicioDatos
from servicio_datos.dominio.suscripcion_conocida import SuscripcionConocida
from servicio_datos.pruebas.memoria import abrir_en, almacen, catalogar


class Casa(CasaEnMemoria):
    """It offers a place of expert ``e1``, a cloud and a data set."""

    def __init__(self) -> None:
        entorno = EntornoSimulado()
        self.reloj = entorno.reloj
        propio = almacen(entorno, Catalogo(expertos=(), nubes=(), datasets=()))
        super().__init__("servicio-datos", propio, abrir_en(propio), MANEJADORES, rechazar_comando)
        self.ofrecer(e1=1)

    def ofrecer(self, *, nubes: tuple[str, ...] = ("n1",), datasets: tuple[str, ...] = ("d1",), **lugares: int) -> None:
        """Another catalogue: ``lugares`` are how many places each expert has."""
        expertos = tuple(Experto(codigo=c, nombres="Ana", apellidos="Ruiz", capacidad=n) for c, n in lugares.items())
        catalogo = Catalogo(
            expertos=expertos,
            nubes=tuple(Nube(codigo=c, nombre="Andes", tipo="PRIVADA") for c in nubes),
            datasets=tuple(Dataset(codigo=c, nombre="Tórax") for c in datasets),
        )
        catalogar(self.almacen, catalogo)

    def avanzar(self, **transcurrido: float) -> None:
        self.reloj.avanzar(timedelta(**transcurrido).total_seconds())

    def recibir(self, *recibidos: Recibido) -> str | None:
        """Handle them one by one, in order; answers the reason for which the last one was refused."""
        for recibido in recibidos:
            assert self.procesar(recibido) == []
        return self.destino(recibidos[-1]) if recibidos[-1].mensaje.clase == "comando" else None

    @property
    def lugares(self) -> dict[str, int]:
        """The free places of each expert."""
        return {e["codigo"]: e["capacidad"] - e["usados"] for e in self.filas("expertos")}

    @property
    def libres(self) -> int:
        return sum(self.lugares.values())

    def servicios(self) -> list[ServicioDatos]:
        """As they stand in their rows, oldest first."""
        with self.abrir() as unidad:
            return [unidad.servicios_datos.obtener(fila["id"]) for fila in self.filas("servicios_datos")]

    @property
    def el_servicio(self) -> ServicioDatos:
        (unico,) = self.servicios()
        return unico

    def conocida(self, id: str = "s-1") -> SuscripcionConocida:
        """The copy of a subscription."""
        with self.abrir() as unidad:
            copia = unidad.suscripciones.obtener(id)
        assert isinstance(copia, SuscripcionConocida)
        return copia

    def pasos(self, id_saga: str = "g-1") -> list[tuple[str, str, str]]:
        """Step, result and reason of each step told in the saga."""
        dichos = [m for m in self.de_tipo(sagas.TransicionSaga) if m.id_saga == id_saga]
        assert all(p.participante == "servicio-datos" and p.recurso == "servicio_datos" for p in dichos)
        assert all(p.compensacion == (p.paso == "LIBERAR") for p in dichos)
        return [(p.paso, p.resultado, p.motivo) for p in dichos]

    def eventos(self) -> list[str]:
        return [type(d.carga).__name__ for d in self.dichos if not isinstance(d.carga, sagas.TransicionSaga)]


@pytest.fixture
def casa() -> Casa:
    return Casa()
