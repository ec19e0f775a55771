"""The commands about images: each body with its rules, and the routes that take them."""

import json
from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import override

from bff_web import respuestas
from bff_web.comandos.comun import Comando, Cuerpo, Formulario, Recurso, ejemplo
from bff_web.tipos import Fecha, Id, Objeto, Paciente, Parrafo, Publicado, Sha256, UriDeArchivo, cuenta
from contratos import ejemplos
from contratos.procesamiento import AnonimizarArchivo, AnonimizarImagen, ArchivoPedido, DescartarImagen, LiberarImagen
from seedwork.dominio import textos

IMAGEN = Recurso(
    id="id_imagen",
    consulta="/procesar/imagenes/{}",
    consulta_comando="/procesar/comandos/{}",
    aceptado=respuestas.ImagenAceptada,
    etiqueta="Procesamiento",
)


class _DeImagen(Cuerpo):
    """The nine fields of an image."""

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


class CuerpoAnonimizarImagen(_DeImagen):
    """Pide que se anonimicen los metadatos de una imagen."""

    model_config = ejemplo(**json.loads(ejemplos.IMAGEN))

    @override
    def mensaje(self, id_recurso: str) -> AnonimizarImagen:
        return AnonimizarImagen(**self.__dict__)


class _DeArchivo(_DeImagen):
    """The nine fields, and a file wherever it is said to lie."""

    formato_imagen: Annotated[
        Literal["DICOM", "PNG", "JPEG", "NIFTI"],
        Field(description="De qué es el archivo. Uno que no sea de eso queda en CUARENTENA."),
    ]

    def _mensaje(self, archivo: ArchivoPedido) -> AnonimizarArchivo:
        return AnonimizarArchivo(**{campo: getattr(self, campo) for campo in _DeImagen.model_fields}, archivo=archivo)


class Referencia(Objeto):
    """Un archivo que ya está en un lugar de los que admite el operador."""

    uri: Annotated[UriDeArchivo, Field(description="Dónde está.")]
    sha256: Annotated[Sha256, Field(description="Su SHA-256, en hexadecimal. Si es otro, la imagen queda FALLIDA.")]


class CuerpoAnonimizarArchivo(_DeArchivo):
    """Pide que se anonimice el archivo de una imagen, y sus metadatos.

    En JSON se dice dónde está el archivo; como formulario viene con la petición.
    """

    model_config = ejemplo(
        referencia={"uri": "s3://clinica/envios/0001.dcm", "sha256": "9f86d081884c7d659a2feaa0c55ad015" * 2},
        **json.loads(ejemplos.IMAGEN),
    )

    referencia: Referencia

    @override
    def mensaje(self, id_recurso: str) -> AnonimizarArchivo:
        return self._mensaje(ArchivoPedido(uri=self.referencia.uri, sha256=self.referencia.sha256))


class FormularioAnonimizarArchivo(_DeArchivo, Formulario):
    """El archivo de una imagen y sus nueve campos, una parte cada uno. El nombre del archivo no se lee."""

    @override
    def mensaje(self, id_recurso: str) -> AnonimizarArchivo:
        recibido = self.archivo
        return self._mensaje(ArchivoPedido(uri=recibido.uri, sha256=recibido.sha256, octetos=recibido.octetos))


class _Decision(Cuerpo):
    """Who decides of an image that was kept apart, and why."""

    operador: Annotated[Id, Field(description="Quién decide. Se ve en el informe de la imagen.")]
    razon: Annotated[
        Parrafo,
        Field(
            description="Por qué, en sus palabras, que se ven en el informe de la imagen: no han de nombrar a nadie. "
            + cuenta(textos.PARRAFO)
        ),
    ]


class CuerpoLiberarImagen(_Decision):
    """Pide que el archivo de una imagen apartada se limpie otra vez: una persona la ha mirado.

    De una en CUARENTENA despeja la duda que la apartó; si no es una duda que se despeje mirando, se rechaza. Una
    FALLIDA se intenta como la primera vez. El original no se entrega nunca.
    """

    model_config = ejemplo(operador="op-17", razon="Lo que se lee en la imagen es la escala.")

    @override
    def mensaje(self, id_recurso: str) -> LiberarImagen:
        return LiberarImagen(id_imagen=id_recurso, operador=self.operador, razon=self.razon)


class CuerpoDescartarImagen(_Decision):
    """Pide que el original de una imagen apartada se borre ya. La imagen queda como está, y no se puede liberar."""

    model_config = ejemplo(operador="op-17", razon="El rótulo dice de quién es.")

    @override
    def mensaje(self, id_recurso: str) -> DescartarImagen:
        return DescartarImagen(id_imagen=id_recurso, operador=self.operador, razon=self.razon)


COMANDOS = (
    Comando(
        rutas=("/procesar/procesar-imagen", "/procesamiento/procesar-imagen"),
        cuerpo=CuerpoAnonimizarImagen,
        mensaje=AnonimizarImagen,
        titulo="Anonimizar los metadatos de una imagen",
        recurso=IMAGEN,
    ),
    Comando(
        rutas=("/procesar/imagenes",),
        cuerpo=CuerpoAnonimizarArchivo,
        formulario=FormularioAnonimizarArchivo,
        mensaje=AnonimizarArchivo,
        titulo="Anonimizar el archivo de una imagen",
        recurso=IMAGEN,
    ),
    Comando(
        rutas=("/procesar/imagenes/{id_imagen}/liberar",),
        cuerpo=CuerpoLiberarImagen,
        mensaje=LiberarImagen,
        titulo="Liberar una imagen apartada",
        recurso=IMAGEN,
    ),
    Comando(
        rutas=("/procesar/imagenes/{id_imagen}/descartar",),
        cuerpo=CuerpoDescartarImagen,
        mensaje=DescartarImagen,
        titulo="Descartar el original de una imagen apartada",
        recurso=IMAGEN,
    ),
)
