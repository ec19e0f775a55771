"""ImagenAnonimizada: the data sets of its modality have one image more; one that has a file may be released."""

from contratos.procesamiento import EMISOR_DESCONOCIDO, ImagenAnonimizada
from servicio_datos.aplicacion.puertos import Unidad
from servicio_datos.dominio.catalogo import clave, clave_de_modalidad, clave_de_region
from servicio_datos.dominio.publicacion import Clase, Imagen


def conocer_imagen(hecho: ImagenAnonimizada, unidad: Unidad) -> None:
    """Count the image, and note what a release needs of it. The inbox passes over what comes again."""
    unidad.imagenes.contar(hecho.modalidad, con_archivo=bool(hecho.sha256))
    if not hecho.sha256:
        return
    clase = Clase(
        modalidad=clave_de_modalidad(hecho.modalidad) or "",
        patologia=clave(hecho.patologia) or "",
        region=clave_de_region(hecho.region_anatomica) or "",
        banda_de_edad=hecho.banda_de_edad,
        sexo=hecho.sexo,
        mes=hecho.mes,
    )
    unidad.imagenes.conocer(
        Imagen(
            id=hecho.id_imagen,
            secuencia=unidad.sobre.secuencia or 0,
            clase=clase,
            seudonimo=hecho.seudonimo_paciente,
            sha256=hecho.sha256,
            octetos=hecho.octetos,
            tipo=hecho.tipo_de_archivo,
            sin_emisor=hecho.emisor == EMISOR_DESCONOCIDO,
        )
    )
