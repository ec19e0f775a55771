"""``python -m seedwork.entrada.sonda [PORT [CERTIFICATE]]``: is the process on that port ready? For containers' health
checks.

Without a port: on the API's, HTTP_PUERTO. With a certificate, the file that the process has as HTTP_CERTIFICADO: it
must show just that one, made out to localhost, too.
"""

import http.client
import os
import ssl
import sys
from pathlib import Path


def mirar(puerto: int, certificado: Path | None = None) -> tuple[bool, str]:
    """Whether the process says that it is ready, and what else it says: the part that is missing, if so."""
    try:
        conexion = _conexion(puerto, certificado)
        try:
            conexion.request("GET", "/salud/lista")
            respuesta = conexion.getresponse()
            return respuesta.status == 200, respuesta.read().decode()
        finally:
            conexion.close()
    except (OSError, http.client.HTTPException) as error:
        return False, f"no responde ({type(error).__name__})"


def _conexion(puerto: int, certificado: Path | None) -> http.client.HTTPConnection:
    if certificado is None:
        return http.client.HTTPConnection("127.0.0.1", puerto, timeout=4)
    contexto = ssl.create_default_context(cafile=certificado)
    # What is shown is itself what is known, whoever signed it.
    contexto.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    return http.client.HTTPSConnection("localhost", puerto, timeout=4, context=contexto)


if __name__ == "__main__":
    dichos = sys.argv[1:]
    lista, detalle = mirar(
        int(dichos[0] if dichos else os.environ["HTTP_PUERTO"]), Path(dichos[1]) if len(dichos) > 1 else None
    )
    print(detalle)
    sys.exit(not lista)
