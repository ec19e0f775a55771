"""The commands about images: each body with its rules, and the routes that take them."""

import json

from typing_extensions import override

from bff_web import respuestas
from bff_web.comandos.comun import Comando, Cuerpo, Recurso, ejemplo
from bff_web.tipos import Fecha, Id, Texto
from contratos import ejemplos
from contratos.procesamiento import AnonimizarImagen

IMAGEN = Recurso(
    id="id_imagen",
    consulta="/procesar/imagenes/{}",
    consulta_comando="/procesar/comandos/{}",
    aceptado=respuestas.ImagenAceptada,
    etiqueta="Procesamiento",
)


class CuerpoAnonimizarImagen(Cuerpo):
    """Pide que se anonimicen los metadatos de una imagen."""

    model_config = ejemplo(**json.loads(ejemplos.IMAGEN))

    id_imagen: Id
    modalidad: Texto
    patologia: Texto
    region_anatomica: Texto
    formato_imagen: Texto
    fuente_de_datos: Texto
    antecedentes: Texto
    id_paciente: Id
    fecha_ingesta: Fecha

    @property
    @override
    def id_propio(self) -> str:
        return self.id_imagen

    @override
    def mensaje(self, id_recurso: str) -> AnonimizarImagen:
        return AnonimizarImagen(**self.__dict__)


COMANDOS = (
    Comando(
        rutas=("/procesar/procesar-imagen", "/procesamiento/procesar-imagen"),
        cuerpo=CuerpoAnonimizarImagen,
        mensaje=AnonimizarImagen,
        titulo="Anonimizar los metadatos de una imagen",
        recurso=IMAGEN,
    ),
)
