"""What becomes of a command that is refused, whoever refused it."""

from contratos import motivos
from contratos.procesamiento import (
    AnonimizacionRechazada,
    AnonimizarArchivo,
    AnonimizarImagen,
    AnonimizarPaquete,
    DescartarImagen,
    LiberarImagen,
)
from procesamiento.aplicacion import cuentas
from procesamiento.aplicacion.peticiones import clinica_de, es_propio, metadatos_de
from procesamiento.aplicacion.puertos import Unidad
from procesamiento.dominio.imagen import ImagenAnonimizada
from procesamiento.dominio.paquete import Paquete
from seedwork.dominio.reglas import es_id

_AJENOS = frozenset({motivos.CLAVE_DE_IDEMPOTENCIA_REUTILIZADA, motivos.COMANDO_DESCARTADO})
"""Reasons that say nothing of the image: they leave no record of it."""
_SIN_DERECHO = frozenset({motivos.NO_AUTORIZADO, motivos.ID_NO_DISPONIBLE})
"""Reasons of who may not touch what there is: nothing of it changes, nor is anything told of it."""


def rechazar_comando(
    comando: AnonimizarImagen | AnonimizarArchivo | AnonimizarPaquete | LiberarImagen | DescartarImagen,
    unidad: Unidad,
    motivo: str,
) -> None:
    """Tell that a command took no effect."""
    if isinstance(comando, AnonimizarPaquete):
        _rechazar_paquete(comando, unidad, motivo)
    elif isinstance(comando, LiberarImagen | DescartarImagen):
        _rechazar_decision(unidad, motivo)
    else:
        _rechazar_imagen(comando, unidad, motivo)
        if isinstance(comando, AnonimizarArchivo) and comando.id_paquete:
            cuentas.rechazada(unidad, motivo)


def _rechazar_decision(unidad: Unidad, motivo: str) -> None:
    """Tell it of the image, if there is one."""
    imagen = None if motivo in _SIN_DERECHO else unidad.imagenes.obtener(unidad.sobre.sujeto)
    if imagen is not None:
        imagen.rechazar_comando(unidad.sobre.id, motivo, imagen.paquete or "")
    else:
        _rechazar_sin_imagen("", unidad, motivo)


def _rechazar_paquete(comando: AnonimizarPaquete, unidad: Unidad, motivo: str) -> None:
    """A package that is not known yet is kept as refused, with its reason; of any other the command's own event tells,
    and its fate."""
    utilizable = es_id(comando.id_paquete) and comando.id_paquete == unidad.sobre.sujeto
    if not utilizable or motivo in _AJENOS | _SIN_DERECHO or unidad.paquetes.obtener(comando.id_paquete) is not None:
        _rechazar_sin_imagen("", unidad, motivo)
    else:
        paquete = Paquete(id=comando.id_paquete, clinica=clinica_de(unidad), recibido=unidad.entorno.ahora())
        paquete.rechazar(motivo)
        unidad.paquetes.agregar(paquete)


def _rechazar_imagen(comando: AnonimizarImagen | AnonimizarArchivo, unidad: Unidad, motivo: str) -> None:
    """Tell that the command took no effect; an image that is not known yet is kept as refused, with its reason.

    Where there is no image to tell it of, the event is the only one of its subject, the command's id: it must not take
    the first number in the sequence of an image that is made later, and an id that can't be used may be the patient's.
    """
    sobre, metadatos = unidad.sobre, metadatos_de(comando)
    paquete = _paquete_de(comando)
    conocible = metadatos.id_imagen == sobre.sujeto and metadatos.falta_del_id() is None
    if not conocible:
        unidad.callar_sujeto()
    utilizable = conocible and motivo not in _SIN_DERECHO
    imagen = unidad.imagenes.obtener(metadatos.id_imagen) if utilizable else None
    if imagen is not None and not es_propio(imagen, unidad):
        _rechazar_sin_imagen("", unidad, motivo, paquete)
    elif imagen is not None:
        imagen.rechazar_comando(sobre.id, motivo, paquete)
    elif utilizable and motivo not in _AJENOS:
        unidad.imagenes.agregar(
            ImagenAnonimizada.rechazada(
                metadatos.id_imagen,
                *(sobre.id, motivo, unidad.entorno.ahora()),
                clinica=clinica_de(unidad),
                paquete=paquete,
            )
        )
    else:
        _rechazar_sin_imagen(metadatos.id_imagen if utilizable else "", unidad, motivo, paquete)


def _paquete_de(comando: AnonimizarImagen | AnonimizarArchivo) -> str:
    """The package that a command's file came in; empty for none, and for what can be no package's id."""
    dicho = comando.id_paquete if isinstance(comando, AnonimizarArchivo) else ""
    return dicho if es_id(dicho) else ""


def _rechazar_sin_imagen(id_imagen: str, unidad: Unidad, motivo: str, paquete: str = "") -> None:
    id = unidad.sobre.id
    hecho = AnonimizacionRechazada(id_imagen=id_imagen, id_comando=id, motivo=motivo, id_paquete=paquete)
    unidad.publicar(hecho, sujeto=id, secuencia=1)
