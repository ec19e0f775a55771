"""This service in memory: its real bus and unit of work over a store that is no database."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

import pytest

from anonimizacion.seudonimos import Seudonimizador
from contratos import Mensaje
from contratos.ejemplos import ANONIMIZAR_IMAGEN
from contratos.procesamiento import AnonimizarImagen
from procesamiento.aplicacion.manejadores import MANEJADORES
from procesamiento.aplicacion.rechazo import rechazar_comando
from procesamiento.dominio.anonimizacion import Anonimizador
from procesamiento.dominio.condiciones import Reconocedor
from procesamiento.dominio.imagen import ImagenAnonimizada
from procesamiento.pruebas import reconocedor as hecho
from procesamiento.pruebas.memoria import abrir_en, almacen
from seedwork.aplicacion.bus import Bus, Manejador
from seedwork.aplicacion.recibido import Recibido
from seedwork.pruebas.entorno import EntornoSimulado
from seedwork.pruebas.paciencia import PacienciaFija
from seedwork.pruebas.sobres import recibido, sobre_nuevo

CLAVE = bytes(range(32))


class Publicado(NamedTuple):
    """A message as the outbox got it."""

    mensaje: Mensaje | bytes
    sujeto: str
    secuencia: int | None


@dataclass(frozen=True)
class Pedido:
    """A command: today's body, but for some fields.

    Attributes:
        sujeto: its ``ce_subject``; None for the image's id.
    """

    id: str
    comando: AnonimizarImagen
    sujeto: str | None = None
    clave: str | None = None


def pedido(id: str, *, sujeto: str | None = None, clave: str | None = None, **campos: str) -> Pedido:
    return Pedido(id, replace(ANONIMIZAR_IMAGEN, **campos), sujeto, clave)


class EnMemoria:
    """The service without servers."""

    def __init__(self, anonimizador: Anonimizador) -> None:
        self.entorno = EntornoSimulado()
        self.almacen = almacen(self.entorno)
        self.anonimizador = anonimizador
        self.usar(anonimizador)

    def usar(self, anonimizador: Anonimizador, manejador: Manejador = MANEJADORES[AnonimizarImagen]) -> None:
        """From here on, with these keys, and that handler."""
        self.abrir = abrir_en(self.almacen, anonimizador=anonimizador)
        self.bus = Bus("procesamiento", self.abrir, {AnonimizarImagen: manejador}, rechazar_comando, PacienciaFija())

    def mandar(
        self, id: str = "c-1", *, sujeto: str | None = None, clave: str | None = None, **campos: str
    ) -> str | None:
        """Handle a command. Answers its refusal."""
        return self.mandar_lote(pedido(id, sujeto=sujeto, clave=clave, **campos))[0]

    def mandar_lote(self, *pedidos: Pedido) -> list[str | None]:
        """Handle commands in one transaction. Answers the refusal of each."""
        assert not self.bus.procesar([self.recibido(p) for p in pedidos])
        return [self.almacen.comandos[p.id].rechazo for p in pedidos]

    def recibido(self, pedido: Pedido) -> Recibido:
        """A command as it arrives."""
        sobre = sobre_nuevo(
            pedido.comando,
            fuente="/saludtech/bff",
            sujeto=pedido.comando.id_imagen if pedido.sujeto is None else pedido.sujeto,
            id=pedido.id,
            clave_idempotencia=pedido.clave,
            entorno=self.entorno,
        )
        return recibido(sobre, pedido.comando)

    @property
    def imagenes(self) -> Mapping[str, ImagenAnonimizada]:
        """The images that are kept, by their ids."""
        with self.abrir() as unidad:
            return {id: unidad.imagenes.obtener(id) for id in self.almacen.tablas["imagenes"]}

    @property
    def publicado(self) -> list[Publicado]:
        """What is to be sent, oldest first."""
        return [Publicado(f.carga, f.sobre.sujeto, f.sobre.secuencia) for f in self.almacen.outbox.values()]


@pytest.fixture(scope="session")
def reconocedor() -> Reconocedor:
    return hecho.reconocedor()


@pytest.fixture
def anonimizador(reconocedor: Reconocedor) -> Anonimizador:
    return Anonimizador({2: Seudonimizador(CLAVE, 2)}, reconocedor)


@pytest.fixture
def servicio(anonimizador: Anonimizador) -> EnMemoria:
    return EnMemoria(anonimizador)
