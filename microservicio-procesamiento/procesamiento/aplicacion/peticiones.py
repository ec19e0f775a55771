"""What an operator's commands are about: an image that was kept apart, and its file."""

from contratos import motivos
from contratos.procesamiento import AnonimizarArchivo, AnonimizarImagen, DescartarImagen, LiberarImagen
from procesamiento import NOMBRE
from procesamiento.aplicacion.puertos import Unidad
from procesamiento.dominio.archivo import Archivo, ArchivoPorVer, Decision
from procesamiento.dominio.imagen import ImagenAnonimizada
from seedwork.aplicacion.espera import Creacion, PorConocer
from seedwork.aplicacion.sobre import en_instante, en_texto
from seedwork.aplicacion.validez import Reglas
from seedwork.dominio.errores import ReglaViolada
from seedwork.dominio.reglas import es_id
from seedwork.dominio.textos import PARRAFO

_HASTA_CONOCIDA = (Creacion(AnonimizarImagen, NOMBRE), Creacion(AnonimizarArchivo, NOMBRE))


DE_DECISION: Reglas = {"operador": es_id, "razon": PARRAFO.es}
"""What such a command has to be like."""


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
    """What its operator decides of what was kept apart for a reason."""
    return Decision(
        id_comando=unidad.sobre.id,
        motivo=motivo,
        operador=comando.operador,
        razon=comando.razon,
        ocurrida=en_texto(unidad.reloj()),
    )
