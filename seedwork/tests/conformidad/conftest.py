"""The two ways in which the platform publishes, behind one face: what is sent is durable when `publicar` returns."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count
from typing import Any

import pytest

from contratos import Mensaje, mensaje
from seedwork.aplicacion.broker import SinConfirmacion
from seedwork.aplicacion.bus import Bus
from seedwork.aplicacion.recibido import Recibido
from seedwork.infraestructura import bd, outbox
from seedwork.infraestructura.aprovisionamiento import Aprovisionador
from seedwork.infraestructura.publicador import Publicador
from seedwork.infraestructura.transaccion_sql import insertar
from seedwork.pruebas.cuaderno import UnidadCuaderno, abrir_en
from seedwork.pruebas.sobres import recibido, sobre_nuevo
from seedwork.pruebas.taller import Taller, publicar


class PorPublicador:
    """As the BFF does: straight to the broker, and whoever gets no confirmation sends the same message again."""

    def __init__(self, taller: Taller) -> None:
        self._publicador = Publicador(taller.servidores.pulsar_url)

    def publicar(self, *recibidos: Recibido) -> None:
        for cada_uno in recibidos:
            for intento in count(1):
                try:
                    publicar(self._publicador, cada_uno.sobre, cada_uno.mensaje)
                    break
                except SinConfirmacion:
                    if intento == 5:
                        raise

    def abrir(self) -> None:
        """It opens itself when it is needed."""

    def cerrar(self) -> None:
        self._publicador.cerrar()


class PorRelay:
    """As the services do: into the outbox in one transaction; a relay, while it is open, takes it to the broker."""

    def __init__(self, taller: Taller) -> None:
        self._taller = taller
        self._relay = ExitStack()

    def publicar(self, *recibidos: Recibido) -> None:
        with self._taller.motor.begin() as conexion:
            insertar(conexion, bd.outbox, [outbox.a_fila(r.sobre, r.mensaje) for r in recibidos])

    def abrir(self) -> None:
        self._relay.enter_context(self._taller.corriendo(self._taller.relay().correr))

    def cerrar(self) -> None:
        self._relay.close()


Canal = PorPublicador | PorRelay


@pytest.fixture(params=[PorPublicador, PorRelay], ids=["publicador", "relay"])
def canal(request: pytest.FixtureRequest, taller: Taller) -> Iterator[Canal]:
    """What watermill's cases publish with."""
    canal: Canal = request.param(taller)
    canal.abrir()
    yield canal
    canal.cerrar()


@pytest.fixture
def hechos(taller: Taller) -> Callable[[int], list[type[Mensaje]]]:
    """Makes so many types of events, each with a topic of its own that nobody has subscribed to yet."""

    def hacer(cuantos: int) -> list[type[Mensaje]]:
        tipos = [
            mensaje(taller.contexto, "evento", sujeto="hoja")(
                type(f"Hecho{n}", (taller.apuntado,), {"__doc__": "Something happened."})
            )
            for n in range(cuantos)
        ]
        Aprovisionador(taller.servidores.admin_url).topicos(tipos)
        return tipos

    return hacer


@pytest.fixture
def hecho() -> Callable[..., Recibido]:
    """Makes an event of a type, not sent yet."""

    def hacer(tipo: type[Any], hoja: str, linea: int) -> Recibido:
        cuerpo = tipo(hoja=hoja, linea=linea)
        return recibido(sobre_nuevo(cuerpo, fuente="/pruebas", sujeto=hoja), cuerpo)

    return hacer


@pytest.fixture
def oyente(taller: Taller) -> Callable[..., Bus]:
    """Makes the bus of a subscription to some types; what arrives, it writes on the page `<subscription>-<type>`."""

    def hacer(suscripcion: str, *tipos: type[Mensaje]) -> Bus:
        def apuntar(cuerpo: Any, unidad: UnidadCuaderno) -> None:
            unidad.apuntar(f"{suscripcion}-{type(cuerpo).__name__}", cuerpo.linea)

        return Bus(suscripcion, abrir_en(taller.motor, taller.contexto), dict.fromkeys(tipos, apuntar))

    return hacer
