"""What a package becomes: its members are listed, their commands said, in short transactions of so many at a time.

Each looks first whether its lease is still the one that counts: the package's row is locked from there on. Members that
somebody may be counting are locked before it, in the order of :class:`~procesamiento.aplicacion.puertos.Unidad`.
"""

from collections.abc import Collection, Iterable

from contratos.procesamiento import AnonimizarArchivo, ArchivoPedido
from procesamiento.aplicacion.puertos import Unidad
from procesamiento.dominio.paquete import Miembro, Paquete


def listar(unidad: Unidad, id: str, arriendo: int, miembros: Iterable[Miembro]) -> bool:
    """More of its members lie in the store. Answers whether this lease was still the one that counts."""
    if (paquete := _suyo(unidad, id, arriendo)) is None:
        return False
    for miembro in miembros:
        unidad.miembros.agregar(miembro)
    paquete.avanzar()
    return True


def contar(unidad: Unidad, id: str, arriendo: int, total: int) -> bool:
    """All of them are listed, and sound. Answers likewise."""
    if (paquete := _suyo(unidad, id, arriendo)) is None:
        return False
    paquete.total = total
    paquete.avanzar()
    return True


def rechazar(unidad: Unidad, id: str, arriendo: int, motivo: str, detalle: str | None) -> bool:
    """It is not taken. Answers likewise."""
    if (paquete := _suyo(unidad, id, arriendo)) is None:
        return False
    paquete.rechazar(motivo, detalle)
    return True


def decir(unidad: Unidad, id: str, arriendo: int, ids: Collection[str], ultimos: bool) -> bool:
    """Say the commands of these members; behind the last of them, it is on its way. Answers likewise."""
    unidad.miembros.precargar(ids)
    if (paquete := _suyo(unidad, id, arriendo)) is None:
        return False
    for miembro in filter(None, map(unidad.miembros.obtener, ids)):
        archivo = ArchivoPedido(uri=miembro.uri or "", sha256=miembro.sha256, octetos=miembro.octetos)
        comando = AnonimizarArchivo(**miembro.decir(), archivo=archivo, id_paquete=id)
        unidad.publicar(comando, sujeto=comando.id_imagen, id=miembro.id)
    paquete.avanzar()
    if ultimos:
        paquete.empezar()
    return True


def recoger(unidad: Unidad, id: str, arriendo: int) -> bool:
    """Nothing of what was sent lies anywhere any more. Answers likewise."""
    if (paquete := _suyo(unidad, id, arriendo)) is None:
        return False
    paquete.recogido()
    return True


def _suyo(unidad: Unidad, id: str, arriendo: int) -> Paquete | None:
    paquete = unidad.paquetes.obtener(id)
    return paquete if paquete is not None and paquete.es_de(arriendo) else None
