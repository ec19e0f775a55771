"""A unit of work in memory, small enough to be read at a glance."""

from dataclasses import replace

import pytest

from contratos import Mensaje
from contratos.procesamiento import AnonimizarImagen
from procesamiento.aplicacion.manejadores import MANEJADORES
from procesamiento.dominio.anonimizacion import Anonimizador
from procesamiento.dominio.condiciones import Reconocedor
from procesamiento.dominio.imagen import ImagenAnonimizada
from procesamiento.dominio.seudonimos import Seudonimizador
from procesamiento.infraestructura.catalogo import leer_condiciones
from procesamiento.infraestructura.despachadores import DESPACHADORES
from seedwork.aplicacion.sobre import Sobre

CLAVE = bytes(range(32))

# What today's web clients send (contract §2).
DE_HOY = AnonimizarImagen(
    id_imagen="46769a88-00000-4468o-8a14-1579887d01",
    modalidad="Rayos X",
    patologia="Neumonía",
    region_anatomica="Cráneo",
    formato_imagen="DICOM",
    fuente_de_datos="Hospital del norte",
    antecedentes="Diabético",
    id_paciente="46769a88-181f-4468-8i34-15f750381d01",
    fecha_ingesta="2024-02-01 09:10:00",
)


class EnMemoria:
    def __init__(self) -> None:
        self.todas: dict[str, ImagenAnonimizada] = {}

    def obtener(self, id: str) -> ImagenAnonimizada | None:
        return self.todas.get(id)

    def agregar(self, imagen: ImagenAnonimizada) -> None:
        assert imagen.id not in self.todas
        self.todas[imagen.id] = imagen


class UnidadEnMemoria:
    """Also keeps what was published, oldest first, with its subject and sequence."""

    participante = "procesamiento"

    def __init__(self, anonimizador: Anonimizador) -> None:
        self.imagenes = EnMemoria()
        self.anonimizador = anonimizador
        self.publicado: list[tuple[Mensaje, str, int | None]] = []
        self.sobre = Sobre.nuevo(AnonimizarImagen, fuente="/saludtech/bff", sujeto="i")

    def publicar(self, mensaje: Mensaje, *, sujeto: str, secuencia: int | None = None) -> None:
        self.publicado.append((mensaje, sujeto, secuencia))

    def mandar(self, id_comando: str = "c-1", **campos: str) -> str | None:
        """Handle a command: today's body, but for these fields. Answers its refusal."""
        comando = replace(DE_HOY, **campos)
        self.sobre = Sobre.nuevo(comando, fuente="/saludtech/bff", sujeto=comando.id_imagen, id=id_comando)
        rechazo = MANEJADORES[AnonimizarImagen](comando, self)
        for imagen in self.imagenes.todas.values():
            for evento in imagen.extraer_eventos():
                despachar = DESPACHADORES[type(evento)]
                assert despachar is not None
                imagen.secuencia += 1
                self.publicar(despachar(evento), sujeto=imagen.id, secuencia=imagen.secuencia)
        return rechazo


@pytest.fixture(scope="session")
def reconocedor() -> Reconocedor:
    return Reconocedor(leer_condiciones().values())


@pytest.fixture
def anonimizador(reconocedor: Reconocedor) -> Anonimizador:
    return Anonimizador({1: Seudonimizador(CLAVE, 1)}, reconocedor)


@pytest.fixture
def unidad(anonimizador: Anonimizador) -> UnidadEnMemoria:
    return UnidadEnMemoria(anonimizador)
