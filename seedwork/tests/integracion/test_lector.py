"""Looking on at a real broker's topics from several processes.

In ``make test``: a door has several processes, and one that hears nothing tells its browsers so by nothing.
"""

import subprocess
import sys
from typing import Any

import pytest

pytestmark = pytest.mark.integracion

HIJOS = """
import os, sys
import pulsar
from seedwork.infraestructura.lector import crear_lector

hijos, estado = [], 0
abierto, cierra = os.pipe()
for _ in range(3):
    dice, dicho = os.pipe()
    hijo = os.fork()
    if not hijo:
        os.close(cierra)
        cliente = pulsar.Client(sys.argv[1])
        try:
            lectores = [crear_lector(cliente, sys.argv[2], pulsar.MessageId.latest) for _ in range(3)]
            os.write(dicho, b"abiertos")
        except pulsar.PulsarException as error:
            os.write(dicho, type(error).__name__.encode())
        os.read(abierto, 1)  # all hold theirs until the last one has been heard of
        os._exit(0)
    print("hijo:", os.read(dice, 100).decode(), flush=True)
    hijos.append(hijo)
os.close(cierra)
for hijo in hijos:
    os.waitpid(hijo, 0)
"""


def test_los_que_nacen_del_mismo_proceso_miran_todos(taller: Any) -> None:
    """Under names of the client's own, who opens a reader while another holds its own is refused (ConsumerBusy)."""
    topico = f"persistent://public/default/mirado-{taller.contexto}"
    orden = [sys.executable, "-c", HIJOS, taller.servidores.pulsar_url, topico]
    corrido = subprocess.run(orden, stdout=subprocess.PIPE, text=True, timeout=60, check=True)
    assert [linea for linea in corrido.stdout.splitlines() if linea.startswith("hijo:")] == ["hijo: abiertos"] * 3
