"""What answers over HTTP: forked workers, SIGTERM under load, a worker that is killed."""

import json
import time

import psutil
import urllib3
from tests.fallos.acta import Acta
from tests.fallos.escenario import Escenario

from contratos.procesamiento import AnonimizarImagen

PARADA_S = 5.0


def cuatro_trabajadores_tras_un_fork(lugar: Escenario, acta: Acta, *, imagenes: int = 400) -> None:
    """The door with its application made before the fork, and four workers: each of them publishes."""
    puerta = lugar.plataforma.proceso("bff")
    puerta.parar()
    puerta.arrancar(BFF_TRABAJADORES="4")
    puerta.esperar_listo()
    # Fast enough that no worker takes them all.
    with lugar.bajo_carga(acta, imagenes=imagenes, suscripciones=0, segundos=1):
        pass
    productores = _productores(lugar)
    acta.exigir(productores >= 4, f"{productores} of 4 workers have a producer")
    acta.notas.append(f"{productores} producers")
    acta.vueltas = 1
    puerta.parar()
    puerta.arrancar()
    puerta.esperar_listo()


def _productores(lugar: Escenario) -> int:
    """Connections that publish the image command, as the broker tells."""
    ruta = AnonimizarImagen.topico.replace("://", "/")
    url = f"{lugar.cimiento.servidores.admin_url}/admin/v2/{ruta}/partitioned-stats?perPartition=true"
    partes = json.loads(urllib3.request("GET", url).data)["partitions"].values()
    return len({publicador["address"] for parte in partes for publicador in parte["publishers"]})


def sigterm_bajo_carga(
    lugar: Escenario, acta: Acta, *, imagenes: int = 600, suscripciones: int = 80, segundos: float = 45
) -> None:
    """Each process in turn gets a SIGTERM under load, and has ended within 5 s, in good order; nothing is lost."""
    procesos = lugar.plataforma.procesos
    with lugar.bajo_carga(acta, imagenes=imagenes, suscripciones=suscripciones, segundos=segundos):
        for proceso in procesos:
            time.sleep(segundos / (len(procesos) + 1) / 2)
            comienzo = time.monotonic()
            codigo = proceso.parar()
            tardanza = time.monotonic() - comienzo
            acta.exigir(codigo == 0 and tardanza < PARADA_S, f"{proceso.nombre}: exit {codigo} after {tardanza:.1f} s")
            proceso.rearrancar()
            acta.fallos += 1
    acta.vueltas = 1


def un_trabajador_web_muere(
    lugar: Escenario, acta: Acta, *, imagenes: int = 400, suscripciones: int = 40, segundos: float = 20
) -> None:
    """One forked web worker of the door, and of each API, is killed -9 under load; its master makes another."""
    servidores = [p for p in lugar.plataforma.procesos if p.nombre == "bff" or p.nombre.endswith("-api")]
    with lugar.bajo_carga(acta, imagenes=imagenes, suscripciones=suscripciones, segundos=segundos):
        for servidor in servidores:
            time.sleep(segundos / (len(servidores) + 1))
            hijos = psutil.Process(servidor.pid).children()
            hijos[0].kill()
            acta.fallos += 1
    for servidor in servidores:
        servidor.esperar_listo()
    acta.vueltas = 1


CASOS = (cuatro_trabajadores_tras_un_fork, sigterm_bajo_carga, un_trabajador_web_muere)
