"""What a package counts of its images: each once, in the transaction that decides it.

An image is locked by whoever decides it, and with it its members of whatever package: so two that share it take turns.
"""

from collections.abc import Collection

from procesamiento.aplicacion.puertos import Unidad
from procesamiento.dominio.archivo import ArchivoPorVer
from procesamiento.dominio.imagen import PENDIENTE, RECHAZADA, ImagenAnonimizada
from procesamiento.dominio.paquete import Miembro


def decidida(unidad: Unidad, imagen: ImagenAnonimizada, archivo: ArchivoPorVer) -> None:
    """An image's file was looked at: it counts in the package that it came in, and in those that sent the same."""
    propios = unidad.miembros.buscar("imagen", [imagen.id])
    _contar(unidad, [m for m in propios if _es_suya(m, archivo)], imagen)


def _es_suya(miembro: Miembro, archivo: ArchivoPorVer) -> bool:
    """Whether the file is what a member asked for, as far as its command was handled: another's may be another."""
    return miembro.paquete == archivo.paquete or miembro.espera or miembro.estado != PENDIENTE


def repetida(unidad: Unidad, imagen: ImagenAnonimizada) -> None:
    """The command being handled asks for what is known already: it counts as that, as soon as that is decided."""
    miembro = unidad.miembros.obtener(unidad.sobre.id)
    if miembro is None:
        return
    if imagen.estado == PENDIENTE:
        miembro.esperar()
    else:
        _contar(unidad, [miembro], imagen)


def rechazada(unidad: Unidad, motivo: str) -> None:
    """The command being handled was refused, whatever its image is otherwise."""
    if (miembro := unidad.miembros.obtener(unidad.sobre.id)) is not None:
        _contar_uno(unidad, miembro, RECHAZADA, motivo)


def _contar(unidad: Unidad, miembros: Collection[Miembro], imagen: ImagenAnonimizada) -> None:
    unidad.paquetes.precargar([miembro.paquete for miembro in miembros])
    for miembro in miembros:
        # What was refused has another content: no outcome is its own.
        if miembro.estado != RECHAZADA:
            _contar_uno(unidad, miembro, imagen.estado, imagen.motivo)


def _contar_uno(unidad: Unidad, miembro: Miembro, estado: str, motivo: str | None) -> None:
    suyo, paquete = unidad.miembros.obtener(miembro.id), unidad.paquetes.obtener(miembro.paquete)
    if paquete is not None and suyo is not None:
        paquete.contar(suyo.decidir(estado, motivo), estado)
