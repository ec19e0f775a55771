"""The saga as every participant sees it: which one a fact belongs to, and how a step of it is told (contract §4)."""

from dataclasses import dataclass

from contratos import motivos, sagas
from contratos.suscripciones import HechoSuscripcion
from seedwork.aplicacion.sobre import en_texto
from seedwork.aplicacion.unidad import UnidadTrabajo


@dataclass(frozen=True, slots=True)
class Saga:
    """The saga that a fact belongs to, as its payload tells (contract §4)."""

    id: str
    id_suscripcion: str
    requeridos: tuple[str, ...] = ()
    liberados: tuple[str, ...] = ()

    @classmethod
    def de(cls, hecho: HechoSuscripcion) -> "Saga":
        """The saga of a fact."""
        return cls(hecho.id_saga, hecho.id_suscripcion, hecho.recursos_requeridos, hecho.recursos_liberados)


def publicar_paso(
    unidad: UnidadTrabajo,
    saga: Saga,
    paso: str,
    resultado: str = sagas.HECHO,
    *,
    recurso: str = "",
    motivo: str = "",
) -> None:
    """Tell a step of the saga, through the same outbox as the events (contract §4).

    Args:
        motivo: a code of :mod:`contratos.motivos`, or empty: what is told here is kept for ever.

    Raises:
        ValueError: the reason is none of the list.
    """
    if motivo and motivo not in motivos.TEXTOS:
        # The text is not quoted: it may be somebody's words.
        raise ValueError("el motivo de un paso no es de la lista cerrada")
    unidad.publicar(
        sagas.TransicionSaga(
            id_saga=saga.id,
            id_suscripcion=saga.id_suscripcion,
            participante=unidad.participante,
            paso=paso,
            recurso=recurso,
            recursos_requeridos=saga.requeridos,
            recursos_liberados=saga.liberados,
            resultado=resultado,
            motivo=motivo,
            compensacion=paso in sagas.COMPENSACIONES,
            ocurrido=en_texto(unidad.entorno.ahora()),
        ),
        sujeto=saga.id_suscripcion,
    )
