"""AnonimizarImagen: keep of an image's metadata what may be kept."""

from contratos.procesamiento import AnonimizacionRechazada, AnonimizarImagen
from procesamiento.aplicacion.puertos import Unidad
from procesamiento.dominio.imagen import ImagenAnonimizada
from procesamiento.dominio.metadatos import MetadatosImagen
from seedwork.dominio.errores import ReglaViolada


def anonimizar_imagen(comando: AnonimizarImagen, unidad: Unidad) -> str | None:
    """Make the image's record. The same image again changes nothing; another under its id is refused."""
    metadatos = _metadatos(comando)
    falta = metadatos.falta_del_id()
    if falta is not None:
        rechazar_comando(comando, unidad, falta)
        return falta
    imagen = unidad.imagenes.obtener(metadatos.id_imagen)
    if imagen is not None and imagen.datos is not None and unidad.anonimizador.es_repeticion(imagen.datos, metadatos):
        return None
    try:
        datos = unidad.anonimizador.anonimizar(metadatos)
        if imagen is None:
            unidad.imagenes.agregar(ImagenAnonimizada.anonimizada(metadatos.id_imagen, datos))
        else:
            imagen.anonimizar(datos)
    except ReglaViolada as violada:
        if imagen is None:
            rechazada = ImagenAnonimizada.rechazada(metadatos.id_imagen, unidad.sobre.id, violada.codigo)
            unidad.imagenes.agregar(rechazada)
        else:
            imagen.rechazar_comando(unidad.sobre.id, violada.codigo)
        return violada.codigo
    return None


def rechazar_comando(comando: AnonimizarImagen, unidad: Unidad, motivo: str) -> None:
    """Tell that the command took no effect, and leave no record of its own.

    Where there is no image, the event is the only one of its subject, the command's id: it must not take the first
    number in the sequence of an image that is made later, and an id that can't be used may be the patient's.
    """
    metadatos = _metadatos(comando)
    utilizable = metadatos.falta_del_id() is None
    imagen = unidad.imagenes.obtener(metadatos.id_imagen) if utilizable else None
    if imagen is not None:
        imagen.rechazar_comando(unidad.sobre.id, motivo)
        return
    id_imagen = metadatos.id_imagen if utilizable else ""
    unidad.publicar(
        AnonimizacionRechazada(id_imagen=id_imagen, id_comando=unidad.sobre.id, motivo=motivo),
        sujeto=unidad.sobre.id,
        secuencia=1,
    )


def _metadatos(comando: AnonimizarImagen) -> MetadatosImagen:
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
