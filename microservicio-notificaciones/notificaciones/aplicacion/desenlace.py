"""How an attempt to deliver ended, and what follows from it; the fact that is told causes what is published."""

from contratos import sagas
from notificaciones.aplicacion.encargo import anular
from notificaciones.aplicacion.envio import Envio
from notificaciones.aplicacion.puertos import Unidad
from saga.pasos import publicar_paso


def entregado(unidad: Unidad, envio: Envio) -> None:
    """The channel took charge of it: that is the confirmation, also where its saga was closed meanwhile."""
    if unidad.envios.obtener(envio.id_notificacion) is None:
        return
    unidad.envios.quitar(envio.id_notificacion)
    notificacion = unidad.notificaciones.obtener(envio.id_notificacion)
    if notificacion is not None and notificacion.confirmar(envio.intentos) and envio.paso:
        publicar_paso(unidad, envio.saga, envio.paso)


def no_entregado(unidad: Unidad, envio: Envio, motivo: str, *, repetible: bool) -> None:
    """The channel did not take it. It is tried again where that can help, as long as there is time.

    Args:
        motivo: ``CANAL_RECHAZO`` or ``CANAL_NO_DISPONIBLE``.
        repetible: whether a further attempt can help.
    """
    vigente = unidad.envios.obtener(envio.id_notificacion)
    if vigente is None or vigente.intentos != envio.intentos:
        return
    if vigente.anular:
        anular(unidad, vigente)
        return
    if repetible:
        proximo = unidad.politica.proximo(vigente.creado, vigente.leido, vigente.intentos, unidad.entorno.azar)
        if proximo is not None:
            unidad.envios.aplazar(envio.id_notificacion, proximo)
            return
    unidad.envios.quitar(envio.id_notificacion)
    notificacion = unidad.notificaciones.obtener(envio.id_notificacion)
    if notificacion is not None and notificacion.fallar(vigente.intentos, motivo) and vigente.paso:
        publicar_paso(unidad, vigente.saga, vigente.paso, sagas.FALLIDO, motivo=motivo)
