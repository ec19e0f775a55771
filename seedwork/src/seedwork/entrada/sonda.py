"""``python -m seedwork.entrada.sonda [PORT]``: is the process on that port ready? For containers' health checks.

Without a port: on the API's, HTTP_PUERTO.
"""

import http.client
import os
import sys


def mirar(puerto: int) -> tuple[bool, str]:
    """Whether the process says that it is ready, and what else it says: the part that is missing, if so."""
    conexion = http.client.HTTPConnection("127.0.0.1", puerto, timeout=4)
    try:
        conexion.request("GET", "/salud/lista")
        respuesta = conexion.getresponse()
        return respuesta.status == 200, respuesta.read().decode()
    except (OSError, http.client.HTTPException) as error:
        return False, f"no responde ({type(error).__name__})"
    finally:
        conexion.close()


if __name__ == "__main__":
    lista, detalle = mirar(int(sys.argv[1] if len(sys.argv) > 1 else os.environ["HTTP_PUERTO"]))
    print(detalle)
    sys.exit(not lista)
