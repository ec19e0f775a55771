"""This service's unit of work in memory."""

from dataclasses import replace

import pytest

from contratos.procesamiento import AnonimizarImagen
from procesamiento.aplicacion.manejadores import MANEJADORES
from procesamiento.dominio.anonimizacion import Anonimizador
from procesamiento.dominio.condiciones import Reconocedor
from procesamiento.dominio.imagen import ImagenAnonimizada
from procesamiento.dominio.seudonimos import Seudonimizador
from procesamiento.infraestructura.catalogo import leer_condiciones
from procesamiento.infraestructura.despachadores import DESPACHADORES
from seedwork.aplicacion.sobre import Sobre
from seedwork.pruebas.cuerpos import ANONIMIZAR_IMAGEN
from seedwork.pruebas.memoria import EnMemoria, UnidadEnMemoria

CLAVE = bytes(range(32))


class Unidad(UnidadEnMemoria):
    def __init__(self, anonimizador: Anonimizador) -> None:
        super().__init__("procesamiento", DESPACHADORES)
        self.imagenes: EnMemoria[ImagenAnonimizada] = EnMemoria()
        self.anonimizador = anonimizador

    def mandar(self, id_comando: str = "c-1", **campos: str) -> str | None:
        """Handle a command: today's body, but for these fields. Answers its refusal."""
        comando = replace(ANONIMIZAR_IMAGEN, **campos)
        self.sobre = Sobre.nuevo(comando, fuente="/saludtech/bff", sujeto=comando.id_imagen, id=id_comando)
        rechazo = MANEJADORES[AnonimizarImagen](comando, self)
        self.recolectar(self.imagenes)
        return rechazo


@pytest.fixture(scope="session")
def reconocedor() -> Reconocedor:
    return Reconocedor(leer_condiciones().values())


@pytest.fixture
def anonimizador(reconocedor: Reconocedor) -> Anonimizador:
    return Anonimizador({1: Seudonimizador(CLAVE, 1)}, reconocedor)


@pytest.fixture
def unidad(anonimizador: Anonimizador) -> Unidad:
    return Unidad(anonimizador)
