"""The commands about images: each body with its rules, and the routes that take them."""

import json

from typing_extensions import override

from bff_web import respuestas
from bff_web.comandos.comun import Comando, Cuerpo, Recurso, ejemplo
from bff_web.tipos import Fecha, Id, Paciente, Parrafo, Publicado
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
    modalidad: Publicado
    patologia: Publicado
    region_anatomica: Publicado
    formato_imagen: Publicado
    fuente_de_datos: Publicado
    antecedentes: Parrafo
    id_paciente: Paciente
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
