"""AnonimizarImagen: keep of an image's metadata what may be kept."""

from contratos.procesamiento import AnonimizarImagen
from procesamiento.aplicacion.peticiones import imagen_de
from procesamiento.aplicacion.puertos import Unidad
from procesamiento.dominio.imagen import ImagenAnonimizada


def anonimizar_imagen(comando: AnonimizarImagen, unidad: Unidad) -> None:
    """Make the image's record. The same image again changes nothing; another under its id is refused."""
    imagen, metadatos = imagen_de(comando, unidad)
    if imagen is not None and imagen.huella and unidad.anonimizador.es_repeticion(imagen.huella, metadatos):
        return
    datos, ahora = unidad.anonimizador.anonimizar(metadatos), unidad.entorno.ahora()
    if imagen is None:
        unidad.imagenes.agregar(
            ImagenAnonimizada.anonimizada(metadatos.id_imagen, datos, ahora, clinica=metadatos.clinica)
        )
    else:
        imagen.anonimizar(datos, ahora)
