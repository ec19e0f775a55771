"""What can go wrong, and the exit code that tells a script which it was."""

import errno
from collections.abc import Mapping, Sequence
from enum import IntEnum


class Codigo(IntEnum):
    """The exit codes; docs/linea-de-comandos.md tells them to users."""

    HECHO = 0
    RECHAZADO = 1
    """It was refused, or ended otherwise than wished."""
    USO = 2
    """What was asked for is not valid."""
    NO_EXISTE = 3
    SIN_RESPUESTA = 4
    """The platform, or a part of it, is away: what became of the request is unknown."""
    INTERRUMPIDO = 130
    """With Ctrl-C: what shells say of who ends by SIGINT."""
    SIN_LECTOR = 141
    """Whoever reads the answer left before its end: what shells say of who ends by SIGPIPE."""


class Fallo(Exception):
    """Ends a command.

    Args:
        codigo: the exit code.
        texto: what went wrong, in Spanish.
        errores: each field that is not valid, ``{"campo", "motivo"}``.
    """

    def __init__(self, codigo: Codigo, texto: str, errores: Sequence[Mapping[str, str]] = ()) -> None:
        super().__init__(texto)
        self.codigo = codigo
        self.texto = texto
        self.errores = errores


_DEL_SISTEMA = {
    errno.ENOENT: "no existe",
    errno.EACCES: "no hay permiso",
    errno.EPERM: "no hay permiso",
    errno.EROFS: "el disco es de solo lectura",
    errno.ENOSPC: "no queda espacio en el disco",
    errno.EDQUOT: "no queda espacio en su cuota",
    errno.ENOTDIR: "una parte de la ruta no es una carpeta",
    errno.EISDIR: "es una carpeta",
    errno.ENAMETOOLONG: "el nombre es demasiado largo",
    errno.ELOOP: "sus enlaces no acaban",
    errno.EMFILE: "hay demasiados archivos abiertos",
    errno.EIO: "el disco falla",
}


def del_sistema(error: OSError) -> str:
    """Why the system would not, in Spanish; by its own name where it is none of the usual."""
    return _DEL_SISTEMA.get(error.errno or 0) or f"el sistema responde {errno.errorcode.get(error.errno or 0, 'error')}"
