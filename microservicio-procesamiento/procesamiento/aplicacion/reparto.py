"""What a package becomes: its members are listed, their commands said, in short transactions of so many at a time.

Each looks first whether its lease is still the one that counts: its row in the queue is locked from there on. Then come
members, and the package itself, in the order of :class:`~procesamiento.aplicacion.puertos.Unidad`.
"""

from collections.abc import Collection, Iterable

from contratos.procesamiento import AnonimizarArchivo, ArchivoPedido
from procesamiento.aplicacion.puertos import Unidad
from procesamiento.dominio.paquete import Miembro, MiembroPorDecir, PaquetePorAbrir


def listar(unidad: Unidad, id: str, arriendo: int, listados: Iterable[tuple[Miembro, MiembroPorDecir]]) -> bool:
    """More of its members lie in the store. Answers whether this lease was still the one that counts."""
    if (por_abrir := _suyo(unidad, id, arriendo)) is None:
        return False
    for miembro, por_decir in listados:
        unidad.miembros.agregar(miembro)
        unidad.por_decir.agregar(por_decir)
    por_abrir.avanzar()
    return True


def contar(unidad: Unidad, id: str, arriendo: int, total: int) -> bool:
    """All of them are listed, and sound. Answers likewise."""
    por_abrir, paquete = _suyo(unidad, id, arriendo), unidad.paquetes.obtener(id)
    if por_abrir is None or paquete is None:
        return False
    paquete.total = total
    por_abrir.avanzar()
    return True


def rechazar(unidad: Unidad, id: str, arriendo: int, motivo: str, detalle: str | None) -> bool:
    """It is not taken. Answers likewise."""
    por_abrir, paquete = _suyo(unidad, id, arriendo), unidad.paquetes.obtener(id)
    if por_abrir is None or paquete is None:
        return False
    paquete.rechazar(motivo, detalle)
    return True


def decir(unidad: Unidad, id: str, arriendo: int, ids: Collection[str], ultimos: bool) -> bool:
    """Say the commands of these members; behind the last of them, it is on its way. Answers likewise."""
    if (por_abrir := _suyo(unidad, id, arriendo)) is None:
        return False
    unidad.miembros.precargar(ids)
    unidad.por_decir.precargar(ids)
    for miembro, por_decir in ((unidad.miembros.obtener(suyo), unidad.por_decir.obtener(suyo)) for suyo in ids):
        if miembro is not None and por_decir is not None:
            archivo = ArchivoPedido(uri=miembro.uri or "", sha256=por_decir.sha256, octetos=por_decir.octetos)
            comando = AnonimizarArchivo(**por_decir.metadatos, archivo=archivo, id_paquete=id)
            unidad.publicar(comando, sujeto=comando.id_imagen, id=miembro.id)
            unidad.por_decir.quitar(por_decir)
    por_abrir.avanzar()
    if ultimos and (paquete := unidad.paquetes.obtener(id)) is not None:
        paquete.empezar()
    return True


def recoger(unidad: Unidad, id: str, arriendo: int) -> bool:
    """Nothing of what was sent lies anywhere any more. Answers likewise."""
    if (por_abrir := _suyo(unidad, id, arriendo)) is None:
        return False
    unidad.por_abrir.quitar(por_abrir)
    return True


def _suyo(unidad: Unidad, id: str, arriendo: int) -> PaquetePorAbrir | None:
    por_abrir = unidad.por_abrir.obtener(id)
    return por_abrir if por_abrir is not None and por_abrir.es_de(arriendo) else None
