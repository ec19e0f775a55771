"""AnonimizarImagen: keep of an image's metadata what may be kept."""

from contratos.procesamiento import AnonimizarArchivo, AnonimizarImagen
from procesamiento.aplicacion.puertos import Unidad
from procesamiento.dominio.imagen import ImagenAnonimizada
from procesamiento.dominio.metadatos import MetadatosImagen
from seedwork.dominio.errores import ReglaViolada


def anonimizar_imagen(comando: AnonimizarImagen, unidad: Unidad) -> None:
    """Make the image's record. The same image again changes nothing; another under its id is refused."""
    metadatos = metadatos_de(comando)
    falta = metadatos.falta_del_id()
    if falta is not None:
        raise ReglaViolada(falta)
    imagen = unidad.imagenes.obtener(metadatos.id_imagen)
    if imagen is not None and imagen.huella and unidad.anonimizador.es_repeticion(imagen.huella, metadatos):
        return
    datos = unidad.anonimizador.anonimizar(metadatos)
    if imagen is None:
        unidad.imagenes.agregar(ImagenAnonimizada.anonimizada(metadatos.id_imagen, datos))
    else:
        imagen.anonimizar(datos)


def metadatos_de(comando: AnonimizarImagen | AnonimizarArchivo) -> MetadatosImagen:
    """What the command tells of the image."""
    return MetadatosImagen(
        id_imagen=comando.id_imagen,
        modalidad=comando.modalidad,
        patologia=comando.patologia,
        region_anatomica=comando.region_anatomica,
        formato_imagen=comando.formato_imagen,
        fuente_de_datos=comando.fuente_de_datos,
        antecedentes=comando.antecedentes,
        id_paciente=comando.id_paciente,
        fecha_ingesta=comando.fecha_ingesta,
    )
