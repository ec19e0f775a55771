"""The commands about images: each body with its rules, and the routes that take them."""

import json
from typing import Annotated

from pydantic import Field
from typing_extensions import override

from bff_web import respuestas
from bff_web.comandos.comun import Comando, Recurso
from bff_web.modelos_comandos import (
    MAXIMO_VARIOS,
    NINGUNO,
    ArchivoRecibido,
    Cuerpo,
    DeArchivo,
    Formulario,
    ejemplo,
)
from bff_web.tipos import (
    Fecha,
    FormatoDeArchivo,
    Id,
    Objeto,
    Paciente,
    Parrafo,
    Publicado,
    Sha256,
    UriDeArchivo,
    cuenta,
)
from contratos import ejemplos
from contratos.procesamiento import (
    METADATOS_MAXIMO,
    AnonimizarArchivo,
    AnonimizarImagen,
    AnonimizarPaquete,
    ArchivoPedido,
    DescartarImagen,
    LiberarImagen,
)
from seedwork.dominio import textos

IMAGEN = Recurso(
    id="id_imagen",
    consulta="/procesar/imagenes/{}",
    consulta_comando="/procesar/comandos/{}",
    aceptado=respuestas.ImagenAceptada,
    etiqueta="Procesamiento",
)
PAQUETE = Recurso(
    id="id_paquete",
    consulta="/procesar/paquetes/{}",
    consulta_comando="/procesar/comandos/{}",
    aceptado=respuestas.PaqueteAceptado,
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
        FormatoDeArchivo,
        Field(description="De qué es el archivo. Uno que no sea de eso queda en CUARENTENA."),
    ]

    def _mensaje(self, archivo: ArchivoPedido) -> AnonimizarArchivo:
        return AnonimizarArchivo(**{campo: getattr(self, campo) for campo in _DeImagen.model_fields}, archivo=archivo)


class Referencia(Objeto):
    """Un archivo que ya está en un lugar de los que admite el operador."""

    uri: Annotated[UriDeArchivo, Field(description="Dónde está; en el almacén de la plataforma, no.")]
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

    archivo: Annotated[ArchivoRecibido, DeArchivo(descripcion="El archivo mismo.")]

    @override
    def mensaje(self, id_recurso: str) -> AnonimizarArchivo:
        return self._mensaje(_pedido(self.archivo))


class _DePaquete(Formulario):
    """The images of a package, and what is said of them."""

    metadatos: Annotated[
        ArchivoRecibido,
        DeArchivo(
            descripcion="Un CSV o un JSON con los nueve campos de cada imagen, por el nombre de su archivo; lo que les "
            f"falta se toma de las etiquetas del DICOM. Como máximo {METADATOS_MAXIMO} octetos.",
            maximo=METADATOS_MAXIMO,
        ),
    ] = Field(default_factory=lambda: NINGUNO)

    def _mensaje(self, id_paquete: str, paquete: ArchivoRecibido) -> AnonimizarPaquete:
        return AnonimizarPaquete(id_paquete=id_paquete, paquete=_pedido(paquete), metadatos=_pedido(self.metadatos))


class FormularioAnonimizarPaquete(_DePaquete):
    """Pide que se anonimicen todas las imágenes de un paquete, que se admite entero o se rechaza entero.

    Viene como un zip. El paquete toma su identificador de la Idempotency-Key: repetido con ella, es el mismo.
    """

    paquete: Annotated[ArchivoRecibido, DeArchivo(descripcion="Un zip con las imágenes.")]

    @override
    def mensaje(self, id_recurso: str) -> AnonimizarPaquete:
        return self._mensaje(id_recurso, self.paquete)


class FormularioAnonimizarSueltos(_DePaquete):
    """O viene como muchos archivos sueltos, uno al menos."""

    archivos: Annotated[
        ArchivoRecibido,
        DeArchivo(
            descripcion=f"Las imágenes, una parte cada una: como máximo {MAXIMO_VARIOS}; más vienen en un zip. Cada "
            "parte dice en su `filename` un nombre de archivo distinto, con el que la nombran los metadatos; todos los "
            "nombres, 4 MiB como máximo. Juntas son un zip sin comprimir: los mismos archivos con los mismos nombres "
            "y en el mismo orden son el mismo paquete, y en otro orden es otro.",
            varios=True,
        ),
    ]

    @override
    def mensaje(self, id_recurso: str) -> AnonimizarPaquete:
        return self._mensaje(id_recurso, self.archivos)


def _pedido(recibido: ArchivoRecibido) -> ArchivoPedido:
    return ArchivoPedido(uri=recibido.uri, sha256=recibido.sha256, octetos=recibido.octetos)


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
        formularios=(FormularioAnonimizarArchivo,),
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
        se_pierde="La duda que la apartó queda despejada: la imagen se limpia sin ella, y su resultado se puede leer.",
    ),
    Comando(
        rutas=("/procesar/imagenes/{id_imagen}/descartar",),
        cuerpo=CuerpoDescartarImagen,
        mensaje=DescartarImagen,
        titulo="Descartar el original de una imagen apartada",
        recurso=IMAGEN,
        se_pierde="El original se borra ya, y la imagen no se podrá liberar.",
    ),
    Comando(
        rutas=("/procesar/paquetes",),
        formularios=(FormularioAnonimizarPaquete, FormularioAnonimizarSueltos),
        mensaje=AnonimizarPaquete,
        titulo="Anonimizar las imágenes de un paquete",
        recurso=PAQUETE,
    ),
)
