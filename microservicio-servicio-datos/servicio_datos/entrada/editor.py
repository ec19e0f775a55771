"""The editor: looks again and again whether data sets have something to release."""

import threading

import structlog

from seedwork.entrada.proceso import Periodica, es_ajeno
from servicio_datos.infraestructura.publicacion import PublicadorSQL

log = structlog.get_logger(__name__)


class Editor:
    """Releases at once, and then every so many seconds.

    Args:
        publicador: who does it.
        cada_s: seconds between two looks.
    """

    def __init__(self, publicador: PublicadorSQL, cada_s: float) -> None:
        self._publicador = publicador
        self._cada_s = cada_s

    def correr(self, parada: threading.Event) -> None:
        """Repeat it until ``parada`` is set; between two classes or data sets, it stops at once.

        Raises:
            Exception: a pass failed, and neither database nor broker are in trouble.
        """

        def vuelta() -> None:
            self._publicador.publicar(lambda: not parada.is_set())

        try:
            vuelta()
        except Exception as error:
            if not es_ajeno(error):
                raise
            log.warning("tarea en espera", error=type(error).__name__)
        Periodica(self._cada_s, vuelta).correr(parada)
