"""The commands about images: each body with its rules, and the routes that take them."""

from typing_extensions import override

from bff_web import respuestas
from bff_web.comandos.comun import Comando, Cuerpo, Recurso, ejemplo
from bff_web.tipos import Fecha, Id, Texto
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

    model_config = ejemplo(
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
