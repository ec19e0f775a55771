"""What commands are about, and whose it is: the image or the package that one would make, or that was kept apart.

An image and a package are their clinic's (contract §9). Another's command under such an id is refused for one and the
same reason, whatever is known under it: it tells that the id is taken, which no answer to a client that makes its own
ids can hide, and nothing else.
"""

from dataclasses import replace

from contratos import motivos
from contratos.procesamiento import AnonimizarArchivo, AnonimizarImagen, DescartarImagen, LiberarImagen
from procesamiento import NOMBRE
from procesamiento.aplicacion.puertos import Unidad
from procesamiento.dominio.archivo import Archivo, ArchivoPorVer, Decision
from procesamiento.dominio.imagen import ImagenAnonimizada
from procesamiento.dominio.metadatos import MetadatosImagen
from procesamiento.dominio.paquete import Paquete
from seedwork.aplicacion.espera import Creacion, PorConocer
from seedwork.aplicacion.sobre import en_instante, en_texto
from seedwork.aplicacion.validez import Reglas
from seedwork.dominio.errores import ReglaViolada
from seedwork.dominio.reglas import es_id
from seedwork.dominio.textos import PARRAFO

_HASTA_CONOCIDA = (Creacion(AnonimizarImagen, NOMBRE), Creacion(AnonimizarArchivo, NOMBRE))


DE_DECISION: Reglas = {"operador": es_id, "razon": PARRAFO.es}
"""What such a command has to be like."""


def clinica_de(unidad: Unidad) -> str:
    """The clinic that asked for the command being handled; empty where no clinic did, or nobody was asked."""
    quien = unidad.sobre.quien
    return quien.clinica if quien is not None and "clinica" in quien.roles else ""


def es_propio(cosa: ImagenAnonimizada | Paquete, unidad: Unidad) -> bool:
    """Whether an image or a package is within reach of whoever asked for the command being handled."""
    return unidad.acceso.alcanza("clinica", cosa.clinica)


def exigir_propio(cosa: ImagenAnonimizada | Paquete, unidad: Unidad) -> None:
    """Pass where it is.

    Raises:
        ReglaViolada: it is another's (ID_NO_DISPONIBLE).
    """
    if not es_propio(cosa, unidad):
        raise ReglaViolada(motivos.ID_NO_DISPONIBLE)


def imagen_de(
    comando: AnonimizarImagen | AnonimizarArchivo, unidad: Unidad
) -> tuple[ImagenAnonimizada | None, MetadatosImagen]:
    """The image that the command is about, None where it would be new, and what the command tells of it.

    Raises:
        ReglaViolada: it can't be known by its id (DATOS_INVALIDOS, ID_REVELA_PACIENTE), or is another's
            (ID_NO_DISPONIBLE).
    """
    metadatos = metadatos_de(comando, clinica_de(unidad))
    if (falta := metadatos.falta_del_id()) is not None:
        raise ReglaViolada(falta)
    imagen = unidad.imagenes.obtener(metadatos.id_imagen)
    if imagen is not None:
        exigir_propio(imagen, unidad)
        if imagen.clinica != metadatos.clinica:
            # Whoever may all sends it anew: its patient stays its clinic's.
            metadatos = replace(metadatos, clinica=imagen.clinica)
    return imagen, metadatos


def metadatos_de(comando: AnonimizarImagen | AnonimizarArchivo, clinica: str = "") -> MetadatosImagen:
    """What the command tells of the image, and whose that is."""
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
        clinica=clinica,
    )


def apartada_pedida(unidad: Unidad) -> tuple[ImagenAnonimizada, Archivo]:
    """The image, and what became of its file.

    Raises:
        PorConocer: there is none, or not yet.
        ReglaViolada: it did not come as a file, or nothing is decided of that yet (NADA_QUE_DECIDIR).
    """
    # In the order in which their repositories enrol, as every handler does.
    id = unidad.sobre.sujeto
    imagen, archivo = unidad.imagenes.obtener(id), unidad.archivos.obtener(id)
    if imagen is None:
        raise PorConocer(motivos.IMAGEN_DESCONOCIDA, _HASTA_CONOCIDA)
    if archivo is None:
        raise ReglaViolada(motivos.NADA_QUE_DECIDIR)
    return imagen, archivo


def su_original(unidad: Unidad) -> ArchivoPorVer:
    """What there is of it to be cleaned, or deleted.

    Raises:
        ReglaViolada: it is gone (SIN_ORIGINAL), or was not kept apart yet, or not for this, when its operator decided
            (NADA_QUE_DECIDIR): whoever said a command that had to wait, or lost a race, had not looked at it.
    """
    por_ver = unidad.por_ver.obtener(unidad.sobre.sujeto)
    if por_ver is None:
        raise ReglaViolada(motivos.SIN_ORIGINAL)
    if por_ver.apartado is not None:
        decidido = en_instante(unidad.sobre.tiempo)
        if decidido is None or decidido < por_ver.apartado:
            raise ReglaViolada(motivos.NADA_QUE_DECIDIR)
    return por_ver


def decision_de(comando: LiberarImagen | DescartarImagen, motivo: str, unidad: Unidad) -> Decision:
    """What its operator decides of what was kept apart for a reason: the caller, where callers have names; else whoever
    the command says."""
    quien = unidad.sobre.quien
    return Decision(
        id_comando=unidad.sobre.id,
        motivo=motivo,
        operador=comando.operador if quien is None else quien.id,
        razon=comando.razon,
        ocurrida=en_texto(unidad.reloj()),
    )
